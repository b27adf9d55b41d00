// Writes a vault of realistic memories to disk, file by file in the format that memvault itself writes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VAULT_FOLDER } from '../../src/model/place.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { createMemoryMaker } from './realistic-memories.ts';

export interface MadeVault {
  /** The folder that holds `.claude-mem/`. */
  readonly root: string;
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
  /** Relative to `.claude-mem/`, the oldest first. */
  readonly paths: readonly string[];
  /** Questions of mixed shape that the vault can answer, all different. */
  readonly queries: readonly string[];
}

/** Fills `<root>/.claude-mem` with `count` memories, the same from the same seed. */
export function makeVault(
  root: string,
  count: number,
  options: { readonly seed?: number; readonly queries?: number } = {},
): MadeVault {
  const maker = createMemoryMaker(options.seed ?? 1, count);
  const vaultDir = join(root, VAULT_FOLDER);
  const folders = new Set<string>();
  const paths: string[] = [];
  let bytes = 0;
  for (let made = 0; made < count; made++) {
    const memory = maker.next();
    const path = memoryPath(memory);
    const file = join(vaultDir, path);
    const folder = dirname(file);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const text = serializeMemory(memory);
    bytes += Buffer.byteLength(text);
    writeFileSync(file, text);
    paths.push(path);
  }
  return {
    root,
    files: count,
    bytes,
    paths,
    queries: askDistinct(() => maker.query(), options.queries ?? 400),
  };
}

/** Fewer where the vault is too small for so many different ones. */
function askDistinct(query: () => string, count: number): readonly string[] {
  const asked = new Set<string>();
  for (let tries = 0; asked.size < count && tries < 20 * count; tries++) asked.add(query());
  return [...asked];
}

/** Where the index of a vault without Git lies. */
export function indexFile(vault: MadeVault): string {
  return join(vault.root, VAULT_FOLDER, 'cache', 'index.sqlite');
}
