// Questions that come again: kept on this side, known by their words, never across projects.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectLanguage } from '../../src/compress/language.ts';
import { measureMeaning } from '../../src/compress/question-meaning.ts';
import { openQuestions, questionsIn } from '../../src/compress/questions.ts';
import type { Questions } from '../../src/compress/questions.ts';
import { openStaticTable } from '../../src/index/embed/static-table.ts';
import type { Embedder } from '../../src/model/embedder.ts';
import { readTemplate } from '../../src/system/templates.ts';
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
});

describe('a question by its meaning', () => {
  const SAME = [
    'How do I start it up locally?',
    'What is the way to boot the thing?',
    'Which command launches the app?',
  ];
  const meaningOf = (name = 'concepts') => measureMeaning(conceptEmbedder(name));

  it('is recognised in words that have nothing in common', async () => {
    for (const [index, text] of SAME.entries()) ask(`session-${index}`, text);
    expect(questions.recurring(PROJECT)).toEqual([]);
    await questions.compareByMeaning(PROJECT, await meaningOf());
    expect(questions.recurring(PROJECT)).toMatchObject([{ text: SAME[0], sessions: { length: 3 } }]);
  });

  it('stays apart from one that means something else', async () => {
    for (const [index, text] of [...SAME.slice(0, 2), 'Which command publishes a release?'].entries())
      ask(`session-${index}`, text);
    await questions.compareByMeaning(PROJECT, await meaningOf());
    expect(questions.recurring(PROJECT)).toEqual([]);
  });

  it('is embedded once, and anew for another model', async () => {
    const asked: string[] = [];
    for (const [index, text] of SAME.entries()) ask(`session-${index}`, text);
    for (const name of ['concepts', 'concepts', 'other']) {
      const meaning = await meaningOf(name);
      const embed = (texts: readonly string[]) => {
        asked.push(...texts);
        return meaning.embed(texts);
      };
      await questions.compareByMeaning(PROJECT, { ...meaning, embed });
    }
    expect(asked).toHaveLength(2 * SAME.length);
  });

  it('counts for nothing in a language that the model does not tell apart', async () => {
    const texts = ['Wie bringe ich das hoch?', 'Mit welchem Kommando geht es los?', 'Wie wird der Dienst gestartet?'];
    for (const [index, text] of texts.entries()) ask(`session-${index}`, text);
    // To this model every German question is the same.
    await questions.compareByMeaning(PROJECT, await meaningOf());
    expect(questions.recurring(PROJECT)).toEqual([]);
  });

  it('is learned by a worker with real model files, which changes nothing of what the words tell', async () => {
    for (const session of ['a', 'b', 'c']) ask(session, 'How do I start the server in debug mode?');
    const before = questions.recurring(PROJECT);
    const model = openStaticTable(join(import.meta.dirname, '../fixtures/models/m2v-test-vq64'), 'm2v@0');
    await questions.compareByMeaning(PROJECT, await measureMeaning(model));
    expect(questions.recurring(PROJECT)).toEqual(before);
    await model.close();
  });
});

/** A model that knows what English questions are about, each pair of the known ones for itself, and no word of other languages. */
function conceptEmbedder(name: string): Embedder {
  const pairs = JSON.parse(readTemplate('question-pairs.json')) as Readonly<Record<string, readonly string[][]>>;
  const known = (pairs['en'] ?? []).flat();
  const topicOf = (text: string): number => {
    if (!known.includes(text) && detectLanguage(text) !== 'en') return 30;
    if (known.includes(text)) return Math.floor(known.indexOf(text) / 2);
    return /\b(?:start|boot|launches)\b/.test(text) ? 20 : 21;
  };
  return {
    id: `${name}@1`,
    dimensions: 32,
    embed: (texts) =>
      Promise.resolve(
        texts.map((text) => Float32Array.from({ length: 32 }, (_, at) => (at === topicOf(text) ? 1 : 0.1))),
      ),
    close: () => Promise.resolve(),
  };
}
