// Puts memories into the index's tables and takes them out; keeps up who is hidden and who is superseded.

import type { Memory } from '../model/memory.ts';
import type { MemoryPlace } from '../model/search.ts';
import { loadCrypto } from '../system/builtin.ts';
import type { IndexDatabase } from './database.ts';
import { tagKey } from './filters.ts';
import { columnTexts } from './index-text.ts';
import { readJson } from './rows.ts';
import { WORD_COLUMNS } from './schema.ts';

/** The file that counts for a memory. */
export interface MemoryFile {
  readonly place: MemoryPlace;
  readonly path: string;
  readonly hash: string;
}

export type RelationTargets = Set<string>;

/** A fingerprint of everything that a memory says: equal for equal memories, whatever bytes their files have. */
export function hashMemory(memory: Memory): string {
  const { id, kind, type, title, created, session, branch, commit, files, tags, supersedes, deletes, body } = memory;
  const text = JSON.stringify([
    [id, kind, type ?? '', title, created, session ?? '', branch ?? '', commit ?? ''],
    files.map((file) => [file.path, file.blob ?? '']),
    [tags, supersedes, deletes],
    body,
  ]);
  return loadCrypto().hash('sha256', text, 'base64url').slice(0, 22);
}

/** Where the index has the memory from, if it has it. */
export function findMemoryFile(database: IndexDatabase, id: string): MemoryFile | undefined {
  return database.get<MemoryFile>('SELECT place, path, hash FROM memories WHERE id = ?', id);
}

/** The memory's file was moved, its content is the same. */
export function moveMemory(database: IndexDatabase, id: string, file: MemoryFile): void {
  database.run('UPDATE memories SET place = ?, path = ? WHERE id = ?', file.place, file.path, id);
}

/** Writes a memory, in the place of what was there under its id. Ids that it relates or related to go into `targets`. */
export function putMemory(database: IndexDatabase, memory: Memory, file: MemoryFile, targets: RelationTargets): void {
  removeMemory(database, memory.id, targets);
  insertMemory(database, memory, file, targets, isHidden(database, memory.id, memory.kind));
  // Who supersedes it is worked out with the others, when all are there.
  if (isTarget(database, memory.id)) targets.add(memory.id);
}

/**
 * Writes a memory whose id is new to an index in which no row relates to another yet: without a look at what is there. Who is
 * hidden and who superseded is worked out from `targets` when all are in.
 */
export function loadMemory(database: IndexDatabase, memory: Memory, file: MemoryFile, targets: RelationTargets): void {
  insertMemory(database, memory, file, targets, memory.kind === 'tombstone');
}

