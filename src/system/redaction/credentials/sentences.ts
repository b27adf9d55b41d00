// Credentials that sentences, tables and messages speak of.

import { isStrong, isWord, lineBefore, nextWordRule, rule } from './credential-rule.ts';
import {
  ADDRESS_WITH_ACCOUNT,
  AFTER_KEY,
  CHOSEN_FOR_LOGIN,
  KEY_BY_NAME,
  QUOTED_AS,
  QUOTED_BESIDE,
} from './frequent-text.ts';
import { BEFORE_PASSWORD, BEFORE_TOKEN, LEAST_PASSWORD, LEAST_TOKEN, PASSWORD_WORDS, SERVICES } from './gate.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

const WORDS = PASSWORD_WORDS.split('~');
const SERVICE_NAMES = SERVICES.split('~');

export const SENTENCE_CREDENTIALS: readonly Rule[] = [
  rule(
    'password',
    [
      'password is ',
      'passwort ist ',
      'passwort lautet ',
      'kennwort ',
      'mot de passe ',
      'contrase\u00F1a ',
      'password: ',
      'pwd is ',
      'pw is ',
      'passphrase is ',
      'pin is ',
      'token is ',
      'key is ',
      'secret is ',
    ],
    [
      String.raw`\b(?:password|passwort|kennwort|mot de passe|contrase\u00F1a|passphrase|pwd|pw|pin|token|key|secret) (?:is|ist|lautet|est|es)(?: now| still| set to)?:? {1,2}["'\x60]?([^\s"'\x60<>()]{6,200})`,
      'gi',
    ],
    (secret) =>
      isPlaceholder(secret) ||
      isWeakValue(secret.replace(/[.,;:!?]+$/, '')) ||
      /[./]\w+$/.test(secret) ||
      // A place in a list.
      /^[A-Za-z_][\w.]*\[[\w.]*\]/.test(secret),
  ),
  KEY_BY_NAME,
  rule(
    'api-key',
    ['unseal key', 'root token', 'recovery key', 'recovery code', 'backup code'],
    [
      String.raw`\b(?:unseal key|root token|recovery key|recovery code|backup code)s?(?: \d{1,2})?: {1,3}([A-Za-z0-9+/=._-]{8,120})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWord(secret),
    ': ',
  ),
  rule(
    'seed-phrase',
    ['mnemonic', 'seed phrase', 'recovery phrase', 'seed words'],
    [
      String.raw`\b(?:mnemonic|seed phrase|recovery phrase|seed words)(?: is)?["']?\s{0,3}[:=]?\s{0,3}["'\x60]?((?:[a-z]{3,8} ){11,23}[a-z]{3,8})\b`,
      'gi',
    ],
    (secret) => /\b(?:the|and|is|are|of|to|a|an|for|with|that|this)\b/.test(secret),
    ' ',
  ),
  nextWordRule(
    LEAST_PASSWORD,
    'password',
    BEFORE_PASSWORD.split('~'),
    [
      String.raw`\b(?:password|passwort|passphrase|kennwort|passcode|pass|pwd|pw|community) (?:for [^\n]{1,120}?:\s{1,4})?["'\x60]?([^\s"'\x60,;]{7,120})`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/[.,;:!?)]+$/, '')),
  ),
  rule(
    'password',
    ['credentials', 'login:', 'log in as', 'log in with', 'logged in as'],
    [
      String.raw`\b(?:credentials?(?: are| is)?|login|log(?:ged)? in (?:as|with)):? {0,2}["'\x60]?[\w.@-]{2,60}["'\x60]? ?[/,:|] ?["'\x60]?([^\s"'\x60,;]{7,120})`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/[.,;:!?)]+$/, '')),
  ),
  QUOTED_AS,
  nextWordRule(
    LEAST_TOKEN,
    'token',
    BEFORE_TOKEN.split('~'),
    [String.raw`(?<![A-Za-z])(?:token|secret)["'\x60]?[ \t]{1,20}["'\x60]?([A-Za-z0-9_.=-]{20,300})(?![\w./:-])`, 'gi'],
    (secret) => !isRandom(secret),
  ),
  // In whatever language: the word, at most a few others, what links it to its value.
  rule(
    'password',
    WORDS,
    [
      String.raw`(?:${WORDS.join('|')})[^\n:=\uFF1A]{0,40}?(?:\b(?:is|was|ist|war|lautet|hei\u00DFt|est|es|son|\u00E8|\u00E9|jest|to|er|on|to:)\b:?|\u306F|\u304C|\u662F|\u70BA|\u4E3A|\uB294|\uC740|[:\uFF1A\u2192]|[-=]>|- )[\s"'\x60\u300C\u300E\u201C\u201E\u00AB(*_]{0,14}([!#-&(-_a-~]{6,199}[^\s"'\x60).,;:\]}>])`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/["'\x60).,;:!*_]+$/, '')),
  ),
  // `admin/password`, where accounts are listed so.
  rule(
    'password',
    ['/pass', '/pw', '/ pass', '/ pw', '&pass', '& pass', '&pw', '|pass', '| pass', '|pw'],
    [
      String.raw`\b(?:login|user(?:name)?|id|account|email)\s?[/&|]\s?(?:password|passwd|pass|pwd|pw)\b[^\n:=-]{0,20}[\s:=-]{1,4}["'\x60(]?[\w.@-]{1,60}\s?[/:|,]\s?["'\x60]?([^\s"'\x60,;)]{6,120})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
  ),
  ADDRESS_WITH_ACCOUNT,
  QUOTED_BESIDE,
  // The seed of one-time passwords.
  rule(
    'otp-seed',
    ['otp', 'mfa', '2fa', 'authenticator'],
    [
      String.raw`\b(?:totp|otp|otpauth|mfa|2fa|authenticator)\b[^\n]{0,80}?(?<![A-Za-z0-9])((?:[A-Z2-7]{4} ){3,15}[A-Z2-7]{4}|[A-Z2-7]{16,64})(?![A-Za-z0-9])`,
      'gi',
    ],
    (secret) => !/[2-7]/.test(secret) || !/[A-Z]/.test(secret) || /[a-z]/.test(secret),
  ),
  CHOSEN_FOR_LOGIN,
  rule(
    'password',
    ['login', 'log in', 'sign in', 'credential', 'account', 'admin', 'ssh '],
    [String.raw`(?<=[\w@-] ?/ ?)[^\s"'\x60()<>,;:/=]{9,60}(?=[\s,;.)]|$)`, 'gm'],
    (secret, offset, text) =>
      !isChosenPassword(secret) ||
      !isStrong(secret) ||
      /:\/\/\S*$/.test(lineBefore(text, offset)) ||
      !/\b(?:log ?in|sign ?in|credentials?|account|admin|ssh)\b/i.test(
        lineBefore(text, offset) + text.slice(offset, offset + 100).split('\n')[0],
      ),
    ' / ',
  ),
  AFTER_KEY,
  // Hex behind the name of a service whose keys are hex.
  rule(
    'api-key',
    SERVICE_NAMES,
    [String.raw`\b(?:${SERVICE_NAMES.join('|')})(?![a-z])[^\n]{0,60}?(?<![\w-])([0-9a-f]{32})(?![\w-])`, 'gi'],
    (secret) => !/\d/.test(secret) || !/[a-f]/.test(secret),
  ),
];
