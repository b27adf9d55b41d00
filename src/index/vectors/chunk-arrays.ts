// The vectors of all chunks in flat arrays that grow, with their sign bits kept right. Pure.

import { bitWords, setSignBits } from './quantize.ts';

/**
 * Signs are taken around the centre of all vectors, which tells much more than around zero where a model's vectors all point
 * more or less the same way. The centre is rounded to this step, so that it hardly ever moves when a vector comes or goes; and
 * it follows from the vectors alone, not from the order in which they came.
 */
const CENTRE_STEP = 8;
/** With more dimensions than this it is cheaper to set all bits of a chunk anew. */
const MANY_MOVED = 24;
/** Room of gone chunks is given back when there are so many, and more than this share. */
const LEAST_GONE = 256;
const GONE_SHARE = 0.25;

export interface ChunkArrays {
  readonly dimensions: number;
  /** How many places are in use, those of gone chunks included. */
  readonly size: number;
  /** Number of the owner of the chunk at a place; -1 for one that is gone. */
  owner(place: number): number;
  /** Gives back the place. */
  add(owner: number, vector: Int8Array): number;
  remove(place: number): void;
  /** Whether `compact` would give back much. */
  readonly isLoose: boolean;
  /** Leaves no gone chunk; `moved` hears the new place of each chunk. */
  compact(moved: (owner: number, place: number) => void): void;
  /** Cosine of a query and the chunk at a place. */
  cosine(query: Float32Array, place: number): number;
  /** Sign bits of all places and of a query, around the centre as it is now. */
  signs(query: Int8Array): { readonly bits: Uint32Array; readonly query: Uint32Array; readonly words: number };
}

/** `start`: vectors one after the other and the owner of each; the arrays are taken over. */
export function createChunkArrays(
  dimensions: number,
  start: { readonly values: Int8Array; readonly owners: Int32Array } = {
    values: new Int8Array(0),
    owners: new Int32Array(0),
  },
): ChunkArrays {
  const words = bitWords(dimensions);
  let { values, owners } = start;
  let bits = new Uint32Array(owners.length * words);
  /** Length of each vector; 0 until it is asked for. */
  let lengths = new Float64Array(owners.length);
  let size = owners.length;
  let gone = 0;
  /** Places from here on are not in `sums` and have no bits yet: a small set never needs them. */
  let counted = 0;
  /** Whole numbers add up exactly, in any order. */
  const sums = new Int32Array(dimensions);
  const centre = new Int8Array(dimensions);

  const count = (place: number, sign: 1 | -1): void => {
    const vector = values.subarray(place * dimensions, (place + 1) * dimensions);
    for (let at = 0; at < dimensions; at++) sums[at] = (sums[at] ?? 0) + sign * (vector[at] ?? 0);
  };
  const setBits = (from: number): void => {
    for (let place = from; place < size; place++)
      setSignBits({ values, from: place * dimensions }, centre, { bits, at: place * words });
  };

  /** Brings sums, centre and bits up to date. Where few dimensions have a new centre, only their bits are set anew. */
  const settle = (): void => {
    const from = counted;
    for (; counted < size; counted++) if ((owners[counted] ?? -1) >= 0) count(counted, 1);
    const moved: number[] = [];
    for (let at = 0; at < dimensions; at++) {
      const mean = size === gone ? 0 : (sums[at] ?? 0) / (size - gone);
      const now = Math.round(mean / CENTRE_STEP) * CENTRE_STEP;
      if (now !== centre[at]) moved.push(at);
      centre[at] = now;
    }
    if (moved.length > MANY_MOVED) return setBits(0);
    for (const at of moved) {
      const bit = 1 << (at & 31);
      for (let place = 0; place < from; place++) {
        const word = place * words + (at >>> 5);
        const isAbove = (values[place * dimensions + at] ?? 0) > (centre[at] ?? 0);
        bits[word] = isAbove ? (bits[word] ?? 0) | bit : (bits[word] ?? 0) & ~bit;
      }
    }
    setBits(from);
  };

  const grow = (): void => {
    const room = Math.max(256, Math.ceil(size * 1.5));
    values = enlarge(values, new Int8Array(room * dimensions));
    bits = enlarge(bits, new Uint32Array(room * words));
    lengths = enlarge(lengths, new Float64Array(room));
    owners = enlarge(owners, new Int32Array(room));
  };

  return {
    dimensions,
    get size() {
      return size;
    },
    owner: (place) => owners[place] ?? -1,
    add(owner, vector) {
      if (size === owners.length) grow();
      values.set(vector, size * dimensions);
      lengths[size] = 0;
      owners[size] = owner;
      return size++;
    },
    remove(place) {
      if ((owners[place] ?? -1) < 0) return;
      if (place < counted) count(place, -1);
      owners[place] = -1;
      gone++;
    },
    get isLoose() {
      return gone > LEAST_GONE && gone > size * GONE_SHARE;
    },
    compact(moved) {
      settle();
      let to = 0;
      for (let from = 0; from < size; from++) {
        const owner = owners[from] ?? -1;
        if (owner < 0) continue;
        values.copyWithin(to * dimensions, from * dimensions, (from + 1) * dimensions);
        bits.copyWithin(to * words, from * words, (from + 1) * words);
        lengths[to] = lengths[from] ?? 0;
        owners[to] = owner;
        moved(owner, to++);
      }
      size = to;
      counted = to;
      gone = 0;
    },
    cosine(query, place) {
      const vector = values.subarray(place * dimensions, (place + 1) * dimensions);
      let length = lengths[place] ?? 0;
      if (length === 0) {
        length = lengthOf(vector);
        lengths[place] = length;
      }
      if (length === 0) return 0;
      let sum = 0;
      for (let at = 0; at < dimensions; at++) sum += (query[at] ?? 0) * (vector[at] ?? 0);
      return sum / length;
    },
    signs(query) {
      settle();
      const own = new Uint32Array(words);
      setSignBits({ values: query, from: 0 }, centre, { bits: own, at: 0 });
      return { bits, query: own, words };
    },
  };
}

function enlarge<T extends Int8Array | Uint32Array | Float64Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

function lengthOf(vector: Int8Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.sqrt(square);
}
