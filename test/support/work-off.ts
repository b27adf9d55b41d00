// A worker's life as a process of its own, without page and heartbeat: cycles until nothing is left to do. A test may end it any time.
//
// WORK_AT: milliseconds since the epoch that its clock stands at; each cycle is ten seconds later.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { takeLock } from '../../src/system/lock.ts';
import { openLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { openWorker } from '../../src/worker/worker.ts';

const { env } = process;
const paths = dataPaths(env);
let now = Number(env['WORK_AT'] ?? Date.now());
const clock = { now: () => now };
const log = openLog(join(paths.logs, 'worker.log'), { level: 'info', clock });
const lock = takeLock(paths.workerLock, 0);
if (lock === undefined) process.exit(3);
const worker = openWorker({ paths, env, clock, log, randomBytes });
for (let quiet = 0, round = 0; quiet < 2 && round < 40; round++) {
  const done = await worker.cycle().then(
    ({ busy }) => busy,
    (error: unknown) => {
      log.error('a cycle failed', { message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      return false;
    },
  );
  quiet = done ? 0 : quiet + 1;
  now += 10_000;
}
await worker.close();
lock.release();
