// `memvault why`: what a session was given and what was left out, for the session that is meant.

import { describe, expect, it, onTestFinished } from 'vitest';
import { whyCommand } from '../../src/cli/commands/why.ts';
import { appendReceipt, sessionFile } from '../../src/inject/session-file.ts';
import type { Receipt } from '../../src/model/receipt.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { makeRepo } from '../support/git.ts';

describe('memvault why', () => {
  it('tells of the last session here: moment, rule, score, tokens, and what was left out and why', async () => {
    const { why, add, root } = setUp();
    add({ sessionId: 'aaaa-1', root: '/elsewhere' });
    add({
      sessionId: 'bbbb-1',
      root,
      pending: 2,
      items: [{ id: '7k2m9qx4hd3a', title: 'Race', rule: 'relevant', score: 2.5, tokens: 40, code: 'changed' }],
      cut: [{ id: 'c4hd7k2m9qxa', title: 'Cents', reason: 'budget', score: 0.4 }],
    });
    const { text, json } = await why();
    expect(text).toContain('Session bbbb-1: memories came once');
    expect(text).toMatch(
      /2026-11-22 10:00 UTC {2}start \(startup\): 1 shown, 90 of 1,500 tokens; 7 more in the vault; 2 of other people not merged/,
    );
    expect(text).toMatch(/7k2m9qx {2}branch, files 2\.5 +40 {2}Race \[code changed since\]/);
    expect(text).toMatch(/c4hd7k2 {2}no room 0\.4 +Cents/);
    expect(json).toMatchObject({ receipts: [{ sessionId: 'bbbb-1' }] });
  });

  it('takes the beginning of a session id, and says when that is none or several', async () => {
    const { why, add, root } = setUp();
    for (const sessionId of ['aaaa-1', 'aaaa-2', 'bbbb-1']) add({ sessionId, root });
    expect((await why('bb')).text).toContain('Session bbbb-1');
    await expect(why('aaaa')).rejects.toMatchObject({ code: 'ambiguous' });
    await expect(why('cccc')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('tells a session that asks of itself, whatever another one was given later', async () => {
    const { why, add, root, env } = setUp();
    for (const sessionId of ['aaaa-1', 'bbbb-1']) add({ sessionId, root });
    env['CLAUDE_CODE_SESSION_ID'] = 'aaaa-1';
    expect((await why()).text).toMatch(/^Session aaaa-1: /);
    expect((await why('bbbb')).text).toMatch(/^Session bbbb-1: /);
    env['CLAUDE_CODE_SESSION_ID'] = 'cccc-1';
    expect((await why()).text).toMatch(/^This session was given no memories\. .*\n\nSession [ab]{4}-1: /);
  });

  it('says so when nothing was given here yet', async () => {
    const { why } = setUp();
    expect((await why()).text).toContain('No session was given memories here yet.');
  });
});

interface Given {
  readonly root: string;
  readonly env: Record<string, string>;
  readonly add: (fields: Partial<Receipt> & Pick<Receipt, 'sessionId' | 'root'>) => void;
  readonly why: (...positionals: readonly string[]) => ReturnType<typeof whyCommand.run>;
}

function setUp(): Given {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  const { sessions } = dataPaths(repo.env);
  const env: Record<string, string> = { ...repo.env };
  return {
    root: repo.root,
    env,
    add(fields: Partial<Receipt> & Pick<Receipt, 'sessionId' | 'root'>) {
      appendReceipt(sessionFile(sessions, fields.sessionId), {
        at: '2026-11-22T10:00:00.000Z',
        event: 'startup',
        items: [],
        cut: [],
        tokens: 90,
        budgetTokens: 1500,
        leftOut: 7,
        ...fields,
      });
    },
    why: async (...positionals: readonly string[]) =>
      whyCommand.run({
        positionals,
        options: {},
        env,
        cwd: repo.root,
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
      }),
  };
}
