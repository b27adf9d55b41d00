// The tool `recall_file`: what memories say of a file or folder.

import { z } from 'zod';
import { parseArguments } from '../arguments.ts';
import { AS_DATA, composeReply, countMemories } from '../reply.ts';
import { fitRows } from '../rows.ts';
import { limitSchema, type MemoryTool, type ToolContext, readOnly } from '../tool.ts';

const NAME = 'recall_file';

const schema = z.object({
  file: z
    .string({ error: 'expected a path' })
    .min(1, 'expected a path')
    .describe('File or folder, relative to the repository'),
  limit: limitSchema(20),
});

export const recallFileTool: MemoryTool = {
  name: NAME,
  description:
    'Lists what memories say of a file or folder, newest first, before you change it. Gives compact rows with ids.',
  annotations: readOnly('Memories of a file'),
  schema,
  call: (args, { library, nonce }: ToolContext) => {
    const { file, limit } = parseArguments(NAME, schema, args);
    const path = file
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(?:\.\/)+/, '')
      .replace(/\/+$/, '');
    const rows = library.recent({ files: [path], kind: ['observation', 'note'] }, limit + 1);
    if (rows.length === 0)
      return composeReply(
        {
          lead: 'No memory speaks of it. The path must be relative to the repository; `search` looks in the texts.',
          stale: false,
        },
        nonce,
      );
    const fitting = fitRows(rows.slice(0, limit));
    return composeReply(
      {
        lead: `${countMemories(fitting.length)}, newest first (times are UTC). ${AS_DATA}`,
        fenced: fitting.join('\n'),
        notes: [
          ...(rows.length > fitting.length ? ['There are more: raise limit, or search with files and words.'] : []),
          'Details: get_observations with the ids that matter.',
        ],
        stale: false,
      },
      nonce,
    );
  },
};
