// Replays recorded sessions (`*.events.jsonl`: one hook payload a line, `_at` its time) through the product and tells what
// came out: `npm run eval:sessions -- <folder or file> [--show] [--provider api]`.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataPaths } from '../src/system/paths.ts';
import { openLedger } from '../src/compress/ledger.ts';
import { findFaults } from './memory-faults.ts';
import { openReplay } from './replay.ts';
import type { TimedPayload, WrittenMemory } from './replay.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    provider: { type: 'string', default: 'extractive' },
  },
});
const given = positionals[0];
if (given === undefined || !existsSync(given)) {
  console.error('Expected a folder of `*.events.jsonl` files, or one such file.');
  console.error('Type: npm run eval:sessions -- <folder> [--show] [--provider api]');
  process.exit(2);
}

const files = statSync(given).isDirectory()
  ? readdirSync(given)
      .filter((name) => name.endsWith('.events.jsonl'))
      .map((name) => join(given, name))
  : [given];
let faults = 0;
for (const file of files) faults += await evaluate(file);
process.exitCode = faults === 0 ? 0 : 1;

async function evaluate(file: string): Promise<number> {
  const key = process.env['ANTHROPIC_API_KEY'];
  const replay = openReplay({
    CLAUDE_MEM_PROVIDER: options.provider,
    ...(key === undefined || options.provider === 'extractive' ? {} : { ANTHROPIC_API_KEY: key }),
  });
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const payloads = readPayloads(lines, replay.root);
    await replay.send(payloads);
    await replay.wait(3_600_000);
    const memories = replay.memories();
    const hours = ((payloads.at(-1)?.at ?? 0) - (payloads[0]?.at ?? 0)) / 3_600_000;
    const ledger = openLedger(dataPaths(replay.env).ledgerFile);
    const spent = ledger.totals({});
    ledger.close();
    const bytes = memories.reduce((sum, memory) => sum + Buffer.byteLength(memory.text), 0);
    const found = findFaults(memories, payloads.map(({ payload }) => JSON.stringify(payload)).join('\n'));
    const report = {
      session: basename(file, '.events.jsonl'),
      events: payloads.length,
      hours: Number(hours.toFixed(2)),
      calls: spent.calls,
      inputTokens: spent.inputTokens,
      outputTokens: spent.outputTokens,
      memories: memories.length,
      vaultBytes: bytes,
      bytesAnHour: Math.round(bytes / Math.max(hours, 1 / 60)),
      redacted: replay.redacted(),
      faults: found,
    };
    if (options.json) console.log(JSON.stringify(report));
    else print(report, memories);
    return found.length;
  } finally {
    await replay.remove();
  }
}

/** The payloads, moved to the replay's repository. */
function readPayloads(lines: readonly string[], root: string): readonly TimedPayload[] {
  const recorded = lines.map((line) => (JSON.parse(line) as { cwd?: string }).cwd).find((cwd) => cwd !== undefined);
  return lines.map((line) => {
    const moved = recorded === undefined ? line : line.replaceAll(recorded, root);
    const { _at, ...payload } = JSON.parse(moved) as Record<string, unknown>;
    return { payload, at: Date.parse(String(_at)) };
  });
}

function print(
  report: { readonly session: string; readonly faults: readonly string[] } & Readonly<Record<string, unknown>>,
  memories: readonly WrittenMemory[],
): void {
  const { session, faults: found, redacted, ...figures } = report;
  console.log(`\n## ${session}\n`);
  console.log(
    Object.entries(figures)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', '),
  );
  console.log(`redacted ${JSON.stringify(redacted)}\n`);
  for (const { memory, isSuperseded, text } of memories) {
    if (options.show) console.log(`${isSuperseded ? '(superseded) ' : ''}${text}\n`);
    else console.log(`- ${memory.type ?? memory.kind}: ${memory.title}${isSuperseded ? ' (superseded)' : ''}`);
  }
  for (const fault of found) console.log(`FAULT ${fault}`);
}
