// The file of one event in the spool: read, checked, and remembered while it stays the same.

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_VERSION } from '../model/hook-event.ts';
import type { HookEvent, HookEventType } from '../model/hook-event.ts';

export type ReadEvent =
  | { readonly event: HookEvent }
  | {
      readonly reason: string | undefined;
      /** What the system said when it could not be read; another try may go better. */
      readonly code?: string;
    };

export interface EventReader {
  /** The event of a file in the folder; from memory while the file is the one that was read. */
  read(name: string): ReadEvent;
  /** Forgets all others. */
  keepOnly(names: ReadonlySet<string>): void;
}

/** Ids of events, and with that the names of their files. */
export const EVENT_ID = /^[0-9A-Za-z-]{1,100}$/;

/** Reads a folder that is read again each second, while a turn goes on: nearly all of it is what it was. */
export function createEventReader(folder: string): EventReader {
  const known = new Map<string, { readonly mark: string; readonly event: HookEvent }>();
  return {
    read(name) {
      const file = join(folder, name);
      const mark = markOf(file);
      const before = known.get(name);
      if (mark !== undefined && before?.mark === mark) return { event: before.event };
      const read = readEvent(file, name);
      if (mark !== undefined && 'event' in read) known.set(name, { mark, event: read.event });
      else known.delete(name);
      return read;
    },
    keepOnly(names) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    },
  };
}

/** The event of a file, or why it is none; no reason when the file has just gone. `name`: the file's, which holds the event's id. */
export function readEvent(file: string, name: string): ReadEvent {
  const id = /^(.+)\.json$/.exec(name)?.[1];
  if (id === undefined || !EVENT_ID.test(id)) return { reason: `"${name}" is not the name of an event` };
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { reason: undefined };
  if (!stat.isFile()) return { reason: 'not a regular file' };
  if (stat.size > MAX_BYTES) return { reason: `too large: ${stat.size} bytes, at most ${MAX_BYTES}` };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' ? { reason: undefined } : { reason: `cannot be read: ${code}`, code };
  }
  try {
    return checkEvent(JSON.parse(text), id);
  } catch {
    return { reason: 'not JSON: the file is torn or was not written by memvault' };
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function checkEvent(parsed: unknown, id: string): ReadEvent {
  if (typeof parsed !== 'object' || parsed === null) return { reason: 'not a JSON object' };
  const event = parsed as Partial<Record<string, unknown>>;
  if (event['v'] !== EVENT_VERSION)
    return { reason: `event version ${String(event['v'])}, this memvault reads version ${EVENT_VERSION}` };
  if (event['id'] !== id) return { reason: 'the id in the file is not the one in its name' };
  if (typeof event['type'] !== 'string' || !Object.hasOwn(EVENT_TYPES, event['type']))
    return { reason: `event type ${String(event['type'])} is not known` };
  for (const field of ['sessionId', 'at', 'project', 'account', 'endpoint'] as const)
    if (typeof event[field] !== 'string') return { reason: `field "${field}" is missing` };
  if (event['type'] === 'tool-use' && (typeof event['detail'] !== 'object' || event['detail'] === null))
    return { reason: 'field "detail" is missing' };
  return { event: parsed as HookEvent };
}

function markOf(file: string): string | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

const MAX_BYTES = 2 * 1024 * 1024;
const EVENT_TYPES: Readonly<Record<HookEventType, true>> = {
  'session-start': true,
  prompt: true,
  'tool-use': true,
  stop: true,
  'subagent-stop': true,
  'pre-compact': true,
  'post-compact': true,
  'session-end': true,
};
