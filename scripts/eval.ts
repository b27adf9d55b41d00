// Measures how well memvault finds: asks sets of questions with known answers and prints figures beside those of the usual ways.

import { parseArgs } from 'node:util';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { evaluateGroup } from './eval/evaluate.ts';
import type { GroupResult } from './eval/evaluate.ts';
import { renderMarkdown, renderQuestions, renderTable } from './eval/report.ts';
import { showProgress } from './eval/progress.ts';
import { readSets } from './eval/set-file.ts';
import type { EvalSet } from './eval/set-file.ts';
import { summariseGroup, summariseSet } from './eval/summary.ts';

const HELP = `npm run eval -- <file or folder> [options]

Builds a vault of each group of a set file, searches it through memvault's own search, and prints how good the answers are,
beside grep and SQLite's full-text search over the same texts. docs/search.md tells what a set file looks like.

  --only <text>   Only groups with this in their name.
  --limit <n>     At most n questions a group, evenly taken, for a quick look.
  --queries       Every question: the rank of the first right memory and what stood above it.
  --cli           Ask the built command line too (rebuild, search --batch) and compare.
  --markdown      One table in Markdown.
  --json          One line of JSON; with --queries also every answer.`;

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const { code, message, hint } = toMemvaultError(thrown);
  process.stderr.write(cleanText(`eval: ${message}\n  ${hint}\n`));
  process.exitCode = ERROR_RULES[code].exit;
}

async function main(argv: readonly string[]): Promise<void> {
  const { path, options } = parse(argv);
  if (options.help) return console.log(HELP);
  const measured: MeasuredSet[] = [];
  for (const set of chooseGroups(readSets(path), path, options.only)) {
    const results: GroupResult[] = [];
    for (const group of set.groups) {
      const onAnswer = (answered: number, questions: number): void =>
        showProgress(`${set.name} · ${group.name} ${answered}/${questions}`);
      showProgress(`${set.name} · ${group.name}: indexing ${group.docs.length} memories`);
      const result = await evaluateGroup(group, {
        limit: options.limit,
        commandLine: options.cli,
        env: process.env,
        onAnswer,
      });
      showProgress('');
      results.push(result);
      if (options.format === 'text') printGroup(result, options.queries);
    }
    measured.push({ name: set.name, results });
  }
  if (options.format === 'json') return console.log(JSON.stringify(toJson(measured, options.queries)));
  if (options.format === 'markdown')
    return console.log(renderMarkdown(measured.flatMap(({ name, results }) => summariseSet(name, results))));
  for (const { name, results } of measured)
    if (results.length > 1) for (const summary of summariseSet(name, results)) console.log(`${renderTable(summary)}\n`);
}

interface MeasuredSet {
  readonly name: string;
  readonly results: readonly GroupResult[];
}

/** The sets with only those groups whose name holds the text. */
function chooseGroups(sets: readonly EvalSet[], path: string, only: string | undefined): readonly EvalSet[] {
  if (only === undefined) return sets;
  const chosen = sets
    .map((set) => ({ ...set, groups: set.groups.filter(({ name }) => name.includes(only)) }))
    .filter(({ groups }) => groups.length > 0);
  if (chosen.length > 0) return chosen;
  throw new MemvaultError('invalid_input', `no group of ${path} has "${only}" in its name`, {
    hint: `It has: ${sets.flatMap(({ groups }) => groups.map(({ name }) => name)).join(', ')}.`,
  });
}

function printGroup(result: GroupResult, withQuestions: boolean): void {
  console.log(`${renderTable(summariseGroup(result))}\n`);
  if (withQuestions) console.log(`${renderQuestions(result)}\n`);
  if (result.otherAnswers === undefined) return;
  console.log(
    result.otherAnswers === 0
      ? 'The command line answers every question as the library does.\n'
      : `The command line answers ${result.otherAnswers} of ${result.questions.length} questions otherwise than the library.\n`,
  );
}

function parse(argv: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        limit: { type: 'string' },
        queries: { type: 'boolean' },
        cli: { type: 'boolean' },
        markdown: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new MemvaultError('invalid_input', error instanceof Error ? error.message : String(error), {
      hint: 'npm run eval -- --help',
    });
  }
  const { values, positionals } = parsed;
  const [path, ...rest] = positionals;
  if (values.help !== true && (path === undefined || rest.length > 0))
    throw new MemvaultError('invalid_input', `expected one set file or folder of them, got ${positionals.length}`, {
      hint: 'npm run eval -- <file or folder>; --help tells more.',
    });
  if (values.limit !== undefined && !/^[1-9]\d{0,6}$/.test(values.limit))
    throw new MemvaultError('invalid_input', `--limit expects a whole number from 1, got "${values.limit}"`);
  const format = values.json === true ? 'json' : values.markdown === true ? 'markdown' : 'text';
  return {
    path: path ?? '',
    options: {
      help: values.help === true,
      only: values.only,
      limit: values.limit === undefined ? undefined : Number(values.limit),
      queries: values.queries === true,
      cli: values.cli === true,
      format,
    },
  } as const;
}

function toJson(measured: readonly MeasuredSet[], withQuestions: boolean): unknown {
  return {
    sets: measured.map(({ name, results }) => ({
      name,
      means: summariseSet(name, results),
      groups: results.map((result) => ({
        ...summariseGroup(result),
        ...(result.otherAnswers === undefined ? {} : { otherAnswers: result.otherAnswers }),
        ...(withQuestions
          ? {
              answers: result.questions.map(({ q, rel }, at) => ({
                q,
                rel,
                systems: result.systems.map(({ system, figures, rankings }) => ({
                  system,
                  figures: figures[at],
                  ranked: rankings[at],
                })),
              })),
            }
          : {}),
      })),
    })),
  };
}
