// What a value looks like: a placeholder, a reference to somewhere else, or something that may be a secret.

import { MARKER_START } from './rule.ts';

const WORDS =
  'password passwd pass pwd secret token key apikey api_key changeme change_me changeit example sample dummy placeholder todo tbd ' +
  'none null nil undefined true false yes no on off empty unset missing required optional default string str number int integer ' +
  'boolean bool bytes any unknown object void never readonly self this value values text varchar buffer uint8array hidden masked ' +
  'redacted removed secret_here your-password mypassword mysecret hunter2 foobar foo bar baz abc xyz enabled disabled';
let placeholders: ReadonlySet<string> | undefined;

/** Whether a value stands for a secret instead of being one: placeholders, references to environment or files, markers. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  if (text === '' || (text.includes(MARKER_START) && isOnlyMarkers(text))) return true;
  const first = text.charAt(0);
  if (first === '<' || first === '{' || first === '[' || first === '(') return true;
  if (
    /^\\?\$(?:[A-Za-z_{(]|\{\{)/.test(text) ||
    /^%[A-Za-z_]\w*%?$/.test(text) ||
    /^[#@]\{/.test(text) ||
    /^![A-Za-z]/.test(text)
  )
    return true;
  placeholders ??= new Set(WORDS.split(' '));
  if (placeholders.has(text.toLowerCase())) return true;
  // Whole alphabets and digits: what values are drawn from. No documented example: people put those into their tests of what leaks.
  if (/^(?:abcdefghijklmnopqrstuvwxyz|ABCDEFGHIJKLMNOPQRSTUVWXYZ|0123456789(?=[a-zA-Z]))+/.test(text)) return true;
  if (/[xX]{8}|\*{6}|(?:^|[-_])your[-_]|_here$/.test(text)) return true;
  // A place in a page, such as a link leads to.
  if (/^#[a-z]+(?:-[a-z]+)+$/.test(text)) return true;
  if (/^(.)\1*$/.test(text) || /^[xX*.\u2022_#-]+$/.test(text) || /\.{3}$|\u2026$/.test(text)) return true;
  if (
    /^(?:your|my|insert|replace|enter|put|add|the|some|an?|use|set|example|sample|dummy|changeme|change|test)(?:[-_ .][A-Za-z_ .-]*)?$/i.test(
      text,
    ) ||
    /^(?:your|my|insert|enter|put|add|the|some|set|use|new|test|example|sample|dummy|fake)(?:pass|pwd|secret|token|key|api|value|string|here|access|auth|client|real|own)[A-Za-z_ .-]*$/i.test(
      text,
    )
  )
    return true;
  if (
    /^(?:process\.env|import\.meta|os\.(?:getenv|environ)|env[.[(]|ENV\[|System\.getenv|secrets?\.|vault:|op:\/\/|arn:|data:|file:|ssm:|sm:|env:|ref\+)/.test(
      text,
    )
  )
    return true;
  return isPlainUrl(text) || isPath(text);
}

/** Whether a value is too plain to be a secret by itself: words, names of code, versions, numbers. */
export function isWeakValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 6) return true;
  if (/^\d+(?:[.,:]\d+)*$/.test(text)) return true;
  if (/^[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)*$/.test(text)) return !isScrambled(text);
  if (/^[A-Za-z_$][\w$]*(?:\??[.+][A-Za-z_$][\w$]*)+$/.test(text))
    return !isScrambled(text) && !text.split(/[?.+]+/).some(isMixedRun);
  if (/^v?\d+\.\d+\.\d+[\w.+-]*$/.test(text)) return true;
  return !/\d/.test(text) && !/[^A-Za-z0-9_.-]/.test(text) && !isScrambled(text);
}

