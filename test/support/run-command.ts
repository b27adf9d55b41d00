// Runs a command of the command line in this process.

import { PassThrough } from 'node:stream';
import type { Command, CommandResult } from '../../src/cli/command.ts';
import { loadCommand } from '../../src/cli/commands.ts';
import type { TestRepo } from './git.ts';

export async function runCommand(
  repo: Pick<TestRepo, 'env' | 'root'>,
  dataDir: string,
  name: string,
  positionals: readonly string[] = [],
  options: Readonly<Record<string, boolean | string>> = {},
): Promise<CommandResult> {
  const command: Command | undefined = await loadCommand(name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir };
  return command.run({ positionals, options, env, cwd: repo.root, stdin, stdout, stderr });
}
