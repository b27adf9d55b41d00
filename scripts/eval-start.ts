// Measures what a session's start brings, on situations out of a Git repository's history, beside the newest memories.

import { basename, resolve } from 'node:path';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { readGitLog } from './eval/git-log.ts';
import { deriveSituations, renderFigures, scoreSituations } from './eval/situations.ts';

const USAGE = 'npm run eval:start -- [--at <commit>] <repository…>';
const COMMITS = 3000;
const SITUATIONS = 30;
const BUDGETS = [500, 1000, 1500];

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const { code, message, hint } = toMemvaultError(thrown);
  process.stderr.write(cleanText(`eval:start: ${message}\n  ${hint}\n`));
  process.exitCode = ERROR_RULES[code].exit;
}

async function main(args: readonly string[]): Promise<void> {
  const isAt = args[0] === '--at';
  const [at, folders] = isAt ? [args[1] ?? '', args.slice(2)] : ['HEAD', args];
  if (folders.length === 0)
    throw new MemvaultError('invalid_input', 'expected at least one repository', { hint: USAGE });
  const lines = ['| situations | at the start | precision | recall |', '|---|---|---:|---:|'];
  for (const folder of folders) {
    const commits = await readGitLog(resolve(folder), { max: COMMITS, at }).catch((cause: unknown) => {
      throw new MemvaultError('not_found', `${folder} is no repository with the commit ${at || 'that --at names'}`, {
        hint: USAGE,
        cause,
      });
    });
    const situations = deriveSituations(commits, SITUATIONS);
    if (situations.length === 0)
      throw new MemvaultError('not_found', `${folder}: no commit changes files that few earlier ones changed`, {
        hint: 'Take a repository with a longer history.',
      });
    for (const budget of BUDGETS)
      lines.push(renderFigures(`${basename(resolve(folder))}, ${budget} tokens`, scoreSituations(situations, budget)));
  }
  console.log(lines.join('\n'));
}
