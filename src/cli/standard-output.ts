// Where the command line writes: by Node's stream, which is made when it is first asked for, or without it.

import { writeSync } from 'node:fs';

/** Node's stream; a reader that went away (`memvault search … | head`) is no fault. */
export function standardOutput(): NodeJS.WriteStream {
  const { stdout } = process;
  if (!stdout.listeners('error').includes(endWithReader)) stdout.on('error', endWithReader);
  return stdout;
}

function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/**
 * Writes the only text of a process, and comes back when the system has all of it. Without the stream where that is not needed: loading what
 * it is made of costs a short command 4 ms.
 */
export async function writeWhole(text: string): Promise<void> {
  // A console of Windows wants other letters than UTF-8; the stream knows.
  const rest = process.platform === 'win32' ? Buffer.from(text) : writeAtOnce(Buffer.from(text));
  if (rest.length > 0) await new Promise((resolve) => void standardOutput().write(rest, resolve));
}

/** Gives back what a pipe had no room for that does not wait until it has. */
function writeAtOnce(bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return rest.subarray(rest.length);
    if (code !== 'EAGAIN') throw error;
  }
  return rest;
}
