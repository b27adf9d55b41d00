// The journal: what a redo reads after a crash, and what is forgotten in time.

import { statSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { openJournal } from '../../src/vault/journal.ts';
import type { JournalEntry } from '../../src/vault/journal.ts';

const ENTRY: JournalEntry = {
  v: 1,
  batch: 'b1',
  eventIds: ['1763821925000-1-00000000'],
  step: 'compressed',
  compression: { observations: [], by: 'extractive' },
  memories: [
    {
      id: '7k2m9qx4hd3a',
      kind: 'observation',
      type: 'bugfix',
      title: 'A title',
      created: '2026-11-22T14:32:05Z',
      files: [],
      tags: [],
      supersedes: [],
      deletes: [],
      body: 'A body.',
    },
  ],
  at: '2026-11-22T14:32:05.000Z',
};

describe('the journal', () => {
  it('gives back what was written last for a batch, from a private file', async () => {
    await using fixture = await createFixture({});
    const journal = openJournal(fixture.path);
    expect(journal.read('b1')).toBeUndefined();
    journal.write(ENTRY);
    journal.write({ ...ENTRY, step: 'written' });
    expect(openJournal(fixture.path).read('b1')).toEqual({ ...ENTRY, step: 'written' });
    expect(statSync(fixture.getPath('journal/b1.json')).mode & 0o777).toBe(0o600);
    journal.remove('b1');
    expect(journal.list()).toEqual([]);
  });

  it('forgets the answer, not the events and ids, of a batch that is done', async () => {
    await using fixture = await createFixture({});
    const journal = openJournal(fixture.path);
    journal.write({ ...ENTRY, step: 'acknowledged' });
    const { compression: _, ...rest } = ENTRY;
    expect(journal.read('b1')).toEqual({ ...rest, memories: [], step: 'acknowledged' });
  });

  it('lists the oldest first and sets aside what cannot be read, once', async () => {
    await using fixture = await createFixture({
      'journal/torn.json': '{"v":1,"batch":"to',
      'journal/newer.json': JSON.stringify({ ...ENTRY, v: 2, batch: 'newer' }),
      'journal/other.json': JSON.stringify(ENTRY),
      'journal/.x.json.1.tmp': '',
    });
    const reported: Diagnostic[] = [];
    const journal = openJournal(fixture.path, (diagnostic) => reported.push(diagnostic));
    journal.write({ ...ENTRY, batch: 'second', at: '2026-11-23T00:00:00.000Z' });
    journal.write({ ...ENTRY, batch: 'first', at: '2026-11-21T00:00:00.000Z' });
    expect(journal.list().map((entry) => entry.batch)).toEqual(['first', 'second']);
    expect(journal.list()).toHaveLength(2);
    expect(reported.map((diagnostic) => diagnostic.rule)).toEqual(Array(3).fill('journal-corrupt'));
    expect(await fixture.exists('journal/torn.json.corrupt')).toBe(true);
  });

  it('prunes only acknowledged entries: the old ones, and the oldest beyond a number', async () => {
    await using fixture = await createFixture({});
    const journal = openJournal(fixture.path);
    const day = (date: string, step: JournalEntry['step']): void =>
      journal.write({ ...ENTRY, batch: date, step, at: `${date}T00:00:00.000Z` });
    day('2026-01-01', 'written');
    day('2026-01-02', 'acknowledged');
    for (const date of ['2026-11-18', '2026-11-19', '2026-11-20']) day(date, 'acknowledged');
    const now = Date.parse('2026-11-21T00:00:00Z');
    expect(journal.prune({ now })).toBe(1);
    expect(journal.prune({ now, maxEntries: 2 })).toBe(1);
    expect(journal.list().map((entry) => entry.batch)).toEqual(['2026-01-01', '2026-11-19', '2026-11-20']);
  });

  it('refuses a batch id that could be a path', () => {
    expect(() => openJournal('/nowhere').read('../x')).toThrow(/is not the id of a batch/);
  });
});
