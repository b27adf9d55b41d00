// Cuts `<private>…</private>` spans. A single pass with a depth counter; whatever is not closed is cut to the end.

export interface PrivateCut {
  readonly text: string;
  /** How many spans were cut. */
  readonly spans: number;
}

/** Is told each text that was cut as private. */
export type HearPrivate = (span: string) => void;

/** Characters that nobody sees, inside which a tag's name may hide; ends of escape sequences of terminals among them. */
const UNSEEN = String.raw`\0-\x08\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uDB40\uDC00-\uDFFF`;
const COLOUR = String.raw`(?:\u001B|\\{1,8}u001b|\\{1,8}x1b)\[[0-9;]{0,20}m`;
/** Brackets that input methods give instead of `<` and `>`: they count only where a tag with them is closed, since texts quote with them. */
const [ODD_LESS, ODD_MORE] = ['\u3008\u300A\u2039\u00AB\u27E8', '\u3009\u300B\u203A\u00BB\u27E9'];
/** Letters that look the same to a reader. */
const ALIKE: Readonly<Record<string, string>> = {
  p: 'p\u0440\u03C1\uFF50',
  r: 'r\uFF52',
  i: 'i\u0456\u0131\u0130\uFF49',
  v: 'v\u0475\u03BD\uFF56',
  a: 'a\u0430\u03B1\uFF41',
  t: 't\u0442\u03C4\uFF54',
  e: 'e\u0435\uFF45',
};
const MAX_TAG = 512;
const MAX_PASSES = 4;

let hides: RegExp | undefined;
let tag: RegExp | undefined;
let tagEnd: RegExp | undefined;

interface TagParts {
  readonly less: string;
  readonly more: string;
  readonly slash: string;
  readonly name: string;
  readonly gap: string;
}

let parts: TagParts | undefined;

/** What the expressions for tags are made of; put together when a text may have a tag. */
function tagParts(): TagParts {
  const unseen = `(?:[${UNSEEN}]|${COLOUR}){0,40}`;
  return (parts ??= {
    less: `(?:[<\uFF1C\uFE64${ODD_LESS}]|${escaped('lt', '3c', '60', '74')})`,
    more: `(?:[>\uFF1E\uFE65${ODD_MORE}]|${escaped('gt', '3e', '62', '76')})`,
    slash: `(?:\\\\?[/\uFF0F]|${escaped('sol', '2f', '47', '57')})`,
    name: 'private'.split('').map(letter).join(unseen),
    gap: String.raw`(?:[\s${UNSEEN}]|${COLOUR}){0,40}`,
  });
}

/** Escaped letters, letters of other alphabets, and characters that nobody sees: with none of them a text shows its tags. */
function hidesPattern(): RegExp {
  return new RegExp(
    String.raw`\\u(?:00|\{)|\\x[4-7]|&#[xX]?\d|%(?:25)?[4-7]|[${UNSEEN}\u001B\u0130\u0131\u0391-\u03C4\u0400-\u0475\uFF21-\uFF5A]`,
  );
}

function tagPattern(): RegExp {
  const { less, slash, name, gap } = tagParts();
  return new RegExp(`${less}${gap}(${slash})?${gap}${name}(?![\\w-])`, 'gi');
}

function tagEndPattern(): RegExp {
  const { more, gap } = tagParts();
  return new RegExp(`(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|(?!${more})[^<])*?(/)?${gap}${more}`, 'iy');
}

/**
 * The text without its private spans: any case, blanks and invisible characters in the tag, attributes, nesting, HTML and
 * JSON escapes, the brackets and wide letters of input methods. An opener without an end cuts to the end of the text, an end without an opener cuts from the beginning.
 * `<privately>` and `<private/>` are no tags.
 */
