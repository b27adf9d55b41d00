// The tool `timeline`: what happened before and after a memory or a moment.

import { z } from 'zod';
import { MemvaultError } from '../../model/errors.ts';
import type { MemoryLibrary } from '../../model/ports.ts';
import type { MemoryRow, Timeline } from '../../model/search.ts';
import { parseArguments } from '../arguments.ts';
import { describeMalformed, describeUnfound, normalizeId } from '../ids.ts';
import { momentSchema } from '../moment.ts';
import { AS_DATA, MAX_FENCED_BYTES, byteLength, composeReply, countMemories } from '../reply.ts';
import { renderRow } from '../rows.ts';
import { type MemoryTool, type ToolContext, readOnly } from '../tool.ts';

const NAME = 'timeline';
const HOW_MANY = 'expected a whole number from 0 to 50';

const count = () => z.int({ error: HOW_MANY }).min(0, HOW_MANY).max(50, HOW_MANY).default(5);

const schema = z.object({
  id: z
    .string({ error: 'expected the id of a memory' })
    .describe('Id of the memory in the middle, or its first characters. Give id or at.')
    .optional(),
  at: momentSchema('ISO date or time (UTC) in the middle'),
  before: count().describe('Rows before'),
  after: count().describe('Rows after'),
});

export const timelineTool: MemoryTool = {
  name: NAME,
  description:
    'Shows what was noted around a memory or a moment, in order of time: what led to a decision, what came after a fix. ' +
    'Gives compact rows with ids.',
  annotations: readOnly('Timeline of memories'),
  schema,
  call: (args, { library, nonce }: ToolContext) => {
    const { id, at, before, after } = parseArguments(NAME, schema, args);
    const wanted = id === undefined || id.trim() === '' ? undefined : normalizeId(id);
    if ((wanted === undefined) === (at === undefined))
      throw new MemvaultError('invalid_input', `${NAME}: expected either id or at`, {
        hint: 'Give the id of a memory, or a moment such as at: "2026-11-22".',
      });
    const middle = wanted === undefined ? { at: endOfDay(at ?? '') } : { id: resolveId(library, wanted) };
    const timeline = library.timeline({ ...middle, before, after });
    if (timeline.rows.length === 0)
      return composeReply(
        { lead: 'No memory lies there. Use search with an empty query to see the newest.', stale: timeline.stale },
        nonce,
      );
    const { rows, leftOut } = fitAround(timeline);
    return composeReply(
      {
        lead: `${countMemories(rows.length)} in order of time (UTC)${wanted === undefined ? '' : ', => marks the one asked for'}. ${AS_DATA}`,
        fenced: rows.join('\n'),
        notes: [
          ...(leftOut > 0 ? [`${leftOut} rows at the ends did not fit: ask with smaller before and after.`] : []),
          'Details: get_observations with the ids that matter.',
        ],
        stale: timeline.stale,
      },
      nonce,
    );
  },
};

/** A date alone means the day's end, so that `before` shows the day itself. */
function endOfDay(moment: string): string {
  return moment.includes('T') ? moment : `${moment}T23:59:59Z`;
}

function resolveId(library: MemoryLibrary, id: string): string {
  const malformed = describeMalformed([id]);
  if (malformed[0] !== undefined)
    throw new MemvaultError('invalid_input', `${NAME}: id: ${malformed[0]}`, { hint: SEARCH_FIRST });
  const found = library.get([id]);
  const [memory] = found.memories;
  if (memory !== undefined) return memory.id;
  const code = found.ambiguous.length > 0 ? 'ambiguous' : 'not_found';
  throw new MemvaultError(code, `${NAME}: ${describeUnfound(found).join(' ')}`, { hint: SEARCH_FIRST });
}

const SEARCH_FIRST = 'search gives the ids of memories by their words.';

/** Keeps the rows nearest to the middle when all of them would be too long. */
function fitAround(timeline: Timeline): { readonly rows: readonly string[]; readonly leftOut: number } {
  const middle = timeline.rows.findIndex((row) => row.id === timeline.anchor);
  const centre = middle === -1 ? timeline.rows.length / 2 : middle;
  const texts = timeline.rows.map((row) => markAnchor(row, timeline.anchor));
  const nearest = texts
    .map((text, position) => ({ position, bytes: byteLength(text) + 1 }))
    .toSorted((a, b) => Math.abs(a.position - centre) - Math.abs(b.position - centre));
  const kept = new Set<number>();
  let bytes = 0;
  for (const row of nearest) {
    bytes += row.bytes;
    if (bytes > MAX_FENCED_BYTES) break;
    kept.add(row.position);
  }
  return { rows: texts.filter((_, position) => kept.has(position)), leftOut: texts.length - kept.size };
}

function markAnchor(row: MemoryRow, anchor: string | undefined): string {
  const text = renderRow(row);
  return row.id === anchor ? text.replace(/^- /, '=> ') : text;
}
