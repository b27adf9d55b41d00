// The message of a memory commit: a subject from the user's template, and trailers that name the sessions. Pure.

import { cleanLine } from '../../system/clean-text.ts';

const DEFAULT_SUBJECT = 'chore(memory): record {count}';
const NEW_VAULT_SUBJECT = 'chore(memory): make the vault';
const MAX_SUBJECT = 120;

/** Ids that are not plain words are left out: a trailer must stay one line. */
export function commitMessage(message: {
  /** `{count}` becomes `3 memories`. */
  readonly template: string;
  readonly count: number;
  readonly sessionIds: readonly string[];
  readonly batchIds: readonly string[];
}): string {
  const count = message.count === 1 ? '1 memory' : `${message.count} memories`;
  const template = cleanLine(message.template, MAX_SUBJECT) || DEFAULT_SUBJECT;
  const trailers = [
    ...trailerLines('Claude-Mem-Session', message.sessionIds),
    ...trailerLines('Claude-Mem-Batch', message.batchIds),
  ];
  // Every commit of ours can be told by a trailer.
  if (trailers.length === 0) trailers.push(`Claude-Mem-Count: ${message.count}`);
  const subject = message.count === 0 ? NEW_VAULT_SUBJECT : template.replaceAll('{count}', count);
  return `${subject}\n\n${trailers.join('\n')}\n`;
}

function trailerLines(name: string, ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => /^[\w.:-]{1,100}$/.test(id)).map((id) => `${name}: ${id}`);
}
