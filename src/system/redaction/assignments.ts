// Secrets that are known by the name they are given: `password: …`, `API_KEY=…`, `"client_secret": "…"`.

import { isNameCode } from './characters.ts';
import { MARKER_START } from './rule.ts';
import { isSafeSuffix, readName } from './secret-names.ts';
import type { Strength } from './secret-names.ts';
import { readSeparator } from './separator.ts';
import type { Literals } from './literals.ts';
import type { Find } from './rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isScrambled, isUuid, isWeakValue } from './values.ts';

const UNQUOTED = /[^\s"'`,;()<>{}[\]|\\]{1,1024}/y;
const MAX_VALUE = 4096;
/** More of a value is never judged. */
const MAX_JUDGED = 256;
/** So many names that stand in each other's values are judged: what has more is no text. */
const MAX_IN_VAIN = 12;
/** Without one of these in a text, nothing in it is set by `NAME value`. */
export const SETTERS: readonly string[] =
  'setx,set -gx,set -x,env ,arg ,configure set,config set,config:set,setenv,secret set,secret put,secrets put,secrets set,requirepass,masterauth'.split(
    ',',
  );
const SETTER =
  /(?:^|[\s;&|"'`])(?:setx|set -gx|set -x|ENV|ARG|aws configure set(?: [\w.-]{1,80}\.)?|npm config set \S{0,200}|config:set|setenv|gh secret set|secrets? (?:put|set)|requirepass|masterauth)\s{1,3}(?:--?[\w-]{1,20} )?[\w./:-]{0,200}$/;

/** Finds values that stand after names of secrets; `cues` are the places of `CUES`, `isSetting` tells whether one of `SETTERS` is there. */
export function findAssignments(text: string, cues: Literals['places'], isSetting: boolean, find: Find): void {
  let done = 0;
  let runEnd = 0;
  let inVain = 0;
  for (const [at, cue] of cues) {
    if (at < done) continue;
    if (at >= runEnd) inVain = 0;
    else if (inVain > MAX_IN_VAIN) continue;
    const name = readName(text, at, cue);
    if (name === undefined) continue;
    if (!mayBeSeparated(text, at + name.text.length, isSetting)) continue;
    const separator = readSeparator(text, at + name.text.length);
    if (separator === undefined) continue;
    const { suffix, kind, sign } = separator;
    if (suffix !== '' && isSafeSuffix(suffix, cue)) continue;
    const isLoose = kind === 'argument' || kind === 'blank';
    if (kind === 'blank' && !SETTER.test(text.slice(Math.max(0, at - 300), at))) continue;
    const value = readValue(text, separator.end);
    if (value === undefined) continue;
    const environment = (sign === '=' || kind === 'blank') && isUpperName(name.text + suffix);
    inVain++;
    runEnd = Math.max(runEnd, value.end);
    const isElement = sign === '>' && text.charAt(value.end) === '<';
    if (sign === '>' && !isElement && value.text.startsWith('@')) continue;
    const around = {
      quoted: value.quoted || isElement,
      environment,
      next: text.charAt(value.end),
      isConnected:
        name.strength === 'key' &&
        /endpoint|azure|openai|client|secret|token/i.test(text.slice(Math.max(0, at - 100), at)),
      isStrong:
        (environment && /(?:TOKEN|SECRET|API_?KEY|LICENSE_KEY)$/.test(name.text + suffix)) ||
        /(?:(?:auth|server|access|account|api|http|bot|deploy|admin|root|acl)[_-]?token|api_?key|instrumentation_?key|secret(?:[_-]?(?:key|id))?|_auth)$/i.test(
          text.slice(Math.max(0, at - 16), at) + name.text + suffix,
        ),
    };
    const judged = value.text.slice(0, MAX_JUDGED);
    if (value.isInCall && !isChosenPassword(judged) && !isRandom(judged)) continue;
    // `'/etc/passwd', 'utf8'`
    if (kind === 'argument' && text.charAt(at - 1) === '/') continue;
    if (isLoose && !value.quoted && !environment && !isRandom(judged) && name.strength !== 'password') continue;
    if (
      kind === 'argument' &&
      !(name.strength === 'password' ? isChosen(judged) : isRandom(judged) || (around.isStrong && isUuid(judged)))
    )
      continue;
    if (!isSecret(judged, name.strength, around, /phrase/i.test(name.text + suffix)) || isInArn(text, at)) continue;
    if (isName(judged, text.slice(Math.max(0, at - 40), at) + name.text + suffix)) continue;
    find(
      value.start,
      value.end,
      cue.includes('token') ? 'token' : name.strength === 'chosen' ? 'password' : name.strength,
    );
    done = value.end;
  }
}

/** Whether a value is the name that it is given to, written otherwise: `CHALLENGE_PASSWORD: "challengePassword"`. */
function isName(value: string, before: string): boolean {
  const letters = (text: string): string => text.replace(/[_.-]/g, '').toLowerCase();
  return /^[A-Za-z][A-Za-z_.-]*$/.test(value) && letters(before).endsWith(letters(value));
}

/** A password in a call, beside names of fields and columns that stand in calls too. */
function isChosen(value: string): boolean {
  return !/\s/.test(value) && (!/^[A-Za-z_.:-]*$/.test(value) || isScrambled(value));
}

/** `arn:aws:secretsmanager:…:secret:prod/api-key-x1Y2z3` names a secret and is none. */
function isInArn(text: string, at: number): boolean {
  return /\barn:[\w:-]{1,90}:$/.test(text.slice(Math.max(0, at - 100), at));
}

/** Whether something follows the name that may separate it from a value: most words that hold a cue are over here, without an expression. */
function mayBeSeparated(text: string, from: number, isSetting: boolean): boolean {
  let at = from;
  for (const limit = from + 24; at < limit && isNameCode(text.charCodeAt(at)); at++);
  const character = text.charAt(at);
  if (character === ' ' || character === '\t') {
    if (isSetting) return true;
    for (; text.charAt(at) === ' '; at++);
    return '=:\t|?+\uFF1A'.includes(text.charAt(at) || '?');
  }
  return character !== '' && '=:>]\\"\'`\uFF1A'.includes(character);
}

interface Value {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** Whether it stands in a call: `String::from("…")`. */
  readonly isInCall: boolean;
}

const WRAPPER = /(?:new )?[\w.:[\]]{1,40}\(\s{0,3}(?=[bruf@]?["'`])/y;

function readValue(text: string, at: number): Value | undefined {
  let start = at;
  // A tag of YAML.
  if (text.startsWith('!!str ', start)) start += 6;
  WRAPPER.lastIndex = start;
  const wrapper = /\w/.test(text.charAt(start)) ? WRAPPER.exec(text)?.[0] : undefined;
  const isInCall = wrapper !== undefined;
  start += wrapper?.length ?? 0;
  // Prefixes of string literals, and an escaped quote inside JSON inside a string.
  if (/[bruf@]/.test(text.charAt(start)) && /["']/.test(text.charAt(start + 1))) start++;
  let escapes = 0;
  while (text.charAt(start + escapes) === '\\' && escapes < 4) escapes++;
  const quote = text.charAt(start + escapes);
  if (quote === '"' || quote === "'" || quote === '`') {
    const inner = start + escapes + 1;
    const closer = text.slice(start, inner);
    const limit = Math.min(text.length, inner + MAX_VALUE);
    for (let i = inner; i < limit; i++) {
      const character = text.charAt(i);
      // A wrapped run of base64 goes on in the next line; nothing else does.
      if (character === '\n' && !(i - inner >= 40 && isWrapped(text, inner, i))) return undefined;
      if (escapes > 0 ? text.startsWith(closer, i) : character === quote)
        return i === inner ? undefined : { text: text.slice(inner, i), start: inner, end: i, quoted: true, isInCall };
      if (character === '\\' && escapes === 0) i++;
    }
    return limit === inner
      ? undefined
      : { text: text.slice(inner, limit), start: inner, end: limit, quoted: true, isInCall };
  }
  if (escapes > 0) return undefined;
  UNQUOTED.lastIndex = start;
  const run = UNQUOTED.exec(text);
  if (run === null) return undefined;
  let value = run[0];
  const parameter = /&(?:amp;)?[\w.-]{1,40}=/.exec(value);
  if (parameter !== null) value = value.slice(0, parameter.index);
  // What a branch of Python ends with.
  if (/^[\w.]{1,80}:$/.test(value) && /\s|$/y.test(text.charAt(start + value.length))) value = value.slice(0, -1);
  return value === '' ? undefined : { text: value, start, end: start + value.length, quoted: false, isInCall };
}

function isWrapped(text: string, start: number, end: number): boolean {
  const lineStart = Math.max(start, text.lastIndexOf('\n', end - 1) + 1);
  return /^[A-Za-z0-9+/_-]{40,200}\r?$/.test(text.slice(lineStart, end));
}

interface Surroundings {
  readonly quoted: boolean;
  /** `NAME=value` without blanks, as in a shell or an env file. */
  readonly environment: boolean;
  /** The character after the value. */
  readonly next: string;
  /** Whether a service is spoken of before, so that hex counts too. */
  readonly isConnected: boolean;
  /** Whether the name leaves no doubt, so that a UUID counts too. */
  readonly isStrong: boolean;
}

function isSecret(value: string, strength: Strength, around: Surroundings, isPhrase: boolean): boolean {
  if (value.length < 4 || isPlaceholder(value) || isRuleList(value) || isPropertyName(value)) return false;
  // What a shell says when a variable is missing.
  if (value.startsWith('?') && around.next === '}') return false;
  if (!around.quoted && (around.next === '(' || around.next === '[' || value.endsWith('('))) return false;
  if (/^(?:https?:|[a-z]+:\/\/)/i.test(value)) return false;
  if (value.includes('${') || value.includes('{{') || value.includes(MARKER_START)) return remainderIsSecret(value);
  if (strength === 'chosen')
    return isChosenPassword(value) || (value.length >= 10 && /\d/.test(value) && isRandom(value));
  if (strength === 'key' && around.isConnected && /^[0-9a-f]{32,64}$/.test(value)) return true;
  if (strength === 'key') return isStrongKey(value) || (around.environment && value.length >= 24 && isRandom(value));
  if (/\n/.test(value)) return /^[A-Za-z0-9+/=_\s-]+$/.test(value);
  if (isPhrase && isWordPhrase(value)) return true;
  if (/\s/.test(value)) return /(?=\S*\d)(?=\S*[A-Za-z])[^\s.,;:]{12,}/.test(value) && !/[.!?]$/.test(value);
  if (strength === 'password') {
    if (/^\d+$/.test(value)) return value.length >= 6;
    if (around.quoted || around.environment) return !isIdentifierWord(value) || around.environment;
    return !isWeakValue(value) || isScrambled(value, 2.5, 10);
  }
  if (value.length < 8 || /^\d+$/.test(value)) return false;
  if (isUuid(value)) return around.isStrong && (around.environment || around.quoted || '\n"\';'.includes(around.next));
  if (around.environment) return !/^[\w$]+(?:\.[\w$]+)+$/.test(value) || !isWeakValue(value);
  return !isWeakValue(value);
}

/** Words drawn from a list, as passphrases are; no sentence. */
function isWordPhrase(value: string): boolean {
  return (
    /^(?:[a-z]{3,10}|\d{1,4})(?:[ -](?:[a-z]{3,10}|\d{1,4})){3,11}$/.test(value) &&
    !/\b(?:the|your|and|for|not|must|enter|please|with|that|this|here|from)\b|pass|secret|key/.test(value)
  );
}

/** `user.password`: where to find it, not what it is. */
function isPropertyName(value: string): boolean {
  return /^[a-z]+(?:[._][a-z]+){1,6}$/i.test(value) && /pass|user|auth|secret|token|key/i.test(value);
}

/** What a form asks of a field: `required|min:8`. */
function isRuleList(value: string): boolean {
  return /^[a-z_]{2,30}(?::[\w,.-]{1,30})?(?:\|[a-z_]{2,30}(?::[\w,.-]{1,30})?){1,12}$/.test(value);
}

/** What is left of a value after its markers and references. */
function remainderIsSecret(value: string): boolean {
  const rest = value.replace(/\[redacted:[a-z0-9-]*\]?|\$?\{\{?[^{}]*\}?\}?/g, '');
  return rest.length >= 12 && /\d/.test(rest) && /[A-Za-z]/.test(rest) && !/[\s/:.]/.test(rest);
}

/** A bare `key` names many harmless things: only long runs of mixed characters count. */
function isStrongKey(value: string): boolean {
  if (/^0x[0-9a-f]{64}$/i.test(value)) return true;
  return (
    value.length >= 24 &&
    /^[A-Za-z0-9+/_=-]+$/.test(value) &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value)
  );
}

function isIdentifierWord(value: string): boolean {
  return /^[A-Za-z]+(?:[A-Z_-][a-z]*)*$/.test(value) && value.length < 12;
}

function isUpperName(name: string): boolean {
  return /^[A-Z0-9_]+$/.test(name);
}
