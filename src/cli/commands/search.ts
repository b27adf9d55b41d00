// `memvault search`: finds memories by words, one query or a batch of them.

import { createInterface } from 'node:readline';
import { MemvaultError, toMemvaultError } from '../../model/errors.ts';
import { MEMORY_KINDS, OBSERVATION_TYPES, shortId } from '../../model/memory.ts';
import type { MemoryRow, SearchFilters, SearchHit, SearchQuery, SearchResult } from '../../model/search.ts';
import type { MemoryLibrary } from '../../model/ports.ts';
import { cleanLine, plainJson } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { searchOrSuggest, withMeaning } from '../../index/search-or-suggest.ts';
import { requireMoment } from '../moment-option.ts';
import { isSet, listOption, textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

/** Tombstones say what was deleted; nobody looks for them. */
const KINDS = MEMORY_KINDS.filter((kind) => kind !== 'tombstone');

export const searchCommand: Command = {
  name: 'search',
  summary: 'Find memories by words, identifiers, file names or an error message.',
  usage: '<words…>',
  options: {
    limit: { type: 'string', short: 'n', value: 'n', meaning: 'How many hits, 1 to 100; 10 when left out.' },
    type: {
      type: 'string',
      multiple: true,
      meaning: `Only this type: ${OBSERVATION_TYPES.join(', ')}. May be repeated.`,
    },
    kind: {
      type: 'string',
      multiple: true,
      meaning: `Only this kind: ${KINDS.join(', ')}. May be repeated.`,
    },
    tag: { type: 'string', multiple: true, meaning: 'Only memories with this tag; repeated: with all of them.' },
    file: {
      type: 'string',
      multiple: true,
      value: 'path',
      meaning: 'Only memories that speak of this file or folder; repeated: of any of them.',
    },
    since: { type: 'string', value: 'date', meaning: 'Not older than this year, month, day or time (UTC).' },
    until: { type: 'string', value: 'date', meaning: 'Not newer than this year, month, day or time (UTC).' },
    branch: { type: 'string', value: 'name', meaning: 'Only memories made on this branch.' },
    everywhere: { type: 'boolean', meaning: 'Also memories that are only on other branches, not merged yet.' },
    batch: {
      type: 'boolean',
      meaning:
        'Read one JSON query a line from standard input, {"q": "…", "limit": 10}, and write one JSON line of results each.',
    },
  },
  positionals: { min: 0, max: 100 },
  examples: [
    'memvault search token refresh race',
    'memvault search --type decision --since 2026-11-01 redis',
    'memvault search --file src/auth.js',
  ],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      await vault.trust.refresh();
      return isSet(input, 'batch') ? await searchBatch(vault.library, input) : await searchOnce(vault, input);
    } finally {
      vault.close();
    }
  },
};

async function searchOnce(vault: OpenVault, input: CommandInput): Promise<CommandResult> {
  const filters = readFilters(input);
  const text = input.positionals.join(' ');
  if (text === '' && Object.keys(filters).length === 0)
    throw new MemvaultError('invalid_input', '`memvault search` expects words or a filter, got nothing', {
      hint: 'For example: memvault search token refresh race',
    });
  const limit = parseLimit(textOption(input, 'limit') ?? '10');
  const result = searchOrSuggest(vault.library, await withMeaning(vault.library, { text, limit, ...filters }));
  const { total, stale, didYouMean } = result;
  const hits = result.hits.map(withheld);
  const found = isSet(input, 'everywhere') ? vault.branchLibrary().search({ text, limit, ...filters }) : undefined;
  const onBranches = found?.hits.map((hit) => ({ ...withheld(hit), branches: vault.branchesOf(hit.path) }));
  const branchesOf = (row: MemoryRow): readonly string[] => vault.branchesOf(row.path);
  const others =
    onBranches === undefined || onBranches.length === 0
      ? ''
      : `\n\nOnly on other branches (${found?.total ?? 0}):\n${onBranches.map((hit) => renderHit(hit, branchesOf)).join('\n')}`;
  return {
    text: `${renderResult(text, { ...result, hits }, branchesOf)}${others}`,
    json: {
      total,
      stale,
      hits,
      ...(didYouMean === undefined ? {} : { didYouMean }),
      ...(onBranches === undefined ? {} : { onBranches }),
    },
  };
}

/** Names the branches that hold a memory which is not here. */
type BranchesOf = (row: MemoryRow) => readonly string[];

