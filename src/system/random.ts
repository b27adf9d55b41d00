// Random bytes of the system for a process that lives for a moment: loading node:crypto would cost it 7 ms of CPU.

import { closeSync, openSync, readSync } from 'node:fs';
import { loadCrypto } from './builtin.ts';

/** Fit for secrets and nonces. Read from the system's own source where it is a file. */
export function drawBytes(length: number): Uint8Array {
  return readDevice(length) ?? loadCrypto().randomBytes(length);
}

function readDevice(length: number): Uint8Array | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const device = openSync('/dev/urandom', 'r');
    try {
      const bytes = new Uint8Array(length);
      return readSync(device, bytes) === length ? bytes : undefined;
    } finally {
      closeSync(device);
    }
  } catch {
    return undefined;
  }
}
