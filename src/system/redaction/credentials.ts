// Credentials that are known by where they stand: in URLs, headers, command lines, netrc, Docker and Kubernetes files.

import { isPlaceholder, isWeakValue } from './values.ts';
import { marker } from './rule.ts';
import type { Count, Rule } from './rule.ts';

const rule = (kind: string, hints: readonly string[], make: () => RegExp, keep: NonNullable<Rule['keep']>): Rule => {
  let compiled: RegExp | undefined;
  return { kind, hints, pattern: () => (compiled ??= make()), keep };
};

export const CREDENTIAL_RULES: readonly Rule[] = [
  rule(
    'url-password',
    ['://'],
    () => /:\/\/[^\s:/?#@"'<>`]{0,120}:([^\s@"'<>`]{1,200})(?=@)/g,
    (secret) =>
      isPlaceholder(secret) ||
      (/^(?:postgres|root|admin|user|guest|test|\d{2,5}\/)/i.test(secret) && isWeakValue(secret)) ||
      /^\d{1,5}(?:\/|$)/.test(secret),
  ),
  rule(
    'url-token',
    ['://'],
    () => /:\/\/([A-Za-z0-9_-]{20,200})(?=@)/g,
    (secret) => !/\d/.test(secret),
  ),
  rule(
    'authorization',
    ['authorization'],
    () =>
      /authorization\\?["']?\s{0,3}[:=,]\s{0,3}\\?["'`]?(?:[A-Za-z]{3,12} {1,2})?([^\s"'`\\,;<>${}()[\]]{8,4000})/gi,
    (secret) =>
      isPlaceholder(secret) || isWord(secret) || /^(?:req|res|ctx|this|process|headers?|config)\b/.test(secret),
  ),
  rule(
    'bearer',
    ['bearer '],
    () => /\bbearer {1,2}([A-Za-z0-9._~+/-]{16,4000}={0,2})/gi,
    (secret) => isPlaceholder(secret) || !/\d/.test(secret) || /^[a-z._-]*$/i.test(secret),
  ),
  rule(
    'basic-auth',
    ['basic '],
    () => /\bbasic {1,2}([A-Za-z0-9+/]{8,1000}={0,2})/gi,
    (secret) => !decodesToPair(secret),
  ),
  rule(
    'cookie',
    ['cookie'],
    () => /\b(?:set-)?cookie2?\\?["']?: {0,3}\\?["']?([A-Za-z0-9_.$-]{1,80}=[^\n"'`\\]{6,8000})/gi,
    (secret) => /^[^=]*=(?:\$|<|\{|\[redacted)/.test(secret),
  ),
  rule(
    'basic-auth',
    ['-u', '--user', '--proxy-user'],
    () => /(?<=\s)(?:-u|--user|--proxy-user)(?: {1,3}|=)?["']?[^\s:"'$]{1,100}:([^\s"'@]{3,200})/g,
    (secret, offset, text) =>
      isPlaceholder(secret) || !/\b(?:curl|wget|http|https|xh)\b/.test(lineBefore(text, offset)),
  ),
  rule(
    'password',
    [
      'sshpass',
      'mysql',
      'mariadb',
      'docker login',
      'podman login',
      'redis-cli',
      'mongosh',
      'htpasswd',
      'smbclient',
      'lftp',
    ],
    () => /(?<=\s)(?:-p|-a)(?: {1,3}|=)?["']?([^\s"'$-][^\s"'$]{3,200})/g,
    (secret, offset, text) =>
      isPlaceholder(secret) ||
      /^\d{1,5}(?::\d{1,5})?$/.test(secret) ||
      !/\b(?:sshpass|mysql\w*|mariadb\w*|(?:docker|podman) login|redis-cli|mongosh|htpasswd|smbclient|lftp)\b/.test(
        lineBefore(text, offset),
      ),
  ),
  rule(
    'password',
    ['-password ', '-passwd ', '-pass ', '-passphrase ', '-pw '],
    () =>
      /(?<=\s)--(?:[a-z]{1,20}-){0,3}(?:password|passwd|pass|passphrase|pw) {1,3}["']?([^\s"'$<-][^\s"'$<]{3,400})/gi,
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'token',
    ['-token ', '-secret ', '-key ', 'apikey ', '-auth '],
    () =>
      /(?<=\s)--(?:[a-z]{1,20}-){0,3}(?:token|secret|api-?key|access-?key|secret-?key|auth|private-?key) {1,3}["']?([^\s"'$<-][^\s"'$<]{7,4000})/gi,
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
  ),
  rule(
    'password',
    ['login '],
    () => /\b(?:machine {1,3}\S{1,200}|default)\s{1,8}login\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(\S{3,400})/g,
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'docker',
    ['auth"', 'auth\\"', '_auth'],
    () =>
      /(?:\\?"(?:auth|identitytoken)\\?"\s{0,3}:\s{0,3}\\?"|\b_auth\s{0,3}=\s{0,3}"?)([A-Za-z0-9+/_.-]{8,4000}={0,2})/g,
    (secret) => isWord(secret),
  ),
  rule(
    'password',
    ['password is ', 'passwort ist ', 'passphrase is ', 'pin is ', 'token is ', 'key is ', 'secret is '],
    () =>
      /\b(?:password|passwort|passphrase|pin|token|key|secret) (?:is|ist)(?: now| still)?:? {1,2}["'`]?([^\s"'`<>()]{6,200})/gi,
    (secret) => isPlaceholder(secret) || isWeakValue(secret.replace(/[.,;:!?]+$/, '')) || /[./]\w+$/.test(secret),
  ),
];

/** Values below `data:` of a Kubernetes Secret. */
export function redactKubernetesSecrets(text: string, lower: string, count: Count): string {
  if (!/kind\\?["']?: ?\\?["']?secret\b/.test(lower)) return text;
  let inData = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*(?:data|stringData)\s*:\s*$/.test(line)) {
        inData = true;
        return line;
      }
      if (!inData) return line;
      const entry = /^(\s+["']?[\w.-]{1,253}["']?\s*:\s*["']?)([^\s"'#|>{[][^\s"']{3,})/.exec(line);
      if (entry === null) {
        if (/^\S/.test(line) || /^\s*---/.test(line)) inData = false;
        return line;
      }
      const [whole, head = '', value = ''] = entry;
      if (isPlaceholder(value)) return line;
      count('kubernetes-secret');
      return head + marker('kubernetes-secret') + line.slice(whole.length);
    })
    .join('\n');
}

function isWord(secret: string): boolean {
  return /^[A-Za-z_.-]{0,40}$/.test(secret);
}

/** The part of the line that stands before a match; at most 400 characters. */
function lineBefore(text: string, offset: number): string {
  const from = Math.max(0, offset - 400);
  const part = text.slice(from, offset);
  return part.slice(part.lastIndexOf('\n') + 1);
}

function decodesToPair(secret: string): boolean {
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,200}:[\x20-\x7e]{1,400}$/.test(decoded);
}