export function cutPrivate(text: string, hear?: HearPrivate): PrivateCut {
  let result = text;
  let spans = 0;
  // What stands around a span may form a tag once the span is gone.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const cut = cutOnce(result, hear);
    spans += cut.spans;
    if (cut.spans === 0) return { text: result, spans };
    result = cut.text;
  }
  return cutOnce(result).spans === 0 ? { text: result, spans } : { text: '', spans };
}

function cutOnce(text: string, hear?: HearPrivate): PrivateCut {
  if (!mayHoldTag(text)) return { text, spans: 0 };
  tag ??= tagPattern();
  let kept = '';
  let from = 0;
  let depth = 0;
  let isOpen = false;
  let spans = 0;
  let oddEnd: number | undefined;
  tag.lastIndex = 0;
  for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
    const end = endOfTag(text, tag.lastIndex);
    tag.lastIndex = end.at;
    if (ODD_LESS.includes(match[0].charAt(0))) {
      oddEnd ??= lastOddEnd(text);
      if (match.index > oddEnd) continue;
    }
    if (match[1] === undefined) {
      if (end.selfClosing) continue;
      if (depth === 0) {
        kept += text.slice(from, match.index);
        from = end.at;
        isOpen = true;
      }
      depth++;
      continue;
    }
    if (depth > 0 && --depth > 0) continue;
    if (isOpen) hear?.(text.slice(from, match.index));
    else {
      hear?.(kept + text.slice(from, match.index));
      kept = '';
    }
    isOpen = false;
    spans++;
    from = end.at;
  }
  if (depth > 0) hear?.(text.slice(from));
  if (depth > 0) return { text: kept, spans: spans + 1 };
  return { text: kept + text.slice(from), spans };
}

/** Whether a tag may stand in the text, in any of its forms. Searched by a literal first: a hook pays for making an expression, and nearly every text ends here. */
export function mayHoldTag(text: string): boolean {
  if (text.toLowerCase().includes('private')) return true;
  // Most texts are plain; the expression that tells the rest is dear.
  if (!/[\\%\0-\x08\u001B\u0080-\uFFFF]|&#/.test(text)) return false;
  hides ??= hidesPattern();
  return hides.test(text);
}

/** How HTML, JSON, code and URLs write a character: its entity, its number in hexadecimal, decimal and octal. */
function escaped(entity: string, hex: string, decimal: string, octal: string): string {
  const html = `&(?:amp;){0,6}(?:${entity};?|#0{0,7}${decimal};?|#x0{0,7}${hex};?)`;
  return `${html}|\\\\{1,8}(?:u00${hex}|u\\{0{0,4}${hex}\\}|x${hex}|0?${octal})|%(?:25){0,4}${hex}`;
}

function letter(character: string): string {
  const numbers = [character, character.toUpperCase()].map((one) => one.charCodeAt(0));
  const any = (base: number): string => `(?:${numbers.map((number) => number.toString(base)).join('|')})`;
  const escapes = `&(?:amp;){0,6}#(?:0{0,7}${any(10)}|x0{0,7}${any(16)});?|\\\\{1,8}(?:u00|x)${any(16)}|%(?:25){0,4}${any(16)}`;
  return `(?:[${ALIKE[character] ?? character}]|${escapes})`;
}

/** Where the last end of a span in odd brackets stands; -1 without one. */
function lastOddEnd(text: string): number {
  const { slash, name, gap } = tagParts();
  const end = new RegExp(`[${ODD_LESS}]${gap}${slash}${gap}${name}(?![\\w-])`, 'gi');
  let last = -1;
  for (const match of text.matchAll(end)) last = match.index;
  return last;
}

/** Where the tag ends: behind its bracket, quotes respected; right behind the name when there is none near. */
function endOfTag(text: string, from: number): { readonly at: number; readonly selfClosing: boolean } {
  tagEnd ??= tagEndPattern();
  tagEnd.lastIndex = 0;
  const match = tagEnd.exec(text.slice(from, from + MAX_TAG));
  if (match === null) return { at: from, selfClosing: false };
  return { at: from + match[0].length, selfClosing: match[1] !== undefined };
}
