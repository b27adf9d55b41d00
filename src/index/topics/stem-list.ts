// Many stems as one text, each found by its letters: a map of twenty thousand costs a process that lives for one search 16 ms.

export interface StemList {
  readonly length: number;
  /** The stem's place in the list, from 0; undefined for one that is not in it. */
  numberOf(stem: string): number | undefined;
}

/**
 * The hash table of a text, a stem a line (open addressing, FNV-1a), as one row of numbers that can be kept: how many stems, where each
 * begins and the text ends, then the slots. A slot holds the number of the stem that belongs there, from 1; 0 is free.
 */
export function makeStemTable(text: string): Int32Array {
  let length = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) length++;
  let bits = 4;
  while (1 << bits < 2 * length) bits++;
  const mask = (1 << bits) - 1;
  const table = new Int32Array(slotsFrom(length) + (1 << bits));
  table[0] = length;
  const starts = table.subarray(1, slotsFrom(length));
  const slots = table.subarray(slotsFrom(length));
  let number = 0;
  let hash = FNV_BASIS;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? LINE_FEED : text.charCodeAt(at);
    if (code !== LINE_FEED) {
      hash = Math.imul(hash ^ code, FNV_PRIME);
      continue;
    }
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = ++number;
    starts[number] = at + 1;
    hash = FNV_BASIS;
  }
  return table;
}

/** The list of a text by the table that was made of it; undefined when that is of another. */
export function openStemList(text: string, table: Int32Array): StemList | undefined {
  const length = table[0] ?? 0;
  const starts = table.subarray(1, slotsFrom(length));
  const slots = table.subarray(slotsFrom(length));
  const mask = slots.length - 1;
  if (length < 1 || slots.length < 2 * length || (slots.length & mask) !== 0 || starts[length] !== text.length + 1)
    return undefined;
  return {
    length,
    numberOf(stem) {
      let hash = FNV_BASIS;
      for (let at = 0; at < stem.length; at++) hash = Math.imul(hash ^ stem.charCodeAt(at), FNV_PRIME);
      // A table without a free slot was never made: whatever it holds, the search for one ends.
      for (let tried = 0, slot = hash & mask; tried <= mask && slots[slot] !== 0; tried++, slot = (slot + 1) & mask) {
        const found = (slots[slot] as number) - 1;
        const start = starts[found] as number;
        if ((starts[found + 1] as number) - start - 1 === stem.length && text.startsWith(stem, start)) return found;
      }
      return undefined;
    },
  };
}

/** After the number of stems, one begin for each and the end. */
function slotsFrom(length: number): number {
  return length + 2;
}

const LINE_FEED = 10;
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
