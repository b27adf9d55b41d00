// Measures what a vault of many memories costs in Git: `npm run bench:git -- 1000 10000`. Prints the table of docs/scale.md.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import { drawMemoryId } from '../src/model/memory.ts';
import type { FileReference, Memory } from '../src/model/memory.ts';
import { memoryPath } from '../src/vault/file-name.ts';
import { compareFiles } from '../src/vault/git/freshness.ts';
import { readProvenance } from '../src/vault/git/provenance.ts';
import { serializeMemory } from '../src/vault/memory-file.ts';
import { repositoryPlace } from '../src/vault/place.ts';

const CLI = resolve(import.meta.dirname, '..', 'dist', 'cli.js');
const CODE_FILES = 2_000;
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => Number.isInteger(size) && size > 0);
const columns = new Map<string, string[]>();

for (const size of sizes.length > 0 ? sizes : [1_000, 10_000]) await measure(size);
const names = [...columns.values()][0]?.map((_, i) => columns.get('memories')?.[i] ?? '') ?? [];
console.log(`| | ${names.map((name) => `${Number(name).toLocaleString('en')} memories`).join(' | ')} |`);
console.log(`|---|${names.map(() => '---').join('|')}|`);
for (const [name, values] of columns) if (name !== 'memories') console.log(`| ${name} | ${values.join(' | ')} |`);

async function measure(size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-scale-'));
  try {
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
    add('memories', String(size));
    add('checkout', timed(['git', 'checkout', '-q', 'main'], root, env));
    git('repack', '-a', '-d', '-q');
    add('`git status`', timed(['git', 'status', '--porcelain'], root, env));
    const place = repositoryPlace(root, join(root, '.git'), join(root, '.git'));
    add('first index', timed(['node', CLI, 'status'], root, env));
    const vault = openVaultHere({ cwd: root, env: { ...env, CLAUDE_MEM_DATA_DIR: join(home, '.claude-mem') } });
    // The first one loads the code.
    vault.outbox.put(makeMemory(size + 3));
    await vault.git.publish({ now: true, atSessionEnd: false });
    vault.outbox.put(makeMemory(size + 1));
    add('publish of one memory, in the worker', await cpu(() => vault.git.publish({ now: true, atSessionEnd: false })));
    vault.outbox.put(makeMemory(size + 2));
    vault.close();
    add('`memvault publish --now`, start and index included', timed(['node', CLI, 'publish', '--now'], root, env));
    const references = memories.flatMap((memory) => memory.files);
    add('freshness of the two files that each names', await wall(() => compareFiles(root, references, { env })));
    add('provenance of all, first time', await wall(() => readProvenance(place, { env })));
    add('provenance of all, again', await wall(() => readProvenance(place, { env })));
    add('`git clone`', timed(['git', 'clone', '-q', `file://${root}`, join(folder, 'clone')], folder, env));
    add('pack', `${(Number(/size-pack: (\d+)/.exec(git('count-objects', '-v'))?.[1] ?? 0) / 1024).toFixed(1)} MB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeMemory(i: number): Memory {
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

function timed(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): string {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" > /dev/null';
  const done = spawnSync('bash', ['-c', script, 'bash', ...command], { cwd, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command.join(' ')}: ${done.stderr}`);
  const [user = 0, system = 0, real = 0] = (done.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return `${Math.round((user + system) * 1000)} ms CPU (${Math.round(real * 1000)} ms)`;
}

/** Of this process and of the git commands that it ran, as Linux counts them. */
async function cpu(work: () => Promise<unknown>): Promise<string> {
  const ticks = (): number => {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  };
  const [before, start] = [ticks(), performance.now()];
  await work();
  return `${(ticks() - before) * 10} ms CPU (${Math.round(performance.now() - start)} ms)`;
}

async function wall(work: () => Promise<unknown>): Promise<string> {
  const before = performance.now();
  await work();
  return `${Math.round(performance.now() - before)} ms`;
}

function add(name: string, value: string): void {
  columns.set(name, [...(columns.get(name) ?? []), value]);
}
