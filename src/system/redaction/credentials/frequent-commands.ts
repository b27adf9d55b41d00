// Credentials on command lines, as far as their hints stand in many texts: every hook loads these rules.

import { lineBefore, rule } from './credential-rule.ts';
import { echoesWord, hasFlag, hasUserFlag, shortFlagAndWord } from './looks.ts';
import { isChosenPassword, isPlaceholder, isRandom } from '../values.ts';

export const USER_FLAG = rule(
  'basic-auth',
  ['-u', '--user', '--proxy-user', 'curl'],
  [
    String.raw`(?<=\s)(?:-[A-Za-z]{0,8}[uU]|--user|--proxy-user)(?: {1,3}|=)?["']?[^\s:"'$<]{0,100}["']?:["']?([^\s"']{3,200})`,
    'g',
  ],
  (secret, offset, text) =>
    isPlaceholder(secret) ||
    !(isChosenPassword(secret) || /\b(?:curl|wget|http|https|xh)\b/.test(lineBefore(text, offset))),
  ':',
  hasUserFlag,
);

export const USER_OF_REQUEST = rule(
  'basic-auth',
  ['curl', 'wget', 'http ', 'https ', 'xh '],
  [String.raw`(?<=\s)(?:-u|-a |--auth[ =])["']?([^\s:"'$/=-][^\s:"'$/=]{0,99}:[^\s"'@$]{3,200})`, 'g'],
  (secret, offset, text) =>
    /^\d{1,5}:\d{1,5}/.test(secret) ||
    isPlaceholder(secret.slice(secret.indexOf(':') + 1)) ||
    !/\b(?:curl|wget|https?|xh)\b/.test(lineBefore(text, offset)),
  ':',
  (lower) => hasFlag(lower, ['-u', '-a ', '--auth']),
);

export const COOKIE_FLAG = rule(
  'cookie',
  ['curl'],
  [String.raw`(?<=\s)(?:-b|--cookie)[ =]["']?([\w.-]{1,80}=[^\n"'\x60\\]{6,4000})`, 'g'],
  (secret) => /=(?:\$|<|\{|\[redacted)/.test(secret),
  '=',
  (lower) => hasFlag(lower, ['-b', '--cookie']),
);

// Into whatever reads it: what is echoed alone and looks drawn or chosen.
export const ECHOED = rule(
  'password',
  ['echo ', 'printf '],
  [
    String.raw`\b(?:echo|printf)(?: -n| -e| %s| '%s'| "%s")* ["']?([^\s"'$|<>();&]{7,400})(?=["']? {0,3}(?:\)|\||>|&&|;|$))`,
    'gm',
  ],
  (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  '',
  (_lower, text) => echoesWord(text),
);

export const SHORT_FLAG = rule(
  'password',
  [' -p', ' -w', ' -n'],
  [String.raw`(?<=\s)-(?:[pPwN]|pw) {0,2}["']?([^\s"'$<\\-][^\s"'$<\\|]{6,100})(?=["'\s]|$)`, 'g'],
  (secret, offset, text) =>
    !isChosenPassword(secret) ||
    /\b(?:grep|rg|ag|sed|awk|perl|mkdir|cp|rsync|claude|tar|patch|install|find)\b/.test(lineBefore(text, offset)),
  '',
  (_lower, text) => shortFlagAndWord(text),
);
