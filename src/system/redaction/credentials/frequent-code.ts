// Credentials in code and environments, as far as their hints stand in many texts: every hook loads these rules.

import { decodesToPair, lineBefore, rule } from './credential-rule.ts';
import {
  isBeforeLiteral,
  isPair,
  isSignedLiteral,
  opensLiteral,
  passesKey,
  setsAuth,
  setsLongVariable,
  speaksOf,
} from './looks.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

const CALLS = [
  'client(',
  'credentials(',
  'login(',
  'auth(',
  'sdk(',
  'api(',
  'key(',
  'token(',
  'secret(',
  'connect(',
  'init(',
  'twilio(',
  'search(',
  'configure(',
  'provider(',
];
const LOGIN_CALLS = ['login(', 'authenticate(', 'signin(', 'auth(', 'credentials(', 'credential(', 'authentication('];
const CHECKS = ['verify(', 'compare(', 'hash(', 'sync(', 'matches(', 'encrypt(', 'decrypt(', 'setpassword('];
/** What the expression for pairs knows; not all of it is a hint. */
const ENCODERS = ['btoa(', 'encode(', 'encode64(', 'encodestring(', 'buffer.from(', 'tostring(', 'getbytes('];

// An entry of a list of names and values: containers, task definitions, pipelines.
export const NAME_AND_VALUE = rule(
  'secret',
  ['value:', 'value"', "value'", 'value =', 'value='],
  [
    String.raw`\b(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[\w.-]{0,60}(?:pass|password|passwd|secret|token|api_?key|credentials?|session|sid|jwt|auth)\\?["']?,?\s{0,16}\\?["']?value\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([^\s"'\\,}]{7,400})`,
    'gi',
  ],
  (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  '',
  (lower) => speaksOf(lower, ['pass', 'secret', 'token', 'api', 'credential', 'session', 'sid', 'jwt', 'auth']),
);

// In an environment: a long mixed run needs no telling name.
export const MIXED_VARIABLE = rule(
  'secret',
  ['='],
  [
    String.raw`(?:^|[\s"'\x60;])(?![A-Z0-9_]*(?:HASH|SUM|SHA\d*|DIGEST|ETAG|INTEGRITY|REV|COMMIT|FINGERPRINT|PUBLIC|CERT|URL|PATH|NONCE|VERSION|REF|ID|ALPHABET|CHARS|DSN)[A-Z0-9_]*=)[A-Z][A-Z0-9_]{2,60}=["']?([A-Za-z0-9_+/-]{32,4000}={0,2})(?![\w./:@-])`,
    'gm',
  ],
  (secret) =>
    !(isRandom(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret)) || isPathLike(secret),
  '',
  (_lower, text) => setsLongVariable(text),
);

export const KEY_IN_CALL = rule(
  'api-key',
  CALLS,
  [
    String.raw`(?:client|credentials|login|auth|sdk|api|key|token|secret|connect|init|twilio|search|configure|provider)\((?:[^()\n]{0,120}[,\s])?["'\x60]([A-Za-z0-9_+/=.-]{24,200})(?=["'\x60])`,
    'gi',
  ],
  (secret) => !isRandom(secret) || /^(?:sha\d{3}-|data:)/.test(secret),
  '(',
  (lower, text) => passesKey(text, lower, CALLS),
);

// Where a type stands between name and value.
export const TYPED_VALUE = rule(
  'password',
  ['string =', 'str =', 'string? =', 'undefined =', 'null =', 'string> =', 'char[] =', 'bytes =', 'text ='],
  [
    String.raw`(?:pass|password|passwd|passphrase|secret|token|key)\w{0,20}(?:\? ?)?(?::? {1,3}|: ?)&?(?:'static )?(?:[\w.]{1,24}[<[])?(?:string|str|bytes|text|char)\b[\w<>[\]?|. ]{0,24}= {0,3}[bruf@]?["'\x60]([^\s"'\x60]{7,400})(?=["'\x60])`,
    'gi',
  ],
  (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  '',
  (lower) => speaksOf(lower, ['pass', 'secret', 'token', 'key']),
);

// What an environment variable is replaced by when it is not set.
export const DEFAULT_OF_VARIABLE = rule(
  'password',
  ['env.', "env['", 'env["', 'env.fetch(', 'getenv(', 'environ.get(', 'env('],
  [
    String.raw`(?:env\.|env\[["']|fetch\(["']|getenv\(["']|environ\.get\(["']|\benv\(["'])\w{1,80}["')\]]{0,3}\s{0,2}(?:\|\||\?\?|\?:|,|\bor\b)\s{0,2}["'\x60]([^\s"'\x60]{7,300})(?=["'\x60])`,
    'gi',
  ],
  (secret, offset, text) =>
    !(isChosenPassword(secret) || isRandom(secret)) ||
    !/pass|pwd|secret|token|key|credential/i.test(
      lineBefore(text, offset) + text.slice(offset, offset + 100).split(/["'\x60] ?[|?,]|\|\||\?\?/)[0],
    ),
  '',
  (lower) => speaksOf(lower, ['pass', 'pwd', 'secret', 'token', 'key', 'credential']),
);

// A pair that is encoded where it is used.
export const ENCODED_PAIR = rule(
  'basic-auth',
  ['btoa(', 'encode(', 'encode64(', 'base64_encode(', 'buffer.from(', 'tostring(', 'getbytes('],
  [
    String.raw`(?:btoa|encode(?:64|String)?|Buffer\.from|encodeToString|GetBytes)\(\s{0,3}b?["'\x60][\w.@-]{1,60}:([^\s"'\x60]{4,200})(?=["'\x60])`,
    'gi',
  ],
  (secret) => isPlaceholder(secret) || isWeakValue(secret),
  ':',
  (lower) => opensLiteral(lower, ENCODERS, (at) => isPair(lower, at)),
);

// What is hashed or compared, where somebody tries it by hand.
export const COMPARED = rule(
  'password',
  CHECKS,
  [
    String.raw`(?:verify|compare|hash|sync|matches|encrypt|decrypt|setpassword)\(\s{0,3}b?["'\x60]([^\s"'\x60]{8,100})(?=["'\x60])`,
    'gi',
  ],
  (secret) => !isChosenPassword(secret) || !/[!@#$%^&*+?~]/.test(secret) || /[/\\]/.test(secret),
  '',
  (lower) => opensLiteral(lower, CHECKS, (at) => isSignedLiteral(lower, at)),
);

// A user and a password in base64, under whatever name has `auth` in it.
export const AUTH_PAIR = rule(
  'basic-auth',
  ['auth:', 'auth=', 'auth"', "auth'", 'auth :', 'auth =', 'auth\\"', 'auth_basic'],
  [String.raw`auth[\w-]{0,20}\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?:basic {1,2})?([A-Za-z0-9+/]{12,400}={0,2})`, 'gi'],
  (secret) => !decodesToPair(secret),
  '',
  setsAuth,
);

export const PASSWORD_IN_CALL = rule(
  'password',
  LOGIN_CALLS,
  [
    String.raw`(?:login|authenticate|signin|auth|credentials?|authentication)\(\s{0,3}["'\x60][^"'\x60\n]{1,80}["'\x60]\s{0,3},\s{0,3}["'\x60]([^"'\x60\s]{7,120})(?=["'\x60])`,
    'gi',
  ],
  (secret) => !(isChosenPassword(secret) || (/^\w+$/.test(secret) && /[A-Za-z]{3}\d{2,}$/.test(secret))),
  ',',
  (lower) => opensLiteral(lower, LOGIN_CALLS, (at) => isBeforeLiteral(lower, at)),
);

function isPathLike(secret: string): boolean {
  return /[a-z]{8}|(?:\/|-)[a-z]{4,}(?:\/|-)/.test(secret);
}
