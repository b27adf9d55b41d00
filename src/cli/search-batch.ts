// `memvault search --batch`: a query a line, a line of results each.

import { createInterface } from 'node:readline';
import { openVaultHere } from '../app.ts';
import { withMeaning } from '../index/search-or-suggest.ts';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { SearchQuery } from '../model/search.ts';
import { cleanLine, plainJson } from '../system/clean-text.ts';
import { textOption } from './command.ts';
import type { CommandInput, CommandResult } from './command.ts';
import { parseLimit, readFilters } from './search-filters.ts';
import { withheld } from './withheld.ts';

/** Always searches in this process: many questions pay for what one alone would. */
export async function searchBatch(input: CommandInput): Promise<CommandResult> {
  const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
  try {
    await vault.trust.refresh();
    for await (const line of createInterface({ input: input.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      input.stdout.write(`${plainJson(await answerLine(vault.library, line))}\n`);
    }
    return { text: '', json: undefined };
  } finally {
    vault.close();
  }
}

async function answerLine(library: MemoryLibrary, line: string): Promise<unknown> {
  try {
    const query = parseBatchQuery(line);
    const result = library.search(await withMeaning(library, query));
    return { q: query.text, total: result.total, stale: result.stale, results: result.hits.map(withheld) };
  } catch (thrown) {
    // One wrong line must not cost the rest of the batch its answers.
    const { code, message, hint } = toMemvaultError(thrown);
    return { error: { code, message, hint } };
  }
}

function parseBatchQuery(line: string): SearchQuery {
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
    const option = BATCH_KEYS[key];
    if (option === undefined) {
      if (key === 'q' || key === 'limit') continue;
      throw new MemvaultError('invalid_input', `a query line has no "${cleanLine(key, 40)}"`, {
        hint: `It takes q, limit, ${Object.keys(BATCH_KEYS).join(', ')}.`,
      });
    }
    const isList = option === 'type' || option === 'kind' || option === 'tag' || option === 'file';
    const list = isList && typeof value === 'string' ? [value] : value;
    if (isList ? !Array.isArray(list) || !list.every((part) => typeof part === 'string') : typeof list !== 'string')
      throw new MemvaultError('invalid_input', `"${key}" expects ${isList ? 'a text or a list of texts' : 'a text'}`);
    options[option] = list as string | readonly string[];
  }
  return { ...readFilters({ options }), text: query['q'], limit: limit === undefined ? 10 : parseLimit(String(limit)) };
}

/** Keys of a batch line, and the option of the command line that means the same. */
const BATCH_KEYS: Readonly<Record<string, string>> = {
  type: 'type',
  kind: 'kind',
  tags: 'tag',
  files: 'file',
  since: 'since',
  until: 'until',
  branch: 'branch',
};
