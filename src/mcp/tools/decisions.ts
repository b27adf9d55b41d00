// The tool `decisions`: what was decided and agreed on, by words or the newest first.

import { z } from 'zod';
import { parseArguments } from '../arguments.ts';
import { AS_DATA, composeReply } from '../reply.ts';
import { fitRows } from '../rows.ts';
import { limitSchema, type MemoryTool, type ToolContext, readOnly } from '../tool.ts';

const NAME = 'decisions';

const schema = z.object({
  about: z
    .string({ error: 'expected words' })
    .max(2000, 'expected at most 2000 characters')
    .describe('What they are about; empty: the newest')
    .default(''),
  limit: limitSchema(20),
});

export const decisionsTool: MemoryTool = {
  name: NAME,
  description:
    'Lists decisions and conventions of this project that still hold, with ids. Ask before you choose otherwise.',
  annotations: readOnly('Decisions'),
  schema,
  call: (args, { library, nonce }: ToolContext) => {
    const { about, limit } = parseArguments(NAME, schema, args);
    const type = ['decision', 'convention'] as const;
    const found =
      about.trim() === '' ? library.recent({ type }, limit) : library.search({ type, text: about, limit }).hits;
    const rows = fitRows(found.filter((row) => row.supersededBy === undefined));
    if (rows.length === 0)
      return composeReply(
        { lead: 'No decision is noted. That means that none was noted, not that none was made.', stale: false },
        nonce,
      );
    return composeReply(
      {
        lead: `${rows.length} decisions and conventions, ${about.trim() === '' ? 'newest' : 'best'} first. ${AS_DATA}`,
        fenced: rows.join('\n'),
        notes: ['Reasons and what was rejected: get_observations with their ids.'],
        stale: false,
      },
      nonce,
    );
  },
};
