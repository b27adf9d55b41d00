// One line of text from a vault or a template: its code spans as code, the searched words marked, all of it escaped.

import type { Child, FC } from 'hono/jsx';

export const Line: FC<{ readonly text: string; readonly words?: readonly string[] }> = ({ text, words = [] }) => {
  const wanted = words.slice(0, MAX_WORDS).map((word) => word.toLowerCase());
  return (
    <>
      {text
        .split(/(`[^`]+`)/)
        .map((part) =>
          /^`[^`]+`$/.test(part) ? <code>{marked(part.slice(1, -1), wanted)}</code> : marked(part, wanted),
        )}
    </>
  );
};

/** A snippet without the marks of headings and lists, which say nothing in a single line. */
export function plainSnippet(snippet: string): string {
  return snippet
    .replaceAll(/(^|\s)#{1,6}\s/g, '$1')
    .replaceAll(/\s[-*]\s/g, ' · ')
    .replace(/^[-*]\s/, '');
}

const MAX_WORDS = 12;

/** The words are compared, never run as a pattern. */
function marked(text: string, wanted: readonly string[]): Child {
  if (wanted.length === 0) return text;
  return text
    .split(/([\p{L}\p{N}_]+)/u)
    .map((part) => (wanted.some((word) => isSameStem(part.toLowerCase(), word)) ? <mark>{part}</mark> : part));
}

/** The index stems words (`refreshes` finds `refresh`): a shared beginning is near enough for the eye. */
function isSameStem(part: string, word: string): boolean {
  if (part === word) return true;
  const [short, long] = part.length < word.length ? [part, word] : [word, part];
  return short.length >= 4 && long.startsWith(short) && long.length - short.length <= 3;
}
