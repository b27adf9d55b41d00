// A repository with a given number of memories beside code, made by one `fast-import`: for the measurements of Git.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { FileReference, Memory } from '../../src/model/memory.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';

export interface GitVault {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly memories: readonly Memory[];
  readonly git: (...args: string[]) => string;
}

const CODE_FILES = 2_000;

/** Makes `repo/` and a home in the folder; the branch `main` holds everything, nothing is checked out yet. */
export function makeGitVault(folder: string, size: number): GitVault {
  const home = join(folder, 'home');
  const root = join(folder, 'repo');
  mkdirSync(home);
  mkdirSync(root);
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_NOSYSTEM: '1', CLAUDE_MEM_NO_WORKER: '1' };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  git('init', '-q', '-b', 'main');
  for (const [key, value] of [
    ['user.name', 'Ada'],
    ['user.email', 'ada@example.org'],
    ['gc.auto', '0'],
  ] as const)
    git('config', key, value);
  const memories = Array.from({ length: size }, (_, i) => makeMemory(i));
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, env, input: stream(memories), maxBuffer: 1 << 28 });
  return { root, env, memories, git };
}

/** The same memory for the same number. */
export function makeMemory(i: number): Memory {
  const id = drawMemoryId(createHash('sha256').update(`memory ${i}`).digest());
  const day = new Date(Date.UTC(2024, 0, 1) + (i % 720) * 86_400_000).toISOString().slice(0, 10);
  const files: FileReference[] = [i, i * 7].map((n) => ({
    path: codePath(n % CODE_FILES),
    blob: codeBlob(n % CODE_FILES),
  }));
  const words = `The handler of case ${i} reads the token, waits for the store and writes it back. `;
  return {
    id,
    kind: 'observation',
    type: 'discovery',
    title: `Case ${i} of the token store behaves in a way of its own`,
    created: `${day}T10:00:00Z`,
    files,
    tags: ['auth', `case-${i % 40}`],
    supersedes: [],
    deletes: [],
    body: words.repeat(10),
  };
}

function codePath(n: number): string {
  return `src/part-${n % 40}/file-${n}.ts`;
}

function codeText(n: number): string {
  return `export const value${n} = ${n};\n`;
}

function codeBlob(n: number): string {
  const text = codeText(n);
  return createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex').slice(0, 12);
}

/** One commit with the code, then one for each hundred memories, as sessions make them. */
function stream(memories: readonly Memory[]): string {
  const parts: string[] = [];
  const commit = (message: string, files: readonly (readonly [string, string])[]): void => {
    parts.push(
      `commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata ${message.length}\n${message}\n`,
    );
    for (const [path, text] of files) parts.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  };
  commit(
    'code',
    Array.from({ length: CODE_FILES }, (_, n) => [codePath(n), codeText(n)] as const),
  );
  for (let at = 0; at < memories.length; at += 100)
    commit(
      'chore(memory): record',
      memories
        .slice(at, at + 100)
        .map((memory) => [`.claude-mem/${memoryPath(memory)}`, serializeMemory(memory)] as const),
    );
  return parts.join('');
}
