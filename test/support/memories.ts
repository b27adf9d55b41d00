// Memories for tests: one that is in order, and arbitrary ones with nasty texts for property tests.

import * as fc from 'fast-check';
import { ID_ALPHABET, MEMORY_KINDS, OBSERVATION_TYPES } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';

/** An observation with the given fields replaced. */
export function memoryOf(fields: Partial<Memory> = {}): Memory {
  return {
    id: '7k2m9qx4hd3a',
    kind: 'observation',
    type: 'bugfix',
    title: 'Two parallel refreshes could both rotate the same token',
    created: '2026-11-22T14:32:05Z',
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: 'A per-user mutex fixes it.\n',
    ...fields,
  };
}

/** Words and marks that mean something to YAML, Markdown, a terminal or a file system. */
const NASTY = [
  'null',
  'true',
  'No',
  'off',
  '~',
  '1e5',
  '0x1f',
  '.inf',
  '-.5',
  '2026-11-22',
  '12:30',
  '---',
  '...',
  '- a',
  'a: b',
  'a #b',
  '#',
  '"',
  "'",
  '\\',
  '|',
  '>',
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '`',
  '[',
  ']',
  '{',
  '}',
  ',',
  '?',
  ': ',
  ':',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u200b',
  '\u202e',
  '\u001b[31m',
  'é',
  'ß',
  '日本',
  '😀',
  '✔️',
  '\u{e0041}',
  '\u007f',
];

/** Any text that UTF-8 can hold, without NUL, often made of nasty parts. */
export const anyText: fc.Arbitrary<string> = fc
  .oneof(
    fc.array(fc.constantFrom(...NASTY), { maxLength: 6 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
  )
  .map((text) => text.replaceAll('\0', '').toWellFormed());

const filledText = anyText.filter((text) => text !== '');
const anyId = fc.string({ unit: fc.constantFrom(...ID_ALPHABET.split('')), minLength: 12, maxLength: 12 });
const numberLikeId = fc.stringMatching(/^0x[0-9a-f]{10}$|^[0-9]{5}e[0-9]{6}$|^[0-9]{12}$/);
const anyTime = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);

/** Any memory that the format can hold. */
export const anyMemory: fc.Arbitrary<Memory> = fc
  .record(
    {
      id: fc.oneof(anyId, numberLikeId),
      kind: fc.constantFrom(...MEMORY_KINDS),
      type: fc.constantFrom(...OBSERVATION_TYPES),
      title: filledText.filter((text) => text.trim() !== ''),
      created: anyTime,
      session: fc.oneof(fc.uuid(), filledText),
      branch: filledText,
      commit: fc.oneof(fc.stringMatching(/^[0-9a-f]{8}$/), filledText),
      files: fc.array(
        fc.record({ path: filledText, blob: fc.stringMatching(/^[0-9a-f]{12}$/) }, { requiredKeys: ['path'] }),
        {
          maxLength: 4,
        },
      ),
      tags: fc.array(filledText, { maxLength: 4 }),
      supersedes: fc.array(anyId, { maxLength: 2 }),
      deletes: fc.array(anyId, { maxLength: 2 }),
      body: anyText.map((text) => text.replaceAll('<<<<<<<', '')),
    },
    { requiredKeys: ['id', 'kind', 'title', 'created', 'files', 'tags', 'supersedes', 'deletes', 'body', 'type'] },
  )
  .map(({ type, ...memory }) => (memory.kind === 'observation' ? { ...memory, type } : memory));
