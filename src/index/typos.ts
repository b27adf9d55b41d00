// Words that a typed word may have been meant for: beginnings that differ by a typo or two. Pure; runs in browsers too.

export interface NearWord {
  readonly word: string;
  /** How many typos lie between the typed word and the beginning of this one; 0 when it begins so. */
  readonly typos: number;
}

/** The words that come near the typed one, in the order given. */
export function nearWords(words: Iterable<string>, typed: string): readonly NearWord[] {
  const countTypos = typoCounter(typed);
  const near: NearWord[] = [];
  for (const word of words) {
    const typos = countTypos(word);
    if (typos !== undefined) near.push({ word, typos });
  }
  return near;
}

/**
 * Counts the typos between the typed word and the beginning of another; undefined when there are more than its length allows. A
 * typo is a letter too many, too few, another one, or two neighbours swapped (optimal string alignment distance, to the
 * nearest beginning). `longer` bounds how many letters a word may go on after that beginning.
 */
export function typoCounter(
  typed: string,
  { longer = Number.POSITIVE_INFINITY }: { readonly longer?: number } = {},
): (word: string) => number | undefined {
  const most = typosAllowed(typed);
  const measure = createMeasure(typed, most);
  return (word) => {
    if (word.length < typed.length - most || word.length > typed.length + most + longer) return undefined;
    const typos = measure(word);
    return typos <= most ? typos : undefined;
  };
}

/** None in short words, in numbers and in scripts without letter case; one up to seven letters, then two. */
function typosAllowed(word: string): number {
  if (word.length < 4 || !LETTERS.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Alphabets, in which a word has letters enough to be recognised by the others. */
const LETTERS = /^[\p{Ll}\p{M}]+$/u;

/** Measures words against one typed word; answers more than `most` as soon as it is clear. */
function createMeasure(typed: string, most: number): (word: string) => number {
  const width = typed.length + most + 1;
  // The row of the table that is being filled, the one before, and the one before that: a swap looks two back.
  let [row, before, earlier] = [new Uint16Array(width), new Uint16Array(width), new Uint16Array(width)];
  return (word) => {
    if (most === 0) return word.startsWith(typed) ? 0 : 1;
    const end = Math.min(word.length, width - 1);
    for (let at = 0; at <= end; at++) before[at] = at;
    for (let i = 1; i <= typed.length; i++) {
      const letter = typed.charCodeAt(i - 1);
      row[0] = i;
      let least = i;
      for (let j = 1; j <= end; j++) {
        const other = word.charCodeAt(j - 1);
        let typos = Math.min(
          (before[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (before[j - 1] ?? 0) + Number(letter !== other),
        );
        if (i > 1 && j > 1 && letter === word.charCodeAt(j - 2) && typed.charCodeAt(i - 2) === other)
          typos = Math.min(typos, (earlier[j - 2] ?? 0) + 1);
        row[j] = typos;
        if (typos < least) least = typos;
      }
      if (least > most) return least;
      [row, before, earlier] = [earlier, row, before];
    }
    let best = before[0] ?? 0;
    for (let j = 1; j <= end; j++) best = Math.min(best, before[j] ?? 0);
    return best;
  };
}
