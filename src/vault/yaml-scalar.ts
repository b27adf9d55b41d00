// Writes one text as a YAML scalar: plain where every YAML reader takes it for the same text, else in double quotes.

/** Words that some YAML version takes for null, a boolean or a number. */
const SPECIAL_WORD = /^(?:null|true|false|yes|no|on|off|y|n|nan|inf|infinity)$/i;
const PLAIN_START = /^(?:[A-Za-z_/(]|\.[A-Za-z_]|[^\u0000-\u00bf])/;
const NOT_PLAIN = /: | #|[: ]$|^\.(?:inf|nan)$/i;
/** The common case, told by one look: words of ASCII without a character that means something to YAML. */
const SIMPLE = /^[A-Za-z_/][A-Za-z0-9_./()+,;'-]*(?: [A-Za-z0-9_./()+,;'-]+)*$/;
/** Begins with a digit and still cannot be read as a number: a hexadecimal commit, a memory's id. */
const DIGITS_AND_LETTERS = /^(?!0[xob])(?=[0-9a-z]*[a-df-z])[0-9][0-9a-z]*$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Controls, unusual spaces, invisible marks, noncharacters, private and unassigned planes: written as escapes, so that a reviewer sees them. */
const ESCAPED =
  /[\ufe00-\ufe0e\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufdd0-\ufdef\ufeff\ufff0-\uffff\u{e0000}-\u{10ffff}\ud800-\udfff]/u;
const EVERY_ESCAPED = new RegExp(ESCAPED.source, 'gu');

/** The text as a scalar on one line, never folded. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD. */
export function renderScalar(text: string): string {
  return isPlainText(text) ? text : renderQuoted(text);
}

/** The text in double quotes, which YAML and JSON read alike. */
export function renderQuoted(text: string): string {
  const quoted = JSON.stringify(text.toWellFormed());
  return ESCAPED.test(quoted) ? quoted.replace(EVERY_ESCAPED, escapeCharacter) : quoted;
}

/** Whether the text, written without quotes, is read back as this very text by any YAML reader. */
export function isPlainText(text: string): boolean {
  if (SIMPLE.test(text)) return text.length > 8 || !SPECIAL_WORD.test(text);
  if (PLAIN_START.test(text)) return !NOT_PLAIN.test(text) && !SPECIAL_WORD.test(text) && !ESCAPED.test(text);
  return DIGITS_AND_LETTERS.test(text) || UUID.test(text);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
