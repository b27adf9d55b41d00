// Whether a value may stand right behind a word or a flag: looks without an expression, for words that nearly every text has.

/** Whether a flag ends with one of the hints, each with the blank behind it: `--db-password …`. */
export function endsFlag(lower: string, hints: readonly string[]): boolean {
  return hints.some((hint) => isFlagEnd(lower, hint));
}

function isFlagEnd(lower: string, hint: string): boolean {
  for (let at = lower.indexOf(hint); at !== -1; at = lower.indexOf(hint, at + 1)) {
    let start = at;
    while (start > 0 && at - start < 64 && !isBlank(lower.charCodeAt(start - 1))) start--;
    if (lower.startsWith('--', start)) return true;
  }
  return false;
}

function isBlank(code: number): boolean {
  return code <= 32 || code > 127;
}

/** Whether behind one of the hints, or behind `for …` after it, a word of at least so many characters stands. */
export function leadsToWord(lower: string, hints: readonly string[], least: number): boolean {
  return hints.some((hint) => leadsOn(lower, hint, least));
}

function leadsOn(lower: string, hint: string, least: number): boolean {
  for (let at = lower.indexOf(hint); at !== -1; at = lower.indexOf(hint, at + 1)) {
    let from = at + hint.length;
    if (lower.startsWith('for ', from)) return true;
    for (; ' \t"\'`'.includes(lower.charAt(from) || '?'); from++);
    let length = 0;
    while (length < least && isOfWord(lower.charAt(from + length))) length++;
    if (length === least) return true;
  }
  return false;
}

function isOfWord(character: string): boolean {
  return character > ' ' && !'"\'`,;'.includes(character);
}
