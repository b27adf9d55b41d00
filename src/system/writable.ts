// Whether a folder can be written, by looking only.

import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether files can be made in the folder, or the folder be made where it is not there yet. */
export function isWritable(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return dirname(folder) !== folder && isWritable(dirname(folder));
  if (!stat.isDirectory()) return false;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
