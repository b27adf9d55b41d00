// What the worker remembers of each session on this user's side: its running state, its vault, its last summary.

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionState, SummaryDraft } from '../model/draft.ts';
import type { VaultPlace } from '../model/place.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';

export interface SessionRecord extends SessionState {
  readonly v: 1;
  readonly sessionId: string;
  readonly project: string;
  readonly place: VaultPlace;
  /** UTC of the newest event that has been worked off. */
  readonly lastEventAt: string;
  /** Id of the summary memory that stands in the vault for this session, and what it says. */
  readonly summaryId?: string;
  readonly written?: SummaryDraft;
  /** The last batch ended in the middle of a turn. */
  readonly insideTurn: boolean;
  /** The checkpoint says something else than that summary. */
  readonly summaryDue: boolean;
}

/** The records below `<home>/sessions/<id>/state.json`. */
export function openSessions(folder: string) {
  const fileOf = (sessionId: string): string => join(folder, safeName(sessionId), 'state.json');
  return {
    read(sessionId: string): SessionRecord | undefined {
      return readRecord(fileOf(sessionId));
    },
    write(record: SessionRecord): void {
      writeFileAtomic(fileOf(record.sessionId), `${JSON.stringify(record)}\n`);
    },
    list(): readonly SessionRecord[] {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return readdirSync(folder).flatMap((name) => readRecord(join(folder, name, 'state.json')) ?? []);
    },
  };
}
export type Sessions = ReturnType<typeof openSessions>;

/** The record without these memories: what it knew of them, and the summary that was one of them. Pure. */
export function withoutMemories<T extends Partial<SessionRecord>>(record: T, ids: ReadonlySet<string>): T {
  const { known = [], summaryId } = record;
  const isGone = summaryId !== undefined && ids.has(summaryId);
  if (!isGone && !known.some(({ id }) => ids.has(id))) return record;
  const kept = { ...record, known: known.filter(({ id }) => !ids.has(id)) };
  if (!isGone) return kept;
  const { summary: _, written: __, summaryId: ___, ...rest } = kept;
  return { ...rest, summaryDue: false } as unknown as T;
}

function readRecord(file: string): SessionRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isSessionRecord(record) ? record : undefined;
  } catch {
    // Missing or torn: the session begins anew; its memories stand in the vault.
    return undefined;
  }
}

/** Whether everything that is read without a further look is there. */
function isSessionRecord(value: unknown): value is SessionRecord {
  if (!isObject(value) || value['v'] !== 1) return false;
  const { sessionId, project, place, lastEventAt, known, summary, written, summaryDue } = value;
  return (
    typeof sessionId === 'string' &&
    typeof project === 'string' &&
    typeof lastEventAt === 'string' &&
    typeof summaryDue === 'boolean' &&
    isObject(place) &&
    typeof place['stateDir'] === 'string' &&
    Array.isArray(known) &&
    known.every(isObject) &&
    [summary, written].every((draft) => draft === undefined || (isObject(draft) && Array.isArray(draft['request'])))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A session id comes from outside: only harmless characters become a folder's name. */
function safeName(sessionId: string): string {
  return sessionId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100) || '_';
}
