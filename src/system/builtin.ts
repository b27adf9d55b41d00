// Loads built-in modules of Node at the moment they are needed: a hook that does not need one must not pay for it.

import { createRequire } from 'node:module';
import type * as ChildProcess from 'node:child_process';
import type * as Crypto from 'node:crypto';
import type * as Net from 'node:net';
import type * as Os from 'node:os';

export function loadCrypto(): typeof Crypto {
  return load('node:crypto') as typeof Crypto;
}

export function loadChildProcess(): typeof ChildProcess {
  return load('node:child_process') as typeof ChildProcess;
}

export function loadNet(): typeof Net {
  return load('node:net') as typeof Net;
}

export function loadOs(): typeof Os {
  return load('node:os') as typeof Os;
}

/** Node 22 has a function for this; on older ones only the hook and the launcher run. */
function load(name: string): unknown {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };
  return getBuiltinModule === undefined ? createRequire(import.meta.url)(name) : getBuiltinModule(name);
}
