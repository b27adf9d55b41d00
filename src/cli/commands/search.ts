// `memvault search`: finds memories by words, one query or a batch of them.

import { MemvaultError } from '../../model/errors.ts';
import { OBSERVATION_TYPES, shortId } from '../../model/memory.ts';
import type { DelegatedSearch } from '../../model/delegated-search.ts';
import type { MemoryRow, SearchHit, SearchResult } from '../../model/search.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { askWorkerSearch } from '../../system/worker-search.ts';
import { isSet, textOption } from '../command.ts';
import { loadOwnSearch } from '../compiled-search.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';
import type { OwnSearch } from '../own-search.ts';
import { SEARCHED_KINDS, parseLimit, readFilters } from '../search-filters.ts';
import { withheld } from '../withheld.ts';

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
      meaning: `Only this kind: ${SEARCHED_KINDS.join(', ')}. May be repeated.`,
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
        'Read one JSON query a line from standard input, {"q": "…", "limit": 10}, and write one JSON line of results each. Filters beside it hold for all lines.',
    },
  },
  positionals: { min: 0, max: Infinity },
  examples: [
    'memvault search token refresh race',
    'memvault search --type decision --since 2026-11-01 redis',
    'memvault search --file src/auth.js',
  ],
  async run(input) {
    if (isSet(input, 'batch')) return (await import('../search-batch.ts')).searchBatch(input);
    return { ...(await searchOnce(input)), isAll: true };
  },
};

async function searchOnce(input: CommandInput): Promise<CommandResult> {
  const filters = readFilters(input);
  const text = input.positionals.join(' ');
  if (text === '' && Object.keys(filters).length === 0)
    throw new MemvaultError('invalid_input', '`memvault search` expects words or a filter, got nothing', {
      hint: 'For example: memvault search token refresh race',
    });
  const query = { text, limit: parseLimit(textOption(input, 'limit') ?? '10'), ...filters };
  const { hits: all, total, stale, didYouMean, branches, elsewhere } = await search(input, query);
  const hits = all.map(withheld);
  const branchesOf = (row: MemoryRow): readonly string[] => branches[row.path] ?? [];
  const onBranches = elsewhere?.hits.map((hit) => ({ ...withheld(hit), branches: branchesOf(hit) }));
  const others =
    onBranches === undefined || onBranches.length === 0
      ? ''
      : `\n\nOnly on other branches (${elsewhere?.total ?? 0}):\n${onBranches.map((hit) => renderHit(hit, branchesOf)).join('\n')}`;
  const near = didYouMean === undefined ? {} : { didYouMean };
  return {
    text: `${renderResult(text, { total, stale, hits, ...near }, branchesOf)}${others}`,
    json: { total, stale, hits, ...near, ...(onBranches === undefined ? {} : { onBranches }) },
  };
}

/** By the worker, which has all of it loaded; by this process where there is none, and for what the worker does not keep open. */
async function search(input: CommandInput, query: DelegatedSearch['query']): Promise<OwnSearch> {
  const everywhere = isSet(input, 'everywhere');
  const { cwd, env } = input;
  const asked = { query, cwd, vaultFlag: textOption(input, 'vault'), env };
  const found = everywhere ? undefined : await askWorkerSearch(dataPaths(env).workerFile, asked);
  return found ?? loadOwnSearch(env).searchInThisProcess(input, query, { everywhere });
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

function renderHit(hit: SearchHit, branchesOf: BranchesOf): string {
  const changed = hit.hasChanged === true ? ' · its code has changed since' : '';
  // A note may be all title.
  const snippet = cleanLine(hit.snippet, 160);
  return `${renderRow(hit, branchesOf)}${changed}${snippet === '' ? '' : `\n         ${snippet}`}`;
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