function insertMemory(
  database: IndexDatabase,
  memory: Memory,
  file: MemoryFile,
  targets: RelationTargets,
  hidden: boolean,
): void {
  const key = database.run(
    `INSERT INTO memories (id, place, path, hash, kind, type, title, created, session, branch, commit_id,
        files, tags, supersedes, deletes, superseded_by, hidden)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    memory.id,
    file.place,
    file.path,
    file.hash,
    memory.kind,
    memory.type ?? null,
    memory.title,
    memory.created,
    memory.session ?? null,
    memory.branch ?? null,
    memory.commit ?? null,
    JSON.stringify(memory.files),
    JSON.stringify(memory.tags),
    JSON.stringify(memory.supersedes),
    JSON.stringify(memory.deletes),
    null,
    Number(hidden),
  );
  database.run('INSERT INTO bodies (key, body) VALUES (?, ?)', key, memory.body);
  for (const tag of tagsOf(memory)) database.run('INSERT INTO memory_tags (tag, key) VALUES (?, ?)', tag, key);
  for (const path of pathsOf(memory)) database.run('INSERT INTO memory_files (path, key) VALUES (?, ?)', path, key);
  for (const [relation, ids] of relationsOf(memory)) {
    for (const target of ids) {
      if (target === memory.id) continue;
      database.run(
        'INSERT OR IGNORE INTO relations (target, relation, source) VALUES (?, ?, ?)',
        target,
        relation,
        memory.id,
      );
      targets.add(target);
    }
  }
  if (!hidden) addWords(database, key, memory);
}

/** Takes a memory out. Ids that it related to go into `targets`. */
export function removeMemory(database: IndexDatabase, id: string, targets: RelationTargets): void {
  const row = database.get<{ key: number; hidden: number }>('SELECT key, hidden FROM memories WHERE id = ?', id);
  if (row === undefined) return;
  const { key } = row;
  const texts = readTexts(database, key);
  if (row.hidden === 0) removeWords(database, key, texts);
  for (const { target } of targetsOf(database, id)) targets.add(target);
  database.run('DELETE FROM relations WHERE source = ?', id);
  for (const tag of tagsOf(texts)) database.run('DELETE FROM memory_tags WHERE tag = ? AND key = ?', tag, key);
  for (const path of pathsOf(texts)) database.run('DELETE FROM memory_files WHERE path = ? AND key = ?', path, key);
  for (const table of ['bodies', 'memories']) database.run(`DELETE FROM ${table} WHERE key = ?`, key);
}

/** Works out anew who is hidden and who is superseded among the targets of relations that came or went. */
export function refreshVisibility(database: IndexDatabase, targets: ReadonlySet<string>): void {
  const superseded = new Set(targets);
  for (const id of targets) {
    const row = database.get<{ key: number; kind: string; hidden: number }>(
      'SELECT key, kind, hidden FROM memories WHERE id = ?',
      id,
    );
    if (row === undefined) continue;
    const hidden = isHidden(database, id, row.kind);
    if (hidden === (row.hidden === 1)) continue;
    database.run('UPDATE memories SET hidden = ? WHERE key = ?', Number(hidden), row.key);
    if (hidden) removeWords(database, row.key, readTexts(database, row.key));
    else addWords(database, row.key, readTexts(database, row.key));
    for (const { target } of targetsOf(database, id)) superseded.add(target);
  }
  for (const id of superseded) {
    const row = database.get<{ created: string }>('SELECT created FROM memories WHERE id = ?', id);
    if (row === undefined) continue;
    const by = findSuperseder(database, id, row.created);
    database.run('UPDATE memories SET superseded_by = ? WHERE id = ? AND superseded_by IS NOT ?', by, id, by);
  }
}

function tagsOf({ tags }: Pick<Memory, 'tags'>): ReadonlySet<string> {
  return new Set(tags.map(tagKey));
}

function pathsOf({ files }: Pick<Memory, 'files'>): ReadonlySet<string> {
  return new Set(files.map((file) => file.path.normalize('NFC')));
}

function relationsOf(memory: Memory): readonly (readonly ['supersedes' | 'deletes', readonly string[]])[] {
  // Only a tombstone deletes: what others write under that key has no force.
  return memory.kind === 'tombstone' ? [['deletes', memory.deletes]] : [['supersedes', memory.supersedes]];
}

function targetsOf(database: IndexDatabase, id: string): readonly { target: string }[] {
  return database.all<{ target: string }>('SELECT target FROM relations WHERE source = ?', id);
}

function isTarget(database: IndexDatabase, id: string): boolean {
  return database.get('SELECT 1 FROM relations WHERE target = ? LIMIT 1', id) !== undefined;
}

function isHidden(database: IndexDatabase, id: string, kind: string): boolean {
  if (kind === 'tombstone') return true;
  return database.get(`SELECT 1 FROM relations WHERE target = ? AND relation = 'deletes' LIMIT 1`, id) !== undefined;
}

/** The newest visible memory that supersedes this one. Where two supersede each other, the newer one stands. */
function findSuperseder(database: IndexDatabase, id: string, created: string): string | null {
  const row = database.get<{ id: string }>(
    `SELECT m.id FROM relations r JOIN memories m ON m.id = r.source
     WHERE r.target = ? AND r.relation = 'supersedes' AND m.hidden = 0
       AND ((m.created, m.id) > (?, r.target) OR NOT EXISTS (
         SELECT 1 FROM relations b WHERE b.target = r.source AND b.relation = 'supersedes' AND b.source = r.target))
     ORDER BY m.created DESC, m.id LIMIT 1`,
    id,
    created,
  );
  return row?.id ?? null;
}

type WordTexts = Pick<Memory, 'title' | 'body' | 'tags' | 'files'>;

const COLUMN_NAMES = WORD_COLUMNS.map(([name]) => name).join(', ');
const COLUMN_PLACES = WORD_COLUMNS.map(() => '?').join(', ');

function addWords(database: IndexDatabase, key: number, texts: WordTexts): void {
  database.run(`INSERT INTO words (rowid, ${COLUMN_NAMES}) VALUES (?, ${COLUMN_PLACES})`, key, ...columnTexts(texts));
}

/** The full-text table keeps no texts: it must be told what it was given. */
function removeWords(database: IndexDatabase, key: number, texts: WordTexts): void {
  database.run(
    `INSERT INTO words (words, rowid, ${COLUMN_NAMES}) VALUES ('delete', ?, ${COLUMN_PLACES})`,
    key,
    ...columnTexts(texts),
  );
}

function readTexts(database: IndexDatabase, key: number): WordTexts {
  const row = database.getOne<{ title: string; files: string; tags: string; body: string }>(
    'SELECT m.title, m.files, m.tags, b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?',
    key,
  );
  return {
    title: row.title,
    body: row.body,
    files: readJson<Memory['files']>(row.files),
    tags: readJson<Memory['tags']>(row.tags),
  };
}
