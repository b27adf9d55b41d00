// The commit that a ref names, read from Git's files: runs no git, knows nothing of reftables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RefFolders {
  readonly gitDir: string;
  readonly commonDir: string;
}

/** Undefined for a ref that is not there, or that these files do not tell. Follows symbolic refs. */
export function readRefId(ref: string, { gitDir, commonDir }: RefFolders): string | undefined {
  let name = ref;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (!/^(?:HEAD|refs\/[^\0]+)$/.test(name) || name.split('/').includes('..')) return undefined;
    const text = readText(join(name === 'HEAD' ? gitDir : commonDir, name)) ?? readPacked(commonDir, name);
    const target = /^ref: (\S+)/.exec(text ?? '')?.[1];
    if (target === undefined) return /^[0-9a-f]{40,64}/.exec(text ?? '')?.[0];
    name = target;
  }
  return undefined;
}

/** The full ref that HEAD's file names, which may be a symbolic one; undefined when it names none, or reftables hold it. */
export function readHeadRef(gitDir: string): string | undefined {
  const target = /^ref: (refs\/\S+)/.exec(readText(join(gitDir, 'HEAD')) ?? '')?.[1];
  return target === 'refs/heads/.invalid' ? undefined : target;
}

const MAX_DEPTH = 5;

function readPacked(commonDir: string, name: string): string | undefined {
  const text = readText(join(commonDir, 'packed-refs'));
  const at = text?.indexOf(` ${name}\n`) ?? -1;
  return text === undefined || at < 0 ? undefined : text.slice(text.lastIndexOf('\n', at) + 1, at);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
