// Credentials in addresses: of URLs, connections, accounts.

import { rule } from './credential-rule.ts';
import { ACCOUNT_AT_HOST, URL_PASSWORD, URL_TOKEN, URL_USER } from './frequent-text.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isUuid } from '../values.ts';

export const ADDRESS_CREDENTIALS: readonly Rule[] = [
  URL_PASSWORD,
  URL_USER,
  URL_TOKEN,
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
  ACCOUNT_AT_HOST,
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
