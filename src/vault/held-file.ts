// Remembers why publishing held back last, so that a session's start and the status can say it without asking Git.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../model/place.ts';
import type { VaultPlace } from '../model/place.ts';
import { HELD_REASONS } from '../model/publication.ts';
import type { HeldReason, Publication } from '../model/publication.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';

export interface HeldRecord {
  readonly reason: HeldReason;
  readonly held: number;
}

/** Reasons that pass by themselves within minutes: not worth telling anybody. */
const PASSING: readonly HeldReason[] = [
  'nothing-to-publish',
  'not-quiet',
  'session-in-turn',
  'lock-held',
  'lost-race',
  'user-commit-running',
  'out-of-time',
];

/** Notes what a publication held in this work tree, or forgets it when nothing is held any more. */
export function noteHeld(place: VaultPlace, publication: Publication): void {
  const file = fileOf(place);
  if (publication.held === 0 || publication.reason === undefined || PASSING.includes(publication.reason))
    rmSync(file, { force: true });
  else
    writeFileAtomic(
      file,
      `${JSON.stringify({ reason: publication.reason, held: publication.held } satisfies HeldRecord)}\n`,
    );
}

export function readHeld(place: VaultPlace): HeldRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileOf(place), 'utf8')) as HeldRecord;
    return HELD_REASONS.includes(record.reason) && Number.isInteger(record.held) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Each work tree of a clone has branches, and so reasons, of its own. */
function fileOf({ gitDir, stateDir }: VaultPlace): string {
  return join(gitDir === undefined ? stateDir : join(gitDir, STATE_FOLDER), 'held.json');
}
