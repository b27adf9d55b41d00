// Cuts `<private>…</private>` spans. A single pass with a depth counter; whatever is not closed is cut to the end.

export interface PrivateCut {
  readonly text: string;
  /** How many spans were cut. */
  readonly spans: number;
}

/** Is told each text that was cut as private. */
export type HearPrivate = (span: string) => void;

/** Characters that nobody sees, inside which a tag's name may hide. */
const Z = String.raw`[\u00AD\u180E\u200B-\u200F\u2060-\u2064\uFEFF]{0,8}`;
const INVISIBLE = '\u00AD\u180E\u200B\u200C\u200D\u200E\u200F\u2060\u2061\u2062\u2063\u2064\uFEFF';
const GAP = String.raw`[\s\u00AD\u180E\u200B-\u200F\u2060-\u2064\uFEFF]{0,16}`;
const LESS = String.raw`(?:<|&(?:amp;)?lt;|&#0{0,4}60;|&#x0{0,4}3c;|\\{1,8}u003c|\\{1,8}x3c|%3c)`;
const MORE = String.raw`(?:>|&(?:amp;)?gt;|&#0{0,4}62;|&#x0{0,4}3e;|\\{1,8}u003e|\\{1,8}x3e|%3e)`;
const NAME = 'private'.split('').join(Z);
const MAX_TAG = 512;
const MAX_PASSES = 4;

let tag: RegExp | undefined;
let tagEnd: RegExp | undefined;

/**
 * The text without its private spans: any case, blanks and invisible characters in the tag, attributes, nesting, HTML and
 * JSON escapes. An opener without an end cuts to the end of the text, an end without an opener cuts from the beginning.
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
  tag ??= new RegExp(`${LESS}${GAP}(/|\\\\/)?${GAP}${NAME}(?![\\w-])`, 'gi');
  let kept = '';
  let from = 0;
  let depth = 0;
  let isOpen = false;
  let spans = 0;
  tag.lastIndex = 0;
  for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
    const end = endOfTag(text, tag.lastIndex);
    tag.lastIndex = end.at;
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

/** Searched by literals: a hook pays for making an expression, and nearly every text ends here. */
function mayHoldTag(text: string): boolean {
  if (text.toLowerCase().includes('private')) return true;
  for (const character of INVISIBLE) if (text.includes(character)) return true;
  return false;
}

/** Where the tag ends: behind its bracket, quotes respected; right behind the name when there is none near. */
function endOfTag(text: string, from: number): { readonly at: number; readonly selfClosing: boolean } {
  tagEnd ??= new RegExp(`(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|(?!${MORE})[^<])*?(/)?${GAP}${MORE}`, 'iy');
  tagEnd.lastIndex = 0;
  const match = tagEnd.exec(text.slice(from, from + MAX_TAG));
  if (match === null) return { at: from, selfClosing: false };
  return { at: from + match[0].length, selfClosing: match[1] !== undefined };
}
