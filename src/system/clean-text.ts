// Cleans text from files and models before a terminal, a model, a log or a page sees it.

/**
 * Characters that steer a terminal or hide from the eye: C0 and C1 controls but tab and line feed, DEL, zero-width and bidi
 * marks, tag characters, variation selectors (FE0F after an emoji stays), soft hyphen, interlinear marks.
 */
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0E\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu;
const ESCAPE_SEQUENCES =
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[PX^_][^\u001B]*(?:\u001B\\)?|[@-Z\\-_])/g;
const DANGLING_SELECTOR = /(?<!\p{Extended_Pictographic})\uFE0F/gu;

/** The text without escape sequences, controls and invisible characters, in NFC; line feeds and tabs stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(HIDDEN, '')
    .replace(DANGLING_SELECTOR, '')
    .normalize('NFC');
}

/** How many characters `cleanText` takes out that no eye can see: those of its list, escape sequences not counted whole. */
export function countHidden(text: string): number {
  return (text.replace(/\r\n?/g, '\n').match(HIDDEN) ?? []).length;
}

/** Cleaned and on one line, cut at `max` characters with an ellipsis. */
export function cleanLine(text: string, max = Number.POSITIVE_INFINITY): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  return cutText(line, max);
}

/** Cuts at a word where one is near, never inside a surrogate pair, and marks the cut with an ellipsis. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = Math.max(0, max - 1);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  const space = text.lastIndexOf(' ', end);
  if (space > end * 0.8) end = space;
  return `${text.slice(0, end).trimEnd()}…`;
}
