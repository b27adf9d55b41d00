// What the index remembers of each folder and each file that it saw.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { MemoryPlace } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { addMark, faultsMark, fileMark, subtractMark } from './folder-mark.ts';
import type { MemoryFile } from './memory-table.ts';
import type { KnownFile } from './sync-plan.ts';

interface FileName {
  readonly place: MemoryPlace;
  readonly path: string;
}

export interface KnownFolder {
  readonly key: number;
  readonly place: MemoryPlace;
  readonly path: string;
  /** How many files it holds. */
  readonly files: number;
  /** As `filesMark` and `faultsMark` gave them when all that it holds was read. */
  readonly mark: number;
  readonly faultMark: number;
}

/** What a file said when it was last read. */
export interface KnownSource {
  readonly stamp: number | null;
  /** The id that it claims, with the hash of its memory; nulls when it held none. */
  readonly memory: string | null;
  readonly hash: string | null;
}

/** The folders, loaded once and written back with `save`; the files, read and written one by one. */
export interface SourceTable {
  folders(place: MemoryPlace): readonly KnownFolder[];
  folder(place: MemoryPlace, path: string): KnownFolder | undefined;
  /** All files together. */
  countFiles(): number;
  filesOf(folder: KnownFolder): readonly KnownFile[];
  /** Files that must be read again whatever their stamp. */
  unsettled(place: MemoryPlace): readonly string[];
  find(file: FileName): KnownSource | undefined;
  /** `before`: what `find` gives for the file. */
  remember(file: KnownFile, claim: Pick<KnownSource, 'memory' | 'hash'>, before: KnownSource | undefined): void;
  /** The file does not hold any more what it claimed: the next sync reads it again. */
  dropClaim(file: FileName): void;
  forget(file: FileName, before: KnownSource): void;
  replaceFaults(folder: FileName, faults: readonly Diagnostic[]): void;
  save(): void;
}

export function openSourceTable(database: IndexDatabase): SourceTable {
  const folders = new Map<string, Changeable<KnownFolder>>();
  const touched = new Set<Changeable<KnownFolder>>();
  for (const row of database.all<KnownFolder>(
    'SELECT key, place, path, files, mark, fault_mark AS faultMark FROM folders',
  ))
    folders.set(folderKey(row), { ...row });
  let lastKey = Math.max(0, ...Array.from(folders.values(), (folder) => folder.key));

  const open = (place: MemoryPlace, path: string): Changeable<KnownFolder> => {
    const key = folderKey({ place, path });
    let folder = folders.get(key);
    if (folder === undefined) {
      folder = { key: ++lastKey, place, path, files: 0, mark: 0, faultMark: 0 };
      folders.set(key, folder);
      // Before its files, whose paths are put together from both. Not OR REPLACE: that makes FTS5 write out what it gathers.
      database.run(
        'INSERT INTO folders (key, place, path, files, mark, fault_mark) VALUES (?, ?, ?, 0, 0, 0)',
        folder.key,
        place,
        path,
      );
    }
    touched.add(folder);
    return folder;
  };
  const table: SourceTable = {
    folders: (place) => [...folders.values()].filter((folder) => folder.place === place),
    folder: (place, path) => folders.get(folderKey({ place, path })),
    countFiles: () => [...folders.values()].reduce((sum, folder) => sum + folder.files, 0),
    filesOf: ({ key, place, path }) =>
      database
        .all<{ name: string; stamp: number | null }>('SELECT name, stamp FROM sources WHERE folder = ?', key)
        .map(({ name, stamp }) => ({ place, path: `${path}/${name}`, stamp })),
    unsettled: (place) =>
      database
        .all<{ path: string }>(
          // CROSS: the few unsettled ones first, by their own index; else every file of the vault is passed.
          `SELECT ${PATH} AS path FROM sources s CROSS JOIN folders f ON f.key = s.folder WHERE s.stamp IS NULL AND f.place = ?`,
          place,
        )
        .map(({ path }) => path),
    find({ place, path }) {
      const [folder, name] = splitPath(path);
      const key = folders.get(folderKey({ place, path: folder }))?.key;
      if (key === undefined) return undefined;
      return database.get<KnownSource>(
        'SELECT stamp, memory, hash FROM sources WHERE folder = ? AND name = ?',
        key,
        name,
      );
    },
    remember({ place, path, stamp }, { memory, hash }, before) {
      const [at, name] = splitPath(path);
      const folder = open(place, at);
      if (before === undefined) folder.files++;
      else folder.mark = subtractMark(folder.mark, fileMark(name, before.stamp));
      folder.mark = addMark(folder.mark, fileMark(name, stamp));
      database.run(
        'INSERT OR REPLACE INTO sources (folder, name, stamp, memory, hash) VALUES (?, ?, ?, ?, ?)',
        folder.key,
        name,
        stamp,
        memory,
        hash,
      );
    },
    dropClaim(file) {
      const before = table.find(file);
      if (before !== undefined) table.remember({ ...file, stamp: null }, { memory: null, hash: null }, before);
    },
    forget(file, before) {
      const [at, name] = splitPath(file.path);
      const folder = open(file.place, at);
      folder.files--;
      folder.mark = subtractMark(folder.mark, fileMark(name, before.stamp));
      database.run('DELETE FROM sources WHERE folder = ? AND name = ?', folder.key, name);
      replaceDiagnostics(database, file, []);
    },
    replaceFaults({ place, path }, faults) {
      open(place, path).faultMark = faultsMark(faults);
      // With a slash at the end, which no file has.
      replaceDiagnostics(database, { place, path: `${path}/` }, faults);
    },
    save() {
      for (const folder of touched) {
        const { key, place, path, files, mark, faultMark } = folder;
        if (files === 0 && faultMark === 0) {
          database.run('DELETE FROM folders WHERE key = ?', key);
          folders.delete(folderKey({ place, path }));
        } else
          database.run(
            'UPDATE folders SET files = ?, mark = ?, fault_mark = ? WHERE key = ?',
            files,
            mark,
            faultMark,
            key,
          );
      }
      touched.clear();
    },
  };
  return table;
}

/** Every file that claims an id. */
export function listClaims(database: IndexDatabase, id: string): readonly MemoryFile[] {
  return database.all<MemoryFile>(
    `SELECT f.place, ${PATH} AS path, s.hash FROM sources s JOIN folders f ON f.key = s.folder WHERE s.memory = ?`,
    id,
  );
}

export function replaceDiagnostics(
  database: IndexDatabase,
  { place, path }: FileName,
  diagnostics: readonly Diagnostic[],
): void {
  database.run('DELETE FROM diagnostics WHERE place = ? AND path = ?', place, path);
  for (const one of diagnostics)
    database.run(
      `INSERT INTO diagnostics (place, path, reported_path, line, rule, severity, message, mend)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      place,
      path,
      one.path,
      one.line ?? null,
      one.rule,
      one.severity,
      one.message,
      one.mend ?? null,
    );
}

/** Folder and name of a path; every memory file lies in a folder. */
export function splitPath(path: string): readonly [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

const PATH = `f.path || '/' || s.name`;

function folderKey({ place, path }: FileName): string {
  return `${place}\0${path}`;
}
