// Questions of the user's prompts, kept on this side only, and those among them that are asked again and again.

import type { DatabaseSync } from 'node:sqlite';
import type { RecurringQuestion } from '../model/question.ts';
import type { Batch } from '../model/turn.ts';
import { cleanLine } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import { inTransaction } from '../system/transaction.ts';
import { splitSentences } from './extractive/sentences.ts';
import { ALIKE, questionLikeness } from './likeness.ts';
import type { EmbeddedQuestion, QuestionMeaning } from './question-meaning.ts';
import { openQuestionsFile, readRecurring } from './questions-file.ts';

export interface Questions {
  /** Keeps what the batch's prompts ask in a project, and whether that was anything new; the same text of the same session is kept once. */
  add(batch: Batch, project: string): boolean;
  /** Compares the project's questions by what they mean too. Vectors are kept with their texts: each question is embedded once. */
  compareByMeaning(project: string, meaning: QuestionMeaning): Promise<void>;
  /** What was asked in at least three sessions of the project, the most often asked first. */
  recurring(project: string): readonly RecurringQuestion[];
  close(): void;
}

/** So many sessions make a question a recurring one. */
const LEAST_SESSIONS = 3;
const MIN_LENGTH = 12;
const MAX_LENGTH = 300;
/** The newest so many questions of a project are compared. */
const MOST_COMPARED = 500;
const MOST_KEPT = 5_000;

/** Made when a model is first in use. */
const VECTOR_SCHEMA = `
CREATE TABLE IF NOT EXISTS meant (
  text TEXT PRIMARY KEY, model TEXT NOT NULL, vector BLOB NOT NULL
) WITHOUT ROWID`;

/** The questions' file, made when it is not there. Throws `unavailable` when the folder cannot be written. */
export function openQuestions(file: string): Questions {
  const database = openQuestionsFile(file);
  // Compared here, in the worker: a session's start only reads what came out.
  const newest = (project: string): readonly Asked[] =>
    database
      .prepare('SELECT session, at, text FROM asked WHERE project = ? ORDER BY at DESC LIMIT ?')
      .all(project, MOST_COMPARED) as unknown as readonly Asked[];
  const keepRecurring = (project: string, questions: readonly RecurringQuestion[]): void => {
    database.prepare('INSERT OR REPLACE INTO recurring VALUES (?, ?)').run(project, JSON.stringify(questions));
  };
  return {
    add(batch, project) {
      const asked = batch.turns.flatMap(({ prompt }) =>
        prompt?.author === 'user' ? questionsIn(prompt.prompt).map((text) => ({ text, at: prompt.at })) : [],
      );
      if (asked.length === 0) return false;
      // Each step of its own would wait for the disk.
      return inTransaction(database, () => {
        const insert = database.prepare('INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?)');
        const added = asked.map(({ text, at }) => Number(insert.run(project, batch.sessionId, at, text).changes));
        if (added.every((count) => count === 0)) return false;
        keepRecurring(project, groupAlike(newest(project), areAlikeByWords));
        database
          .prepare('DELETE FROM asked WHERE at < (SELECT at FROM asked ORDER BY at DESC LIMIT 1 OFFSET ?)')
          .run(MOST_KEPT);
        return true;
      });
    },
    async compareByMeaning(project, meaning) {
      const rows = newest(project);
      const vectors = await readVectors(database, rows, meaning);
      const isSame = (one: Asked, other: Asked): boolean => {
        const [left, right] = [vectors.get(one.text), vectors.get(other.text)];
        return left !== undefined && right !== undefined && meaning.isSame(left, right);
      };
      keepRecurring(project, groupAlike(rows, areAlikeByWords, isSame));
    },
    recurring: (project) => readRecurring(database, project),
    close: () => database.close(),
  };
}

/** The questions' vectors by their texts; those that are missing, or of another model, are made and kept. */
async function readVectors(
  database: DatabaseSync,
  rows: readonly Asked[],
  meaning: QuestionMeaning,
): Promise<ReadonlyMap<string, EmbeddedQuestion>> {
  database.exec(VECTOR_SCHEMA);
  database.exec('DELETE FROM meant WHERE text NOT IN (SELECT text FROM asked)');
  const found = new Map<string, EmbeddedQuestion>();
  const select = database.prepare('SELECT vector FROM meant WHERE text = ? AND model = ?');
  const missing: string[] = [];
  for (const text of new Set(rows.map((row) => row.text))) {
    const vector = select.get(text, meaning.model)?.['vector'];
    if (vector instanceof Uint8Array)
      found.set(text, { text, vector: new Int8Array(vector.buffer, vector.byteOffset, vector.byteLength) });
    else missing.push(text);
  }
  const insert = database.prepare('INSERT OR REPLACE INTO meant VALUES (?, ?, ?)');
  for (const [index, vector] of (await meaning.embed(missing)).entries()) {
    const text = missing[index] ?? '';
    insert.run(text, meaning.model, new Uint8Array(vector.buffer));
    found.set(text, { text, vector });
  }
  return found;
}

/** The questions of a prompt, as one line each, without secrets. */
export function questionsIn(prompt: string): readonly string[] {
  const sentences = splitSentences(prompt.slice(0, 4000)).map(({ text }) => text);
  const asked = sentences.filter(
    (text) =>
      text.length >= MIN_LENGTH && text.length <= MAX_LENGTH && (/[?？]$/.test(text) || INTERROGATIVE.test(text)),
  );
  return [...new Set(asked.map((text) => cleanLine(redactText(text).text, MAX_LENGTH)))].slice(0, 3);
}

const INTERROGATIVE =
  /^(?:how (?:do|does|can|to|did)|what(?:'s| is| was| are| does)|where (?:is|are|do|does)|which|why (?:is|does|do|are)|wie (?:kann|geht|macht|starte|lautet)|was (?:ist|war)|wo (?:ist|liegt|sind)|warum|welche[rsn]?|comment|pourquoi|où (?:est|sont)|quel(?:le)?s?|cómo|por qué|dónde|cuál|como (?:faço|posso|se)|por que|onde|qual)\b/iu;

interface Asked {
  readonly session: string;
  readonly at: string;
  readonly text: string;
}

type Compare = (one: Asked, other: Asked) => boolean;

const areAlikeByWords: Compare = (one, other) => questionLikeness(one.text, other.text) >= ALIKE;

/** By words one neighbour is enough; by meaning, which is vaguer, most of a group have to agree. */
function groupAlike(
  rows: readonly Asked[],
  byWords: Compare,
  byMeaning: Compare = () => false,
): readonly RecurringQuestion[] {
  const groups: Asked[][] = [];
  const meansTheSame = (row: Asked, group: readonly Asked[]): boolean =>
    group.filter((other) => byMeaning(other, row)).length * 2 > group.length;
  for (const row of rows) {
    const home =
      groups.find((group) => group.some((other) => byWords(other, row))) ??
      groups.find((group) => meansTheSame(row, group));
    if (home === undefined) groups.push([row]);
    else home.push(row);
  }
  return groups
    .map((group) => ({ group, sessions: [...new Set(group.map(({ session }) => session))] }))
    .filter(({ sessions }) => sessions.length >= LEAST_SESSIONS)
    .map(({ group, sessions }) => ({
      // The shortest wording carries the least of its moment.
      text: group.map(({ text }) => text).toSorted((a, b) => a.length - b.length)[0] ?? '',
      sessions,
      lastAsked: group[0]?.at ?? '',
    }))
    .toSorted((a, b) => b.sessions.length - a.sessions.length || (a.lastAsked < b.lastAsked ? 1 : -1));
}
