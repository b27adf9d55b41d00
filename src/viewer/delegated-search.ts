// Reads the search that another process of memvault asks of this one. Pure.

import type { DelegatedSearch } from '../model/delegated-search.ts';
import { MemvaultError } from '../model/errors.ts';
import { MEMORY_KINDS, OBSERVATION_TYPES } from '../model/memory.ts';

/** Throws `invalid_input` for what is none. */
export function readDelegatedSearch(asked: unknown): DelegatedSearch {
  const { from, query } = fieldsOf(asked, 'the body');
  const { cwd, vaultFlag, env } = fieldsOf(from, 'from');
  const { text, limit, type, kind, tags, files, since, until, branch } = fieldsOf(query, 'query');
  const variables = Object.entries(fieldsOf(env, 'from.env')).map(
    ([name, value]) => [name, textOf(value, `from.env.${name}`)] as const,
  );
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 100)
    throw wrong('query.limit', 'a whole number from 1 to 100');
  return {
    from: {
      cwd: textOf(cwd, 'from.cwd'),
      ...(vaultFlag === undefined ? {} : { vaultFlag: textOf(vaultFlag, 'from.vaultFlag') }),
      env: Object.fromEntries(variables),
    },
    query: {
      text: textOf(text, 'query.text'),
      limit,
      ...(type === undefined ? {} : { type: someOf(type, OBSERVATION_TYPES, 'query.type') }),
      ...(kind === undefined ? {} : { kind: someOf(kind, MEMORY_KINDS, 'query.kind') }),
      ...(tags === undefined ? {} : { tags: textsOf(tags, 'query.tags') }),
      ...(files === undefined ? {} : { files: textsOf(files, 'query.files') }),
      ...(since === undefined ? {} : { since: textOf(since, 'query.since') }),
      ...(until === undefined ? {} : { until: textOf(until, 'query.until') }),
      ...(branch === undefined ? {} : { branch: textOf(branch, 'query.branch') }),
    },
  };
}

function fieldsOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
  return value as Record<string, unknown>;
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw wrong(name, 'a text');
  return value;
}

function textsOf(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) throw wrong(name, 'a list of texts');
  return value.map((one) => textOf(one, name));
}

function someOf<Known extends string>(value: unknown, known: readonly Known[], name: string): readonly Known[] {
  return textsOf(value, name).map((text) => {
    const found = known.find((one) => one === text);
    if (found === undefined) throw wrong(name, `some of ${known.join(', ')}`);
    return found;
  });
}

function wrong(name: string, expected: string): MemvaultError {
  return new MemvaultError('invalid_input', `${name}: expected ${expected}`);
}
