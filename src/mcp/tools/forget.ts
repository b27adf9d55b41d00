// The tool `forget`: hides memories everywhere, by the user's permission.

import { z } from 'zod';
import { MemvaultError } from '../../model/errors.ts';
import { isIdPrefix, shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { parseArguments } from '../arguments.ts';
import { describeMalformed, describeUnfound, idList, normalizeId } from '../ids.ts';
import { shownText } from '../reply.ts';
import { type MemoryTool, type ToolContext, writing } from '../tool.ts';

const NAME = 'forget';

const schema = z.object({ ids: idList('Ids of the memories') });

export const forgetTool: MemoryTool = {
  name: NAME,
  description: 'Hides memories for everybody; Git keeps their text. Only those that the user wants gone.',
  annotations: writing('Forget memories', { destructive: true }),
  schema,
  call: (args, { library, writer }: ToolContext) => {
    const ids = [...new Set(parseArguments(NAME, schema, args).ids.map(normalizeId))];
    const found = library.get(ids.filter(isIdPrefix));
    const unfound = [...describeMalformed(ids), ...describeUnfound(found)];
    // All or none: half of a wish is not what the user permitted.
    if (unfound.length > 0)
      throw new MemvaultError('not_found', `${NAME}: nothing was forgotten. ${unfound.join(' ')}`, {
        hint: 'search gives the ids.',
      });
    writer.forget(found.memories);
    return found.memories
      .map(({ id, title }) => `Forgotten: ${shortId(id)} ${cleanLine(shownText(title), 100)}`)
      .join('\n');
  },
};
