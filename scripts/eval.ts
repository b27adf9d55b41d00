// Measures how well memvault finds: asks sets of questions with known answers and prints figures beside those of the usual ways.

import { parseArgs } from 'node:util';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../src/model/errors.ts';
import { cleanText } from '../src/system/clean-text.ts';
import { evaluateGroup } from './eval/evaluate.ts';
import type { GroupResult } from './eval/evaluate.ts';
import { renderMarkdown, renderQuestions, renderTable } from './eval/report.ts';
import { readSets } from './eval/set-file.ts';
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
  if (options.help === true) return console.log(HELP);
  const sets = readSets(path)
    .map((set) => ({ ...set, groups: set.groups.filter(({ name }) => name.includes(options.only ?? '')) }))
    .filter(({ groups }) => groups.length > 0);
  if (sets.length === 0)
    throw new MemvaultError('invalid_input', `no group of ${path} has "${options.only}" in its name`, {
      hint: `It has: ${readSets(path)
        .flatMap(({ groups }) => groups.map(({ name }) => name))
        .join(', ')}.`,
    });
  const wantsText = options.json !== true && options.markdown !== true;
  const measured: { readonly name: string; readonly results: readonly GroupResult[] }[] = [];
  for (const set of sets) {
    const results: GroupResult[] = [];
    for (const group of set.groups) {
      const result = await evaluateGroup(group, {
        limit: options.limit === undefined ? undefined : Number(options.limit),
        commandLine: options.cli === true,
        env: process.env,
        onAnswer: (answered, questions) => showProgress(`${set.name} · ${group.name} ${answered}/${questions}`),
      });
      showProgress('');
      results.push(result);
      if (!wantsText) continue;
      console.log(`${renderTable(summariseGroup(result))}\n`);
      if (options.queries === true) console.log(`${renderQuestions(result)}\n`);
      if (result.otherAnswers !== undefined)
        console.log(
          result.otherAnswers === 0
            ? 'The command line answers every question as the library does.\n'
            : `The command line answers ${result.otherAnswers} of ${result.questions.length} questions otherwise than the library.\n`,
        );
    }
    measured.push({ name: set.name, results });
  }
  const summaries = measured.flatMap(({ name, results }) => summariseSet(name, results));
  if (options.markdown === true) console.log(renderMarkdown(summaries));
  else if (options.json === true) console.log(JSON.stringify(toJson(measured, options.queries === true)));
  else
    for (const { name, results } of measured)
      if (results.length > 1)
        for (const summary of summariseSet(name, results)) console.log(`${renderTable(summary)}\n`);
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
  return { path: path ?? '', options: values };
}

/** On a terminal, one line that is written over; an empty text takes it away. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

function toJson(
  measured: readonly { readonly name: string; readonly results: readonly GroupResult[] }[],
  withQuestions: boolean,
): unknown {
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
