// Measures what a session's start brings, on situations out of a Git repository's history, beside the newest memories.

import { basename, resolve } from 'node:path';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { readGitLog } from './eval/git-log.ts';
import { deriveSituations, renderFigures, scoreSituations } from './eval/situations.ts';

const USAGE = 'npm run eval:start -- <repository…>';
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

async function main(folders: readonly string[]): Promise<void> {
  if (folders.length === 0)
    throw new MemvaultError('invalid_input', 'expected at least one repository', { hint: USAGE });
  console.log('| situations | at the start | precision | recall |\n|---|---|---:|---:|');
  for (const folder of folders) {
    const commits = await readGitLog(resolve(folder), { max: COMMITS });
    const situations = deriveSituations(commits, SITUATIONS);
    if (situations.length === 0)
      throw new MemvaultError('not_found', `${folder}: no commit changes files that few earlier ones changed`, {
        hint: 'Take a repository with a longer history.',
      });
    for (const budget of BUDGETS)
      console.log(renderFigures(`${basename(resolve(folder))}, ${budget} tokens`, scoreSituations(situations, budget)));
  }
}
