// Reads the contents of many memory files from Git's objects at once.

import { MAX_MEMORY_BYTES } from '../memory-file.ts';
import type { GitRunner } from './runner.ts';

/** The blobs that are there and small enough for a memory. */
export async function readMemoryBlobs(git: GitRunner, oids: readonly string[]): Promise<Map<string, Buffer>> {
  const lines = (some: readonly string[]): string => some.map((oid) => `${oid}\n`).join('');
  const checked = await git.run(['cat-file', '--batch-check=%(objectname) %(objectsize)'], { stdin: lines(oids) });
  const small = checked.text.split('\n').flatMap((line) => {
    const [, oid, size] = /^([0-9a-f]+) (\d+)$/.exec(line) ?? [];
    return oid !== undefined && Number(size) <= MAX_MEMORY_BYTES ? [oid] : [];
  });
  const blobs = new Map<string, Buffer>();
  if (small.length === 0) return blobs;
  const { stdout } = await git.run(['cat-file', '--batch'], { stdin: lines(small) });
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf('\n', at);
    const [, oid, size] = /^([0-9a-f]+) \w+ (\d+)$/.exec(stdout.toString('latin1', at, end)) ?? [];
    if (oid === undefined || size === undefined) break;
    const start = end + 1;
    blobs.set(oid, stdout.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return blobs;
}
