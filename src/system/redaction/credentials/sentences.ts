// Credentials that sentences, tables and messages speak of.

import { isWord, lineBefore, nextWordRule, rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

/** Passwords, and what they are called where the memory's reader may not read it. */
const PASSWORD_WORDS: readonly string[] =
  'password,passwort,passwd,passphrase,passcode,kennwort,zugangsdaten,mot de passe,contrase\u00F1a,contrasena,senha,palavra-passe,parola,has\u0142o,heslo,\u043F\u0430\u0440\u043E\u043B,wachtwoord,l\u00F6senord,adgangskode,passord,salasana,jelsz\u00F3,\u015Fifre,sifre,\u5BC6\u7801,\u5BC6\u78BC,\u53E3\u4EE4,\u30D1\u30B9\u30EF\u30FC\u30C9,\uBE44\uBC00\uBC88\uD638,\uC554\uD638,m\u1EADt kh\u1EA9u,credentials,\u4EE4\u724C,\u5BC6\u94A5,\u5BC6\u9470,\u30C8\u30FC\u30AF\u30F3,\uD1A0\uD070'.split(
    ',',
  );

const SERVICES: readonly string[] =
  'algolia,datadog,mixpanel,amplitude,pagerduty,rollbar,bugsnag,mandrill,vonage,nexmo,openweather,openweathermap,weatherapi,infura,etherscan,ipstack,mapquest,tmdb,newsapi,spotify,lastfm,flickr,imgur,trello,cognitive services,bing'.split(
    ',',
  );

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
      ' pat',
      'token |',
      'key |',
      'secret |',
      'password |',
    ],
    [
      String.raw`(?:(?:api|access|secret|auth|private|admin)[ -](?:key|token|secret)|\bPAT\b|personal access token|\b(?:token|secret|password|key)(?= {0,3}\|))[^\n:=|]{0,20}[|:=\s]{1,5}["'\x60*]{0,3}([^\s"'\x60|*<>()[\]]{12,400})(?=["'\x60*]{0,3}(?:[\s|.,;]|$))`,
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
  nextWordRule(
    7,
    'password',
    ['password ', 'passwort ', 'passphrase ', 'kennwort ', 'passcode ', 'pass ', 'pwd ', 'pw ', 'community '],
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
  rule(
    'password',
    ['as the ', 'is the ', 'is my ', 'is our ', 'as my '],
    [
      String.raw`["'\x60]([^\s"'\x60]{7,120})(?=["'\x60] (?:as|is) (?:the|my|our) (?:[\w-]{1,20} ){0,3}(?:password|passphrase|token|secret)\b)`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  nextWordRule(
    20,
    'token',
    ['token ', 'secret '],
    [String.raw`(?<![A-Za-z])(?:token|secret)["'\x60]?[ \t]{1,20}["'\x60]?([A-Za-z0-9_.=-]{20,300})(?![\w./:-])`, 'gi'],
    (secret) => !isRandom(secret),
  ),
  // In whatever language: the word, at most a few others, what links it to its value.
  rule(
    'password',
    PASSWORD_WORDS,
    [
      String.raw`(?:${PASSWORD_WORDS.join('|')})[^\n:=\uFF1A]{0,40}?(?:\b(?:is|was|ist|war|lautet|hei\u00DFt|est|es|son|\u00E8|\u00E9|jest|to|er|on|to:)\b:?|\u306F|\u304C|\u662F|\u70BA|\u4E3A|\uB294|\uC740|[:\uFF1A\u2192]|[-=]>|- )[\s"'\x60\u300C\u300E\u201C\u201E\u00AB(*_]{0,14}([!#-&(-_a-~]{6,199}[^\s"'\x60).,;:\]}>])`,
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
  rule(
    'password',
    '0123456789'.split('').flatMap((digit) => [`${digit} (`, `${digit}(`]),
    [
      String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})? {0,2}\([\w.@-]{2,40} ?[/:,] ?([^\s"'\x60,;)]{7,120})(?=\))`,
      'g',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  // What is typed into a field, compared, handed on, where the line speaks of a password.
  rule(
    'password',
    ['password', 'passwort', 'passwd', 'passphrase', 'passcode', 'pwd'],
    [String.raw`(?<=["'\x60])[^\s"'\x60(){}<>]{8,100}(?=["'\x60]|\{\w{1,12}\}["'\x60])`, 'g'],
    (secret, offset, text) =>
      !(isChosenPassword(secret) && /[!@#$%^&*+?~]/.test(secret)) ||
      /passw|^@[\w-]+\//i.test(secret) ||
      !/passw|passphrase|passcode|pwd/i.test(lineBefore(text, offset)),
  ),
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
  // Chosen with care, in a line about logging in.
  rule(
    'password',
    ['login', 'log in', 'logged in', 'sign in', 'credential', 'anmeld', 'zugang'],
    [
      String.raw`\b(?:login|log in|logged in|sign in|credentials?|anmeld\w{0,6}|zugang\w{0,8})\b[^\n]{0,80}?[\s"'\x60(:]((?=\S{0,60}[!#%&*+@$^])(?=\S{0,60}\d)(?=\S{0,60}[A-Z])(?=\S{0,60}[a-z])[^\s"'\x60()<>,;:/=]{9,60})`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/[.!?]+$/, '')) || !isStrong(secret),
  ),
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
  rule(
    'api-key',
    ['key '],
    [String.raw`\bkey[ :]{1,3}["'\x60]?([A-Za-z0-9_-]{24,200})(?![\w./:@-])`, 'gi'],
    (secret) => !isRandom(secret) || !/[a-z]/.test(secret) || !/[A-Z]/.test(secret) || !/\d/.test(secret),
  ),
  // Hex behind the name of a service whose keys are hex.
  rule(
    'api-key',
    SERVICES,
    [String.raw`\b(?:${SERVICES.join('|')})(?![a-z])[^\n]{0,60}?(?<![\w-])([0-9a-f]{32})(?![\w-])`, 'gi'],
    (secret) => !/\d/.test(secret) || !/[a-f]/.test(secret),
  ),
];

function isStrong(secret: string): boolean {
  return /[!#%&*+@$^]/.test(secret) && /\d/.test(secret) && /[A-Z]/.test(secret) && /[a-z]/.test(secret);
}
