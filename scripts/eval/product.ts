// memvault itself as it is measured: in this process, or through its built command line.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openVaultHere } from '../../src/app.ts';
import { MemvaultError } from '../../src/model/errors.ts';
import { runProgram } from '../../src/system/exec.ts';
import { DEPTH } from './system.ts';
import type { RankingSystem } from './system.ts';

export interface ProductOptions {
  /** What `--vault` takes. */
  readonly folder: string;
  /** How many memories the vault was written with. */
  readonly memories: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * memvault's library in this process. Makes the index at once; throws `corrupt` when it took in another number of memories
 * than were written. `onAnswer` is called after every question.
 */
export function openProduct(options: ProductOptions, onAnswer: () => void = () => {}): RankingSystem {
  const vault = openVaultHere({ cwd: options.folder, env: options.env, vaultFlag: options.folder });
  checkCount(vault.rebuild().added, options);
  return {
    name: 'memvault',
    rank: async (questions) =>
      questions.map((text) => {
        const { hits } = vault.library.search({ text, limit: DEPTH });
        onAnswer();
        return hits.map((hit) => hit.id);
      }),
    close: () => vault.close(),
  };
}

/**
 * The built command line on the same vault: `rebuild`, then one `search --batch` with ten results a question. Throws
 * `unavailable` when it was not built or fails.
 */
export async function openCommandLine(options: ProductOptions): Promise<RankingSystem> {
  const file = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
  if (!existsSync(file))
    throw new MemvaultError('unavailable', `--cli asks the built command line, and there is no ${file}`, {
      hint: 'npm run build',
    });
  const run = async (args: readonly string[], stdin = ''): Promise<string> => {
    const done = await runProgram(process.execPath, [file, ...args, '--vault', options.folder], {
      cwd: options.folder,
      env: options.env,
      stdin,
      timeoutMs: 30 * 60_000,
    });
    if (done.code === 0 && !done.truncated) return done.stdout.toString('utf8');
    throw new MemvaultError('unavailable', `memvault ${args.join(' ')} ended with ${done.code}: ${done.stderr.trim()}`);
  };
  const report = JSON.parse(await run(['rebuild', '--json'])) as { readonly added: number };
  checkCount(report.added, options);
  return {
    name: 'memvault, command line',
    async rank(questions) {
      const lines = questions.map((q) => JSON.stringify({ q, limit: COMMAND_LINE_DEPTH }));
      const answers = (await run(['search', '--batch'], `${lines.join('\n')}\n`)).trimEnd().split('\n');
      if (answers.length !== questions.length)
        throw new MemvaultError('corrupt', `${questions.length} questions, but ${answers.length} lines of answers`);
      return answers.map((line) => readAnswer(line));
    },
    close: () => {},
  };
}

export const COMMAND_LINE_DEPTH = 10;

function readAnswer(line: string): readonly string[] {
  const answer = JSON.parse(line) as {
    readonly results?: readonly { readonly id: string }[];
    readonly error?: { readonly message: string };
  };
  if (answer.results === undefined)
    throw new MemvaultError('corrupt', `a question was refused: ${answer.error?.message ?? line}`);
  return answer.results.map((hit) => hit.id);
}

function checkCount(added: number, options: ProductOptions): void {
  if (added === options.memories) return;
  throw new MemvaultError('corrupt', `${options.memories} memories were written, but the index took in ${added}`, {
    hint: `memvault doctor --vault ${options.folder}`,
  });
}
