// The file of a session: what it was given, and that nothing is given twice, whatever runs at once.

import { fork } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { appendReceipt, claim, listSessions, readSession, sessionFile } from '../../src/inject/session-file.ts';
import type { Receipt } from '../../src/model/receipt.ts';

describe('the file of a session', () => {
  it('gives each memory once, until the context is emptied', () => {
    const file = makeFile();
    appendReceipt(file, receiptOf('startup', ['aaaa']));
    expect(claim(file, ['aaaa', 'bbbb'], { by: '1' })).toEqual(['bbbb']);
    expect(claim(file, ['bbbb', 'cccc'], { by: '2' })).toEqual(['cccc']);
    appendReceipt(file, receiptOf('compact', ['aaaa']));
    expect(claim(file, ['aaaa', 'bbbb'], { by: '3' })).toEqual(['bbbb']);
  });

  it('keeps the context of a subagent apart', () => {
    const file = makeFile();
    appendReceipt(file, receiptOf('startup', ['aaaa']));
    expect(claim(file, ['aaaa'], { by: '1', agent: 'explore' })).toEqual(['aaaa']);
    expect(claim(file, ['aaaa'], { by: '2', agent: 'explore' })).toEqual([]);
    expect([...readSession(file).given()]).toEqual(['aaaa']);
  });

  it('passes over a line that a crash cut short', () => {
    const file = makeFile();
    appendReceipt(file, receiptOf('startup', ['aaaa']));
    appendFileSync(file, '{"claim":["bb\n');
    appendReceipt(file, receiptOf('prompt', ['cccc']));
    expect(readSession(file).receipts.map(({ event }) => event)).toEqual(['startup', 'prompt']);
    expect([...readSession(file).given()]).toEqual(['aaaa', 'cccc']);
  });

  it('makes a folder of any session id, and lists the last one first', () => {
    const folder = makeFolder();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        expect(sessionFile(folder, id).startsWith(folder)).toBe(true);
        expect(sessionFile(folder, id)).not.toContain('..');
      }),
    );
    for (const id of ['one', 'two'])
      appendReceipt(sessionFile(folder, id), { ...receiptOf('startup', []), sessionId: id });
    const ids = listSessions(folder).map(([receipt]) => receipt?.sessionId);
    expect(new Set(ids)).toEqual(new Set(['one', 'two']));
    expect(ids).toHaveLength(2);
    expect(listSessions(join(folder, 'none'))).toEqual([]);
  });

  it('gives a memory to one of several hooks that run at once', async () => {
    const file = makeFile();
    const worker = join(import.meta.dirname, 'claim-process.ts');
    const answers = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const child = fork(worker, [file, String(n)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
        return new Promise<string[]>((resolve) => child.once('message', (message) => resolve(message as string[])));
      }),
    );
    expect(answers.flat().sort()).toEqual(Array.from({ length: 50 }, (_, n) => `m${n}`).sort());
  });
});

function receiptOf(event: Receipt['event'], ids: readonly string[]): Receipt {
  const items = ids.map((id) => ({ id, title: id, rule: 'recent', tokens: 1 }));
  return {
    sessionId: 's',
    at: '2026-11-22T00:00:00Z',
    event,
    root: '/',
    items,
    cut: [],
    tokens: 1,
    budgetTokens: 9,
    leftOut: 0,
  };
}

function makeFile(): string {
  return sessionFile(makeFolder(), 's');
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-session-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
