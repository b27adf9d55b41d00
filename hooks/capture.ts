// The capture hook, one CommonJS file for Node 18 and newer, which hooks/record.ts loads. Exits 0 whatever happens, prints nothing but its answer.

import { read, writeSync } from 'node:fs';
import { approval } from '../src/capture/approval.ts';
import { record } from '../src/capture/record.ts';
import { loadOs } from '../src/system/builtin.ts';
import { dataPaths } from '../src/system/paths.ts';

/** Without a byte from the host for so many looks the process ends itself, at the latest after so many in all: 2 and 10 seconds. */
const LOOK_MS = 500;
const IDLE_LOOKS = 4;
const ALL_LOOKS = 20;
const CHUNK = 64 * 1024;
const MAX_INPUT = 64 * 1024 * 1024;

process.exitCode = 0;
process.on('uncaughtException', () => process.exit(0));
process.on('unhandledRejection', () => process.exit(0));

// A read that waits for a host that never closes its end cannot be taken back, and would hold an ordinary exit too.
// On a machine that has more to do than it can, the host may need longer than that for its next bytes: its event must not be lost.
let idle = 0;
let looks = 0;
const limit = setInterval(() => {
  idle++;
  looks++;
  if (looks >= ALL_LOOKS || (idle >= IDLE_LOOKS && !isOverloaded())) process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
readAll([], 0);

function readAll(chunks: Buffer[], size: number): void {
  const buffer = Buffer.allocUnsafe(CHUNK);
  read(0, buffer, 0, CHUNK, null, (error, count) => {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => readAll(chunks, size), 2);
      return;
    }
    if (error === null && count > 0 && size < MAX_INPUT) {
      idle = 0;
      chunks.push(buffer.subarray(0, count));
      readAll(chunks, size + count);
      return;
    }
    clearInterval(limit);
    answer(Buffer.concat(chunks).toString('utf8'));
    // All is written and started by now; taking the engine down piece by piece would cost half a millisecond.
    process.exit();
  });
}

function isOverloaded(): boolean {
  const os = loadOs();
  return (os.loadavg()[0] ?? 0) > os.cpus().length;
}

function answer(input: string): void {
  try {
    if (input.includes('"PreToolUse"')) {
      const allowed = approval(JSON.parse(input));
      // Not through process.stdout: making that stream costs 4 ms.
      if (allowed !== undefined) writeSync(1, allowed);
      return;
    }
    const { env } = process;
    record(input, {
      env,
      paths: dataPaths(env),
      home: env['HOME'] || loadOs().homedir(),
      hookFile: process.argv[1] ?? '',
      // When the host started this process: hooks that run side by side keep the order of what they tell.
      now: Date.now() - Math.trunc(process.uptime() * 1000),
      pid: process.pid,
      draw,
    });
  } catch {
    // A hook has nobody to tell: the session must go on as if memvault were not there.
  }
}

function draw(length: number): string {
  let text = '';
  while (text.length < length)
    text += Math.trunc(Math.random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  return text.slice(0, length);
}
