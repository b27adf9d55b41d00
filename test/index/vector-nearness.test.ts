// What a model says of memories: it finds what no word finds, decides among what words hold for equal, and never outweighs them.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndex } from '../../src/index/build.ts';
import { searchIndex } from '../../src/index/search.ts';
import { syncIndex } from '../../src/index/sync.ts';
import type { VectorSource } from '../../src/index/vector-nearness.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { SearchQuery } from '../../src/model/search.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const VECTOR = { model: 'test@1', vector: new Float32Array([1, 0]) };

describe('a search with vectors', () => {
  it('finds a memory that holds none of the words', () => {
    const { titles } = setUp([{ title: 'Ferry timetable' }, { title: 'Other' }], { 1: 0.9, 2: 0.1 });
    expect(titles({ text: 'ship departure', vector: VECTOR })[0]).toBe('Ferry timetable');
    expect(titles({ text: 'ship departure' })).toEqual([]);
  });

  it('decides among memories that the words hold for equal', () => {
    const memories = [{ title: 'Harbour one' }, { title: 'Harbour two' }];
    expect(setUp(memories, { 1: 0.2, 2: 0.8 }).titles({ text: 'harbour', vector: VECTOR })[0]).toBe('Harbour two');
    expect(setUp(memories, { 1: 0.8, 2: 0.2 }).titles({ text: 'harbour', vector: VECTOR })[0]).toBe('Harbour one');
  });

  it('lets words outweigh it', () => {
    const { titles } = setUp(
      [
        { title: 'Harbour crane maintenance', body: 'The crane of the harbour.' },
        { title: 'Something near in meaning' },
      ],
      { 1: 0.1, 2: 0.9 },
    );
    expect(titles({ text: 'harbour crane maintenance', vector: VECTOR })[0]).toBe('Harbour crane maintenance');
  });

  it('leaves a memory without a vector to its words', () => {
    const { search } = setUp([{ title: 'Harbour one' }, { title: 'Harbour two' }], { 2: 0.5 });
    const hits = search({ text: 'harbour', vector: VECTOR });
    expect(hits.map((hit) => hit.title).sort()).toEqual(['Harbour one', 'Harbour two']);
    expect(hits.find((hit) => hit.title === 'Harbour one')?.why).not.toHaveProperty('vectors');
  });

  it('keeps to the filters, and leaves deleted memories out', () => {
    const { titles } = setUp(
      [
        { title: 'A note', kind: 'note' },
        { title: 'A fix' },
        { title: 'Deleted' },
        { title: 'Gone', kind: 'tombstone', deletes: [idOf(3)] },
      ],
      { 1: 0.9, 2: 0.8, 3: 1, 4: 1 },
    );
    expect(titles({ text: 'anything', kind: ['note'], vector: VECTOR })).toEqual(['A note']);
    expect(titles({ text: 'anything', vector: VECTOR }).sort()).toEqual(['A fix', 'A note']);
  });

  it('can be switched off', () => {
    const { titles } = setUp([{ title: 'Ferry timetable' }], { 1: 0.9 });
    expect(titles({ text: 'ship', vector: VECTOR, without: ['vectors'] })).toEqual([]);
  });
});

/** `cosines`: by the number of a memory, from 1. */
function setUp(memories: readonly Partial<Memory>[], cosines: Readonly<Record<number, number>>) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  memories.forEach((memory, n) => vault.write(`${n}.md`, makeMemory({ id: idOf(n + 1), ...memory })));
  const database = openIndex(join(root, 'index.sqlite'));
  onTestFinished(() => database.close());
  syncIndex(database, [vault.source]);
  const known = Object.entries(cosines).map(([number, score]) => ({ id: idOf(Number(number)), score }));
  const vectors: VectorSource = {
    nearest: (_, limit) => known.toSorted((a, b) => b.score - a.score).slice(0, limit),
    score: (_, ids) => {
      const wanted = new Set(ids);
      return new Map(known.filter(({ id }) => wanted.has(id)).map(({ id, score }) => [id, score]));
    },
  };
  const search = (query: Partial<SearchQuery>) =>
    searchIndex(database, { text: '', limit: 20, ...query }, vectors).hits;
  return { search, titles: (query: Partial<SearchQuery>): string[] => search(query).map((hit) => hit.title) };
}
