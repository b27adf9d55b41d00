// Reading the parts of a tokenizer.json, and the error for what cannot be read.

import { MemvaultError } from '../../../model/errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The part as a record. Throws `invalid_input`. */
export function fieldsOf(part: unknown, place: string): Fields {
  if (typeof part === 'object' && part !== null && !Array.isArray(part)) return part as Fields;
  throw invalidPart(place, 'an object', part);
}

/** A list of parts. Throws `invalid_input`. */
export function listOf(part: unknown, place: string): readonly unknown[] {
  if (Array.isArray(part)) return part;
  throw invalidPart(place, 'a list', part);
}

/** A text of the file, or what stands for it when it is left out. Throws `invalid_input` for anything else. */
export function textOf(part: unknown, place: string, otherwise: string): string {
  if (part === undefined || part === null) return otherwise;
  if (typeof part === 'string') return part;
  throw invalidPart(place, 'a text', part);
}

/** A pattern of the file as an expression that finds each place. Throws `invalid_input` for one that JavaScript cannot read. */
export function patternOf(part: unknown, place: string): string | RegExp {
  const { String: literal, Regex: expression } = fieldsOf(part, place);
  if (typeof literal === 'string') return literal;
  if (typeof expression !== 'string') throw invalidPart(place, 'String or Regex', part);
  try {
    return new RegExp(expression, 'gu');
  } catch {
    throw invalidPart(place, 'a regular expression', expression);
  }
}

export function invalidPart(place: string, expected: string, got: unknown): MemvaultError {
  return new MemvaultError(
    'invalid_input',
    `${place}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 80)}`,
    { hint: 'Choose another model: `memvault model list`.' },
  );
}
