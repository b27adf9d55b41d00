// The spool: hook events that wait for the worker. Claim by rename (`new/` to `cur/`), acknowledge by delete.

import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../model/errors.ts';
import type { HookEvent } from '../model/hook-event.ts';
import { codeOf, createEventReader, EVENT_ID, readEvent } from './event-file.ts';
import { appendEvent } from './spool-writer.ts';

export interface Claim {
  /** Whatever was claimed now or earlier and is not acknowledged, in order of id. */
  readonly events: readonly HookEvent[];
  /** Files that went to the dead letters because they are torn, too large, of another version or no event. */
  readonly rejected: number;
}

export interface ClaimOptions {
  /** Most events in all; 2,000 when left out. */
  readonly limit?: number;
  /** Most bytes of events in all, so that a long queue does not fill the memory; 16 MiB when left out. */
  readonly maxBytes?: number;
  /** Ids of claimed events that rest: they are left unread. */
  readonly except?: ReadonlySet<string>;
}

export interface SpoolCounts {
  readonly waiting: number;
  readonly claimed: number;
  readonly deadLetters: number;
}

export interface Spool {
  append(event: HookEvent): void;
  /**
   * Takes the oldest waiting events too. Throws `unavailable` while some of them cannot be read: without them the others would be
   * taken for the whole of their session.
   */
  claim(options?: ClaimOptions): Claim;
  /** Deletes claimed events whose memories are safe. Unknown ids are no error. */
  acknowledge(ids: readonly string[]): void;
  /** Moves a claimed event to the dead letters, with the reason in a file beside it. Throws when the disk refuses; then it stays claimed. */
  giveUp(id: string, reason: string): void;
  counts(): SpoolCounts;
  /** Ids of the dead letters that are whole events. */
  revivable(): readonly string[];
  /** Puts those back among the waiting ones and gives how many. Their reasons go. */
  revive(): number;
}

const DEFAULT_LIMIT = 2000;
const DEFAULT_BYTES = 16 * 1024 * 1024;
/** So many new ones are taken however many are claimed already: what they wait for may be among them. */
const LEAST_FRESH = 100;
/** A file of `tmp/` this old belongs to a hook that was killed before its event was accepted. */
const ABANDONED_MS = 600_000;

/** Opens the spool below a folder; folders are made when something is written. One claimer at a time: the worker. */
export function openSpool(spoolDir: string, deadLetterDir: string): Spool {
  const waiting = join(spoolDir, 'new');
  const claimed = join(spoolDir, 'cur');

  const reader = createEventReader(claimed);
  /** How often each file could not be read in a row. */
  const failures = new Map<string, number>();
  const isLastTry = (name: string, code: string): boolean => {
    const count = (failures.get(name) ?? 0) + 1;
    failures.set(name, count);
    return !PASSING.has(code) && count >= TRIES;
  };
  const bury = (name: string, reason: string): void => {
    mkdirSync(deadLetterDir, { recursive: true, mode: 0o700 });
    const note = { reason, at: new Date().toISOString() };
    writeFileSync(join(deadLetterDir, `${name}.reason`), `${JSON.stringify(note)}\n`, { mode: 0o600 });
    moveIfThere(join(claimed, name), join(deadLetterDir, name));
  };

  return {
    append: (event) => appendEvent(spoolDir, event),

    claim({ limit = DEFAULT_LIMIT, maxBytes = DEFAULT_BYTES, except = NONE } = {}) {
      const held = list(claimed).filter((name) => !except.has(name.slice(0, -ENDING.length)));
      const heldBytes = held.reduce((sum, name) => sum + sizeOf(join(claimed, name)), 0);
      const room = { events: limit - held.length, bytes: maxBytes - heldBytes };
      const fresh = takeOldest(waiting, room, limit);
      if (fresh.length > 0) mkdirSync(claimed, { recursive: true, mode: 0o700 });
      const names = new Set(held);
      for (const name of fresh) if (moveIfThere(join(waiting, name), join(claimed, name))) names.add(name);
      removeAbandoned(join(spoolDir, 'tmp'));

      const events: HookEvent[] = [];
      let rejected = 0;
      let unread = 0;
      for (const name of [...names].sort()) {
        const read = reader.read(name);
        if ('event' in read) events.push(read.event);
        else if (read.code !== undefined && !isLastTry(name, read.code)) unread++;
        else if (read.reason !== undefined && mayBury(bury, name, read.reason)) rejected++;
      }
      reader.keepOnly(names);
      if (unread > 0)
        throw new MemvaultError('unavailable', `${unread} claimed events cannot be read now`, {
          hint: 'They are read again in a moment; one that never can be becomes a dead letter.',
        });
      return { events, rejected };
    },

    acknowledge(ids) {
      for (const id of ids) if (EVENT_ID.test(id)) rmSync(join(claimed, `${id}.json`), { force: true });
    },

    giveUp(id, reason) {
      if (EVENT_ID.test(id)) bury(`${id}.json`, reason);
    },

    revivable: () => wholeLetters(deadLetterDir).map((name) => name.slice(0, -ENDING.length)),

    revive() {
      mkdirSync(waiting, { recursive: true, mode: 0o700 });
      let revived = 0;
      for (const name of wholeLetters(deadLetterDir)) {
        if (!moveIfThere(join(deadLetterDir, name), join(waiting, name))) continue;
        rmSync(join(deadLetterDir, `${name}.reason`), { force: true });
        revived++;
      }
      return revived;
    },

    counts() {
      return {
        waiting: list(waiting).filter(isEventName).length,
        claimed: list(claimed).filter(isEventName).length,
        deadLetters: list(deadLetterDir).filter((name) => !name.endsWith('.reason')).length,
      };
    },
  };
}

const NONE: ReadonlySet<string> = new Set();
const ENDING = '.json';

/** Whether a file's name is an event's; others are set aside, and one that cannot be moved must not look like work. */
function isEventName(name: string): boolean {
  return name.endsWith(ENDING) && EVENT_ID.test(name.slice(0, -ENDING.length));
}

/** The oldest that there is room for. At least a few: a long queue of others must not stop the sessions that go on. */
function takeOldest(
  folder: string,
  room: { readonly events: number; readonly bytes: number },
  limit: number,
): readonly string[] {
  const names = list(folder);
  const taken: string[] = [];
  let bytes = 0;
  for (const name of names.slice(0, Math.max(room.events, Math.min(LEAST_FRESH, limit)))) {
    bytes += sizeOf(join(folder, name));
    if (bytes > room.bytes && taken.length >= LEAST_FRESH) break;
    taken.push(name);
  }
  return taken;
}

function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What cannot be set aside now stays claimed: one file that nobody can move must not stop all the others. */
function mayBury(bury: (name: string, reason: string) => void, name: string, reason: string): boolean {
  try {
    bury(name, reason);
    return true;
  } catch {
    return false;
  }
}

function wholeLetters(folder: string): readonly string[] {
  return list(folder).filter((name) => isEventName(name) && 'event' in readEvent(join(folder, name), name));
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}

/** False when somebody else was first. */
function moveIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Nothing is wrong with the event: the machine has no room to read it. */
const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);
/** After so many looks, a second apart, what cannot be read never can. */
const TRIES = 5;

function removeAbandoned(dir: string): void {
  const limit = Date.now() - ABANDONED_MS;
  for (const name of list(dir)) {
    const file = join(dir, name);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtimeMs < limit) removeQuietly(file);
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true });
  } catch {
    // A read-only disk: it is tried again at the next claim.
  }
}
