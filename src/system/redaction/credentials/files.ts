// Credentials in files of a known form: netrc, pgpass, Docker, web keys, lists of names and values.

import { isWord, rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom } from '../values.ts';

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
      String.raw`\b(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[\w.-]{0,60}(?:pass|password|passwd|secret|token|api_?key|credentials?)\\?["']?,?\s{0,16}\\?["']?value\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([^\s"'\\,}]{7,400})`,
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
];
