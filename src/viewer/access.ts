// Who may read: the token for programs, a one-time code that becomes a cookie for browsers.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, RandomBytes } from '../model/ports.ts';

const CODE_MS = 60_000;
const SESSION_MS = 24 * 60 * 60 * 1000;
const MAX_CODES = 8;
const MAX_SESSIONS = 32;

export interface Access {
  /** 64 hex characters; works once, for a minute. */
  issueLoginCode(): string;
  /** The `Set-Cookie` value for a code that is right and unused; the cookie is good for this host name only. */
  redeemCode(code: string, host: string): string | undefined;
  /** Whether the headers carry the token (`Authorization: Bearer`). */
  hasToken(authorization: string | undefined): boolean;
  /** Whether the cookie header carries a session that was begun on this host name. */
  hasSession(cookies: string | undefined, host: string): boolean;
}

/** Whether a request may read: by its token when it brings one, by its cookie otherwise. */
export function mayRead(
  access: Access,
  request: { readonly authorization: string | undefined; readonly cookie: string | undefined; readonly host: string },
): boolean {
  return request.authorization === undefined
    ? access.hasSession(request.cookie, request.host)
    : access.hasToken(request.authorization);
}

export interface AccessOptions {
  readonly token: string;
  readonly port: number;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

export function createAccess(options: AccessOptions): Access {
  const { token, port, clock, randomBytes } = options;
  /** Cookies ignore ports: the name tells the servers of one machine apart. */
  const cookieName = `memvault_${port}`;
  // Only hashes are kept, so that a look-up by the secret itself (with its timing) never happens.
  const codes = new Map<string, number>();
  const sessions = new Map<string, { readonly host: string; readonly until: number }>();
  const draw = (): string => Buffer.from(randomBytes(32)).toString('hex');

  return {
    issueLoginCode() {
      const code = draw();
      codes.set(hash(code), clock.now() + CODE_MS);
      dropOldest(codes, MAX_CODES);
      return code;
    },
    redeemCode(code, host) {
      const key = hash(code);
      const until = codes.get(key);
      codes.delete(key);
      if (until === undefined || until < clock.now()) return undefined;
      const session = draw();
      sessions.set(hash(session), { host, until: clock.now() + SESSION_MS });
      dropOldest(sessions, MAX_SESSIONS);
      return `${cookieName}=${session}; Path=/; Max-Age=${SESSION_MS / 1000}; HttpOnly; SameSite=Strict`;
    },
    hasToken(authorization) {
      const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
      return given !== undefined && timingSafeEqual(digest(given), digest(token));
    },
    hasSession(cookies, host) {
      return cookieValues(cookies ?? '', cookieName).some((value) => {
        const session = sessions.get(hash(value));
        return session !== undefined && session.host === host && session.until >= clock.now();
      });
    },
  };
}

function cookieValues(header: string, name: string): readonly string[] {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** Maps keep the order of insertion: the first key is the oldest. */
function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function hash(text: string): string {
  return digest(text).toString('hex');
}
