// The trigrams of words, three letters in a row, as numbers of 18 bits; the ends of a word count as a letter. Pure.

/** Six bits: letters and digits of ASCII each have their own, all others share what is left. */
export function letterCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 48 && code <= 57) return code - 21;
  return 37 + (code % 27);
}

/**
 * The next trigram of a word, given the code of its letter; 0 stands for the end. The first letter of a word follows the trigram 0, and
 * makes none yet.
 */
export function nextTrigram(trigram: number, letter: number): number {
  return ((trigram << 6) | letter) & 0x3ffff;
}

/** Every trigram of a folded word, in order. */
export function trigramsOf(word: string): readonly number[] {
  const codes = [...Array.from({ length: word.length }, (_, at) => letterCode(word.charCodeAt(at))), 0];
  let trigram = 0;
  return codes.flatMap((code, at) => {
    trigram = nextTrigram(trigram, code);
    return at === 0 ? [] : [trigram];
  });
}
