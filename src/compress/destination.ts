// Where compression sends redacted events: host and kind of account, and which of these a session's start has named.

import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';

export interface Destination {
  readonly provider: 'api' | 'cli' | 'bedrock' | 'vertex';
  /** Host, with the port where there is one. */
  readonly host: string;
  /** Whose account pays: the session's own, or the one in the user's settings. */
  readonly account: 'settings' | 'api-key' | 'auth-token' | 'subscription' | 'cloud' | 'none';
}

/** The line for people that names host and kind of account. */
export function announcementOf(destination: Destination): string {
  const texts: Readonly<Record<string, string>> = JSON.parse(readTemplate('announcement.json'));
  const account = texts[destination.account] ?? '';
  return fillTemplate(texts['line'] ?? '', { host: destination.host, account });
}

/** Whether a line at some session's start has named the destination. */
export function isAnnounced(file: string, destination: Destination): boolean {
  return readAnnounced(file)[keyOf(destination)] !== undefined;
}

/** Notes that it was named; `at` is UTC. */
export function noteAnnounced(file: string, destination: Destination, at: string): void {
  const known = readAnnounced(file);
  if (known[keyOf(destination)] !== undefined) return;
  writeFileAtomic(file, `${JSON.stringify({ ...known, [keyOf(destination)]: at }, null, 2)}\n`);
}

/** The host of a URL; the text itself when it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function keyOf({ provider, host, account }: Destination): string {
  return `${provider} ${host} ${account}`;
}

function readAnnounced(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    // Nothing was named yet, or the file is torn: it is named again.
    return {};
  }
}
