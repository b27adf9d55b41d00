// Measures what prompts bring: how often the right memory, how often anything at all where nothing belongs; for several thresholds.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import { openRecallIndex } from '../src/index/recall-index.ts';
import { rankForPrompt, selectRelevant, THRESHOLD } from '../src/inject/prompt-relevance.ts';
import { MOST_REMINDED } from '../src/inject/reminder.ts';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { dataPaths } from '../src/system/paths.ts';
import { indexFile } from '../src/vault/place.ts';
import { writeGroupVault } from './eval/group-vault.ts';
import { readSets } from './eval/set-file.ts';
import type { EvalGroup } from './eval/set-file.ts';

const THRESHOLDS = [0.5, THRESHOLD, 1, 1.25];
const QUESTIONS = 300;
/** What people say all day, and no memory is about. */
const EVERYDAY = [
  'continue',
  'yes please',
  'run the tests',
  'commit this',
  'what is left to do?',
  'thanks, looks good',
  'Please write a README for this project',
  'can you explain what this does',
  'the build fails, please look',
  'add a test for it',
  'push it and open a pull request',
  'rename the variable to something clearer',
  'update the dependencies',
  'please format the code and run the linter',
  'Create a new branch and commit all changes',
  'Write a script that downloads the weather forecast and prints it',
];

const folder = mkdtempSync(join(tmpdir(), 'memvault-eval-recall-'));
try {
  main(process.argv.slice(2));
} catch (thrown) {
  const { code, message, hint } = toMemvaultError(thrown);
  process.stderr.write(cleanText(`eval:recall: ${message}\n  ${hint}\n`));
  process.exitCode = ERROR_RULES[code].exit;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function main(paths: readonly string[]): void {
  if (paths.length === 0)
    throw new MemvaultError('invalid_input', 'expected files with sets of questions', {
      hint: 'npm run eval:recall -- <set.json…>; `npm run eval:history` makes one.',
    });
  const groups = paths.flatMap((path) => readSets(path)).flatMap((set) => set.groups);
  console.log('| set | threshold | right shown | of the shown right | other projects: shown | everyday: shown |');
  console.log('|---|---:|---:|---:|---:|---:|');
  for (const [at, group] of groups.entries()) measure(group, at, foreignQuestions(groups, group));
}

/** Questions of other projects; groups of one project share the first word of their names. */
function foreignQuestions(groups: readonly EvalGroup[], group: EvalGroup): readonly string[] {
  const project = (one: EvalGroup): string => one.name.split(/[ -]/)[0] ?? '';
  return groups
    .filter((other) => project(other) !== project(group))
    .flatMap(({ queries }) => queries.slice(0, QUESTIONS / 3).map(({ q }) => q));
}

function measure(group: EvalGroup, at: number, foreign: readonly string[]): void {
  const dir = join(folder, String(at));
  mkdirSync(dir);
  const written = writeGroupVault(dir, group);
  const env = { HOME: folder, PATH: process.env['PATH'] };
  const vault = openVaultHere({ cwd: dir, env, vaultFlag: dir });
  vault.sync();
  vault.close();
  const index = openRecallIndex(indexFile(vault.place, dataPaths(env)));
  if (index === undefined) throw new MemvaultError('internal', 'the index was not made');
  const shown = (text: string, threshold: number): readonly string[] =>
    selectRelevant(rankForPrompt(index.matchPrompt(text), new Map()), threshold)
      .slice(0, MOST_REMINDED)
      .map(({ row }) => written.documentOf.get(row.id) ?? '');
  const speaks = (texts: readonly string[], threshold: number): number =>
    texts.filter((text) => shown(text, threshold).length > 0).length / Math.max(1, texts.length);
  const asked = group.queries.slice(0, QUESTIONS);
  for (const threshold of THRESHOLDS) {
    const answers = asked.map(({ q, rel }) => {
      const found = shown(q, threshold);
      return { found: found.length, right: found.filter((document) => rel.includes(document)).length };
    });
    const right = answers.filter((one) => one.right > 0).length / asked.length;
    const sum = (name: 'found' | 'right'): number => answers.reduce((total, one) => total + one[name], 0);
    const cells = [
      right,
      sum('right') / Math.max(1, sum('found')),
      speaks(foreign, threshold),
      speaks(EVERYDAY, threshold),
    ];
    console.log(
      `| ${group.name} (${group.docs.length}) | ${threshold} | ${cells.map((cell) => (100 * cell).toFixed(1)).join(' | ')} |`,
    );
  }
  index.close();
}
