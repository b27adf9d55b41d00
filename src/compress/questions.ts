// Questions of the user's prompts, kept on this side only, and those among them that are asked again and again.

import type { RecurringQuestion } from '../model/question.ts';
import type { Batch } from '../model/turn.ts';
import { cleanLine } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import { splitSentences } from './extractive/sentences.ts';
import { ALIKE, questionLikeness } from './likeness.ts';
import { openQuestionsFile, readRecurring } from './questions-file.ts';

export interface QuestionOptions {
  /**
   * How alike two questions are, 0 to 1; by their words when left out. Vectors say more where they are there.
   */
  readonly likeness?: (a: string, b: string) => number;
}

export interface Questions {
  /** Keeps what the batch's prompts ask in a project; the same text of the same session is kept once. */
  add(batch: Batch, project: string): void;
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

/** The questions' file, made when it is not there. Throws `unavailable` when the folder cannot be written. */
export function openQuestions(file: string, options: QuestionOptions = {}): Questions {
  const database = openQuestionsFile(file);
  const likeness = options.likeness ?? questionLikeness;
  return {
    add(batch, project) {
      const insert = database.prepare('INSERT OR IGNORE INTO asked VALUES (?, ?, ?, ?)');
      let added = 0;
      for (const { prompt } of batch.turns) {
        if (prompt === undefined || prompt.author !== 'user') continue;
        for (const text of questionsIn(prompt.prompt))
          added += Number(insert.run(project, batch.sessionId, prompt.at, text).changes);
      }
      if (added === 0) return;
      // Compared here, in the worker: a session's start only reads what came out.
      const rows = database
        .prepare('SELECT session, at, text FROM asked WHERE project = ? ORDER BY at DESC LIMIT ?')
        .all(project, MOST_COMPARED) as unknown as readonly Asked[];
      database
        .prepare('INSERT OR REPLACE INTO recurring VALUES (?, ?)')
        .run(project, JSON.stringify(groupAlike(rows, likeness)));
      database
        .prepare('DELETE FROM asked WHERE at < (SELECT at FROM asked ORDER BY at DESC LIMIT 1 OFFSET ?)')
        .run(MOST_KEPT);
    },
    recurring: (project) => readRecurring(database, project),
    close: () => database.close(),
  };
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

function groupAlike(rows: readonly Asked[], likeness: (a: string, b: string) => number): readonly RecurringQuestion[] {
  const groups: Asked[][] = [];
  for (const row of rows) {
    const home = groups.find((group) => group.some((other) => likeness(other.text, row.text) >= ALIKE));
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
