// `memvault search --batch`: a query a line, a line of results each.

import { createInterface } from 'node:readline';
import { openVaultHere } from '../app.ts';
import { withMeaning } from '../index/search-or-suggest.ts';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { SearchFilters, SearchQuery } from '../model/search.ts';
import { cleanLine, plainJson } from '../system/clean-text.ts';
import { isSet, textOption } from './command.ts';
import type { CommandInput, CommandResult } from './command.ts';
import { parseLimit, readFilters } from './search-filters.ts';
import { withheld } from './withheld.ts';

/**
 * Always searches in this process: many questions pay for what one alone would. The command's filters hold for every line, its limit for
 * the lines that have none. Throws `invalid_input` for words beside `--batch`.
 */
export async function searchBatch(input: CommandInput): Promise<CommandResult> {
  const forAll = readForAll(input);
  const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
  try {
    await vault.trust.refresh();
    for await (const line of createInterface({ input: input.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      // PowerShell begins what it pipes with a byte order mark, which counts as a blank here.
      const query = line.trim();
      if (query === '') continue;
      input.stdout.write(`${plainJson(await answerLine(vault.library, query, forAll))}\n`);
    }
    return { text: '', json: undefined };
  } finally {
    vault.close();
  }
}

interface ForAll {
  readonly limit: number;
  readonly filters: SearchFilters;
}

function readForAll(input: CommandInput): ForAll {
  if (input.positionals.length > 0 || isSet(input, 'everywhere'))
    throw new MemvaultError(
      'invalid_input',
      `--batch reads its words from standard input, got ${input.positionals.length > 0 ? `"${cleanLine(input.positionals.join(' '), 80)}"` : '--everywhere'} beside it`,
      { hint: EXAMPLE_CALL },
    );
  return { limit: parseLimit(textOption(input, 'limit') ?? '10'), filters: readFilters(input) };
}

async function answerLine(library: MemoryLibrary, line: string, forAll: ForAll): Promise<unknown> {
  try {
    const query = parseBatchQuery(line, forAll);
    const result = library.search(await withMeaning(library, query));
    return { q: query.text, total: result.total, stale: result.stale, results: result.hits.map(withheld) };
  } catch (thrown) {
    // One wrong line must not cost the rest of the batch its answers.
    const { code, message, hint } = toMemvaultError(thrown);
    return { error: { code, message, hint } };
  }
}

function parseBatchQuery(line: string, forAll: ForAll): SearchQuery {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new MemvaultError('invalid_input', `expected one JSON query a line, got "${cleanLine(line, 80)}"`, {
      hint: 'For example: {"q": "token refresh", "limit": 10}',
    });
  }
  const query = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  if (typeof query['q'] !== 'string')
    throw new MemvaultError('invalid_input', 'a query line needs "q", a text', {
      hint: 'For example: {"q": "token refresh", "limit": 10}',
    });
  const limit = query['limit'];
  if (limit !== undefined && typeof limit !== 'number')
    throw new MemvaultError('invalid_input', '"limit" expects a whole number from 1 to 100');
  const options: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(query)) {
    const option = BATCH_KEYS.get(key);
    if (option === undefined) {
      if (key === 'q' || key === 'limit') continue;
      throw new MemvaultError('invalid_input', `a query line has no "${cleanLine(key, 40)}"`, {
        hint: `It takes q, limit, ${[...BATCH_KEYS.keys()].join(', ')}.`,
      });
    }
    const isList = option === 'type' || option === 'kind' || option === 'tag' || option === 'file';
    const list = isList && typeof value === 'string' ? [value] : value;
    if (isList ? !Array.isArray(list) || !list.every((part) => typeof part === 'string') : typeof list !== 'string')
      throw new MemvaultError('invalid_input', `"${key}" expects ${isList ? 'a text or a list of texts' : 'a text'}`);
    options[option] = list as string | readonly string[];
  }
  return {
    ...readFilters({ options }),
    within: forAll.filters,
    text: query['q'],
    limit: limit === undefined ? forAll.limit : parseLimit(String(limit)),
  };
}

/** Keys of a batch line, and the option of the command line that means the same. */
const BATCH_KEYS: ReadonlyMap<string, string> = new Map([
  ['type', 'type'],
  ['kind', 'kind'],
  ['tags', 'tag'],
  ['files', 'file'],
  ['since', 'since'],
  ['until', 'until'],
  ['branch', 'branch'],
]);

const EXAMPLE_CALL = `For example: echo '{"q": "token refresh"}' | memvault search --batch`;
