// Names of memory files: from day, title and id, safe on every file system.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnPath, memoryPath } from '../../src/vault/file-name.ts';
import { anyMemory, memoryOf } from '../support/memories.ts';

describe('the path of a memory', () => {
  it.each([
    ['Two parallel refreshes', 'two-parallel-refreshes'],
    ["Don't rotate: `rotate()` & co.", 'dont-rotate-rotate-co'],
    ['Größe der Übergänge', 'gro-e-der-ubergange'],
    ['ﬁx №5 in ２ places', 'fix-no5-in-2-places'],
    ['../../../etc/passwd', 'etc-passwd'],
    ['CON', 'con'],
    ['日本語', 'observation'],
    ['  ', 'observation'],
    ['😀', 'observation'],
  ])('makes of the title %j the words %s', (title, slug) => {
    expect(memoryPath(memoryOf({ title }))).toBe(`memories/2026/11/22-${slug}-7k2m9qx4hd3a.md`);
  });

  it('is cut at a word after 60 characters, inside a word that is longer', () => {
    const long = memoryPath(memoryOf({ title: 'word '.repeat(30) }));
    expect(long).toBe(`memories/2026/11/22-${'word-'.repeat(12).slice(0, -1)}-7k2m9qx4hd3a.md`);
    expect(memoryPath(memoryOf({ title: 'x'.repeat(100) }))).toContain(`/22-${'x'.repeat(60)}-7k`);
  });

  it('puts summaries below sessions, everything else below memories', () => {
    const folders = (['observation', 'summary', 'note', 'tombstone'] as const).map(
      (kind) => memoryPath(memoryOf({ kind })).split('/')[0],
    );
    expect(folders).toEqual(['memories', 'sessions', 'memories', 'memories']);
  });

  it('always has the form that memvault gives, whatever the title', () => {
    fc.assert(
      fc.property(anyMemory, (memory) => {
        expect(isOwnPath(memoryPath(memory))).toBe(true);
      }),
    );
  });

  it.each([
    'memories/note.md',
    'memories/2026/11/22-a-b.md',
    'memories/2026/11/22-A-7k2m9qx4hd3a.md',
    'x/memories/2026/11/22-a-7k2m9qx4hd3a.md',
  ])('does not take %s for a name of its own', (path) => {
    expect(isOwnPath(path)).toBe(false);
  });
});
