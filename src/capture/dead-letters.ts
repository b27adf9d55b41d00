// Reads why events became dead letters.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The reason of each dead letter, in no order; `no reason is written` for one whose note is missing or torn. */
export function readReasons(folder: string): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // Nothing was ever set aside.
    return [];
  }
  return names.filter((name) => !name.endsWith('.reason')).map((name) => reasonOf(join(folder, `${name}.reason`)));
}

function reasonOf(file: string): string {
  try {
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof note === 'object' && note !== null && 'reason' in note && typeof note.reason === 'string')
      return note.reason;
  } catch {
    // Told below.
  }
  return 'no reason is written';
}
