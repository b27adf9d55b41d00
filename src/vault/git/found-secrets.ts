// Kinds of secrets in the memories that wait: by our own rules, and by those of the second look.

import { redactText } from '../../system/redaction/redact.ts';
import { createSecondLook } from '../../system/redaction/second-look.ts';
import type { PublishOptions } from './publish-options.ts';
import type { WaitingMemory } from './waiting.ts';

/** Asks the second look beforehand; what is returned tells the kinds in one of these texts, or by our own rules in any. */
export async function findSecretsIn(
  waiting: readonly WaitingMemory[],
  { secondLook, logger }: Pick<PublishOptions, 'secondLook' | 'logger'>,
): Promise<(text: string) => readonly string[]> {
  const look = secondLook ?? createSecondLook({ log: logger });
  const found = await look.find(waiting.map(({ bytes }) => bytes.toString('utf8')));
  return (text) => [
    ...new Set([
      ...Object.keys(redactText(text).counts),
      ...found.filter((secret) => text.includes(secret.text)).map(({ kind }) => kind),
    ]),
  ];
}
