// Cleans text from files and models before a terminal, a model, a log or a page sees it.

/**
 * Characters that steer a terminal or hide from the eye: C0 and C1 controls but tab and line feed, DEL, zero-width and bidi
 * marks, tag characters, variation selectors (FE0F after an emoji stays), soft hyphen, interlinear marks, letters and signs that
 * are drawn as nothing (Hangul and Khmer fillers, the blank Braille pattern, controls of musical notes and of shorthand).
 */
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0E\uFEFF\uFFA0\uFFF9-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;
const ESCAPE_SEQUENCES =
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[PX^_][^\u001B]*(?:\u001B\\)?|[@-Z\\-_])/g;
/** The separators of Unicode end a line for some readers and not for others. */
const LINE_ENDS = /\r\n?|[\u2028\u2029]/g;
/** What nothing is taken out of: printable ASCII, tabs, line feeds. */
const PLAIN = /^[\t\n\u0020-\u007E]*$/;
const DANGLING_SELECTOR = /(?<!\p{Extended_Pictographic})\uFE0F/gu;

/** The text without escape sequences, controls and invisible characters, in NFC; line feeds and tabs stay. */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(LINE_ENDS, '\n')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(HIDDEN, '')
    .replace(DANGLING_SELECTOR, '')
    .normalize('NFC');
}

/** Names of blocks that mean something to an agent: ours, the host's, those of tool calls and of chat templates. */
const BLOCK =
  /[<\uFF1C\uFE64](?=[\s/]*(?:memor(?:y|ies)|memvault|claude-mem|system|function_|invoke|antml|parameter|tool_|assistant|user|human)\b|[\s/]*(?:memvault|memories|system|function|tool|claude-mem)[-_]|\|)/gi;

/** The text without a tag that could end a fence of ours or begin a block of the host's; other markup stays: memories speak of code. */
export function withoutBlocks(text: string): string {
  return text.replace(BLOCK, '‹');
}

/** JSON on one line in which nothing is hidden and nothing begins a block: such characters stand as `\uXXXX`, which reads as the same. */
export function plainJson(value: unknown): string {
  const escape = (part: string): string =>
    Array.from({ length: part.length }, (_, at) => `\\u${part.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
  return JSON.stringify(value)
    .replace(HIDDEN, escape)
    .replace(/[\u2028\u2029]/g, escape)
    .replace(BLOCK, escape);
}

/** How many characters `cleanText` takes out that no eye can see: those of its list, escape sequences not counted whole. */
export function countHidden(text: string): number {
  return (text.replace(LINE_ENDS, '\n').match(HIDDEN) ?? []).length;
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
