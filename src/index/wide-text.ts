// Text of scripts that put no blanks between words: split into characters for the index, into words for a query.

/** Han, kana, Hangul and the scripts of South-East Asia. Hangul has blanks, but glues particles to its words. */
const WIDE = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30FC]`;
/** All of those stand from here on. Making the expression above takes a millisecond, which a text without any need not pay. */
const MAY_BE_WIDE = /[\u0E00-\uFFFF]/;

let expressions: { readonly any: RegExp; readonly each: RegExp; readonly runs: RegExp } | undefined;

function wide(): NonNullable<typeof expressions> {
  expressions ??= { any: new RegExp(WIDE, 'u'), each: new RegExp(WIDE, 'gu'), runs: new RegExp(`${WIDE}+`, 'gu') };
  return expressions;
}

/** Whether any of its characters is of such a script. */
export function hasWideText(text: string): boolean {
  return MAY_BE_WIDE.test(text) && wide().any.test(text);
}

/**
 * Puts blanks around each such character, so that any part of a run is found as a phrase of characters, whatever
 * a word list of this or that runtime takes for a word.
 */
export function spreadWideText(text: string): string {
  return hasWideText(text) ? text.replace(wide().each, ' $& ') : text;
}

/** A text as its pieces in order: words of such scripts by `Intl.Segmenter`, everything between them as it is. */
export function segmentWideText(text: string): readonly { readonly text: string; readonly wide: boolean }[] {
  if (!hasWideText(text)) return text === '' ? [] : [{ text, wide: false }];
  const pieces: { text: string; wide: boolean }[] = [];
  let end = 0;
  for (const run of text.matchAll(wide().runs)) {
    if (run.index > end) pieces.push({ text: text.slice(end, run.index), wide: false });
    for (const part of segmenter().segment(run[0])) pieces.push({ text: part.segment, wide: true });
    end = run.index + run[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), wide: false });
  return pieces;
}

let known: Intl.Segmenter | undefined;

/** Made on first need: it loads dictionaries. */
function segmenter(): Intl.Segmenter {
  known ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return known;
}
