// How often a memory was found again: the sessions that would have written it anew, had it not been there.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryId } from '../model/memory.ts';
import { appendPrivately } from '../system/append-file.ts';

export interface Confirmations {
  /** Notes that a session found the memory again, and gives all sessions that did. The same twice changes nothing. */
  add(id: MemoryId, session: string): ReadonlySet<string>;
}

/** The record of a clone's state folder; makes nothing before the first `add`. */
export function openConfirmations(stateDir: string): Confirmations {
  const file = join(stateDir, 'confirmed.jsonl');
  return {
    add(id, session) {
      const sessions = readSessions(file, id);
      if (!sessions.has(session)) {
        mkdirSync(stateDir, { recursive: true, mode: 0o700 });
        appendPrivately(file, `${JSON.stringify([id, session])}\n`);
        sessions.add(session);
      }
      return sessions;
    },
  };
}

function readSessions(file: string, id: MemoryId): Set<string> {
  const sessions = new Set<string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Nothing was found again here yet.
    return sessions;
  }
  for (const line of text.split('\n')) {
    if (!line.startsWith(`["${id}"`)) continue;
    try {
      const [, session] = JSON.parse(line) as readonly [string, string];
      sessions.add(session);
    } catch {
      // A line that a crash tore.
    }
  }
  return sessions;
}
