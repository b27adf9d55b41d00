// The tool `search`: words in, compact rows out.

import { z } from 'zod';
import { searchOrSuggest, withMeaning } from '../../index/search-or-suggest.ts';
import { OBSERVATION_TYPES } from '../../model/memory.ts';
import type { MemoryLibrary } from '../../model/ports.ts';
import type { MemoryRow, SearchFilters, SearchHit } from '../../model/search.ts';
import { parseArguments } from '../arguments.ts';
import { momentSchema } from '../moment.ts';
import { AS_DATA, MAX_FENCED_BYTES, type ReplyParts, byteLength, composeReply } from '../reply.ts';
import { fitRows } from '../rows.ts';
import { type MemoryTool, type ToolContext, limitSchema, readOnly } from '../tool.ts';

const NAME = 'search';
/** Tombstones are no answer to anything. */
const KINDS = ['observation', 'summary', 'note'] as const;

const listOf = <Item extends z.ZodType>(item: Item, description: string) =>
  z.array(item, { error: 'expected a list of texts' }).max(20, 'expected at most 20').describe(description).optional();

const schema = z.object({
  query: z
    .string({ error: 'expected the words to look for' })
    .max(2000, 'expected at most 2000 characters')
    .describe('What to look for, in plain words: a symptom, an error text, a function, a decision. Empty: the newest.'),
  type: listOf(
    z.enum(OBSERVATION_TYPES, { error: `expected one of ${OBSERVATION_TYPES.join(', ')}` }),
    'Only observations of these types',
  ),
  kind: listOf(z.enum(KINDS, { error: `expected one of ${KINDS.join(', ')}` }), 'summary: one per session'),
  tags: listOf(z.string({ error: 'expected a tag' }), 'Only with all of these tags'),
  files: listOf(
    z.string({ error: 'expected a path' }),
    'Only about any of these files or folders, relative to the repository',
  ),
  since: momentSchema('ISO date or time (UTC), inclusive'),
  until: momentSchema('ISO date or time (UTC), inclusive'),
  branch: z.string({ error: 'expected the name of a branch' }).describe('Only from this Git branch').optional(),
  limit: limitSchema(10),
});

export const searchTool: MemoryTool = {
  name: NAME,
  description:
    'Searches the memories of past sessions in this repository: decisions, bug fixes, discoveries, session summaries. ' +
    'Gives compact rows with ids, best first; get_observations gives the whole texts.',
  annotations: readOnly('Search memories'),
  schema,
  call: async (args, { library, nonce }: ToolContext) => {
    const { query, limit, ...given } = parseArguments(NAME, schema, args);
    const filters = tidyFilters(given);
    const found = await lookUp(library, query.trim(), filters, limit);
    const asked = query.trim() === '' ? 'newest' : 'best';
    const near = fitRows(found.near, MAX_FENCED_BYTES);
    if (found.rows.length === 0)
      return composeReply({ ...nothingFound(near, Object.keys(filters)), stale: found.stale }, nonce);
    const below = near.length === 0 ? [] : [NEAR_TITLES, ...near];
    const rows = fitRows(found.rows, MAX_FENCED_BYTES - byteLength(below.join('\n')));
    const more = found.total - rows.length;
    return composeReply(
      {
        lead: `${rows.length} of ${found.total} memories, ${asked} first (times are UTC). ${AS_DATA}`,
        fenced: [...rows, ...below].join('\n'),
        notes: [
          ...(more > 0
            ? [`${more} more matched: raise limit, or narrow by type, kind, files, tags, since, branch.`]
            : []),
          'Details: get_observations with the ids that matter; what happened around one: timeline with its id.',
        ],
        stale: found.stale,
      },
      nonce,
    );
  },
};

interface Found {
  readonly rows: readonly (MemoryRow & Partial<Pick<SearchHit, 'snippet'>>)[];
  readonly total: number;
  readonly stale: boolean;
  /** Titles that come near the words where the hits do not. */
  readonly near: readonly MemoryRow[];
}

async function lookUp(library: MemoryLibrary, text: string, filters: SearchFilters, limit: number): Promise<Found> {
  if (text !== '') {
    const {
      hits,
      total,
      stale,
      didYouMean = [],
    } = searchOrSuggest(library, await withMeaning(library, { ...filters, text, limit }));
    return { rows: hits, total, stale, near: didYouMean };
  }
  const { hits, total, stale } = library.search({ ...filters, text, limit });
  // Without words there is no line that matched.
  return { rows: hits.map(({ snippet: _snippet, ...row }) => row), total, stale, near: [] };
}

/** A heading inside the fence: rows begin with a dash, so no title can pass for it. */
const NEAR_TITLES = 'Did you mean (titles that come nearer to the words than these hits):';

/** Drops empty filters: a model that fills in every argument means no filter by `[]` and `""`. */
function tidyFilters(given: { readonly [Key in keyof SearchFilters]?: SearchFilters[Key] | undefined }): SearchFilters {
  const files = given.files?.map((file) => file.trim().replace(/^\.\//, '').replace(/\/+$/, ''));
  const entries = Object.entries({ ...given, ...(files === undefined ? {} : { files }) });
  return Object.fromEntries(
    entries
      .map(([name, value]) => [name, Array.isArray(value) ? value.filter((item) => item !== '') : value] as const)
      .filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)),
  );
}

function nothingFound(near: readonly string[], filters: readonly string[]): Omit<ReplyParts, 'stale'> {
  if (near.length === 0) return { lead: adviceForNothing(filters) };
  return {
    lead: `No memory matches these words. Did you mean one of these, whose titles come near (times are UTC)? ${AS_DATA}`,
    fenced: near.join('\n'),
    notes: ['Details: get_observations with the ids that matter; or search again with their spelling.'],
  };
}

function adviceForNothing(filters: readonly string[]): string {
  const without = filters.length === 0 ? '' : ` Try again without ${filters.join(', ')}.`;
  return `No memory matches.${without} Use fewer or other words (a file name, an error text, the name of a function), or an empty query for the newest memories. Nothing found means that nothing was noted, not that nothing happened.`;
}
