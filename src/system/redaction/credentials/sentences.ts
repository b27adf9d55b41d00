// Credentials that sentences, tables and messages speak of.

import { isWord, rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

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
    (secret) => isPlaceholder(secret) || isWeakValue(secret.replace(/[.,;:!?]+$/, '')) || /[./]\w+$/.test(secret),
  ),
  rule(
    'api-key',
    [
      'api key',
      'api-key',
      'api token',
      'access token',
      'secret key',
      'auth token',
      'access key',
      'token |',
      'key |',
      'secret |',
      'password |',
    ],
    [
      String.raw`(?:(?:api|access|secret|auth|private|admin)[ -](?:key|token|secret)|\b(?:token|secret|password|key)(?= {0,3}\|))[^\n:=|]{0,20}[|:=\s]{1,5}["'\x60*]{0,3}([^\s"'\x60|*<>()[\]]{12,400})(?=["'\x60*]{0,3}(?:[\s|.,;]|$))`,
      'gi',
    ],
    (secret) => !isRandom(secret.replace(/[.,;]$/, '')),
  ),
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
  rule(
    'password',
    ['password ', 'passwort ', 'passphrase ', 'kennwort ', 'passcode '],
    [
      String.raw`\b(?:password|passwort|passphrase|kennwort|passcode) (?:for [^\n]{1,120}?:\s{1,4})?["'\x60]?([^\s"'\x60,;]{7,120})`,
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
  rule(
    'password',
    ['as the ', 'is the ', 'is my ', 'is our ', 'as my '],
    [
      String.raw`["'\x60]([^\s"'\x60]{7,120})(?=["'\x60] (?:as|is) (?:the|my|our) (?:[\w-]{1,20} ){0,3}(?:password|passphrase|token|secret)\b)`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  rule(
    'token',
    ['token '],
    [String.raw`\btoken["'\x60]?[ \t]{1,20}["'\x60]?([A-Za-z0-9_.=-]{20,300})(?![\w./:-])`, 'gi'],
    (secret) => !isRandom(secret),
  ),
];
