// A group of documents as a vault in the product's own format, in a folder without Git.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VAULT_FOLDER } from '../../src/model/place.ts';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { Memory, MemoryId } from '../../src/model/memory.ts';
import { cutText } from '../../src/system/clean-text.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { fixedFiles } from '../../src/vault/fixed-files.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import type { EvalDocument, EvalGroup } from './set-file.ts';

export interface GroupVault {
  /** What `--vault` takes. */
  readonly folder: string;
  /** In the order of the group's documents. */
  readonly memories: readonly Memory[];
  /** The document that a memory was made of. */
  readonly documentOf: ReadonlyMap<MemoryId, string>;
}

/** Writes the vault of a group into an empty folder. The same group gives the same bytes. */
export function writeGroupVault(folder: string, group: EvalGroup): GroupVault {
  const memories = group.docs.map((document, at) => toMemory(document, at, group));
  const vaultDir = join(folder, VAULT_FOLDER);
  const files = [
    ...fixedFiles(),
    ...memories.map((memory) => ({ path: memoryPath(memory), content: serializeMemory(memory) })),
  ];
  for (const { path, content } of files) {
    mkdirSync(dirname(join(vaultDir, path)), { recursive: true });
    writeFileSync(join(vaultDir, path), content);
  }
  return {
    folder,
    memories,
    documentOf: new Map(memories.map((memory, at) => [memory.id, group.docs[at]?.id ?? ''])),
  };
}

/** The memory that a document becomes: its facts are a section, as compression writes them. */
function toMemory(document: EvalDocument, at: number, group: EvalGroup): Memory {
  const facts = toText(document.facts);
  const body = [toText(document.narrative), ...(facts === '' ? [] : [`## Facts\n\n${facts}`])]
    .filter((part) => part !== '')
    .join('\n\n');
  return {
    id: drawMemoryId(createHash('sha256').update(`${group.name}\n${document.id}`).digest()),
    kind: 'observation',
    type: 'discovery',
    title: toText(document.title).replace(/\s+/g, ' ') || '(no title)',
    created: createdAt(at, group.docs.length),
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: `${body}\n`,
  };
}

/** In the order of the documents, evenly over the year before a fixed day. */
function createdAt(at: number, count: number): string {
  const time = NEWEST - Math.round(((count - 1 - at) / count) * YEAR_MS);
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

const NEWEST = Date.parse('2026-11-01T12:00:00Z');
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** What a memory file can hold: no NUL, no lines that look like a merge conflict, not longer than a file may be. */
function toText(text: string): string {
  return cutText(text.replaceAll('\0', '').toWellFormed().replace(/^<{7}/gm, '<<<<<<'), MAX_TEXT)
    .replace(/^\n+/, '')
    .trimEnd();
}

const MAX_TEXT = 40_000;
