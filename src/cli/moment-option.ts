// A day or time given as an option, checked as the index reads it.

import { MemvaultError } from '../model/errors.ts';
import { cleanLine } from '../system/clean-text.ts';
import { readMoment } from '../index/filters.ts';

/** Throws `invalid_input` for what is no year, month, day or time; a time without a zone is UTC. */
export function requireMoment(option: string, value: string, example: string): void {
  try {
    readMoment(option, value);
  } catch (error) {
    throw new MemvaultError('invalid_input', `${option} expects ${example}, got "${cleanLine(value, 40)}"`, {
      cause: error,
    });
  }
}
