// Learns from a vault's own words which of them mean alike: latent semantic analysis, without a download. Pure.

import type { Steps } from '../steps.ts';

/** A direction of meaning for each word that was learned. */
export interface TopicTable {
  readonly dimensions: number;
  /** Stems, in the order of their vectors. */
  readonly stems: readonly string[];
  /** How rare each is: the natural logarithm of memories / memories with it. */
  readonly rarities: Float32Array;
  /** One row of `dimensions` numbers a stem, -127 to 127; the scale is the same for all. */
  readonly vectors: Int8Array;
}

export interface LearnOptions {
  /** At most so many directions. */
  readonly dimensions: number;
  /** Rounds of the iteration; two are enough for a fast-falling spectrum. */
  readonly rounds: number;
  /** At most so many words, the most frequent ones. */
  readonly maxStems: number;
}

/**
 * The directions in which the memories' words vary most together: the right singular vectors of the matrix of log-weighted,
 * length-normalised word counts, by randomised subspace iteration (Halko, Martinsson and Tropp, 2011). The same memories
 * in the same order give the same table: the "random" start is drawn from a fixed seed. Undefined where there is too little to learn from.
 */
export function* learnTopics(
  memories: readonly (readonly string[])[],
  { dimensions, rounds, maxStems }: LearnOptions,
): Steps<TopicTable | undefined> {
  const { stems, rarities, numbers } = chooseStems(memories, maxStems);
  yield;
  const rows = memories.map((memory) => weighRow(memory, numbers, rarities)).filter((row) => row.columns.length > 0);
  yield;
  const width = Math.min(dimensions, stems.length, rows.length);
  if (width < MIN_DIMENSIONS) return undefined;
  const basis = randomBasis(stems.length * width);
  const projected = new Float32Array(rows.length * width);
  // The start need not be perpendicular: what its first columns span is all that counts, and no column is nearly another.
  for (let round = 0; round < rounds; round++) {
    yield* project(rows, basis, projected, width);
    yield* projectBack(rows, projected, basis, width);
    yield* orthonormalize(basis, stems.length, width);
  }
  return { dimensions: width, stems, rarities, vectors: quantize(basis) };
}

const MIN_DIMENSIONS = 8;
const ROWS_A_STEP = 256;
/** A word in fewer memories says nothing about others; one in more than this share says nothing at all. */
const MIN_MEMORIES = 2;
const MAX_SHARE = 0.3;

interface Row {
  readonly columns: Int32Array;
  readonly weights: Float32Array;
}

function chooseStems(memories: readonly (readonly string[])[], maxStems: number) {
  const found = new Map<string, number>();
  for (const memory of memories) for (const stem of new Set(memory)) found.set(stem, (found.get(stem) ?? 0) + 1);
  const chosen = [...found]
    .filter(([, count]) => count >= MIN_MEMORIES && count <= memories.length * MAX_SHARE)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, maxStems);
  return {
    stems: chosen.map(([stem]) => stem),
    rarities: Float32Array.from(chosen, ([, count]) => Math.log(memories.length / count)),
    numbers: new Map(chosen.map(([stem], number) => [stem, number])),
  };
}

function weighRow(memory: readonly string[], numbers: ReadonlyMap<string, number>, rarities: Float32Array): Row {
  const counts = new Map<number, number>();
  for (const stem of memory) {
    const number = numbers.get(stem);
    if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  const columns = Int32Array.from(counts.keys());
  const weights = Float32Array.from(counts, ([number, count]) => (1 + Math.log(count)) * (rarities[number] ?? 0));
  let square = 0;
  for (const weight of weights) square += weight * weight;
  const length = Math.sqrt(square) || 1;
  for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] as number) / length;
  return { columns, weights };
}

/** Numbers between -0.5 and 0.5 from a linear congruential generator with a fixed seed. */
function randomBasis(length: number): Float32Array {
  let state = 1;
  const basis = new Float32Array(length);
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    basis[at] = state / 4_294_967_296 - 0.5;
  }
  return basis;
}

/** rows × basis. */
function* project(rows: readonly Row[], basis: Float32Array, into: Float32Array, width: number): Steps<void> {
  into.fill(0);
  for (const [row, { columns, weights }] of rows.entries()) {
    if (row % ROWS_A_STEP === 0) yield;
    const to = row * width;
    for (let at = 0; at < columns.length; at++) {
      const weight = weights[at] as number;
      const from = (columns[at] as number) * width;
      for (let d = 0; d < width; d++) (into[to + d] as number) += weight * (basis[from + d] as number);
    }
  }
}

/** The transpose of rows × what was projected. */
function* projectBack(rows: readonly Row[], projected: Float32Array, into: Float32Array, width: number): Steps<void> {
  into.fill(0);
  for (const [row, { columns, weights }] of rows.entries()) {
    if (row % ROWS_A_STEP === 0) yield;
    const from = row * width;
    for (let at = 0; at < columns.length; at++) {
      const weight = weights[at] as number;
      const to = (columns[at] as number) * width;
      for (let d = 0; d < width; d++) (into[to + d] as number) += weight * (projected[from + d] as number);
    }
  }
}

/** Makes the columns of a matrix of rows × width perpendicular and of length one (modified Gram-Schmidt). */
function* orthonormalize(matrix: Float32Array, rows: number, width: number): Steps<void> {
  const columns: Float64Array[] = [];
  for (let d = 0; d < width; d++) {
    yield;
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = matrix[row * width + d] as number;
    for (const earlier of columns) {
      const along = dot(earlier, column);
      for (let row = 0; row < rows; row++) (column[row] as number) -= along * (earlier[row] as number);
    }
    const length = Math.sqrt(dot(column, column)) || 1;
    for (let row = 0; row < rows; row++) matrix[row * width + d] = (column[row] as number) /= length;
    columns.push(column);
  }
}

/** In four sums, since each addition to one would wait for the one before. */
function dot(a: Float64Array, b: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let at = 0; at < whole; at += 4) {
    first += (a[at] as number) * (b[at] as number);
    second += (a[at + 1] as number) * (b[at + 1] as number);
    third += (a[at + 2] as number) * (b[at + 2] as number);
    fourth += (a[at + 3] as number) * (b[at + 3] as number);
  }
  for (let at = whole; at < a.length; at++) first += (a[at] as number) * (b[at] as number);
  return first + second + (third + fourth);
}

function quantize(values: Float32Array): Int8Array {
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at] as number));
  const quantized = new Int8Array(values.length);
  for (let at = 0; at < values.length; at++)
    quantized[at] = Math.round(((values[at] as number) / (largest || 1)) * 127);
  return quantized;
}
