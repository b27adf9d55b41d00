// Issues with their titles, as `gh issue list --state all --limit 5000 --json number,title` prints them.

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { MemvaultError } from '../../src/model/errors.ts';

export interface Issue {
  readonly number: number;
  readonly title: string;
}

/** Reads a file of issues; other keys are passed over. Throws `invalid_input` that names the file and what was expected. */
export function readIssueFile(file: string): readonly Issue[] {
  try {
    return ISSUES.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : error instanceof Error ? error.message : '';
    throw new MemvaultError('invalid_input', `${file} is no list of issues: ${reason}`, {
      hint: 'Expected [{"number": 12, "title": "…"}]; `gh issue list --state all --limit 5000 --json number,title` prints that.',
    });
  }
}

const ISSUES = z.array(z.object({ number: z.int().positive(), title: z.string().min(1) }));
