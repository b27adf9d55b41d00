// The tool `get_observations`: whole memories by their ids.

import { z } from 'zod';
import { MemvaultError } from '../../model/errors.ts';
import { isIdPrefix } from '../../model/memory.ts';
import { parseArguments } from '../arguments.ts';
import { describeMalformed, describeUnfound, idList, normalizeId } from '../ids.ts';
import { AS_DATA, MAX_FENCED_BYTES, byteLength, composeReply, countMemories } from '../reply.ts';
import { renderMemory } from '../rows.ts';
import { type MemoryTool, type ToolContext, readOnly } from '../tool.ts';

const NAME = 'get_observations';

const schema = z.object({
  ids: idList('Ids from search, timeline or the start of the session; the first characters do'),
});

export const getObservationsTool: MemoryTool = {
  name: NAME,
  description:
    'Gives whole memories (observations, summaries, notes) by id: what was found, why, which files and commit. ' +
    'Ask for the few that matter, together.',
  annotations: readOnly('Read memories'),
  schema,
  call: (args, { library, nonce }: ToolContext) => {
    const asked = parseArguments(NAME, schema, args).ids.map(normalizeId);
    const ids = [...new Set(asked)];
    const malformed = describeMalformed(ids);
    const found = library.get(ids.filter(isIdPrefix));
    const unfound = [...malformed, ...describeUnfound(found)];
    const memories = [...new Map(found.memories.map((memory) => [memory.id, memory])).values()];
    if (memories.length === 0) {
      const code = found.ambiguous.length > 0 ? 'ambiguous' : malformed.length > 0 ? 'invalid_input' : 'not_found';
      throw new MemvaultError(code, `${NAME}: ${unfound.join(' ')}`, {
        hint: 'search gives the ids of memories by their words.',
      });
    }
    const whole = memories.map((memory) => byteLength(renderMemory(memory, Number.MAX_SAFE_INTEGER)) + 2);
    const shares = shareBytes(whole, MAX_FENCED_BYTES);
    return composeReply(
      {
        lead: `${countMemories(memories.length)}. ${AS_DATA}`,
        fenced: memories.map((memory, position) => renderMemory(memory, shares[position] ?? 0)).join('\n\n'),
        notes: unfound,
        stale: found.stale,
      },
      nonce,
    );
  },
};

/** Shares `total` among demands: small ones get all they ask for, the others equal parts of the rest. */
export function shareBytes(demands: readonly number[], total: number): readonly number[] {
  const order = demands.map((demand, position) => ({ demand, position })).toSorted((a, b) => a.demand - b.demand);
  const shares: number[] = Array.from({ length: demands.length }, () => 0);
  let left = total;
  for (const [taken, { demand, position }] of order.entries()) {
    const share = Math.min(demand, Math.floor(left / (order.length - taken)));
    shares[position] = share;
    left -= share;
  }
  return shares;
}
