// Questions that come again: kept on this side, known by their words, never across projects.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQuestions, questionsIn } from '../../src/compress/questions.ts';
import type { Questions } from '../../src/compress/questions.ts';
import { PROJECT, makeBatch, prompt, stop } from '../support/hook-events.ts';

let folder: string;
let questions: Questions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-questions-'));
  questions = openQuestions(join(folder, 'questions.sqlite'));
});

afterEach(() => {
  questions.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(sessionId: string, text: string, project = PROJECT): void {
  questions.add(makeBatch([prompt(text), stop('An answer.')], { sessionId }), project);
}

describe('a question', () => {
  it('asked in three sessions in other words is one recurring question', () => {
    ask('a', 'How do I start the server in debug mode?');
    ask('b', 'I forgot: how to start the debug server?');
    expect(questions.recurring(PROJECT)).toEqual([]);
    ask('c', 'what was the command to start the server in debug mode again?');
    expect(questions.recurring(PROJECT)).toMatchObject([
      { sessions: expect.arrayContaining(['a', 'b', 'c']) as unknown },
    ]);
  });

  it('asked three times in one session was asked once', () => {
    for (const text of ['How do I start the server in debug mode?', 'And how to start the server in debug mode now?'])
      ask('a', text);
    ask('b', 'How do I start the server in debug mode?');
    expect(questions.recurring(PROJECT)).toEqual([]);
  });

  it('of another project counts there only', () => {
    for (const session of ['a', 'b', 'c'])
      ask(session, 'Where is the deploy script of the api?', `/home/dev/${session}`);
    expect(questions.recurring(PROJECT)).toEqual([]);
  });

  it('that only shares its smallest words is another one', () => {
    ask('a', 'How do I start the server?');
    ask('b', 'How do I write a migration?');
    ask('c', 'How do I read the logs?');
    expect(questions.recurring(PROJECT)).toEqual([]);
  });

  it('is kept without secrets, in a private file', () => {
    const key = ['ghp', '0123456789abcdefghijABCDEFGHIJ456789'].join('_');
    ask('a', `Why does the token ${key} not work with the api?`);
    const file = join(folder, 'questions.sqlite');
    expect(readFileSync(file).includes(key)).toBe(false);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('is known by its mark or by its first word, in several languages; orders are none', () => {
    expect(questionsIn('Fix the login. Where is the session stored?')).toEqual(['Where is the session stored?']);
    expect(questionsIn('wie starte ich die Tests mit einer Datei')).toHaveLength(1);
    expect(questionsIn('comment lancer un seul test dans ce projet')).toHaveLength(1);
    expect(questionsIn('Fix the login and run the tests.')).toEqual([]);
    expect(questionsIn('ok?')).toEqual([]);
  });

  it('may be known by other means than its words', () => {
    const byMeaning = openQuestions(join(folder, 'other.sqlite'), { likeness: () => 1 });
    for (const [session, text] of [
      ['a', 'How do I start it up locally?'],
      ['b', 'What is the way to boot the thing?'],
      ['c', 'Which command launches the app?'],
    ] as const)
      byMeaning.add(makeBatch([prompt(text), stop('x')], { sessionId: session }), PROJECT);
    expect(byMeaning.recurring(PROJECT)).toHaveLength(1);
    byMeaning.close();
  });
});
