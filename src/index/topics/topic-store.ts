// Keeps what was learned of a vault's words inside its index, and learns anew when the vault has grown by a fifth.

import type { IndexDatabase } from '../database.ts';
import { readCandidateWords } from '../candidate.ts';
import { memoryTexts } from '../index-text.ts';
import { readJson } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { openWordTable } from '../word-table.ts';
import { learnTopics } from './learn-topics.ts';
import type { TopicTable } from './learn-topics.ts';
import { makeStemTable, openStemList } from './stem-list.ts';
import type { StemList } from './stem-list.ts';

/** Below, words tell little about each other. */
export const MIN_MEMORIES = 500;

/** Learns where there is nothing yet, or the number of memories has changed by a fifth since; forgets where too few are left. */
export function* refreshTopics(database: IndexDatabase): Steps<void> {
  const memories = database.getOne<{ visible: number }>(
    'SELECT count(*) AS visible FROM memories WHERE hidden = 0',
  ).visible;
  const learned = database.get<{ memories: number }>('SELECT memories FROM topics')?.memories;
  if (memories < MIN_MEMORIES) {
    if (learned !== undefined) database.run('DELETE FROM topics');
    return;
  }
  if (learned !== undefined && Math.abs(memories - learned) <= learned * DRIFT) return;
  const table = yield* learnTopics(yield* readSample(database), { dimensions: 64, rounds: 2, maxStems: 20_000 });
  database.run('DELETE FROM topics');
  if (table === undefined) return;
  const stems = table.stems.join('\n');
  database.run(
    'INSERT INTO topics (memories, dimensions, stems, places, rarities, vectors) VALUES (?, ?, ?, ?, ?, ?)',
    memories,
    table.dimensions,
    stems,
    bytesOf(makeStemTable(stems)),
    bytesOf(table.rarities),
    bytesOf(table.vectors),
  );
}

/** A table as it is kept: its stems are looked up, never listed. */
export interface KeptTopics extends Omit<TopicTable, 'stems'> {
  readonly stems: StemList;
  readonly memories: number;
}

/** What was learned, with the number of memories it was learned from; undefined when nothing was. */
export function readTopics(database: IndexDatabase): KeptTopics | undefined {
  const row = database.get<{
    memories: number;
    dimensions: number;
    stems: string;
    places: Uint8Array;
    rarities: Uint8Array;
    vectors: Uint8Array;
  }>('SELECT memories, dimensions, stems, places, rarities, vectors FROM topics');
  if (row === undefined) return undefined;
  const places = numbersOf(row.places, Int32Array);
  const rarities = numbersOf(row.rarities, Float32Array);
  const vectors = numbersOf(row.vectors, Int8Array);
  const stems = places === undefined ? undefined : openStemList(row.stems, places);
  // A torn record counts as none: searching goes on by the words.
  if (stems === undefined || rarities?.length !== stems.length || vectors?.length !== stems.length * row.dimensions)
    return undefined;
  return { memories: row.memories, dimensions: row.dimensions, stems, rarities, vectors };
}

const DRIFT = 0.2;
/** Enough to learn from, whatever the size of the vault. Measured: more finds nothing more. */
const SAMPLE = 4000;
/** Of a long memory the beginning says what it is about. */
const MAX_BODY = 8192;

/** Ids are drawn at random, so the first by id are a fair sample, and the same whatever the order of arrival. */
function* readSample(database: IndexDatabase): Steps<readonly (readonly string[])[]> {
  const rows = database.all<{ title: string; body: string; tags: string; files: string }>(
    `SELECT m.title, m.tags, m.files, substr(b.body, 1, ${MAX_BODY}) AS body FROM memories m JOIN bodies b ON b.key = m.key
       WHERE m.hidden = 0 ORDER BY m.id LIMIT ${SAMPLE}`,
  );
  const sample: (readonly string[])[] = [];
  const table = openWordTable();
  for (const { title, body, tags, files } of rows) {
    yield;
    const texts = memoryTexts({ title, body, tags: readJson(tags), files: readJson(files) });
    const { numbers, ends } = readCandidateWords(texts, table);
    // The title twice: it says what the memory is about.
    const words = [...numbers.subarray(0, ends.title), ...numbers.subarray(0, ends.facts)];
    sample.push(words.map((word) => table.stemOf(word)));
  }
  return sample;
}

function bytesOf(numbers: Float32Array | Int8Array | Int32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The numbers that `bytesOf` took the bytes of, without a copy where they lie as numbers must; undefined for a torn row of them. */
function numbersOf<Numbers>(
  bytes: Uint8Array,
  Kind: { new (buffer: ArrayBufferLike, byteOffset: number, length: number): Numbers; BYTES_PER_ELEMENT: number },
): Numbers | undefined {
  const size = Kind.BYTES_PER_ELEMENT;
  if (bytes.byteLength % size !== 0) return undefined;
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Kind(buffer, byteOffset, byteLength / size);
}
