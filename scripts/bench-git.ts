// Measures what a vault of many memories costs in Git: `npm run bench:git -- 1000 10000`. Prints the table of docs/scale.md.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import { compareFiles } from '../src/vault/git/freshness.ts';
import { readProvenance } from '../src/vault/git/provenance.ts';
import { repositoryPlace } from '../src/vault/place.ts';
import { measureBeforePush } from './bench/before-push.ts';
import { makeGitVault, makeMemory } from './bench/git-vault.ts';

const CLI = resolve(import.meta.dirname, '..', 'dist', 'cli.js');
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
    const vaultOf = makeGitVault(folder, size);
    const { root, env, git, memories } = vaultOf;
    add('memories', String(size));
    add('checkout', timed(['git', 'checkout', '-q', 'main'], root, env));
    git('repack', '-a', '-d', '-q');
    add('`git status`', timed(['git', 'status', '--porcelain'], root, env));
    const place = repositoryPlace(root, join(root, '.git'), join(root, '.git'));
    add('first index', timed(['node', CLI, 'status'], root, env));
    const vault = openVaultHere({
      cwd: root,
      env: { ...env, CLAUDE_MEM_DATA_DIR: join(env['HOME'] ?? '', '.claude-mem') },
    });
    // The first one loads the code.
    vault.outbox.put(makeMemory(size + 3));
    await vault.git.publish({ now: true, atSessionEnd: false });
    vault.outbox.put(makeMemory(size + 1));
    add('publish of one memory, in the worker', await cpu(() => vault.git.publish({ now: true, atSessionEnd: false })));
    vault.outbox.put(makeMemory(size + 2));
    vault.close();
    add('`memvault publish --now`, start included', timed(['node', CLI, 'publish', '--now'], root, env));
    for (const waiting of [1, 20])
      add(`before a push, ${waiting} waiting (p50 / p95)`, measureBeforePush(vaultOf, waiting));
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
