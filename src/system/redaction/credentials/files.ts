// Credentials in files of a known form: netrc, pgpass, Docker, web keys, lists of names and values.

import { isWord, rule } from './credential-rule.ts';
import { AUTH_PAIR, MIXED_VARIABLE, NAME_AND_VALUE } from './frequent-code.ts';
import type { Rule } from '../rule.ts';
import { isPlaceholder, isRandom, isWeakValue } from '../values.ts';

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
  NAME_AND_VALUE,
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
  AUTH_PAIR,
  MIXED_VARIABLE,
];
