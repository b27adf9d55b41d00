// The file of vectors on disk: what it keeps, what it notices, and that a reader follows.

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryText } from '../../../src/index/memory-texts.ts';
import { embedMissing } from '../../../src/index/vectors/embed-missing.ts';
import { countEmbedded, openVectorIndex } from '../../../src/index/vectors/vector-index.ts';
import type { VectorIndex } from '../../../src/index/vectors/vector-index.ts';
import { openVectorStore } from '../../../src/index/vectors/vector-store.ts';
import type { VectorStore } from '../../../src/index/vectors/vector-store.ts';
import { fakeEmbedder } from '../../support/fake-embedder.ts';
import type { FakeEmbedder } from '../../support/fake-embedder.ts';

const DAY = 24 * 3600_000;
let folder: string;
let file: string;
let now: number;
let memories: Map<string, MemoryText>;
let store: VectorStore;
let index: VectorIndex;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-vectors-'));
  file = join(folder, 'vectors.sqlite');
  now = Date.parse('2026-11-22T14:00:00Z');
  memories = new Map();
  store = openVectorStore(file, { now: () => now });
  index = openVectorIndex(file);
});
afterEach(() => {
  index.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('embedding what is missing', () => {
  it('makes each memory findable by meaning, and leaves nothing to do', async () => {
    write('m1', 'token refresh race');
    write('m2', 'bread dough');
    const embedder = fakeEmbedder();
    expect(await embed(embedder)).toEqual({ missing: 2, done: 2 });
    expect(await search(embedder, 'a race of tokens refresh')).toEqual(['m1', 'm2']);
    expect(countEmbedded(file, embedder.id)).toBe(2);
    expect(await embed(embedder)).toEqual({ missing: 0, done: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('embeds no text twice: not after an edit that changes none, not when another memory says the same', async () => {
    const embedder = fakeEmbedder();
    write('m1', 'token refresh race');
    await embed(embedder);
    write('m1', 'token refresh race', 'with other tags');
    write('m2', 'token refresh race');
    expect(await embed(embedder)).toEqual({ missing: 2, done: 2 });
    expect(embedder.asked).toHaveLength(1);
  });

  it('takes a changed memory anew and a gone one out', async () => {
    const embedder = fakeEmbedder();
    write('m1', 'token refresh race');
    write('m2', 'bread dough');
    await embed(embedder);
    write('m1', 'coffee beans');
    memories.delete('m2');
    expect(await embed(embedder)).toEqual({ missing: 1, done: 1 });
    expect(await search(embedder, 'coffee beans bread dough')).toEqual(['m1']);
    expect([...(await score(embedder, 'coffee beans', ['m1', 'm2'])).keys()]).toEqual(['m1']);
  });

  it('goes on where it was stopped, in whatever step', async () => {
    for (let at = 0; at < 200; at++) write(`m${at}`, `subject ${at}`);
    const embedder = fakeEmbedder();
    const stop = new AbortController();
    let steps = 0;
    const first = await embed(embedder, {
      signal: stop.signal,
      onProgress: () => {
        if (++steps === 2) stop.abort();
      },
    });
    expect(first.done).toBeGreaterThan(0);
    expect(first.done).toBeLessThan(200);
    // A kill is a stop without the last write: the transaction that was not committed is not there.
    store.close();
    store = openVectorStore(file, { now: () => now });
    const second = await embed(embedder);
    expect(second.missing).toBe(200 - first.done);
    expect(new Set(embedder.asked).size).toBe(embedder.asked.length);
    expect(countEmbedded(file, embedder.id)).toBe(200);
  });

  it('keeps what was written when the model fails in the middle', async () => {
    for (let at = 0; at < 100; at++) write(`m${at}`, `subject ${at}`);
    const embedder = fakeEmbedder();
    const failing: FakeEmbedder = {
      ...embedder,
      embed: (texts, kind) =>
        texts.some((text) => text.includes('subject 80'))
          ? Promise.reject(new Error('out of memory'))
          : embedder.embed(texts, kind),
    };
    await expect(embed(failing)).rejects.toThrow('out of memory');
    expect(countEmbedded(file, embedder.id)).toBe(64);
    expect((await embed(embedder)).missing).toBe(36);
  });
});

describe('another model', () => {
  it('answers nothing by the vectors of the one before, and embeds everything anew', async () => {
    const [first, second] = [fakeEmbedder('first'), fakeEmbedder('second', 48)];
    write('m1', 'token refresh race');
    await embed(first);
    expect(await search(second, 'token refresh race')).toEqual([]);
    expect((await score(second, 'token', ['m1'])).size).toBe(0);
    expect(await embed(second)).toEqual({ missing: 1, done: 1 });
    expect(await search(second, 'token refresh race')).toEqual(['m1']);
    expect(await search(first, 'token refresh race')).toEqual(['m1']);
  });

  it('finds its vectors again when one goes back to it', async () => {
    const [first, second] = [fakeEmbedder('first'), fakeEmbedder('second')];
    write('m1', 'token refresh race');
    await embed(first);
    await embed(second);
    expect(await embed(first)).toEqual({ missing: 0, done: 0 });
    expect(first.asked).toHaveLength(1);
  });
});

describe('a reader', () => {
  it('follows what is written while it is open', async () => {
    const embedder = fakeEmbedder();
    expect(await search(embedder, 'anything')).toEqual([]);
    for (const subject of ['token', 'bread', 'coffee', 'token again']) {
      write(`of ${subject}`, subject);
      await embed(embedder);
      expect((await search(embedder, subject))[0]).toBe(`of ${subject}`);
    }
    memories.delete('of token');
    await embed(embedder);
    expect(await search(embedder, 'token')).not.toContain('of token');
    store.prune(embedder);
    expect(await search(embedder, 'bread')).toHaveLength(3);
  });

  it('sees the same as one that opens the file anew', async () => {
    const embedder = fakeEmbedder();
    for (let round = 0; round < 6; round++) {
      for (let at = 0; at < 40; at++) write(`m${(at * 7 + round) % 60}`, `subject ${at % 9} ${round}`);
      memories.delete(`m${round}`);
      await embed(embedder);
      const fresh = openVectorIndex(file);
      const [vector] = await embedder.embed(['subject 3'], 'query');
      const query = { model: embedder.id, vector: vector ?? new Float32Array(0) };
      expect(index.nearest(query, 60)).toEqual(fresh.nearest(query, 60));
      fresh.close();
    }
  });

  it('sees the same with all vectors in one piece, and what came after, as row by row', async () => {
    const embedder = fakeEmbedder();
    for (let at = 0; at < 700; at++) write(`m${at}`, `subject ${at % 90} ${at}`);
    await embed(embedder);
    store.snapshot(embedder);
    expect(snapshots()).toBe(1);
    write('m5', 'subject 3 and more');
    write('m9999', 'subject 3');
    memories.delete('m3');
    await embed(embedder);
    store.snapshot(embedder);
    const query = { model: embedder.id, vector: await vectorOf(embedder, 'subject 3') };
    const inOnePiece = index.nearest(query, 800);
    expect(inOnePiece).toHaveLength(700);
    for (const spoil of [
      `UPDATE snapshots SET vectors = x'00'`,
      `UPDATE snapshots SET ids = ''`,
      'DELETE FROM snapshots',
    ]) {
      alter(spoil);
      const fresh = openVectorIndex(file);
      expect(fresh.nearest(query, 800)).toEqual(inOnePiece);
      fresh.close();
    }
  });

  it('answers nothing, and breaks nothing, for a query of another size', async () => {
    const embedder = fakeEmbedder();
    write('m1', 'token');
    await embed(embedder);
    expect(index.nearest({ model: embedder.id, vector: new Float32Array(7) }, 5)).toEqual([]);
    expect(index.score({ model: embedder.id, vector: new Float32Array(7) }, ['m1']).size).toBe(0);
  });
});

describe('a file that is no good', () => {
  it.each([
    ['emptied', () => truncateSync(file, 0)],
    ['cut', () => truncateSync(file, 6000)],
    ['foreign', () => writeFileSync(file, 'not a database, but long enough to be looked at '.repeat(10))],
    ['of another program', () => otherDatabase()],
    ['of another version', () => alter('PRAGMA user_version = 99')],
    ['without a table', () => alter('DROP TABLE vectors')],
    ['overwritten in the middle', () => scribble()],
  ])('(%s) is read as nothing and made anew', async (_, spoil) => {
    const embedder = fakeEmbedder();
    for (let at = 0; at < 300; at++) write(`m${at}`, `subject ${at}`);
    await embed(embedder);
    store.close();
    index.close();
    spoil();
    expect(await search(embedder, 'subject 1')).toSatisfy((ids: string[]) => ids.length <= 10);
    store = openVectorStore(file, { now: () => now });
    await embed(embedder);
    await embed(embedder);
    expect(countEmbedded(file, embedder.id)).toBe(300);
    expect((await search(embedder, 'subject 17'))[0]).toBe('m17');
  });

  it('that is gone while it is open is made anew', async () => {
    const embedder = fakeEmbedder();
    write('m1', 'token');
    await embed(embedder);
    expect(await search(embedder, 'token')).toEqual(['m1']);
    store.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    expect(await search(embedder, 'token')).toEqual([]);
    store = openVectorStore(file, { now: () => now });
    await embed(embedder);
    expect(await search(embedder, 'token')).toEqual(['m1']);
  });

  it('is not made by a reader', () => {
    expect(index.nearest({ model: 'x', vector: new Float32Array(3) }, 5)).toEqual([]);
    expect(countEmbedded(file, 'x')).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});

describe('forgetting', () => {
  it('keeps the vectors of a switched branch for a month', async () => {
    const embedder = fakeEmbedder();
    write('m1', 'on the branch');
    write('m2', 'on both');
    await embed(embedder);
    memories.delete('m1');
    await embed(embedder);
    store.prune(embedder);
    now += 20 * DAY;
    expect(store.prune(embedder)).toEqual({ removed: 0 });
    write('m1', 'on the branch');
    expect(await embed(embedder)).toEqual({ missing: 1, done: 1 });
    expect(embedder.asked).toHaveLength(2);
    store.prune(embedder);
    memories.delete('m1');
    await embed(embedder);
    store.prune(embedder);
    now += 31 * DAY;
    expect(store.prune(embedder)).toEqual({ removed: 1 });
    expect(await search(embedder, 'on both')).toEqual(['m2']);
  });

  it('drops what another model left when it was not used for a month', async () => {
    const [first, second] = [fakeEmbedder('first'), fakeEmbedder('second')];
    write('m1', 'token');
    await embed(first);
    await embed(second);
    expect(store.prune(second)).toEqual({ removed: 0 });
    now += 31 * DAY;
    expect(store.prune(second)).toEqual({ removed: 1 });
    expect(countEmbedded(file, first.id)).toBe(0);
    expect(countEmbedded(file, second.id)).toBe(1);
  });

  it('holds no more unused vectors than used ones and ten thousand', async () => {
    const embedder = fakeEmbedder('fake', 8);
    for (let at = 0; at < 10_030; at++) write(`m${at}`, `subject ${at}`);
    await embed(embedder);
    memories = new Map([['m0', memoryText('m0', 'subject 0')]]);
    await embed(embedder);
    expect(store.prune(embedder)).toEqual({ removed: 28 });
  });
});

function memoryText(id: string, words: string, remark = ''): MemoryText {
  return { id, fingerprint: `${words}|${remark}`, title: words, body: '' };
}

function write(id: string, words: string, remark = ''): void {
  memories.set(id, memoryText(id, words, remark));
}

function embed(embedder: FakeEmbedder, more: Partial<Parameters<typeof embedMissing>[0]> = {}) {
  return embedMissing({
    memories: {
      fingerprints: () => [...memories.values()],
      texts: (ids) => ids.flatMap((id) => memories.get(id) ?? []),
    },
    store,
    embedder,
    now: () => now,
    ...more,
  });
}

async function search(embedder: FakeEmbedder, text: string): Promise<string[]> {
  return index.nearest({ model: embedder.id, vector: await vectorOf(embedder, text) }, 10).map(({ id }) => id);
}

async function score(embedder: FakeEmbedder, text: string, ids: readonly string[]) {
  return index.score({ model: embedder.id, vector: await vectorOf(embedder, text) }, ids);
}

/** Without a trace in `asked`. */
async function vectorOf({ id, dimensions }: FakeEmbedder, text: string): Promise<Float32Array> {
  const [vector] = await fakeEmbedder(id.split('@')[0], dimensions).embed([text], 'query');
  return vector ?? new Float32Array(0);
}

function snapshots(): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const count = Number(database.prepare('SELECT count(*) AS count FROM snapshots').get()?.['count']);
  database.close();
  return count;
}

function alter(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function otherDatabase(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  alter('CREATE TABLE t (x)');
}

function scribble(): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 8192, Math.min(bytes.length, 60_000));
  writeFileSync(file, bytes);
}
