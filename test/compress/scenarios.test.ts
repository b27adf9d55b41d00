// The scenarios by way of the whole product: what each must leave behind, as files and at the next session's start.

import { describe, expect, it } from 'vitest';
import { findFaults } from '../../scripts/memory-faults.ts';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay } from '../../scripts/replay.ts';
import { openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeRequest } from '../support/fake-messages-api.ts';
import { expectGolden } from '../support/golden.ts';
import { SCENARIOS, readAnswers, readChecklist, readScenario, unanswered } from '../support/scenario.ts';

const HOUR_MS = 3_600_000;

describe('over the API', () => {
  it.each(SCENARIOS.map((name) => [name, readChecklist(name).promise] as const))('%s: %s', async (name) => {
    const api = await openFakeMessagesApi(
      readAnswers(name).map((input) => (request) => ({ kind: 'tool', input: withIds(input, request) })),
    );
    const replay = openReplay({
      CLAUDE_MEM_PROVIDER: 'api',
      ANTHROPIC_API_KEY: 'sk-test-of-the-session',
      ANTHROPIC_BASE_URL: api.url,
    });
    try {
      await replay.start();
      await play(replay, name);
      expect(api.requests.length).toBe(readAnswers(name).length);
      expectGolden(`scenarios/${name}.api.md`, await readable(replay));
      expect(await failures(replay, name)).toEqual([]);
    } finally {
      await replay.remove();
      await api[Symbol.asyncDispose]();
    }
  });
});

describe('by rules', () => {
  it.each(SCENARIOS.map((name) => [name, readChecklist(name).promise] as const))('%s: %s', async (name) => {
    const replay = openReplay();
    try {
      await play(replay, name);
      expectGolden(`scenarios/${name}.md`, await readable(replay));
      expect(await failures(replay, name)).toEqual([]);
    } finally {
      await replay.remove();
    }
  });

  it.each(SCENARIOS.map((name) => [name]))('%s: the same events a second time write nothing new', async (name) => {
    const replay = openReplay();
    try {
      await play(replay, name);
      const before = replay.memories().map(({ memory }) => memory.id);
      await play(replay, name);
      expect(replay.memories().map(({ memory }) => memory.id)).toEqual(before);
    } finally {
      await replay.remove();
    }
  });
});

/** Whatever of the scenario's checklist does not hold. */
async function failures(replay: Replay, name: string): Promise<readonly string[]> {
  const checklist = readChecklist(name);
  const memories = replay.memories();
  const kinds = memories.filter(({ isSuperseded }) => !isSuperseded).map(({ memory }) => memory.kind);
  const vault = replay.openVault();
  const recurring = vault.recurringQuestions().length;
  vault.close();
  const events = readScenario(name, replay.root).flatMap((session) =>
    session.map(({ payload }) => JSON.stringify(payload)),
  );
  return [
    ...unanswered(checklist.vault, memories.map((memory) => memory.text).join('\n')),
    ...unanswered(checklist.start, await startText(replay)),
    ...outside('observation', kinds, checklist.observations),
    ...outside('summary', kinds, checklist.summaries),
    ...(recurring === (checklist.recurring ?? 0) ? [] : [`${recurring} recurring questions`]),
    ...findFaults(memories, events.join('\n')),
  ];
}

function outside(kind: string, kinds: readonly string[], [least, most]: readonly [number, number]): readonly string[] {
  const count = kinds.filter((other) => other === kind).length;
  return count >= least && count <= most ? [] : [`${count} of kind ${kind}, expected ${least} to ${most}`];
}

/** The answer with the ids of memories that the request lists. */
function withIds(answer: unknown, request: FakeRequest): unknown {
  const listed = JSON.stringify(request.body.messages);
  const text = JSON.stringify(answer).replaceAll(
    /\$(\d{4})/g,
    (_, number: string) => new RegExp(`- (\\w{7}) \\w+: [^\\\\]*${number}`).exec(listed)?.[1] ?? 'none',
  );
  return JSON.parse(text) as unknown;
}

/** All sessions of the scenario, each followed by a silence. */
async function play(replay: Replay, name: string): Promise<void> {
  for (const session of readScenario(name, replay.root)) {
    await replay.send(session);
    await replay.wait(HOUR_MS);
  }
}

/** The memories without what differs from run to run, and what the next session starts with. */
async function readable(replay: Replay): Promise<string> {
  const memories = replay.memories();
  const ids = new Map(memories.map(({ memory }, index) => [memory.id, `memory-${index + 1}`]));
  const start = await startText(replay);
  const text = [
    ...memories.map((memory) => memory.text),
    start === '' ? '' : `# What the next session starts with\n\n${start}`,
  ].join('\n');
  return [...ids]
    .reduce((whole, [id, name]) => whole.replaceAll(id, name).replaceAll(id.slice(0, 7), name), text)
    .replaceAll(/^commit: .*\n/gm, '')
    .replaceAll(/memvault-[0-9a-f]{24}/g, 'memvault-nonce');
}

async function startText(replay: Replay): Promise<string> {
  return (await replay.start())?.text ?? '';
}
