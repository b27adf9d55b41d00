// Makes a set of questions for `npm run eval` out of a Git repository: its commits as memories, asked by titles of tests and issues.

import { existsSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { readGitLog } from './eval/git-log.ts';
import { readGnuHistory } from './eval/gnu-history.ts';
import { makeHistorySet } from './eval/history-set.ts';
import { readIssueFile } from './eval/issue-file.ts';
import { showProgress } from './eval/progress.ts';

const HELP = `npm run eval:history -- <repository> --out <file.json> [options]

Writes a set of questions for \`npm run eval\`: every commit is a memory (subject, body, files and names that it changed); the
questions are titles of tests, right is the commit that added the test, and titles of issues, right are the commits that name
the issue. Numbers of issues are taken out of both.

  --issues <file>  Issues, as \`gh issue list --state all --limit 5000 --json number,title\` prints them.
  --max <n>        The newest n commits; 5000 when left out.
  --gnu            The folder is the unpacked source of a GNU release: commits from ChangeLog.old/, titles of bugs from NEWS.`;

const USAGE = 'npm run eval:history -- <repository> --out <file.json>; --help tells more.';

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const { code, message, hint } = toMemvaultError(thrown);
  process.stderr.write(cleanText(`eval:history: ${message}\n  ${hint}\n`));
  process.exitCode = ERROR_RULES[code].exit;
}

async function main(argv: readonly string[]): Promise<void> {
  const { repository, out, issueFile, max, isGnu, help } = parse(argv);
  if (help) return console.log(HELP);
  if (!existsSync(repository))
    throw new MemvaultError('not_found', `there is no folder ${repository}`, { hint: USAGE });
  const { commits, issues } = isGnu
    ? readGnuHistory(repository)
    : {
        issues: issueFile === undefined ? [] : readIssueFile(issueFile),
        commits: await readGitLog(repository, {
          max,
          onProgress: (read, count) => showProgress(`${read}/${count} commits`),
        }),
      };
  showProgress('');
  const groups = makeHistorySet({ name: basename(repository), commits, issues });
  if (groups.length === 0)
    throw new MemvaultError(
      'not_found',
      `${commits.length} commits, but none adds a test with a title, and no issue is named`,
      {
        hint: 'Give the issues with --issues, or another repository.',
      },
    );
  writeFileSync(out, `${JSON.stringify(groups)}\n`);
  for (const { name, docs, queries } of groups)
    console.log(`${name}: ${docs.length} commits, ${queries.length} questions`);
  console.log(`npm run eval -- ${out}`);
}

function parse(argv: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        issues: { type: 'string' },
        max: { type: 'string', default: '5000' },
        gnu: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new MemvaultError('invalid_input', error instanceof Error ? error.message : String(error), { hint: USAGE });
  }
  const { values, positionals } = parsed;
  const help = values.help === true;
  if (!help && positionals.length !== 1)
    throw new MemvaultError('invalid_input', `expected one repository, got ${positionals.length}`, { hint: USAGE });
  if (!help && values.out === undefined)
    throw new MemvaultError('invalid_input', '--out expects the file to write', { hint: USAGE });
  if (!/^[1-9]\d{0,6}$/.test(values.max))
    throw new MemvaultError('invalid_input', `--max expects a whole number from 1, got "${values.max}"`);
  return {
    repository: resolve(positionals[0] ?? '.'),
    out: values.out ?? '',
    issueFile: values.issues,
    max: Number(values.max),
    isGnu: values.gnu === true,
    help,
  };
}
