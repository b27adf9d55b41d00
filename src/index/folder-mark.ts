// One number for all that a folder holds: the sum of a number for each file, so that a change of one file changes it without the others. Pure.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { FoundFolder } from './file-source.ts';

/** Marks are whole numbers below 2^52, and so are their sums: a double holds them exactly. */
const RANGE = 2 ** 52;

/**
 * The number of a file with this name and stamp; null stands for one that must be read again, whatever its stamp. Most file
 * systems give a renamed file another stamp; for the others the end of the name, where ids differ, is enough.
 */
export function fileMark(name: string, stamp: number | null): number {
  let word = name.length;
  for (let at = Math.max(0, name.length - 16); at < name.length; at++)
    word = (Math.imul(word, 31) + name.charCodeAt(at)) | 0;
  const given = stamp ?? -1;
  const low = mix(word ^ given, 0x2c1b_3c6d);
  const high = mix(low ^ Math.floor(given / 0x1_0000_0000) ^ Math.imul(word, 0x45d9_f3b), 0x297a_2d39);
  return (high & 0xf_ffff) * 0x1_0000_0000 + (mix(low ^ high, 0x119d_e1f3) >>> 0);
}

function mix(word: number, factor: number): number {
  const once = Math.imul(word ^ (word >>> 15), factor);
  return once ^ (once >>> 13);
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
