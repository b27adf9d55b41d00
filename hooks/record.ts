// Entry of the capture hook: runs `capture.cjs` beside it with what earlier hooks compiled. Exits 0 whatever happens.

import { dirname, sep } from 'node:path';
import { loadCompiled } from '../src/system/compiled-code.ts';
import { dataPaths } from '../src/system/paths.ts';

process.exitCode = 0;
try {
  loadCompiled(`${dirname(process.argv[1] ?? '')}${sep}capture.cjs`, {
    folder: dataPaths(process.env).compiled,
    draw: Math.random,
  });
} catch {
  // A hook has nobody to tell: the session must go on as if memvault were not there.
}
