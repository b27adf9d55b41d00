// Credentials in addresses, headers and sentences, as far as their hints stand in many texts: every hook loads these rules.

import { isStrong, lineBefore, rule } from './credential-rule.ts';
import {
  accountInAddress,
  digitBeforeBracket,
  endsInHost,
  isCalledSo,
  keyAndRun,
  namesKey,
  setsSession,
  signNearLogin,
} from './looks.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

export const URL_PASSWORD = rule(
  'url-password',
  ['://'],
  [
    String.raw`://[^\s:/?#@"'<>\x60]{0,120}:([^\s@"'<>\x60/][^\s@"'<>\x60]{0,200}(?:@[^\s@/"'<>\x60]{0,100})?)(?=@)`,
    'g',
  ],
  (secret) =>
    isPlaceholder(secret) ||
    /\\[wdsS]|\[\^|\(\?/.test(secret) ||
    (/^(?:postgres|root|admin|user|guest|test|\d{2,5}\/)/i.test(secret) && isWeakValue(secret)) ||
    /^\d{1,5}(?:\/|$)/.test(secret),
  '@',
  (_lower, text) => accountInAddress(text),
);

// A token in the place of the user, as forges take it.
export const URL_USER = rule(
  'url-token',
  ['://'],
  [String.raw`://([A-Za-z0-9_-]{20,200})(?=:[^\s@/"'\x60]{0,80}@)`, 'g'],
  (secret) => !isRandom(secret),
  '@',
  (_lower, text) => accountInAddress(text),
);

export const URL_TOKEN = rule(
  'url-token',
  ['://'],
  [String.raw`://([A-Za-z0-9_-]{20,200})(?=@)`, 'g'],
  (secret) => !/\d/.test(secret),
  '@',
  (_lower, text) => accountInAddress(text),
);

export const ACCOUNT_AT_HOST = rule(
  'password',
  ['@'],
  [String.raw`(?<![\w/:.@-])[\w.-]{2,40}:([^\s:@"'\x60/\\]{7,100})(?=@[\w-]{1,60}\.[\w.-]{1,100})`, 'g'],
  (secret) => !isChosenPassword(secret),
  ':',
  (_lower, text) => endsInHost(text),
);

// Sessions by the names that frameworks give their cookies.
export const SESSION_COOKIE = rule(
  'cookie',
  'sessid,sessionid,_session,_sess=,session-token,connect.sid,.aspxauth,.aspnetcore.,csrftoken,xsrf-token,remember_,wordpress_sec,wordpress_log,__host-,__secure-'.split(
    ',',
  ),
  [
    String.raw`(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|\.ASPXAUTH|connect\.sid|\bsessionid|csrftoken|XSRF-TOKEN|_sess(?:ion)?|session-token|\.AspNetCore\.[\w.]{1,60}|wordpress_(?:sec|logged_in)_\w{1,40}|\bremember_\w{1,60}|__(?:Host|Secure)-[\w.-]{1,60})(?:=|["']\s{0,3}:\s{0,3}["'])([^\s;"'\x60,<>]{16,4000})`,
    'gi',
  ],
  (secret) => !isRandom(secret.replace(/%[0-9A-F]{2}/gi, '')),
  '',
  (_lower, text) => setsSession(text),
);

export const KEY_BY_NAME = rule(
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
  '',
  namesKey,
);

export const QUOTED_AS = rule(
  'password',
  ['as the ', 'is the ', 'is my ', 'is our ', 'as my '],
  [
    String.raw`["'\x60]([^\s"'\x60]{7,120})(?=["'\x60] (?:as|is) (?:the|my|our) (?:[\w-]{1,20} ){0,3}(?:password|passphrase|token|secret)\b)`,
    'gi',
  ],
  (secret) => !isChosenPassword(secret),
  '',
  isCalledSo,
);

export const ADDRESS_WITH_ACCOUNT = rule(
  'password',
  ['('],
  [
    String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})? {0,2}\([\w.@-]{2,40} ?[/:,] ?([^\s"'\x60,;)]{7,120})(?=\))`,
    'g',
  ],
  (secret) => !isChosenPassword(secret),
  '',
  digitBeforeBracket,
);

// What is typed into a field, compared, handed on, where the line speaks of a password.
export const QUOTED_BESIDE = rule(
  'password',
  ['password', 'passwort', 'passwd', 'passphrase', 'passcode', 'pwd'],
  [String.raw`(?<=["'\x60])[^\s"'\x60(){}<>]{8,100}(?=["'\x60]|\{\w{1,12}\}["'\x60])`, 'g'],
  (secret, offset, text) =>
    !(isChosenPassword(secret) && /[!@#$%^&*+?~]/.test(secret)) ||
    /passw|^@[\w-]+\//i.test(secret) ||
    !/passw|passphrase|passcode|pwd/i.test(lineBefore(text, offset)),
);

// Chosen with care, in a line about logging in.
export const CHOSEN_FOR_LOGIN = rule(
  'password',
  ['login', 'log in', 'logged in', 'sign in', 'credential', 'anmeld', 'zugang'],
  [
    String.raw`\b(?:login|log in|logged in|sign in|credentials?|anmeld\w{0,6}|zugang\w{0,8})\b[^\n]{0,80}?[\s"'\x60(:]((?=\S{0,60}[!#%&*+@$^])(?=\S{0,60}\d)(?=\S{0,60}[A-Z])(?=\S{0,60}[a-z])[^\s"'\x60()<>,;:/=]{9,60})`,
    'gi',
  ],
  (secret) => !isChosenPassword(secret.replace(/[.!?]+$/, '')) || !isStrong(secret),
  '',
  signNearLogin,
);

export const AFTER_KEY = rule(
  'api-key',
  ['key '],
  [String.raw`\bkey[ :]{1,3}["'\x60]?([A-Za-z0-9_-]{24,200})(?![\w./:@-])`, 'gi'],
  (secret) => !isRandom(secret) || !/[a-z]/.test(secret) || !/[A-Z]/.test(secret) || !/\d/.test(secret),
  '',
  keyAndRun,
);
