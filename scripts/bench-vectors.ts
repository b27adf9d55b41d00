// Measures the vector search and a model, and prints a table and one JSON line. Vectors are made, clustered like texts.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStaticTable } from '../src/index/embed/static-table.ts';
import { openTransformer } from '../src/index/embed/transformer.ts';
import { chunksOf } from '../src/index/vectors/chunks.ts';
import { openVectorIndex } from '../src/index/vectors/vector-index.ts';
import { openVectorStore } from '../src/index/vectors/vector-store.ts';

const DIMENSIONS = 384;
const QUERIES = 40;
const ROUNDS = 100;
const MODEL = { id: 'bench@000000000000', dimensions: DIMENSIONS };
const sizes = (process.env['BENCH_SIZES'] ?? '1000,10000,100000').split(',').map(Number);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Any folder that `memvault model install --from` takes; the tests' small table when none is named. */
const modelFolder = process.env['BENCH_MODEL'] ?? join(root, 'test/fixtures/models/m2v-test-vq64');

const rows = sizes.map(benchSearch);
console.log(`vector search, ${DIMENSIONS} dimensions, int8 (${process.version})`);
console.log('vectors   write/s  first search CPU ms  p50 ms  p95 ms  recall@10  MB on disk');
for (const row of rows)
  console.log(
    [
      String(row.vectors).padStart(7),
      String(row.writesPerSecond).padStart(9),
      row.firstMs.toFixed(0).padStart(20),
      row.p50Ms.toFixed(2).padStart(7),
      row.p95Ms.toFixed(2).padStart(7),
      row.recall.toFixed(3).padStart(10),
      row.megabytes.toFixed(1).padStart(11),
    ].join(' '),
  );
const table = await benchModel();
console.log(
  `model ${basename(modelFolder)}: opened in ${table.openMs.toFixed(0)} ms, a question in ${table.queryMs.toFixed(2)} ms, a memory of ${table.bytes} bytes in ${table.memoryMs.toFixed(2)} ms`,
);
console.log(JSON.stringify({ search: rows, table }));

function benchSearch(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-bench-'));
  try {
    const file = join(folder, 'vectors.sqlite');
    const vectors = clustered(count);
    const writing = performance.now();
    const store = openVectorStore(file, { now: () => Date.now() });
    for (let at = 0; at < count; at += 500) {
      const part = vectors
        .slice(at, at + 500)
        .map((vector, place) => ({ id: `m${at + place}`, text: `text ${at + place}`, vector }));
      store.put(
        MODEL,
        part.map(({ id, text }) => ({ id, fingerprint: id, chunks: [text] })),
        new Map(part.map(({ text, vector }) => [text, vector])),
      );
    }
    store.snapshot(MODEL);
    store.close();
    const writesPerSecond = Math.round(count / ((performance.now() - writing) / 1000));
    const index = openVectorIndex(file);
    const opening = cpuMs();
    index.nearest({ model: MODEL.id, vector: vectors[0] ?? new Float32Array(0) }, 10);
    const firstMs = cpuMs() - opening;
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < QUERIES; round++) {
      const vector = vectors[(round * 37) % count] ?? new Float32Array(0);
      const start = performance.now();
      const hits = index.nearest({ model: MODEL.id, vector }, 10);
      times.push(performance.now() - start);
      const exact = new Set(nearestExactly(vectors, vector));
      found += hits.filter(({ id }) => exact.has(id)).length;
    }
    index.close();
    times.sort((a, b) => a - b);
    return {
      vectors: count,
      writesPerSecond,
      firstMs,
      p50Ms: times[QUERIES >> 1] ?? 0,
      p95Ms: times[Math.floor(QUERIES * 0.95)] ?? 0,
      recall: found / (QUERIES * 10),
      megabytes: statSync(file).size / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function benchModel() {
  const opening = performance.now();
  const isTransformer = existsSync(join(modelFolder, 'onnx'));
  const recipe = { pooling: 'mean', queryPrefix: '', documentPrefix: '' } as const;
  const table = isTransformer
    ? await openTransformer(modelFolder, { id: MODEL.id, recipe, runtimeDir: root, threads: 1 })
    : openStaticTable(modelFolder, MODEL.id);
  const openMs = performance.now() - opening;
  const memory = {
    title: 'Two parallel refreshes could both rotate the same token',
    body: 'The refresh handler read the token, awaited the store, then wrote: a second request slipped between. '.repeat(
      13,
    ),
  };
  const timed = async (texts: (round: number) => readonly string[]): Promise<number> => {
    for (let round = 0; round < 5; round++) await table.embed(texts(round), 'document');
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) await table.embed(texts(round), 'document');
    return (performance.now() - start) / ROUNDS;
  };
  const queryMs = await timed((round) => [`how does the token refresh work ${round}`]);
  const memoryMs = await timed((round) => chunksOf({ ...memory, title: `${memory.title} ${round}` }));
  await table.close();
  return { openMs, queryMs, memoryMs, bytes: memory.title.length + memory.body.length };
}

function nearestExactly(vectors: readonly Float32Array[], query: Float32Array): readonly string[] {
  const scores = vectors.map((vector, at) => {
    let sum = 0;
    for (let place = 0; place < DIMENSIONS; place++) sum += (vector[place] ?? 0) * (query[place] ?? 0);
    return { at, sum };
  });
  return scores
    .sort((a, b) => b.sum - a.sum)
    .slice(0, 10)
    .map(({ at }) => `m${at}`);
}

function clustered(count: number): readonly Float32Array[] {
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 4294967296;
  };
  const bell = (): number => draw() + draw() + draw() + draw() - 2;
  const lean = Array.from({ length: DIMENSIONS }, bell);
  const centres = Array.from({ length: Math.max(20, count / 50) }, () => Array.from({ length: DIMENSIONS }, bell));
  return Array.from({ length: count }, (_, at) => {
    const centre = centres[at % centres.length] ?? [];
    const vector = Float32Array.from(centre, (value, place) => value + 0.7 * bell() + (lean[place] ?? 0));
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}
