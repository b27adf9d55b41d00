// Loads built-in modules of Node at the moment they are needed: a hook that does not need one must not pay for it.

import { createRequire } from 'node:module';
import type * as ChildProcess from 'node:child_process';
import type * as Crypto from 'node:crypto';

const load = createRequire(process.execPath);

export function loadCrypto(): typeof Crypto {
  return load('node:crypto') as typeof Crypto;
}

export function loadChildProcess(): typeof ChildProcess {
  return load('node:child_process') as typeof ChildProcess;
}
