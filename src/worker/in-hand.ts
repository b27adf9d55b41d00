// The batch that is being worked off, noted on the disk: a worker that finds the note of another knows what that one died over.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface InHand {
  /** How many workers in a row have died while they worked off this batch. */
  deaths(batchId: string): number;
  /** Notes the batch before anything is done for it. */
  take(batchId: string): void;
  /** The batch is done, or has failed in an orderly way. */
  release(): void;
}

interface Note {
  readonly batch: string;
  readonly deaths: number;
}

/** Reads what the worker before has left in `file`. Notes that cannot be read or written count as none: the work goes on. */
export function openInHand(file: string): InHand {
  const left = readNote(file);
  const found = new Map(left === undefined ? [] : [[left.batch, left.deaths + 1]]);
  const deaths = (batchId: string): number => found.get(batchId) ?? 0;
  return {
    deaths,
    take(batchId) {
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(`${file}.tmp`, JSON.stringify({ batch: batchId, deaths: deaths(batchId) } satisfies Note), {
          mode: 0o600,
        });
        renameSync(`${file}.tmp`, file);
      } catch {
        // A full disk: whatever else this batch needs will say so.
      }
    },
    release() {
      try {
        rmSync(file, { force: true });
      } catch {
        // It is written anew with the next batch.
      }
    },
  };
}

function readNote(file: string): Note | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof note !== 'object' || note === null || !('batch' in note) || !('deaths' in note)) return undefined;
    const { batch, deaths } = note;
    if (typeof batch !== 'string' || typeof deaths !== 'number' || !Number.isInteger(deaths) || deaths < 0)
      return undefined;
    return { batch, deaths };
  } catch {
    // None, or torn by the same death: then it is not counted.
    return undefined;
  }
}
