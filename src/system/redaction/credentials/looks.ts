// Looks at whether a frequent rule may match, without an expression: making one costs a hook a tenth of a millisecond and more. Each says
// no only where the rule's expression cannot match.

import { isBase64Code, isNameCode, isQuoteCode, isWordCode, mayBeBlank } from '../characters.ts';

/** Whether `look` says yes at one of the places of a literal. */
export function anyPlace(text: string, literal: string, look: (at: number) => boolean): boolean {
  for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, at + 1)) if (look(at)) return true;
  return false;
}

/** Whether from a place on so many characters are of a kind. */
export function hasRun(text: string, from: number, least: number, isOfKind: (code: number) => boolean): boolean {
  let at = from;
  while (at < from + least && at < text.length && isOfKind(text.charCodeAt(at))) at++;
  return at === from + least;
}

/** The place behind at most so many blanks. */
export function skipBlanks(text: string, from: number, most: number): number {
  let at = from;
  while (at < from + most && at < text.length && mayBeBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The place behind a quote, or the same when none stands there. */
export function skipQuote(text: string, at: number): number {
  return isQuoteCode(text.charCodeAt(at)) ? at + 1 : at;
}

/** Nothing that `\s` could mean in ASCII; all else may be part of a word. */
export function isNoBlank(code: number): boolean {
  return code !== 32 && (code < 9 || code > 13);
}

/** Whether a call with a literal as its first argument stands there: one of `names` with its bracket, then a quote. */
export function opensLiteral(
  lower: string,
  names: readonly string[],
  mayBe: (at: number) => boolean = () => true,
): boolean {
  return names.some((name) =>
    anyPlace(lower, name, (at) => {
      let open = skipBlanks(lower, at + name.length, 4);
      if (lower.charAt(open) === 'b') open++;
      return isQuoteCode(lower.charCodeAt(open)) && mayBe(open + 1);
    }),
  );
}

/** `NAME=` and a run that is long enough. */
export function setsLongVariable(text: string): boolean {
  return anyPlace(text, '=', (at) => {
    const before = text.charCodeAt(at - 1);
    const isUpper = (before >= 65 && before <= 90) || (before >= 48 && before <= 57) || before === 95;
    return isUpper && hasRun(text, skipQuote(text, at + 1), 32, isBase64Code);
  });
}

/** A colon, then at least seven characters, right before an `@`. */
export function endsInHost(text: string): boolean {
  return anyPlace(text, '@', (at) => {
    let start = at - 1;
    for (const limit = at - 102; start >= limit && start >= 0; start--) {
      const character = text.charAt(start);
      if (character === ':') return at - start > 7;
      if (!isNoBlank(character.charCodeAt(0)) || '"\'`/\\'.includes(character)) return false;
    }
    return false;
  });
}

/** `auth…` with what parts it from a value, and a value that is long enough or begins with `basic`. */
export function setsAuth(lower: string): boolean {
  return anyPlace(lower, 'auth', (place) => {
    let at = place + 4;
    for (const limit = at + 20; at < limit && isNameCode(lower.charCodeAt(at)); at++);
    at = skipBlanks(lower, skipMark(lower, at), 3);
    if (lower.charAt(at) !== ':' && lower.charAt(at) !== '=') return false;
    at = skipMark(lower, skipBlanks(lower, at + 1, 3));
    return lower.startsWith('basic', at) || hasRun(lower, at, 12, isBase64Code);
  });
}

function skipMark(text: string, at: number): number {
  return skipQuote(text, text.charAt(at) === '\\' ? at + 1 : at);
}

/** A name of a key: two words, `PAT`, or a word before the bar of a table. */
export function namesKey(lower: string): boolean {
  return (
    ['key', 'token', 'secret', 'password'].some((word) =>
      anyPlace(
        lower,
        word,
        (at) => isSecondWord(lower, at) || lower.startsWith('|', skipBlanks(lower, at + word.length, 3)),
      ),
    ) || anyPlace(lower, 'pat', (at) => !isWordCode(lower.charCodeAt(at - 1)) && !isWordCode(lower.charCodeAt(at + 3)))
  );
}

function isSecondWord(lower: string, at: number): boolean {
  const joint = lower.charAt(at - 1);
  return (joint === ' ' || joint === '-') && FIRST_WORDS.includes(lower.slice(Math.max(0, at - 3), at - 1));
}

/** How `api`, `access`, `secret`, `auth`, `private` and `admin` end. */
const FIRST_WORDS = ['pi', 'ss', 'et', 'th', 'te', 'in'];

/** `key` and a long run. */
export function keyAndRun(lower: string): boolean {
  return ['key ', 'key:'].some((word) =>
    anyPlace(lower, word, (at) => {
      let from = at + 3;
      while (from < at + 6 && ' :'.includes(lower.charAt(from) || '?')) from++;
      return hasRun(lower, skipQuote(lower, from), 24, isNameCode);
    }),
  );
}

/** A flag of one letter that a password may stand behind, and something that is long enough. */
export function shortFlagAndWord(text: string): boolean {
  return anyPlace(text, '-', (at) => {
    if (at === 0 || !'pPwN'.includes(text.charAt(at + 1) || '?') || !mayBeBlank(text.charCodeAt(at - 1))) return false;
    return [at + 2, at + 3].some((from) => {
      let word = from;
      while (word < from + 2 && text.charAt(word) === ' ') word++;
      return hasRun(text, skipQuote(text, word), 7, isNoBlank);
    });
  });
}

/** A long word with a sign and a digit, near enough behind a word of logging in. */
export function signNearLogin(lower: string): boolean {
  return LOGIN_WORDS.some((word) => anyPlace(lower, word, (at) => hasSignedWord(lower, at, at + 240)));
}

function hasSignedWord(lower: string, from: number, limit: number): boolean {
  let start = from;
  let [isSigned, hasDigit] = [false, false];
  for (let at = from; at < limit && at < lower.length; at++) {
    const character = lower.charAt(at);
    if (!isNoBlank(character.charCodeAt(0)) || '"\'`()<>,;:/='.includes(character)) {
      start = at + 1;
      isSigned = hasDigit = false;
      continue;
    }
    isSigned ||= '!#%&*+@$^'.includes(character);
    hasDigit ||= isDigit(character.charCodeAt(0));
    if (isSigned && hasDigit && at - start >= 8) return true;
  }
  return false;
}

const LOGIN_WORDS = ['login', 'log in', 'logged in', 'sign in', 'credential', 'anmeld', 'zugang'];

/** A digit before a bracket, with at most one blank between. */
export function digitBeforeBracket(text: string): boolean {
  return anyPlace(text, '(', (at) => isDigit(text.charCodeAt(at - (text.charAt(at - 1) === ' ' ? 2 : 1))));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether one of these words stands in the text. */
export function speaksOf(lower: string, words: readonly string[]): boolean {
  return words.some((word) => lower.includes(word));
}

/** An `@` behind `://`, with nothing between that no address has. */
export function accountInAddress(text: string): boolean {
  return anyPlace(text, '://', (place) => {
    for (let at = place + 3; at < place + 450; at++) {
      const character = text.charAt(at);
      if (character === '@') return true;
      if (character === '' || !isNoBlank(character.charCodeAt(0)) || '"\'`<>'.includes(character)) return false;
    }
    return false;
  });
}

/** A flag after a blank: one of these, each with its dashes. */
export function hasFlag(lower: string, flags: readonly string[]): boolean {
  return flags.some((flag) => anyPlace(lower, flag, (at) => at > 0 && mayBeBlank(lower.charCodeAt(at - 1))));
}

/** Short flags in one, with a `u` among them: `-su`. */
export function hasUserFlag(lower: string): boolean {
  if (hasFlag(lower, ['--user', '--proxy-user'])) return true;
  return anyPlace(lower, '-', (dash) => {
    if (dash === 0 || !mayBeBlank(lower.charCodeAt(dash - 1))) return false;
    for (let at = dash + 1; at < dash + 10 && isWordCode(lower.charCodeAt(at)); at++)
      if (lower.charAt(at) === 'u') return true;
    return false;
  });
}

const ECHO_FLAGS = [' -n', ' -e', ' %s', " '%s'", ' "%s"'];

/** A word that is long enough behind `echo` or `printf` and their flags. */
export function echoesWord(text: string): boolean {
  return ['echo', 'printf'].some((command) =>
    anyPlace(text, command, (place) => {
      let at = place + command.length;
      for (;;) {
        if (text.charAt(at) === ' ' && hasRun(text, skipQuote(text, at + 1), 7, isEchoed)) return true;
        const from = at;
        const flag = ECHO_FLAGS.find((one) => text.startsWith(one, from));
        if (flag === undefined) return false;
        at += flag.length;
      }
    }),
  );
}

function isEchoed(code: number): boolean {
  return isNoBlank(code) && !'"\'$|<>();&'.includes(String.fromCharCode(code));
}

/** A literal of which all could be a key, among the first arguments of a call. */
export function passesKey(text: string, lower: string, names: readonly string[]): boolean {
  return names.some((name) =>
    anyPlace(lower, name, (place) => {
      const open = place + name.length;
      for (let at = open; at < open + 125 && at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code === 40 || code === 41) return false;
        if (isQuoteCode(code) && hasRun(text, at + 1, 24, isKeyCode)) return true;
      }
      return false;
    }),
  );
}

function isKeyCode(code: number): boolean {
  return isBase64Code(code) || code === 61 || code === 46;
}

/** What comes before a colon in the literal that begins there, `user:…`. */
export function isPair(text: string, from: number): boolean {
  let at = from;
  while (at < from + 61 && (isNameCode(text.charCodeAt(at)) || '.@'.includes(text.charAt(at) || '?'))) at++;
  return text.charAt(at) === ':';
}

/** Whether the literal that begins there is long enough for a password, and has a sign. */
export function isSignedLiteral(text: string, from: number): boolean {
  let isSigned = false;
  let at = from;
  for (; at < from + 101 && at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isQuoteCode(code) || !isNoBlank(code)) break;
    isSigned ||= '!@#$%^&*+?~'.includes(text.charAt(at));
  }
  return isSigned && at >= from + 8;
}

/** A quote, then `as the`, `is my` and their like. */
export function isCalledSo(lower: string): boolean {
  return ['as the ', 'as my ', 'as our ', 'is the ', 'is my ', 'is our '].some((words) =>
    anyPlace(lower, words, (at) => lower.charAt(at - 1) === ' ' && isQuoteCode(lower.charCodeAt(at - 2))),
  );
}

/** A value that is as long as those of sessions, behind `=` or a colon and a quote. */
export function setsSession(text: string): boolean {
  return (
    anyPlace(text, '=', (at) => hasRun(text, at + 1, 16, isNoBlank)) ||
    anyPlace(text, ':', (at) => {
      const open = skipBlanks(text, at + 1, 3);
      return isQuoteCode(text.charCodeAt(open)) && hasRun(text, open + 1, 16, isNoBlank);
    })
  );
}

/** Whether the literal that begins there is followed by another one, without blanks and long enough. */
export function isBeforeLiteral(text: string, from: number): boolean {
  let at = from;
  while (at < from + 81 && at < text.length && !isQuoteCode(text.charCodeAt(at))) at++;
  at = skipBlanks(text, at + 1, 3);
  if (text.charAt(at) !== ',') return false;
  at = skipBlanks(text, at + 1, 3);
  return isQuoteCode(text.charCodeAt(at)) && hasRun(text, at + 1, 7, isOfLiteral);
}

function isOfLiteral(code: number): boolean {
  return isNoBlank(code) && !isQuoteCode(code);
}
