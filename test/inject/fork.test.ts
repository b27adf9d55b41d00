// A fork of a session: it has what that one was given, and the host does not say which one it was.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findForkParent } from '../../src/inject/fork-parent.ts';
import { appendReceipt, claim, inheritGiven, readSession } from '../../src/inject/session-file.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

it('goes on with the session whose last answer came when the host says', () => {
  const project = makeProject();
  project.transcript('long-ago', [answer(-900)]);
  project.transcript('parent', [answer(-300), answer(-61), hookLine(-60), '{"type":"api-request","body":"']);
  project.transcript('beside', [answer(-100), answer(-20)]);
  project.transcript('empty', []);
  expect(project.parentOf('fork', 60)).toBe('parent');
  expect(project.parentOf('fork', 20)).toBe('beside');
  expect(project.parentOf('fork', 500)).toBeUndefined();
});

it('does not go on with itself', () => {
  const project = makeProject();
  project.transcript('fork', [answer(-60)]);
  expect(project.parentOf('fork', 60)).toBeUndefined();
});

it('has been given what the other was given since its context was last emptied, and keeps its own list from there', () => {
  const project = makeProject();
  const [parent, own] = [join(project.folder, 'p', 'receipts.jsonl'), join(project.folder, 'f', 'receipts.jsonl')];
  for (const [event, id] of [
    ['startup', 'aaaa'],
    ['compact', 'bbbb'],
  ] as const)
    appendReceipt(parent, {
      sessionId: 'p',
      at: '2026-11-22T12:00:00.000Z',
      event,
      root: '/shop',
      items: [{ id, title: id, rule: 'recent', tokens: 10 }],
      cut: [],
      tokens: 10,
      budgetTokens: 100,
      leftOut: 0,
    });
  claim(parent, ['file:src/cart.js', 'cccc'], { by: '1' });
  inheritGiven(own, parent);
  expect([...readSession(own).given()]).toEqual(['bbbb', 'file:src/cart.js', 'cccc']);
  expect(claim(own, ['cccc', 'dddd'], { by: '2' })).toEqual(['dddd']);
  expect(claim(parent, ['dddd'], { by: '3' })).toEqual(['dddd']);
});

function makeProject() {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-fork-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const transcripts = join(folder, 'transcripts');
  mkdirSync(transcripts);
  const pathOf = (id: string): string => join(transcripts, `${id}.jsonl`);
  return {
    folder,
    transcript(id: string, lines: readonly string[]) {
      writeFileSync(pathOf(id), lines.join('\n'));
      utimesSync(pathOf(id), NOW / 1000, NOW / 1000);
    },
    parentOf: (id: string, secondsSinceLastResponse: number) =>
      findForkParent({ transcriptPath: pathOf(id), secondsSinceLastResponse }, NOW),
  };
}

function answer(seconds: number): string {
  return JSON.stringify({ type: 'assistant', timestamp: new Date(NOW + seconds * 1000).toISOString(), message: {} });
}

function hookLine(seconds: number): string {
  const said = 'a hook may speak of "type":"assistant" too';
  return JSON.stringify({ type: 'attachment', timestamp: new Date(NOW + seconds * 1000).toISOString(), said });
}
