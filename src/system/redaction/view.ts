// A text as whoever sees or runs it reads it: without colour codes and invisible characters, escapes decoded, broken commands and literals joined; with the way back to the raw text.

export interface TextView {
  readonly text: string;
  /** Behind which places of the view something was decoded or left out, in order. */
  readonly escapes: readonly number[];
  /** Where in the raw text a character of the view begins. */
  rawStart(at: number): number;
  /** Where in the raw text what stands before this place of the view ends. */
  rawEnd(at: number): number;
}

const INVISIBLE = /[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/;
const NOT_ASCII = /[^\0-\u007F]/;
const SOURCES = String.raw`\u001B(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\u0007\u001B\n]{0,1000}(?:\u0007|\u001B\\)|[@-Z\\^_])|[\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]+|\\\r?\n[ \t]{0,80}|"\s{0,40}\+\s{0,40}"|'\s{0,40}\+\s{0,40}'|"[ \t]{0,8}\r?\n[ \t]{0,80}"|'[ \t]{0,8}\r?\n[ \t]{0,80}'|\\{1,8}(?:u00([2-7][0-9a-fA-F])|x([2-7][0-9a-fA-F])|(["'/])|(n)|(t)|r(?=\\|\n|$))|%([2-7][0-9a-fA-F])|&(?:amp;)?(?:#(\d{2,3})|#x([0-9a-f]{2})|(amp|lt|gt|quot|apos));`;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
let escapes: RegExp | undefined;

/** The view; undefined when it would be the text itself. */
export function decodedView(text: string): TextView | undefined {
  if (!mayHide(text)) return undefined;
  escapes ??= new RegExp(SOURCES, 'g');
  escapes.lastIndex = 0;
  // Where the view and the text part: from a place of the view on, the raw place is so much further.
  const starts: number[] = [0];
  const shifts: number[] = [0];
  /** Whether the escape left a character in the view. */
  const made: boolean[] = [false];
  let view = '';
  let done = 0;
  for (let match = escapes.exec(text); match !== null; match = escapes.exec(text)) {
    const character = decoded(match);
    view += text.slice(done, match.index) + character;
    done = match.index + match[0].length;
    starts.push(view.length);
    shifts.push(done - view.length);
    made.push(character !== '');
  }
  if (done === 0) return undefined;
  return {
    text: view + text.slice(done),
    escapes: starts.slice(1),
    rawStart: (at) => at + (shifts[lastAtMost(starts, at)] ?? 0),
    rawEnd: (at) => {
      const entry = lastAtMost(starts, at - 1);
      const isEscape = starts[entry + 1] === at && made[entry + 1] === true;
      return at + (shifts[isEscape ? entry + 1 : entry] ?? 0);
    },
  };
}

/** Texts without any of these show what they hold. Literals first: an expression costs a hook more than a search. */
function mayHide(text: string): boolean {
  if (text.includes('\u001B')) return true;
  if (holdsEscape(text) || joinsLiterals(text, '"') || joinsLiterals(text, "'")) return true;
  return NOT_ASCII.test(text) && INVISIBLE.test(text);
}

const ENTITY_STARTS = ['#', 'amp', 'lt', 'gt', 'quot', 'apos'];

/** Whether a backslash, a percent sign or an ampersand begins something that stands for a character. */
function holdsEscape(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 1))
    if ('un"\'\\/xrt\r\n'.includes(text.charAt(at + 1) || '?')) return true;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 1))
    if ('234567'.includes(text.charAt(at + 1) || '?') && '0123456789abcdefABCDEF'.includes(text.charAt(at + 2) || '?'))
      return true;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1))
    if (ENTITY_STARTS.some((start) => text.startsWith(start, at + 1))) return true;
  return false;
}

/** Whether a literal ends with this quote and goes on behind a `+` or in the next line. */
function joinsLiterals(text: string, quote: string): boolean {
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1)) {
    let next = at + 1;
    while (next <= at + 40 && text.charAt(next) === ' ') next++;
    if (text.charAt(next) === '+') return true;
    if (next > at + 9) continue;
    if (text.charAt(next) === '\r') next++;
    if (text.charAt(next) !== '\n') continue;
    next++;
    for (const limit = next + 80; next < limit && (text.charAt(next) === ' ' || text.charAt(next) === '\t'); next++);
    if ('"\'+'.includes(text.charAt(next) || '?')) return true;
  }
  return false;
}

/** Index of the last number that is at most `at`, by halving. */
function lastAtMost(numbers: readonly number[], at: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decoded(match: RegExpExecArray): string {
  const [, unicode, hex, quote, lineBreak, tab, percent, decimal, entityHex, entity] = match;
  const code = unicode ?? hex ?? percent ?? entityHex;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  if (entity !== undefined) return ENTITIES[entity] ?? '';
  if (quote !== undefined) return quote;
  if (lineBreak !== undefined) return '\n';
  return tab === undefined ? '' : '\t';
}
