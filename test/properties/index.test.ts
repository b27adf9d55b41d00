// Laws of the index: incremental equals anew; any string searches.

import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIndex, openIndex } from '../../src/index/build.ts';
import type { IndexDatabase } from '../../src/index/database.ts';
import type { ChangeFeed, MemoryFileSource } from '../../src/index/file-source.ts';
import { listDiagnostics } from '../../src/index/diagnostics.ts';
import { planSearch } from '../../src/index/fts-query.ts';
import { readQueryText } from '../../src/index/query-text.ts';
import { loadIndex } from '../../src/index/load.ts';
import { countRows, recentRows } from '../../src/index/rows.ts';
import { searchIndex } from '../../src/index/search.ts';
import { finish } from '../../src/index/steps.ts';
import { syncIndex } from '../../src/index/sync.ts';
import type { Memory } from '../../src/model/memory.ts';
import { idOf, makeFolder, makeMemory, openFolder } from '../index/folder-source.ts';
import type { TestFolder } from '../index/folder-source.ts';

const IDS = [1, 2, 3, 4, 5].map(idOf);
const WORDS = ['mutex', 'token', 'rotate', 'compareAndSet', '令牌', 'src/auth/refresh.ts', 'the'];
const id = fc.constantFrom(...IDS);
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((words) => words.join(' '));
const memory: fc.Arbitrary<Memory> = fc
  .record({
    id,
    kind: fc.constantFrom('observation', 'observation', 'note', 'tombstone'),
    title: text,
    body: text,
    created: fc.constantFrom('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'),
    tags: fc.subarray(['auth', 'pinned']),
    files: fc.subarray(['src/a.ts', 'src/b/c.ts']).map((paths) => paths.map((path) => ({ path }))),
    supersedes: fc.subarray(IDS, { maxLength: 2 }),
    deletes: fc.subarray(IDS, { maxLength: 2 }),
  })
  .map((values) => makeMemory(values));

const path = fc.constantFrom('memories/a.md', 'memories/b.md', `memories/x-${IDS[0]}.md`, 'memories/sub/c.md');
const step = fc.record({
  place: fc.constantFrom('vault', 'outbox'),
  path,
  target: path,
  kind: fc.constantFrom('write', 'write', 'write', 'break', 'remove', 'move', 'copy', 'sync'),
  memory,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('the index', () => {
  it('is the same after any way of edits as one that is built anew', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const root = makeFolder();
        const folders = {
          vault: openFolder(join(root, 'vault'), 'vault'),
          outbox: openFolder(join(root, 'outbox'), 'outbox'),
        };
        const sources = [folders.vault.source, folders.outbox.source];
        const told = { vault: tellChanges(), outbox: tellChanges() };
        const watched = [
          { ...folders.vault.source, changes: told.vault },
          { ...folders.outbox.source, changes: told.outbox },
        ];
        const grown = openIndex(join(root, 'grown.sqlite'));
        const followed = openIndex(join(root, 'followed.sqlite'));
        const fresh = openIndex(join(root, 'fresh.sqlite'));
        const loaded = loadAnew(join(root, 'loaded.sqlite'), sources);
        try {
          for (const one of steps) {
            if (one.kind === 'sync') syncIndex(grown, sources);
            else for (const path of take(one, folders[one.place])) told[one.place].tell(path);
            if (one.kind === 'sync' || one.kind === 'copy') syncIndex(followed, watched);
            if (one.kind === 'break') told[one.place].forget();
          }
          syncIndex(grown, sources);
          syncIndex(followed, watched);
          syncIndex(loaded, sources);
          syncIndex(fresh, sources);
          const expected = contentOf(fresh);
          expect(contentOf(grown)).toEqual(expected);
          expect(contentOf(followed)).toEqual(expected);
          expect(contentOf(loaded)).toEqual(expected);
          const again = loadAnew(join(root, 'again.sqlite'), sources);
          expect(contentOf(again)).toEqual(expected);
          for (const database of [grown, followed, loaded, again])
            expect(syncIndex(database, sources)).toMatchObject({ added: 0, changed: 0, removed: 0 });
          again.close();
        } finally {
          for (const database of [grown, followed, fresh, loaded]) database.close();
          rmSync(root, { recursive: true });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('accepts any string as a query', () => {
    const root = makeFolder();
    const vault = openFolder(join(root, 'vault'), 'vault');
    for (const [n, word] of WORDS.entries())
      vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n + 1), body: `${word} and more` }));
    const database = openIndex(join(root, 'index.sqlite'));
    syncIndex(database, [vault.source]);
    const signs = fc.constantFrom(
      '"',
      '-',
      '*',
      '(',
      ')',
      ':',
      '^',
      '+',
      ' AND ',
      ' NOT ',
      ' NEAR(',
      ' ',
      '\0',
      '令',
      'ก',
      'aB',
      'x',
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.array(signs, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    );
    try {
      fc.assert(
        fc.property(anything, (query) => {
          const result = searchIndex(database, { text: query, limit: 10 });
          expect(result.hits.length).toBe(Math.min(10, result.total));
          const plan = planSearch(readQueryText(query).chunks, { phrases: 'required' });
          if (plan === undefined) return;
          const keys = (match: string): readonly unknown[] =>
            database.all('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid', match);
          expect(keys(plan.matches)).toEqual(keys(plan.words));
          const everyTerm = plan.terms.map((_, number) => number);
          keys(plan.express(everyTerm, () => false));
          keys(plan.express(everyTerm, (term) => term % 2 === 0));
        }),
        { numRuns: 2000 },
      );
    } finally {
      database.close();
    }
  });
});

/** Answers the paths that it touched. */
function take(one: Step, folder: TestFolder): readonly string[] {
  const exists = existsSync(join(folder.root, one.path));
  if (one.kind === 'write') folder.write(one.path, one.memory);
  else if (one.kind === 'break') folder.write(one.path, 'broken');
  else if (exists && one.kind === 'remove') folder.remove(one.path);
  else if (exists && one.path !== one.target) {
    folder.write(one.target, 'about to be replaced');
    copyFileSync(join(folder.root, one.path), join(folder.root, one.target));
    if (one.kind === 'move') folder.remove(one.path);
    return [one.path, one.target];
  }
  return [one.path];
}

/** A watch that is told by the test what changed. */
function tellChanges(): ChangeFeed & { readonly tell: (path: string) => void } {
  let paths: Set<string> | undefined;
  return {
    take() {
      const taken = paths;
      paths = new Set();
      return taken;
    },
    putBack: () => void (paths = undefined),
    forget: () => void (paths = undefined),
    tell: (path) => void paths?.add(path),
  };
}

function loadAnew(file: string, sources: readonly MemoryFileSource[]): IndexDatabase {
  finish(buildIndex(file, (database) => loadIndex(database, sources, Date.now)));
  return openIndex(file);
}

/** Everything that the index answers. */
function contentOf(database: IndexDatabase) {
  return {
    rows: recentRows(database, {}, 100),
    counts: countRows(database),
    diagnostics: listDiagnostics(database),
    searches: [...WORDS, 'token mutex', '', 'src'].map((text) => searchIndex(database, { text, limit: 100 })),
    filtered: searchIndex(database, { text: 'token', limit: 100, files: ['src'], tags: ['auth'] }),
  };
}
