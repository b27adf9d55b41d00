// The filters and the limit of a search as options give them, each checked with the name of its option.

import { typedFile } from '../index/filters.ts';
import { MemvaultError } from '../model/errors.ts';
import { MEMORY_KINDS, OBSERVATION_TYPES } from '../model/memory.ts';
import type { SearchFilters } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';
import { listOption, textOption } from './command.ts';
import type { CommandInput } from './command.ts';
import { requireMoment } from './moment-option.ts';

/** Tombstones say what was deleted; nobody looks for them. */
export const SEARCHED_KINDS = MEMORY_KINDS.filter((kind) => kind !== 'tombstone');

const A_DATE = 'a date such as 2026-11-22';

/** Throws `invalid_input`. */
export function readFilters(input: Pick<CommandInput, 'options'>): SearchFilters {
  const type = listOption(input, 'type');
  const kind = listOption(input, 'kind');
  const tags = listOption(input, 'tag');
  const files = listOption(input, 'file');
  const since = textOption(input, 'since');
  const until = textOption(input, 'until');
  const branch = textOption(input, 'branch');
  for (const value of type ?? []) requireOne('--type', value, OBSERVATION_TYPES);
  for (const value of kind ?? []) requireOne('--kind', value, SEARCHED_KINDS);
  if (since !== undefined) requireMoment('--since', since, A_DATE);
  if (until !== undefined) requireMoment('--until', until, A_DATE);
  return {
    ...(type === undefined ? {} : { type: type as NonNullable<SearchFilters['type']> }),
    ...(kind === undefined ? {} : { kind: kind as NonNullable<SearchFilters['kind']> }),
    ...(tags === undefined ? {} : { tags }),
    ...(files === undefined ? {} : { files: files.map(typedFile) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(branch === undefined ? {} : { branch }),
  };
}

function requireOne(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new MemvaultError(
      'invalid_input',
      `${option} expects one of ${allowed.join(', ')}, got "${cleanLine(value, 40)}"`,
    );
}

/** How many hits, 1 to 100. Throws `invalid_input`. */
export function parseLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new MemvaultError(
      'invalid_input',
      `--limit expects a whole number from 1 to 100, got "${cleanLine(value, 40)}"`,
    );
  return limit;
}
