// Turns what was said into lines of a memory: one sentence, cut, without the words that only lead in.

import { isAlike } from '../likeness.ts';
import type { Phrases } from './phrases.ts';
import { breakRun, capitalise, shorten, withoutStop } from './sentences.ts';

/** A line for the list of facts. */
export function factOf(text: string): string {
  return breakRun(withoutStop(shorten(text, 220)));
}

/** A sentence for a paragraph. */
export function sentenceOf(text: string): string {
  return `${factOf(text)}.`.replace(/…\.$/, '…');
}

/** `Fixed in src/auth.js: parallel callers …` says the same without its first words. */
export function withoutPrefix(text: string): string {
  const rest = /^(?:fixed|added|changed|implemented|done|updated|written|committed)\b[^:]{0,60}:\s+(.{20,})$/i.exec(
    text,
  )?.[1];
  return capitalise(rest ?? text);
}

/** `The cause is a race` and `Cause: a race` say `A race` under a heading that says cause. */
export function withoutCauseWords(text: string): string {
  const rest = text
    .replace(/^(?:the )?(?:root )?(?:cause|reason)(?:(?: (?:is|was)(?: that)?:?)|:)\s+/i, '')
    .replace(/^(?:die )?ursache:\s+/i, '')
    .replace(/^(?:Cause|Known before): /, '');
  return capitalise(rest);
}

/** The sentence behind the word that says that it is a cause; once is enough. */
export function causeLine(text: string, say: Phrases): string {
  const bare = withoutCauseWords(text);
  return tellsItself(bare) ? sentenceOf(bare) : say('cause', { text: sentenceOf(bare) });
}

/** Whether the sentence still says itself that it is a cause. */
export function tellsItself(text: string): boolean {
  return /^(?:die |la |a |the )?(?:root )?(?:ursache|cause|causa)\b/i.test(withoutCauseWords(text));
}

/** Whether the texts hold most words of a name. */
export function coversName(titles: string, name: string): boolean {
  const words = name.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu) ?? [];
  const hits = words.filter((word) => titles.toLowerCase().includes(word)).length;
  return words.length > 0 && hits / words.length >= 0.6;
}

/** Appends what is new; a line that says nearly the same as one before it replaces that one when it is newer and longer. */
export function mergeLines(before: readonly string[], fresh: readonly string[]): readonly string[] {
  const lines = [...before];
  for (const line of fresh) {
    const same = lines.findIndex((other) => isAlike(other, line) || other.includes(line));
    if (same === -1) lines.push(line);
  }
  return lines;
}
