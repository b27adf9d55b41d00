// Measures what memvault costs and prints a table and one JSON line. Needs a build (`npm run bench` makes it) and bash.

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchHook } from './bench-hook.ts';
import type { HookCase } from './bench-hook.ts';
import { benchRecall } from './bench-recall.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 30);
const MEMORIES = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'memvault-bench-'));

try {
  // A copy, so that a build in the middle of the run changes nothing.
  for (const part of ['dist', 'templates', 'package.json'])
    cpSync(join(root, part), join(folder, 'plugin', part), { recursive: true });
  const figures = benchHook(
    {
      node: process.env['BENCH_NODE'] ?? process.execPath,
      hook: join(folder, 'plugin', 'dist', 'hooks', 'record.cjs'),
      folder,
      rounds,
    },
    hookCases(),
  );
  console.log(
    `capture hook, CPU, median of ${rounds}, beside node -e 0 in the same run (${process.env['BENCH_NODE'] ?? process.version})`,
  );
  console.log('event              worker   bytes  node -e 0    hook  ratio  limit');
  for (const one of figures)
    console.log(
      [
        one.name.padEnd(18),
        one.worker.padEnd(6),
        String(one.inputBytes).padStart(7),
        `${one.floorMs.toFixed(1)} ms`.padStart(10),
        `${one.hookMs.toFixed(1)} ms`.padStart(7),
        one.ratio.toFixed(2).padStart(6),
        `${one.limit.toFixed(2)}${one.withinLimit ? '' : ' OVER'}`.padStart(6),
      ].join(' '),
    );
  const recalls = benchRecall({
    node: process.env['BENCH_NODE'] ?? process.execPath,
    dist: join(folder, 'plugin', 'dist'),
    folder: join(folder, 'recall'),
    rounds,
    memories: MEMORIES,
  });
  console.log(
    `\nhanding over, wall time, median (and least) of ${rounds}, ${MEMORIES} memories, no worker, new sessions`,
  );
  for (const { name, hookMs, floorMs, ratio, ratioOfLeast, limit } of recalls)
    console.log(
      `${name.padEnd(18)} node -e 0 ${floorMs.toFixed(1)} ms, hook ${hookMs.toFixed(1)} ms, ratio ${ratio.toFixed(2)} (${ratioOfLeast.toFixed(2)}), limit ${limit.toFixed(2)}${ratio <= limit ? '' : ' OVER'}`,
    );
  console.log(JSON.stringify({ hook: figures, recall: recalls }));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}

function hookCases(): HookCase[] {
  const small = smallEvent();
  const large = largeEdit();
  return (['live', 'dead', 'start', 'none'] as const).flatMap((worker): HookCase[] => [
    { name: '2 KB Bash event', input: small, worker, limit: 1.35 },
    { name: 'Edit of 1 MB file', input: large, worker, limit: 1.6 },
  ]);
}

/** A recorded failing test run, filled up to 2 KB. */
function smallEvent(): string {
  const payload = readPayload('events/PostToolUseFailure.Bash.json');
  const missing = 2048 - JSON.stringify(payload).length;
  return JSON.stringify({
    ...payload,
    error: `${String(payload['error'])}${'\n# ran one more line'.repeat(40).slice(0, Math.max(0, missing))}`,
  });
}

/** A recorded Edit whose original file is 1 MB of source code. */
function largeEdit(): string {
  const payload = readPayload('tools/Edit.json');
  const response = payload['tool_response'];
  const line = "  assert.equal(first.refreshToken, second.refreshToken, 'token and password of the session stay');\n";
  return JSON.stringify({
    ...payload,
    tool_response: {
      ...(typeof response === 'object' ? response : {}),
      originalFile: line.repeat(Math.ceil(1_048_576 / line.length)),
    },
  });
}

function readPayload(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, 'test', 'fixtures', 'claude-code', name), 'utf8')) as Record<
    string,
    unknown
  >;
}
