// Credentials in addresses: of URLs, connections, accounts.

import { rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isUuid, isWeakValue } from '../values.ts';

export const ADDRESS_CREDENTIALS: readonly Rule[] = [
  rule(
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
  ),
  // A token in the place of the user, as forges take it.
  rule(
    'url-token',
    ['://'],
    [String.raw`://([A-Za-z0-9_-]{20,200})(?=:[^\s@/"'\x60]{0,80}@)`, 'g'],
    (secret) => !isRandom(secret),
    '@',
  ),
  rule('url-token', ['://'], [String.raw`://([A-Za-z0-9_-]{20,200})(?=@)`, 'g'], (secret) => !/\d/.test(secret), '@'),
  rule(
    'password',
    ['@tcp(', '@unix('],
    [String.raw`["'\x60=\s][\w.-]{1,60}:([^\s"'\x60@]{3,120})(?=@(?:tcp|unix)\()`, 'g'],
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'sentry-dsn',
    ['ingest.', 'sentry.io'],
    [String.raw`://([0-9a-f]{32}(?::[0-9a-f]{32})?)(?=@)`, 'g'],
    () => false,
  ),
  rule(
    'password',
    ['@'],
    [String.raw`(?<![\w/:.@-])[\w.-]{2,40}:([^\s:@"'\x60/\\]{7,100})(?=@[\w-]{1,60}\.[\w.-]{1,100})`, 'g'],
    (secret) => !isChosenPassword(secret),
    ':',
  ),
  rule(
    'password',
    ['jdbc:oracle:', 'sqlplus '],
    [
      String.raw`(?:jdbc:oracle:\w{1,10}:|\bsqlplus (?:-\w{1,10} ){0,3})[^\s/"'@]{1,60}/["']?([^\s"'@/$<]{3,120})(?=["']?@)`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    '@',
  ),
  // Whoever knows the address of a hook may post to it.
  rule(
    'webhook',
    ['hook/', 'hooks/', 'webhook', 'hook?'],
    [
      String.raw`https?://[^\s"'\x60<>?#]{1,200}?hooks?/(?:[\w.-]{1,40}/){0,4}([A-Za-z0-9_-]{16,100})(?![A-Za-z0-9_/.-])`,
      'gi',
    ],
    (secret) => !(isRandom(secret) || isUuid(secret) || /^(?=.*\d)[a-z0-9]{24,}$/.test(secret)),
    '://',
  ),
  rule(
    'password',
    ['pwd={', 'password={', 'pwd= {'],
    [String.raw`\b(?:pwd|password)= ?\{([^{}\s]{4,100})(?=\})`, 'gi'],
    (secret) => !isChosenPassword(secret),
  ),
];
