// A source of memory files over a real folder whose files hold memories as JSON: the index's port without the vault's parser.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { MemoryFileSource } from '../../src/index/file-source.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { MemoryPlace } from '../../src/model/search.ts';

export function jsonSource(root: string, place: MemoryPlace): MemoryFileSource {
  return {
    place,
    list: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const file = join(entry.parentPath, entry.name);
          const stat = statSync(file, { bigint: true });
          return {
            path: relative(root, file),
            size: Number(stat.size),
            mtimeNs: String(stat.mtimeNs),
            inode: Number(stat.ino),
          };
        }),
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
