// Where an event came from: project, work tree, clone, and the session's API account by fingerprint, never the key.

import type { EventOrigin } from '../model/hook-event.ts';
import { findProject, readCloneId } from '../system/project.ts';
import { sha256Hex } from '../system/digest.ts';
import { present } from './fields.ts';

export interface OriginSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The payload's working directory: taken only when the host names no project. */
  readonly cwd?: string | undefined;
  readonly home: string;
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pid: number;
  /** Draws so many hex characters. */
  readonly draw: (length: number) => string;
}

const DEFAULT_ENDPOINT = 'https://api.anthropic.com';
/** The fingerprint of the default endpoint with a subscription, by far the most frequent, is not reckoned each time. */
const DEFAULT_ACCOUNT = '5963bc2b5bfbc6f1';

/** The origin of an event that happens now. Makes the clone's id when the clone has none yet. */
export function eventOrigin(sources: OriginSources): EventOrigin {
  const { env, now } = sources;
  const folder = env['CLAUDE_PROJECT_DIR'] || sources.cwd || process.cwd();
  const location = findProject(folder, { home: sources.home, dataDir: sources.dataDir });
  return present({
    id: eventId(now, sources.pid, sources.draw),
    at: new Date(now).toISOString(),
    project: location.project,
    worktree: location.worktree,
    commonDir: location.commonDir,
    clone: location.commonDir === undefined ? undefined : readCloneId(location.commonDir, () => sources.draw(16)),
    ...sessionAccount(env),
  });
}

/** `<milliseconds>-<pid>-<8 hex>`: sorts by time. */
export function eventId(now: number, pid: number, draw: (length: number) => string): string {
  return `${String(Math.trunc(now)).padStart(13, '0')}-${pid}-${draw(8)}`;
}

/** The session's API account as its environment tells it: endpoint, kind, and a fingerprint of endpoint and key. */
export function sessionAccount(
  env: Readonly<Record<string, string | undefined>>,
): Pick<EventOrigin, 'account' | 'accountKind' | 'endpoint'> {
  const endpoint = originOf(env['ANTHROPIC_BASE_URL']) ?? DEFAULT_ENDPOINT;
  const [accountKind, key] = accountKey(env);
  const account =
    accountKind === 'subscription' && endpoint === DEFAULT_ENDPOINT
      ? DEFAULT_ACCOUNT
      : accountFingerprint(endpoint, key);
  return { account, accountKind, endpoint };
}

/** First 16 hex of SHA-256 over endpoint and key. */
export function accountFingerprint(endpoint: string, key: string): string {
  return sha256Hex(Buffer.from(`${endpoint}\0${key}`, 'utf8')).slice(0, 16);
}

function accountKey(env: Readonly<Record<string, string | undefined>>): [EventOrigin['accountKind'], string] {
  if (
    isOn(env['CLAUDE_CODE_USE_BEDROCK']) ||
    isOn(env['CLAUDE_CODE_USE_VERTEX']) ||
    isOn(env['CLAUDE_CODE_USE_FOUNDRY'])
  )
    return ['cloud', 'cloud'];
  if (env['ANTHROPIC_API_KEY']) return ['api-key', env['ANTHROPIC_API_KEY']];
  if (env['ANTHROPIC_AUTH_TOKEN']) return ['auth-token', env['ANTHROPIC_AUTH_TOKEN']];
  return ['subscription', 'subscription'];
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** Scheme, host and port of a URL, without user, path or query. */
function originOf(url: string | undefined): string | undefined {
  if (url === undefined || url === '') return undefined;
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.origin : undefined;
  } catch {
    return undefined;
  }
}