function renderResult(
  text: string,
  { hits, total, stale, didYouMean = [] }: SearchResult,
  branchesOf: BranchesOf,
): string {
  const near =
    didYouMean.length === 0 ? '' : `Did you mean:\n${didYouMean.map((row) => renderRow(row, branchesOf)).join('\n')}`;
  const notes = stale ? '\nThe index is being written by another process; the newest memories may be missing.' : '';
  const [first = didYouMean[0]] = hits;
  if (first === undefined)
    return `Nothing found${text === '' ? '' : ` for "${cleanLine(text, 80)}"`}. Fewer or other words may help; \`memvault search --since 2000\` lists the newest.${notes}`;
  const wayOn = `\n\nWhole memory: memvault show ${shortId(first.id)}`;
  if (hits.length === 0) return `Nothing found for "${cleanLine(text, 80)}". ${near}${notes}${wayOn}`;
  const more = total > hits.length ? `\n${total - hits.length} more; --limit shows them.` : '';
  return `${hits.map((hit) => renderHit(hit, branchesOf)).join('\n')}${more}${notes}${near === '' ? '' : `\n\n${near}`}${wayOn}`;
}

async function searchBatch(library: MemoryLibrary, input: CommandInput): Promise<CommandResult> {
  for await (const line of createInterface({ input: input.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    input.stdout.write(`${plainJson(await answerLine(library, line))}\n`);
  }
  return { text: '', json: undefined };
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

const A_DATE = 'a date such as 2026-11-22';

function readFilters(input: Pick<CommandInput, 'options'>): SearchFilters {
  const type = listOption(input, 'type');
  const kind = listOption(input, 'kind');
  const tags = listOption(input, 'tag');
  const files = listOption(input, 'file');
  const since = textOption(input, 'since');
  const until = textOption(input, 'until');
  const branch = textOption(input, 'branch');
  for (const value of type ?? []) requireOne('--type', value, OBSERVATION_TYPES);
  for (const value of kind ?? []) requireOne('--kind', value, KINDS);
  if (since !== undefined) requireMoment('--since', since, A_DATE);
  if (until !== undefined) requireMoment('--until', until, A_DATE);
  return {
    ...(type === undefined ? {} : { type: type as NonNullable<SearchFilters['type']> }),
    ...(kind === undefined ? {} : { kind: kind as NonNullable<SearchFilters['kind']> }),
    ...(tags === undefined ? {} : { tags }),
    ...(files === undefined ? {} : { files }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(branch === undefined ? {} : { branch }),
  };
}

function requireOne(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new MemvaultError(
      'invalid_input',
      `${option} expects one of ${allowed.join(', ')}, got "${cleanLine(value, 40)}"`,
    );
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new MemvaultError(
      'invalid_input',
      `--limit expects a whole number from 1 to 100, got "${cleanLine(value, 40)}"`,
    );
  return limit;
}

/** An agent may run this command too: of what is in quarantine it reads no text. */
function withheld(hit: SearchHit): SearchHit {
  return hit.trust === 'quarantined' ? { ...hit, snippet: `memvault review ${shortId(hit.id)} shows its text` } : hit;
}

function renderHit(hit: SearchHit, branchesOf: BranchesOf): string {
  const changed = hit.hasChanged === true ? ' · its code has changed since' : '';
  return `${renderRow(hit, branchesOf)}${changed}\n         ${cleanLine(hit.snippet, 160)}`;
}

function renderRow(row: MemoryRow, branchesOf: BranchesOf): string {
  const mark = row.supersededBy === undefined ? '' : ` (replaced by ${shortId(row.supersededBy)})`;
  const waits = {
    vault: () => '',
    outbox: () => ' · waits in the outbox',
    fetched: () => ` · on ${listBranches(branchesOf(row))}, not pulled yet`,
    branch: () => ` · on ${listBranches(branchesOf(row))}, not on this branch`,
  }[row.place]();
  return `${shortId(row.id)}  ${row.created.slice(0, 10)}  ${(row.type ?? row.kind).padEnd(10)}  ${cleanLine(row.title)}${mark}${waits}${trustMark(row)}`;
}

/** Whose word it is, where that is not the user's own; the author is a claim of the commit. */
function trustMark({ trust, author }: MemoryRow): string {
  const by = author === undefined ? '' : ` by ${cleanLine(author, 40)}`;
  if (trust === 'pending') return ` · pending${by}, shown to no session`;
  if (trust === 'quarantined') return ` · in quarantine${by}`;
  return by === '' ? '' : ` ·${by}`;
}

function listBranches(branches: readonly string[]): string {
  const names = branches.map((name) => cleanLine(name, 80));
  return names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}
