// The capture hook beside `node -e 0`: what each event of a session costs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchHook } from './hook-process.ts';
import type { HookCase } from './hook-process.ts';
import type { Section } from './section.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'claude-code');

export const hookSection: Section = {
  name: 'hook',
  title: 'capture hook: CPU as a multiple of `node -e 0` in the same run, median',
  async run({ node, plugin, folder, rounds }) {
    const hook = join(plugin, 'dist', 'hooks', 'record.cjs');
    return benchHook({ node, hook, folder, rounds }, hookCases()).map((one) => ({
      name: `${one.name}, worker: ${one.worker}`,
      value: one.ratio,
      unit: 'x',
      limit: { is: '<=', value: one.limit },
      note: `${one.hookMs.toFixed(1)} ms beside ${one.floorMs.toFixed(1)} ms, ${one.inputBytes} bytes`,
    }));
  },
};

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
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Record<string, unknown>;
}
