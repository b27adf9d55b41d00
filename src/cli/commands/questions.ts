// `memvault questions`: what was asked in three sessions or more, with the memories that answer it; offered as a note.

import { randomBytes } from 'node:crypto';
import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { drawMemoryId, shortId } from '../../model/memory.ts';
import type { Memory } from '../../model/memory.ts';
import type { AnsweredQuestion } from '../../model/question.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { renderList } from '../../vault/markdown-list.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const questionsCommand: Command = {
  name: 'questions',
  summary: 'List what was asked in three sessions or more, and what answers it.',
  usage: '',
  options: {
    note: {
      type: 'string',
      value: 'number',
      meaning:
        'Write the question with its answers as a note, so that the whole team finds it; the number is that of the list.',
    },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault questions', 'memvault questions --note 1'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const questions = vault.recurringQuestions();
      const wanted = textOption(input, 'note');
      if (wanted === undefined) return { text: renderQuestions(questions), json: questions };
      const question = questions[Number(wanted) - 1];
      if (question === undefined)
        throw new MemvaultError('not_found', `there is no question ${cleanLine(wanted, 20)} in the list`, {
          hint: 'Run `memvault questions` to see the list.',
        });
      const note = noteOf(question, vault.library.get(question.answers.map(({ id }) => id)).memories);
      const path = vault.outbox.put(note);
      vault.sync();
      return {
        text: `Noted as ${shortId(note.id)}: ${note.title}\nIt is published with the next memories, or now by \`memvault publish\`.`,
        json: { id: note.id, path },
      };
    } finally {
      vault.close();
    }
  },
};

function renderQuestions(questions: readonly AnsweredQuestion[]): string {
  if (questions.length === 0) return 'Nothing was asked in three sessions yet.';
  const lines = questions.flatMap(({ text, sessions, answers }, index) => [
    `${index + 1}. ${cleanLine(text)} (asked in ${sessions.length} sessions)`,
    ...answers.map(({ id, title }) => `   ${shortId(id)} ${cleanLine(title)}`),
    ...(answers.length === 0 ? ['   no memory answers it yet'] : []),
  ]);
  return [...lines, '', 'Write one down for everybody: `memvault questions --note <number>`'].join('\n');
}

function noteOf(question: AnsweredQuestion, answers: readonly Memory[]): Memory {
  const parts = answers.map((memory) => `${memory.title} (${shortId(memory.id)})\n\n${memory.body.trim()}`);
  const files = new Map(answers.flatMap((memory) => memory.files.map((file) => [file.path, file])));
  return {
    id: drawMemoryId(randomBytes(12)),
    kind: 'note',
    title: cleanLine(question.text, 120),
    created: `${new Date().toISOString().slice(0, 19)}Z`,
    files: [...files.values()],
    tags: ['recurring-question'],
    supersedes: [],
    deletes: [],
    body:
      parts.length === 0
        ? renderList([`Asked in ${question.sessions.length} sessions; the answer is not written down yet.`])
        : `${parts.join('\n\n')}\n`,
  };
}
