// A source of memory files over a real folder whose files hold memories as JSON: the index's port without the vault's parser.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundFile, FoundFolder, MemoryFileSource } from '../../src/index/file-source.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { MemoryPlace } from '../../src/model/search.ts';

export function jsonSource(root: string, place: MemoryPlace): MemoryFileSource {
  return {
    place,
    walk: () => walk(root, ''),
    find(path) {
      const stats = statSync(join(root, path), { throwIfNoEntry: false });
      if (stats === undefined) return 'absent';
      return stats.isFile() ? fileOf(path, stats) : 'other';
    },
    read(path) {
      const text = readFileSync(join(root, path), 'utf8');
      if (!text.startsWith('{'))
        return {
          ok: false,
          diagnostics: [{ path, line: 1, rule: 'frontmatter-missing', severity: 'error', message: 'no frontmatter' }],
        };
      const memory: Memory = JSON.parse(text);
      return { ok: true, memory };
    },
  };
}

function* walk(root: string, path: string): Generator<FoundFolder> {
  const below: string[] = [];
  const files: FoundFile[] = [];
  for (const name of readdirSync(join(root, path))) {
    const inner = path === '' ? name : `${path}/${name}`;
    const stats = statSync(join(root, inner));
    if (stats.isDirectory()) below.push(inner);
    else files.push(fileOf(inner, stats));
  }
  yield { path, files, faults: [] };
  for (const folder of below) yield* walk(root, folder);
}

/** Only the time that the tests set counts, and the inode: a file is replaced in their moments. */
function fileOf(path: string, { size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): FoundFile {
  return { path, stamp: (Math.floor(mtimeMs) % 2 ** 36) * 1000 + ((size * 31 + ino) % 1000), changedMs: mtimeMs };
}
