// Rows by time, session and id; the timeline around a memory or a moment; counts.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndex } from '../../src/index/build.ts';
import { countRows, getMemories, recentRows, sessionRows } from '../../src/index/rows.ts';
import { syncIndex } from '../../src/index/sync.ts';
import { timelineAround } from '../../src/index/timeline.ts';
import type { Memory } from '../../src/model/memory.ts';
import { makeFolder, makeMemory, openFolder } from './folder-source.ts';

const day = (n: number): string => `2026-11-${String(n).padStart(2, '0')}T10:00:00Z`;
const MEMORIES: readonly (Partial<Memory> & Pick<Memory, 'id'>)[] = [
  { id: 'aaaa11111111', created: day(1), session: 's1' },
  { id: 'aaaa22222222', created: day(2), session: 's1', kind: 'summary' },
  { id: 'bbbb11111111', created: day(3), session: 's2', kind: 'note' },
  { id: 'cccc11111111', created: day(4), session: 's2' },
  { id: 'dddd11111111', created: day(5), kind: 'tombstone', deletes: ['cccc11111111'] },
  { id: 'eeee11111111', created: day(5), supersedes: ['aaaa11111111'] },
];

describe('getMemories', () => {
  it('gives whole memories in the order asked, each once', () => {
    const whole = makeMemory({
      id: 'ffff11111111',
      files: [{ path: 'a.ts', blob: '9c1e0b2d44aa' }],
      tags: ['b', 'a'],
      supersedes: ['0000aaaa0000', '0000bbbb0000'],
      branch: 'main',
      commit: '3f2a9c1d',
      session: 's9',
      body: 'First.\n\n## Facts\n\n- One\n',
    });
    const database = setUp([...MEMORIES, whole]);
    const found = getMemories(database, ['ffff', 'bbbb', 'FFFF11111111']);
    expect(found.memories.map((memory) => memory.id)).toEqual(['ffff11111111', 'bbbb11111111']);
    expect(found.memories[0]).toEqual({ ...whole, place: 'vault', path: 'memories/ffff11111111.md' });
  });

  it('names what is missing and the candidates of what is ambiguous', () => {
    const found = getMemories(setUp(), ['aaaa', 'zzzz', 'aa', '', "x' OR 1", 'cccc1', 'aaaa1']);
    expect(found.missing).toEqual(['zzzz', 'aa', '', "x' OR 1", 'cccc1']);
    expect(found.ambiguous.map((one) => [one.prefix, one.candidates.map((row) => row.id)])).toEqual([
      ['aaaa', ['aaaa11111111', 'aaaa22222222']],
    ]);
    expect(found.memories).toMatchObject([{ id: 'aaaa11111111', supersededBy: 'eeee11111111' }]);
  });
});

describe('lists', () => {
  it('are sorted by time, newest first; a session in order of time', () => {
    const database = setUp();
    expect(recentRows(database, {}, 3).map((row) => row.id)).toEqual(['eeee11111111', 'bbbb11111111', 'aaaa22222222']);
    expect(recentRows(database, { kind: ['summary'] }, 3).map((row) => row.id)).toEqual(['aaaa22222222']);
    expect(sessionRows(database, 's1').map((row) => row.id)).toEqual(['aaaa11111111', 'aaaa22222222']);
    expect(sessionRows(database, 's2').map((row) => row.id)).toEqual(['bbbb11111111']);
  });

  it('go on after any of their rows, each row once', () => {
    const database = setUp();
    const all = recentRows(database, {}, 50);
    expect(all.length).toBeGreaterThan(2);
    for (const [at, row] of all.entries()) expect(recentRows(database, {}, 50, row)).toEqual(all.slice(at + 1));
    expect(recentRows(database, {}, 1, all[0])).toEqual(all.slice(1, 2));
  });

  it('count what is visible', () => {
    expect(countRows(setUp())).toEqual({ observation: 2, summary: 1, note: 1, tombstone: 0 });
  });
});

describe('timelineAround', () => {
  it('gives the rows before and after a memory, in order of time', () => {
    const timeline = timelineAround(setUp(), { id: 'bbbb', before: 1, after: 1 });
    expect(timeline.rows.map((row) => row.id)).toEqual(['aaaa22222222', 'bbbb11111111', 'eeee11111111']);
    expect(timeline.anchor).toBe('bbbb11111111');
  });

  it('gives the rows around a moment, those of that very second before it', () => {
    const timeline = timelineAround(setUp(), { at: day(2), before: 1, after: 1 });
    expect(timeline.rows.map((row) => row.id)).toEqual(['aaaa22222222', 'bbbb11111111']);
    expect(timeline.anchor).toBeUndefined();
    expect(timelineAround(setUp(), { at: '2026-11-02', before: 5, after: 0 }).rows).toHaveLength(1);
  });

  it('walks through many memories of one second without losing one', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `${'0123456789abcdefghjk'[n]}000aaaabbbb`);
    const database = setUp(ids.map((id) => ({ id, created: day(1) })));
    const timeline = timelineAround(database, { id: ids[10] ?? '', before: 50, after: 50 });
    expect(timeline.rows).toHaveLength(20);
    expect(new Set(timeline.rows.map((row) => row.id)).size).toBe(20);
    expect(timeline.rows.map((row) => row.id)).toEqual(
      recentRows(database, {}, 50)
        .map((row) => row.id)
        .reverse(),
    );
  });

  it('says what is wrong with what was asked', () => {
    const database = setUp();
    const ask = (query: { id?: string; at?: string }) => () =>
      timelineAround(database, { before: 1, after: 1, ...query });
    expect(ask({ id: 'zzzz' })).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(ask({ id: 'cccc' })).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(ask({ id: 'aaaa' })).toThrow(expect.objectContaining({ code: 'ambiguous' }));
    expect(ask({ at: 'noon' })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(ask({})).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

function setUp(memories: readonly (Partial<Memory> & Pick<Memory, 'id'>)[] = MEMORIES) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  for (const memory of memories) vault.write(`memories/${memory.id}.md`, makeMemory(memory));
  const database = openIndex(join(root, 'index.sqlite'));
  onTestFinished(() => database.close());
  syncIndex(database, [vault.source]);
  return database;
}
