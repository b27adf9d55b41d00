// Sets of questions with known answers: reads and checks the JSON files that hold them.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { MemvaultError } from '../../src/model/errors.ts';

/** A text that becomes one memory. */
export interface EvalDocument {
  readonly id: string;
  readonly title: string;
  readonly narrative: string;
  readonly facts: string;
}

export interface EvalQuestion {
  readonly q: string;
  /** Ids of the documents that answer it; at least one. */
  readonly rel: readonly string[];
}

/** Documents that make one vault, and the questions that are asked of it. */
export interface EvalGroup {
  readonly name: string;
  readonly docs: readonly EvalDocument[];
  readonly queries: readonly EvalQuestion[];
}

/** One set file. */
export interface EvalSet {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly groups: readonly EvalGroup[];
}

/**
 * Reads a set file, or every `*.json` of a folder, by name. Throws `invalid_input` for a file that is no set: the message
 * names the file, the place in it and what was expected.
 */
export function readSets(path: string): readonly EvalSet[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw wrong(`there is no file or folder ${path}`);
  if (!stats.isDirectory()) return [readSetFile(path)];
  const names = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (names.length === 0) throw wrong(`${path} holds no *.json file`);
  return names.map((name) => readSetFile(join(path, name)));
}

/** Reads one set file. Throws like `readSets`. */
export function readSetFile(file: string): EvalSet {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = z.array(GROUP).min(1).safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw wrong(`${file}: at ${renderPath(issue?.path ?? [])}: ${issue?.message ?? 'not a set'}`);
  }
  for (const group of parsed.data) checkGroup(file, group);
  return { name: basename(file).replace(/\.json$/, ''), groups: parsed.data };
}

const GROUP = z.object({
  name: z.string().min(1),
  docs: z
    .array(z.object({ id: z.string().min(1), title: z.string(), narrative: z.string(), facts: z.string() }))
    .min(1),
  queries: z.array(z.object({ q: z.string().min(1), rel: z.array(z.string()).min(1) })).min(1),
});

/** What the shape alone does not say: ids once, and every answer among the documents. */
function checkGroup(file: string, group: EvalGroup): void {
  const ids = new Set<string>();
  for (const { id } of group.docs) {
    if (ids.has(id)) throw wrong(`${file}: group "${group.name}": two documents have the id "${id}"`);
    ids.add(id);
  }
  for (const { q, rel } of group.queries)
    for (const id of rel)
      if (!ids.has(id))
        throw wrong(`${file}: group "${group.name}": the answer "${id}" of the question "${q}" is no document`);
}

function renderPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('') || 'the top';
}

function wrong(message: string): MemvaultError {
  return new MemvaultError('invalid_input', message, {
    hint: 'A set file is [{"name", "docs": [{"id", "title", "narrative", "facts"}], "queries": [{"q", "rel": ["id"]}]}], all texts.',
  });
}
