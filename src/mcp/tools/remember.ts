// The tool `remember`: a note into the vault, by the user's permission.

import { z } from 'zod';
import { isIdPrefix, shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { parseArguments } from '../arguments.ts';
import { describeUnfound, normalizeId } from '../ids.ts';
import { MemvaultError } from '../../model/errors.ts';
import { type MemoryTool, type ToolContext, writing } from '../tool.ts';

const NAME = 'remember';

const texts = (description: string) =>
  z
    .array(z.string({ error: 'expected a text' }), { error: 'expected a list of texts' })
    .max(20, 'expected at most 20')
    .default([])
    .describe(description);

const schema = z.object({
  title: z
    .string({ error: 'expected one sentence' })
    .min(1, 'expected one sentence')
    .max(300, 'expected at most 300 characters')
    .describe('One sentence that says it all'),
  text: z
    .string({ error: 'expected a text' })
    .max(8000, 'expected at most 8000 characters')
    .describe('Reason and detail, Markdown')
    .default(''),
  tags: texts('`pinned`: shown at every start'),
  files: texts('Paths it is about'),
  replaces: texts('Ids of memories that it corrects'),
});

export const rememberTool: MemoryTool = {
  name: NAME,
  description: 'Writes a note into the project memory, for everybody. Only what the user asks to remember.',
  annotations: writing('Remember a note', { destructive: false }),
  schema,
  call: (args, { library, writer }: ToolContext) => {
    const { title, text, tags, files, replaces } = parseArguments(NAME, schema, args);
    const asked = replaces.map(normalizeId);
    const found = library.get(asked.filter(isIdPrefix));
    const unfound = [
      ...asked.filter((id) => !isIdPrefix(id)).map((id) => `"${cleanLine(id, 40)}" is not an id.`),
      ...describeUnfound(found),
    ];
    if (unfound.length > 0)
      throw new MemvaultError('not_found', `${NAME}: replaces: ${unfound.join(' ')}`, {
        hint: 'search gives the ids.',
      });
    const memory = writer.remember({ title, text, tags, files, supersedes: found.memories.map(({ id }) => id) });
    const replaced =
      found.memories.length === 0 ? '' : ` It replaces ${found.memories.map(({ id }) => shortId(id)).join(', ')}.`;
    return `Noted as ${shortId(memory.id)}: ${memory.title}.${replaced} It can be found at once and is committed with the next memories.`;
  },
};
