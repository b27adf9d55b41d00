// Turns the keys of a frontmatter into the fields of a Memory: what must be there, what is left aside with a warning. Pure.

import type { Diagnostic } from '../model/diagnostic.ts';
import { MEMORY_KINDS, OBSERVATION_TYPES, isMemoryId } from '../model/memory.ts';
import type { FileReference, Memory, MemoryKind, ObservationType } from '../model/memory.ts';
import { parseCreated } from './created.ts';
import { lineOfKey } from './frontmatter.ts';
import type { Frontmatter } from './frontmatter.ts';

export type FieldsResult =
  | { readonly ok: true; readonly memory: Memory; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const ID_FORM = '12 characters of 0-9 and a-z without i, l, o, u';

/**
 * Checks every known key. A required one that is missing or wrong refuses the file, with one error for all of them; a wrong
 * optional one is left aside with a warning. Unknown keys are nobody's business.
 */
export function readMemoryFields(path: string, frontmatter: Frontmatter): FieldsResult {
  const faults = new Faults(path, frontmatter);
  const { data } = frontmatter;
  const id = data['id'];
  if (!isMemoryId(id)) faults.refuse('id', id === undefined ? 'is missing' : `expected ${ID_FORM}${hintAtQuotes(id)}`);
  const kind = readChoice<MemoryKind>(MEMORY_KINDS, data['kind']);
  if (kind === undefined) faults.refuse('kind', expected(data['kind'], MEMORY_KINDS));
  const type = readChoice<ObservationType>(OBSERVATION_TYPES, data['type']);
  if (type === undefined && kind === 'observation') faults.refuse('type', expected(data['type'], OBSERVATION_TYPES));
  else if (type === undefined && data['type'] !== undefined)
    faults.warn('type', expected(data['type'], OBSERVATION_TYPES));
  const title = readText(data['title']);
  if (title === undefined || title.trim() === '')
    faults.refuse(
      'title',
      data['title'] === undefined ? 'is missing' : `expected a text${hintAtQuotes(data['title'])}`,
    );
  const created = typeof data['created'] === 'string' ? parseCreated(data['created']) : undefined;
  if (created === undefined)
    faults.refuse(
      'created',
      data['created'] === undefined ? 'is missing' : 'expected a time in UTC such as "2026-11-22T14:32:05Z"',
    );

  const session = readOptional(data['session'], 'session', faults);
  const branch = readOptional(data['branch'], 'branch', faults);
  const commit = readOptional(data['commit'], 'commit', faults);
  const lists = {
    files: readFiles(data['files'], faults),
    tags: readTexts(data['tags'], 'tags', faults),
    supersedes: readIds(data['supersedes'], 'supersedes', faults),
    deletes: readIds(data['deletes'], 'deletes', faults),
  };
  if (kind === 'tombstone' && lists.deletes.length === 0) faults.warn('deletes', 'a tombstone that deletes nothing');
  if ('__proto__' in data || 'constructor' in data || 'prototype' in data)
    faults.warn('__proto__', 'a key with a special meaning to programs was ignored');

  const refusal = faults.refusal();
  if (refusal !== undefined || !isMemoryId(id) || kind === undefined || title === undefined || created === undefined)
    return { ok: false, diagnostics: refusal === undefined ? [] : [refusal] };
  const memory: Memory = {
    id,
    kind,
    ...(type === undefined ? {} : { type }),
    title,
    created,
    ...(session === undefined ? {} : { session }),
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit }),
    ...lists,
    body: frontmatter.body,
  };
  return { ok: true, memory, diagnostics: faults.warnings };
}

/** Collects what is wrong with one file. */
class Faults {
  readonly warnings: Diagnostic[] = [];
  readonly #path: string;
  readonly #frontmatter: Frontmatter;
  readonly #refused: { key: string; message: string }[] = [];

  constructor(path: string, frontmatter: Frontmatter) {
    this.#path = path;
    this.#frontmatter = frontmatter;
  }

  refuse(key: string, message: string): void {
    this.#refused.push({ key, message: `${key}: ${message}` });
  }

  warn(key: string, message: string): void {
    this.warnings.push({
      path: this.#path,
      line: lineOfKey(this.#frontmatter, key),
      rule: 'field-ignored',
      severity: 'warning',
      message: `${key}: ${message}`,
    });
  }

  /** One error for the whole file, at the line of its first fault. */
  refusal(): Diagnostic | undefined {
    const first = this.#refused[0];
    if (first === undefined) return undefined;
    const isForeign = !('id' in this.#frontmatter.data);
    return {
      path: this.#path,
      line: lineOfKey(this.#frontmatter, first.key),
      rule: 'field-invalid',
      severity: 'error',
      message: this.#refused.map((fault) => fault.message).join('; '),
      ...(isForeign ? { mend: `memvault adopt ${this.#path}` } : {}),
    };
  }
}

function readChoice<Choice extends string>(choices: readonly Choice[], value: unknown): Choice | undefined {
  return choices.find((choice) => choice === value);
}

function expected(value: unknown, choices: readonly string[]): string {
  return `${value === undefined ? 'is missing, ' : ''}expected one of ${choices.join(', ')}`;
}

function hintAtQuotes(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? ': put it in quotes' : '';
}

/** NUL, which an escape in YAML can bring into a text, and lone surrogates break databases and file names: they become U+FFFD. */
function readText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (!value.includes('\0') && value.isWellFormed()) return value;
  return value.replaceAll('\0', '\uFFFD').toWellFormed();
}

function readOptional(value: unknown, key: string, faults: Faults): string | undefined {
  const text = readText(value);
  if (text !== undefined && text !== '') return text;
  if (value !== undefined && value !== null && value !== '') faults.warn(key, `expected a text${hintAtQuotes(value)}`);
  return undefined;
}

/** The items of a list; people write a single item without a list. */
function readList(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

function readTexts(value: unknown, key: string, faults: Faults): readonly string[] {
  const list = readList(value);
  const texts = (list ?? []).map(readText).filter((text): text is string => text !== undefined && text !== '');
  if (list === undefined || texts.length < list.length) faults.warn(key, 'expected a list of texts');
  return texts;
}

function readIds(value: unknown, key: string, faults: Faults): readonly string[] {
  const list = readList(value);
  const ids = (list ?? []).filter(isMemoryId);
  if (list === undefined || ids.length < list.length) faults.warn(key, 'expected a list of ids of memories');
  return ids;
}

function readFiles(value: unknown, faults: Faults): readonly FileReference[] {
  const list = readList(value);
  const files = (list ?? []).map(readFile).filter((file) => file !== undefined);
  if (list === undefined || files.length < list.length)
    faults.warn('files', 'expected a list of `path` with an optional `blob`');
  return files;
}

function readFile(item: unknown): FileReference | undefined {
  if (typeof item === 'string') return item === '' ? undefined : { path: readText(item) ?? '' };
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'path')) return undefined;
  const path = readText('path' in item ? item.path : undefined);
  if (path === undefined || path === '') return undefined;
  const blob = Object.hasOwn(item, 'blob') && 'blob' in item ? readText(item.blob) : undefined;
  return blob === undefined || blob === '' ? { path } : { path, blob };
}
