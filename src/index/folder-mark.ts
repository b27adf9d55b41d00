// One number for all that a folder holds: the sum of a number for each file, so that a change of one file changes it without the others. Pure.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { FoundFolder } from './file-source.ts';

/** Marks are whole numbers below 2^52, and so are their sums: a double holds them exactly. */
const RANGE = 2 ** 52;

/** The number of a file with this name and stamp; null stands for one that must be read again, whatever its stamp. */
export function fileMark(name: string, stamp: number | null): number {
  let high = 0x811c_9dc5;
  let low = 0xcbf2_9ce4;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    high = Math.imul(high ^ code, 0x0100_0193);
    low = Math.imul(low ^ code, 0x0100_01b3) ^ (high >>> 15);
  }
  const given = stamp ?? -1;
  high = Math.imul(high ^ given ^ (low >>> 13), 0x2c1b_3c6d);
  low = Math.imul(low ^ Math.floor(given / 0x1_0000_0000) ^ (high >>> 16), 0x297a_2d39);
  high = Math.imul(high ^ (low >>> 15), 0x45d9_f3b);
  low ^= high >>> 14;
  return (high & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0);
}

/** The sum over the files of a folder as it was found. */
export function filesMark({ path, files }: FoundFolder): number {
  const start = path.length + 1;
  let sum = 0;
  for (const file of files) sum = addMark(sum, fileMark(file.path.slice(start), file.stamp));
  return sum;
}

/** The sum over what else lies there; 0 when there is nothing. */
export function faultsMark(faults: readonly Diagnostic[]): number {
  return faults.reduce((sum, fault) => addMark(sum, fileMark(JSON.stringify(fault), 0)), 0);
}

export function addMark(sum: number, mark: number): number {
  const added = sum + mark;
  return added < RANGE ? added : added - RANGE;
}

export function subtractMark(sum: number, mark: number): number {
  const left = sum - mark;
  return left < 0 ? left + RANGE : left;
}