/** So long and mixed that no name in code is. */
function isMixedRun(part: string): boolean {
  return part.length >= 20 && /\d/.test(part) && kindChanges(part) >= part.length / 3;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** Whether a run looks drawn, not written: long hex, or letters and digits mixed as words never are. No UUID, no path, no version. */
export function isRandom(text: string): boolean {
  if (isPlaceholder(text) || isUuid(text) || text.length < 12) return false;
  if (/^(?:0x)?[0-9a-f]{32,}$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text);
  if (/^[\d.:,-]+$/.test(text) || isWeakValue(text) || isPath(text)) return false;
  const changes = kindChanges(text);
  if (/^[a-z0-9]{32,}$/.test(text)) return /\d/.test(text) && /[a-z]/.test(text);
  if (/[a-z]{7}/.test(text) && changes < text.length / 3) return false;
  return text.length >= 20 ? changes >= text.length / 5 : changes >= text.length / 4 && /\d/.test(text);
}

/** Whether a value looks like a password that somebody chose with care: letters, digits, and a sign or both kinds of letters. */
export function isChosenPassword(text: string): boolean {
  if (text.length < 7 || text.length > 200 || isPlaceholder(text) || isUuid(text)) return false;
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  if (isScrambledPassword(text)) return true;
  if (
    /^[\w.-]+\.(?:[a-z]{1,5}|com|org|dev)$|^[\w.+-]+@[\w-]+\.[\w.-]+$|^v?\d+(?:[._:-]\w+)*$|^\d+[a-z]{1,12}$|^[\w.-]+[:=/(]|[()[\]{}<>]|^--?\w/.test(
      text,
    )
  )
    return false;
  if (/[!@#$%^&*+?~]/.test(text)) return true;
  return (
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    kindChanges(text) >= 4 &&
    !/^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*\d{1,4}$/.test(text)
  );
}

/** All kinds of characters, changing at nearly each place: what looks like `name=value` in it is chance. */
function isScrambledPassword(text: string): boolean {
  return (
    text.length >= 10 &&
    text.length < 40 &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    !/[()[\]{}<>&\\]/.test(text) &&
    kindChanges(text) >= text.length * 0.6
  );
}

/** How often the kind of character (small, large, digit, other) changes. */
function kindChanges(text: string): number {
  let changes = 0;
  let before = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = isUpper(code) ? 1 : code >= 97 && code <= 122 ? 2 : code >= 48 && code <= 57 ? 3 : 4;
    if (before !== -1 && kind !== before) changes++;
    before = kind;
  }
  return changes;
}

/** Letters whose case changes far more often than words' does, once in `often` letters: a random token without digits. */
export function isScrambled(text: string, often = 3, least = 16): boolean {
  if (text.length < least || /^(?:[A-Z]{0,4}[a-z]{2,})+$/.test(text)) return false;
  return caseChanges(text) > text.length / often && !isCamelCase(text);
}

/** Words of four and more letters run together, with a few shorter ones: `onLastEventIdUpdate`. */
function isCamelCase(text: string): boolean {
  if (!/^[A-Za-z]+$/.test(text)) return false;
  const words = text.match(/[A-Z]?[a-z]{3,}/g) ?? [];
  return words.join('').length >= text.length * 0.75;
}

function caseChanges(text: string): number {
  let changes = 0;
  for (let i = 1; i < text.length; i++) {
    const [before, code] = [text.charCodeAt(i - 1), text.charCodeAt(i)];
    if (isLetter(before) && isLetter(code) && isUpper(code) !== isUpper(before)) changes++;
  }
  return changes;
}

function isLetter(code: number): boolean {
  return isUpper(code) || (code >= 97 && code <= 122);
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isPlainUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text);
}

/** A file path, not a base-64 run that happens to hold slashes: every part of it reads like words. */
function isPath(text: string): boolean {
  if (!/^(?:~|\.{1,2})?\/|^[A-Za-z]:\\|^[\w.@-]+\//.test(text)) return false;
  return text.split(/[/\\]/).every((part, at) => (at === 0 && /^[A-Za-z]:$/.test(part)) || isWordy(part));
}

function isWordy(part: string): boolean {
  if (part.length > 40) return false;
  if (/^[a-z0-9._@~-]*$/.test(part)) return part.length < 20 || !/\d/.test(part);
  return /^[A-Za-z._@-]+$/.test(part) && caseChanges(part) <= part.length / 4;
}

function isOnlyMarkers(text: string): boolean {
  return text.replace(/\[redacted:[a-z0-9-]*\]/g, '').length < 4;
}
