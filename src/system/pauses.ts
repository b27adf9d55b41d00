// Which sessions and projects are paused: while one is, the hook keeps nothing of it.

import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from './atomic-file.ts';

/** What was paused → since when, UTC. */
export interface Pauses {
  readonly sessions: Readonly<Record<string, string>>;
  readonly projects: Readonly<Record<string, string>>;
}

/** A pause of a session that was forgotten ends by itself: sessions do not live so long. */
const SESSION_DAYS = 30;

export function readPauses(file: string): Pauses | undefined {
  try {
    // A hook asks at each event, and an error costs more than a look.
    if (!existsSync(file)) return undefined;
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<Pauses> | null;
    return { sessions: parsed?.sessions ?? {}, projects: parsed?.projects ?? {} };
  } catch (error) {
    // A file that cannot be read may say anything: then nothing is kept.
    return isMissing(error) ? undefined : { sessions: {}, projects: { '': 'unreadable' } };
  }
}

/** Since when the session or one of these folders is paused; undefined when none is. */
export function pausedSince(
  pauses: Pauses | undefined,
  of: { readonly sessionId?: string | undefined; readonly folders: readonly (string | undefined)[] },
): string | undefined {
  if (pauses === undefined) return undefined;
  const bySession = of.sessionId === undefined ? undefined : ownValue(pauses.sessions, of.sessionId);
  if (bySession !== undefined) return bySession;
  for (const folder of ['', ...of.folders]) {
    const since = folder === undefined ? undefined : ownValue(pauses.projects, folder);
    if (since !== undefined) return since;
  }
  return undefined;
}

/** Pauses or resumes one session or project; `at` is the moment, UTC. Answers whether that changed anything. */
export function writePause(
  file: string,
  what: { readonly kind: 'sessions' | 'projects'; readonly name: string; readonly paused: boolean },
  at: string,
): boolean {
  const pauses = readPauses(file) ?? { sessions: {}, projects: {} };
  const oldest = new Date(Date.parse(at) - SESSION_DAYS * 86_400_000).toISOString();
  const sessions = Object.fromEntries(Object.entries(pauses.sessions).filter(([, since]) => since > oldest));
  const projects = Object.fromEntries(Object.entries(pauses.projects).filter(([name]) => name !== ''));
  const next = { sessions, projects };
  const had = ownValue(next[what.kind], what.name) !== undefined;
  if (what.paused && !had) next[what.kind][what.name] = at;
  if (!what.paused) delete next[what.kind][what.name];
  writeFileAtomic(file, `${JSON.stringify(next)}\n`);
  return had !== what.paused;
}

function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
