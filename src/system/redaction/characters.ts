// What kind of character stands somewhere, by its code: the first use of an expression costs a hook more than all these looks.

/** A letter or digit of ASCII. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

/** What names are made of: `\w` and `-`. */
export function isNameCode(code: number): boolean {
  return isWordCode(code) || code === 95 || code === 45;
}

/** What base64 is made of, in both its alphabets. */
export function isBase64Code(code: number): boolean {
  return isNameCode(code) || code === 43 || code === 47;
}

/** A blank, a line's end, or whatever stands beyond ASCII and may be a blank. */
export function mayBeBlank(code: number): boolean {
  return code <= 32 || code > 127;
}

/** A quote as code has them: `"`, `'` or a backtick. */
export function isQuoteCode(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}
