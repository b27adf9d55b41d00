// The file of the questions that the user asks in each project: kept on this side only.

import type { DatabaseSync } from 'node:sqlite';
import type { RecurringQuestion } from '../model/question.ts';
import { openPrivateDatabase } from '../system/private-database.ts';

const SCHEMA = `
CREATE TABLE asked (
  project TEXT NOT NULL, session TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (project, session, text)
) WITHOUT ROWID;
CREATE INDEX asked_at ON asked (at);
CREATE TABLE recurring (project TEXT PRIMARY KEY, questions TEXT NOT NULL) WITHOUT ROWID`;

/** Made when it is not there. Throws `unavailable` when the folder cannot be written. */
export function openQuestionsFile(file: string): DatabaseSync {
  return openPrivateDatabase(file, { schema: SCHEMA, version: 1 });
}

/** What was asked in at least three sessions of the project, the most often asked first. */
export function readRecurring(database: DatabaseSync, project: string): readonly RecurringQuestion[] {
  const row = database.prepare('SELECT questions FROM recurring WHERE project = ?').get(project);
  return typeof row?.['questions'] === 'string' ? (JSON.parse(row['questions']) as readonly RecurringQuestion[]) : [];
}
