// What the user asks again and again in a project, with the memories that answer it.

import { existsSync } from 'node:fs';
import type { MemoryLibrary } from '../model/ports.ts';
import type { AnsweredQuestion, RecurringQuestion } from '../model/question.ts';
import { ALIKE, questionLikeness } from './likeness.ts';
import { openQuestionsFile, readRecurring } from './questions-file.ts';

/** What is asked again and again in a project, with the memories that answer it. Looking makes no file. */
export function answeredQuestions(
  file: string,
  project: string,
  library: Pick<MemoryLibrary, 'search'>,
): readonly AnsweredQuestion[] {
  if (!existsSync(file)) return [];
  const database = openQuestionsFile(file);
  try {
    return readRecurring(database, project)
      .slice(0, MOST_QUESTIONS)
      .map((question) => ({ ...question, answers: findAnswers(library, question) }));
  } finally {
    database.close();
  }
}

const MOST_QUESTIONS = 20;
const MOST_ANSWERS = 2;

/** What was written in the sessions that asked, and what a search for the question finds, the likeliest first. */
function findAnswers(library: Pick<MemoryLibrary, 'search'>, question: RecurringQuestion): AnsweredQuestion['answers'] {
  const asked = new Set(question.sessions);
  const { hits } = library.search({ text: question.text, kind: ['observation', 'note'], limit: 10 });
  return hits
    .filter((hit) => hit.supersededBy === undefined)
    .filter((hit) => questionLikeness(hit.title, question.text) >= ALIKE || asked.has(hit.session ?? ''))
    .slice(0, MOST_ANSWERS)
    .map(({ id, title }) => ({ id, title }));
}
