// Credentials in headers and cookies, of HTTP and of what sends them.

import { decodesToPair, isWord, rule } from './credential-rule.ts';
import { SESSION_COOKIE } from './frequent-text.ts';
import type { Rule } from '../rule.ts';
import { isPlaceholder, isRandom } from '../values.ts';

export const HEADER_CREDENTIALS: readonly Rule[] = [
  rule(
    'authorization',
    ['authorization'],
    [
      String.raw`authorization\\?["']?\s{0,3}[:=,]\s{0,3}\\?["'\x60]?(?:[A-Za-z]{3,12} {1,2})?([^\s"'\x60\\,;<>\x24{}()[\]]{8,4000})`,
      'gi',
    ],
    (secret, offset, text) =>
      isPlaceholder(secret) ||
      isWord(secret) ||
      /^(?:req|res|ctx|this|process|headers?|config)\b/.test(secret) ||
      // A call of what decodes it.
      (/^[A-Za-z_][\w.]*$/.test(secret) && text.charAt(text.indexOf(secret, offset) + secret.length) === '('),
  ),
  rule(
    'bearer',
    ['bearer '],
    [String.raw`\bbearer {1,2}([A-Za-z0-9._~+/-]{16,4000}={0,2})`, 'gi'],
    (secret) => isPlaceholder(secret) || !/\d/.test(secret) || /^[a-z._-]*$/i.test(secret),
  ),
  rule(
    'basic-auth',
    ['basic '],
    [String.raw`\bbasic {1,2}([A-Za-z0-9+/]{8,1000}={0,2})`, 'gi'],
    (secret) => !decodesToPair(secret),
  ),
  rule(
    'cookie',
    ['cookie'],
    [String.raw`\b(?:set-)?cookie2?\\?["']?: {0,3}\\?["']?([A-Za-z0-9_.$-]{1,80}=[^\n"'\x60\\]{6,8000})`, 'gi'],
    (secret) => /^[^=]*=(?:\$|<|\{|;|\[redacted)/.test(secret),
  ),
  rule(
    'cookie',
    ['.cookie'],
    [String.raw`\.cookie\s{0,2}=\s{0,2}["'\x60]([\w.-]{1,60}=[^\s"'\x60;]{16,2000})`, 'g'],
    (secret) => !isRandom(secret.slice(secret.indexOf('=') + 1)),
    '=',
  ),
  SESSION_COOKIE,
  // A jar of cookies, as curl and browsers write it.
  rule(
    'cookie',
    ['\ttrue\t', '\tfalse\t'],
    [String.raw`\t(?:TRUE|FALSE)\t/[^\t\n]{0,200}\t(?:TRUE|FALSE)\t\d{1,20}\t[^\t\n]{1,100}\t(\S{12,4000})`, 'g'],
    (secret) => !isRandom(secret.replace(/%[0-9A-F]{2}/gi, '')),
  ),
];
