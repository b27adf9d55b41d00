// What memvault gave a conversation, as it stands in the requests to the model: each block with its place and size.

import { estimateTokens } from '../../src/model/tokens.ts';
import { textsOf } from './scripted-model.ts';
import type { ModelMessage } from './scripted-model.ts';

export interface GivenBlock {
  readonly text: string;
  /** The words of the host that lead to it: `SessionStart hook additional context`. */
  readonly lead: string;
  /** Which message, from 0, and whose. */
  readonly message: number;
  readonly role: string;
  /** UTF-16. */
  readonly units: number;
  readonly tokens: number;
  /** The memories in it, as the seven characters that are shown. */
  readonly ids: readonly string[];
}

/** In the order of the messages. A block that the host cut has no end, and is none. */
export function givenIn(messages: readonly ModelMessage[]): readonly GivenBlock[] {
  return messages.flatMap((message, at) =>
    textsOf(message).flatMap((whole) =>
      [...whole.matchAll(/^(.*)(<(memvault-[0-9a-f]{24})>\n[\s\S]*?<\/\3>)/gm)].map(
        ([, lead = '', text = '']): GivenBlock => ({
          text,
          lead: lead.replace(/: $/, ''),
          message: at,
          role: message.role,
          units: text.length,
          tokens: estimateTokens(text),
          ids: [...text.matchAll(/^(?:- |.*, id )([0-9a-z]{7})\b/gm)].map(([, id]) => id ?? ''),
        }),
      ),
    ),
  );
}
