// Credentials in files of a known form: netrc, pgpass, Docker, web keys, lists of names and values.

import { decodesToPair, isWord, rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

export const FILE_CREDENTIALS: readonly Rule[] = [
  rule(
    'password',
    ['login '],
    [
      String.raw`\b(?:machine {1,3}\S{1,200}|default)\s{1,8}login\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(\S{3,400})`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    'password',
  ),
  rule(
    'docker',
    ['auth"', 'auth\\"', '_auth'],
    [
      String.raw`(?:\\?"(?:auth|identitytoken)\\?"\s{0,3}:\s{0,3}\\?"|\b_auth\s{0,3}=\s{0,3}"?)([A-Za-z0-9+/_.-]{8,4000}={0,2})`,
      'g',
    ],
    (secret) => isWord(secret),
  ),
  rule(
    'password',
    [':5432:', ':*:', ':3306:'],
    [
      String.raw`(?<![\w.:*-])[\w.*-]{1,120}:(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}:([^\s:"'\x60]{4,200})(?!\S)`,
      'g',
    ],
    (secret) => isPlaceholder(secret) || /^\d+$/.test(secret),
  ),
  // An entry of a list of names and values: containers, task definitions, pipelines.
  rule(
    'secret',
    ['value:', 'value"', "value'", 'value =', 'value='],
    [
      String.raw`\b(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[\w.-]{0,60}(?:pass|password|passwd|secret|token|api_?key|credentials?|session|sid|jwt|auth)\\?["']?,?\s{0,16}\\?["']?value\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([^\s"'\\,}]{7,400})`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'jwk',
    ['kty'],
    [String.raw`"(?:d|p|q|dp|dq|qi|k)\\?"\s{0,3}:\s{0,3}\\?"([A-Za-z0-9_-]{40,1400})(?=\\?")`, 'g'],
    (secret) => !isRandom(secret),
  ),
  // An element of XML with attributes.
  rule(
    'password',
    ['</pass', '</pwd', '</secret', '</token', 'password>', 'key>', 'token>', 'secret>'],
    [
      String.raw`<[\w.:-]{0,40}?(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key)\s[^<>]{1,200}>\s{0,40}([^<>\s]{4,400})(?=\s{0,40}<)`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
  ),
  // What Terraform keeps of a password that it drew.
  rule(
    'password',
    ['random_password'],
    [String.raw`random_password[\s\S]{0,1500}?"(?:result|bcrypt_hash)"\s{0,4}:\s{0,4}"([^"\s]{6,200})(?=")`, 'g'],
    (secret) => isPlaceholder(secret),
    '"result"',
  ),
  // A user and a password in base64, under whatever name has `auth` in it.
  rule(
    'basic-auth',
    ['auth:', 'auth=', 'auth"', "auth'", 'auth :', 'auth =', 'auth\\"', 'auth_basic'],
    [String.raw`auth[\w-]{0,20}\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?:basic {1,2})?([A-Za-z0-9+/]{12,400}={0,2})`, 'gi'],
    (secret) => !decodesToPair(secret),
  ),
  // In an environment: a long mixed run needs no telling name.
  rule(
    'secret',
    ['='],
    [
      String.raw`(?:^|[\s"'\x60;])(?![A-Z0-9_]*(?:HASH|SUM|SHA\d*|DIGEST|ETAG|INTEGRITY|REV|COMMIT|FINGERPRINT|PUBLIC|CERT|URL|PATH|NONCE|VERSION|REF|ID|ALPHABET|CHARS|DSN)[A-Z0-9_]*=)[A-Z][A-Z0-9_]{2,60}=["']?([A-Za-z0-9_+/-]{32,4000}={0,2})(?![\w./:@-])`,
      'gm',
    ],
    (secret) =>
      !(isRandom(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret)) || isPathLike(secret),
  ),
];

function isPathLike(secret: string): boolean {
  return /[a-z]{8}|(?:\/|-)[a-z]{4,}(?:\/|-)/.test(secret);
}
