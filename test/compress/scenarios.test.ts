// The scenarios by way of the whole product: what each must leave behind, as files and at the next session's start.

import { describe, expect, it } from 'vitest';
import { findFaults } from '../../scripts/memory-faults.ts';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay } from '../../scripts/replay.ts';
import { expectGolden } from '../support/golden.ts';
import { SCENARIOS, readChecklist, readScenario, unanswered } from '../support/scenario.ts';

const HOUR_MS = 3_600_000;

describe('by rules', () => {
  it.each(SCENARIOS.map((name) => [name, readChecklist(name).promise] as const))('%s: %s', async (name) => {
    const checklist = readChecklist(name);
    const replay = openReplay();
    try {
      await play(replay, name);
      const memories = replay.memories();
      const text = memories.map((memory) => memory.text).join('\n');
      expectGolden(`scenarios/${name}.md`, readable(replay));
      expect(unanswered(checklist.vault, text)).toEqual([]);
      expect(unanswered(checklist.start, startText(replay))).toEqual([]);
      const kinds = memories.filter(({ isSuperseded }) => !isSuperseded).map(({ memory }) => memory.kind);
      expect(kinds.filter((kind) => kind === 'observation').length).toSatisfy(within(checklist.observations));
      expect(kinds.filter((kind) => kind === 'summary').length).toSatisfy(within(checklist.summaries));
      const vault = replay.openVault();
      expect(vault.recurringQuestions()).toHaveLength(checklist.recurring ?? 0);
      vault.close();
      const events = readScenario(name, replay.root).flatMap((session) =>
        session.map(({ payload }) => JSON.stringify(payload)),
      );
      expect(findFaults(memories, events.join('\n'))).toEqual([]);
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

/** All sessions of the scenario, each followed by a silence. */
async function play(replay: Replay, name: string): Promise<void> {
  for (const session of readScenario(name, replay.root)) {
    await replay.send(session);
    await replay.wait(HOUR_MS);
  }
}

/** The memories without what differs from run to run, and what the next session starts with. */
function readable(replay: Replay): string {
  const memories = replay.memories();
  const ids = new Map(memories.map(({ memory }, index) => [memory.id, `memory-${index + 1}`]));
  const start = startText(replay);
  const text = [
    ...memories.map((memory) => memory.text),
    start === '' ? '' : `# What the next session starts with\n\n${start}`,
  ].join('\n');
  return [...ids]
    .reduce((whole, [id, name]) => whole.replaceAll(id, name).replaceAll(id.slice(0, 7), name), text)
    .replaceAll(/^commit: .*\n/gm, '')
    .replaceAll(/memvault-[0-9a-f]{24}/g, 'memvault-nonce');
}

function startText(replay: Replay): string {
  return replay.start()?.text ?? '';
}

function within([least, most]: readonly [number, number]): (count: number) => boolean {
  return (count) => count >= least && count <= most;
}
