// What compression costs by way of the whole product: calls and tokens of long sessions, as the ledger counts them.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay, TimedPayload } from '../../scripts/replay.ts';
import { openLedger } from '../../src/compress/ledger.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { goodInput, openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeMessagesApi } from '../support/fake-messages-api.ts';

let api: FakeMessagesApi;
let replay: Replay;

beforeEach(async () => {
  api = await openFakeMessagesApi([{ kind: 'tool', input: goodInput({ observations: [] }) }]);
  replay = openReplay({
    CLAUDE_MEM_PROVIDER: 'api',
    ANTHROPIC_API_KEY: 'sk-test-of-the-session',
    ANTHROPIC_BASE_URL: api.url,
  });
  await replay.start();
});

afterEach(async () => {
  await replay.remove();
  await api[Symbol.asyncDispose]();
});

it('forty tool uses with results of 4 KB make at most six calls and 60,000 input tokens', async () => {
  await replay.send(session(40));
  const spent = totals();
  expect(spent.calls).toBeLessThanOrEqual(6);
  expect(spent.calls).toBeGreaterThan(0);
  expect(spent.inputTokens).toBeLessThanOrEqual(60_000);
});

it(
  'four hundred cost at most 250,000: the cost grows with the work and with nothing else',
  { timeout: 120_000 },
  async () => {
    await replay.send(session(400));
    expect(totals().inputTokens).toBeLessThanOrEqual(250_000);
  },
);

it('at least eighteen of twenty facts that are planted in forty results reach the model, wherever they stand', async () => {
  await replay.send(session(40));
  const sent = api.requests.map(({ body }) => JSON.stringify(body.messages)).join('\n');
  const missing = FACTS.filter((fact) => !sent.includes(fact));
  expect(missing.length).toBeLessThanOrEqual(2);
});

/** Error lines, lines of a diff, a sentence of the reply: every other one past the first 2 KB of its result. */
const FACTS = Array.from({ length: 20 }, (_, index) => `planted-fact-${String(index).padStart(2, '0')}`);

function session(toolUses: number): readonly TimedPayload[] {
  const base = { session_id: `cost-${toolUses}`, cwd: replay.root, prompt_id: `cost-${toolUses}-1` };
  const payloads: Record<string, unknown>[] = [
    { ...base, hook_event_name: 'SessionStart', source: 'startup' },
    { ...base, hook_event_name: 'UserPromptSubmit', prompt: 'Make the nightly import robust against broken rows' },
    ...Array.from({ length: toolUses }, (_, index) => toolUse(base, index)),
    {
      ...base,
      hook_event_name: 'Stop',
      last_assistant_message: `The import skips broken rows now. We decided on ${FACTS[19]} because it keeps the batch whole.`,
    },
    { ...base, hook_event_name: 'SessionEnd', reason: 'other' },
  ];
  return payloads.map((payload, index) => ({ payload, at: Date.UTC(2026, 10, 22, 9) + index * 5_000 }));
}

function toolUse(base: object, index: number): Record<string, unknown> {
  const fact = index % 2 === 0 ? FACTS[index / 2] : undefined;
  const isEarly = index % 4 === 0;
  const tool = { ...base, hook_event_name: 'PostToolUse', tool_use_id: `t${index}` };
  if (index % 8 === 2)
    return {
      ...tool,
      tool_name: 'Edit',
      tool_input: { file_path: `${replay.root}/src/part-${index}.js` },
      tool_response: {
        filePath: `${replay.root}/src/part-${index}.js`,
        structuredPatch: [
          {
            oldStart: 1,
            oldLines: 60,
            newStart: 1,
            newLines: 61,
            lines: planted(filler(index, 60), isEarly, `+  skip('${fact ?? 'row'}');`),
          },
        ],
      },
    };
  const told = fact === undefined ? undefined : `Error: row ${index} is broken: ${fact}`;
  const lines = filler(index, 60);
  return {
    ...tool,
    tool_name: 'Bash',
    tool_input: { command: `node scripts/import.js part-${index}.csv` },
    tool_response: { stdout: (told === undefined ? lines : planted(lines, isEarly, told)).join('\n'), stderr: '' },
  };
}

/** About 4 KB that is different in every result and says nothing. */
function filler(index: number, lines: number): readonly string[] {
  return Array.from(
    { length: lines },
    (_, at) => ` part ${index} row ${at} value ${(index * 7919 + at * 104_729) % 99_991} of the long table here`,
  );
}

function planted(lines: readonly string[], isEarly: boolean, line: string): readonly string[] {
  const at = isEarly ? 5 : Math.floor(lines.length * 0.75);
  return [...lines.slice(0, at), line, ...lines.slice(at)];
}

function totals() {
  const ledger = openLedger(dataPaths(replay.env).ledgerFile);
  try {
    return ledger.totals({});
  } finally {
    ledger.close();
  }
}
