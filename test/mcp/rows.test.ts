// The marks of a row: what a model has to know before it relies on a memory, apart from what stands before them.

import { describe, expect, it } from 'vitest';
import { renderMemory, renderRow } from '../../src/mcp/rows.ts';
import type { MemoryRow } from '../../src/model/search.ts';
import { memoryOf } from '../support/memories.ts';

const ROW: MemoryRow = {
  id: '7k2m9qx4hd3a',
  kind: 'observation',
  type: 'bugfix',
  title: 'Refreshes race',
  created: '2026-11-22T14:32:05Z',
  branch: 'fix/race',
  files: ['src/a.ts'],
  tags: [],
  place: 'vault',
  path: 'memories/x.md',
};

describe('a row', () => {
  it.each([
    [{}, 'fix/race · src/a.ts'],
    [{ hasChanged: true }, 'fix/race · src/a.ts (its code has changed since)'],
    [{ supersededBy: 'c4hd7k2m9qxa' }, 'fix/race · src/a.ts (superseded by c4hd7k2)'],
    [{ place: 'outbox' }, 'fix/race · src/a.ts (not published yet)'],
    [{ place: 'fetched' }, 'fix/race · src/a.ts (fetched, not pulled yet)'],
    [
      { place: 'branch', hasChanged: true },
      'fix/race · src/a.ts (its code has changed since) (on another branch only)',
    ],
  ] as const)('with %j says where it belongs, then its marks', (given, line) => {
    expect(renderRow({ ...ROW, ...given }).split('\n')[1]).toBe(`  ${line}`);
  });

  it('has its marks on a line of their own where it belongs nowhere', () => {
    const { branch: _, ...nowhere } = ROW;
    expect(renderRow({ ...nowhere, files: [], hasChanged: true }).split('\n')[1]).toBe(
      '  (its code has changed since)',
    );
  });

  it('tells as a whole memory where it lies', () => {
    const memory = { ...memoryOf(), place: 'branch', path: 'memories/x.md' } as const;
    expect(renderMemory(memory, 10_000)).toContain('\nfile: on another branch only\n');
  });
});
