// Looks for what differs between the files and the index, without reading a file: a stat of each, or of those that a watch names.

import type { Diagnostic } from '../model/diagnostic.ts';
import { MemvaultError } from '../model/errors.ts';
import type { MemoryPlace } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import type { MemoryFileSource } from './file-source.ts';
import { faultsMark, filesMark } from './folder-mark.ts';
import { openSourceTable, splitPath } from './source-table.ts';
import type { KnownFolder, SourceTable } from './source-table.ts';
import type { Steps } from './steps.ts';
import type { KnownFile, PlacedFile } from './sync-plan.ts';

export interface Look {
  readonly isNothing: boolean;
  /** Files of the index that may have changed, and the files that are there in their place. */
  readonly known: readonly KnownFile[];
  readonly found: readonly PlacedFile[];
  /** The faults of the folders that differ. */
  readonly faults: readonly {
    readonly place: MemoryPlace;
    readonly path: string;
    readonly faults: readonly Diagnostic[];
  }[];
  /** How many files the index knows. */
  readonly files: number;
}

/** Takes from each source's watch what changed where there is one that knows, and looks at every file of the others. */
export function* lookForChanges(database: IndexDatabase, sources: readonly MemoryFileSource[]): Steps<Look> {
  const table = openSourceTable(database);
  const look: Open = { known: [], found: [], faults: [] };
  let isWhole = false;
  for (const source of sources) {
    const paths = source.changes?.take();
    const named = paths === undefined ? undefined : yield* lookAtPaths(table, source, paths);
    if (named === undefined) {
      yield* lookAtAll(table, source, look);
      // The others are small beside it, and always looked at.
      isWhole ||= source === sources[0];
    } else {
      look.known.push(...named.known);
      look.found.push(...named.found);
    }
  }
  if (isWhole) checkCounts(database, table.countFiles());
  const isNothing = look.known.length === 0 && look.found.length === 0 && look.faults.length === 0;
  return { ...look, isNothing, files: table.countFiles() };
}

/**
 * Throws `corrupt` when one table of the index has lost rows that another still counts on. Counts only what has a small index; the
 * texts are looked at from both ends.
 */
function checkCounts(database: IndexDatabase, files: number): void {
  const found = database.getOne<Record<'sources' | 'visible' | 'words' | 'first' | 'last', number>>(
    `SELECT (SELECT count(*) FROM sources) AS sources,
       (SELECT count(*) FROM memories WHERE hidden = 0) AS visible, (SELECT count(*) FROM words_docsize) AS words,
       (SELECT min(key) FROM memories) IS (SELECT min(key) FROM bodies) AS first,
       (SELECT max(key) FROM memories) IS (SELECT max(key) FROM bodies) AS last`,
  );
  if (found.sources !== files || found.visible !== found.words || found.first === 0 || found.last === 0)
    throw new MemvaultError('corrupt', `the index ${database.file} has lost rows`, { data: { ...found, files } });
}

interface Open {
  readonly known: KnownFile[];
  readonly found: PlacedFile[];
  readonly faults: Look['faults'][number][];
}

function* lookAtAll(table: SourceTable, source: MemoryFileSource, look: Open): Steps<void> {
  const { place } = source;
  const left = new Set(table.folders(place));
  for (const folder of source.walk()) {
    yield;
    const known = table.folder(place, folder.path);
    if (known !== undefined) left.delete(known);
    const faultMark = faultsMark(folder.faults);
    if (isSame(known, { files: folder.files.length, mark: filesMark(folder), faultMark })) continue;
    if (known !== undefined) look.known.push(...table.filesOf(known));
    for (const file of folder.files) look.found.push({ ...file, place });
    if (faultMark !== (known?.faultMark ?? 0)) look.faults.push({ place, path: folder.path, faults: folder.faults });
  }
  for (const known of left) {
    look.known.push(...table.filesOf(known));
    if (known.faultMark !== 0) look.faults.push({ place, path: known.path, faults: [] });
  }
}

/** Whether these files of a source are as the index has read them. */
export function areAsRead(database: IndexDatabase, source: MemoryFileSource, paths: readonly string[]): boolean {
  const table = openSourceTable(database);
  return paths.every((path) => {
    const file = source.find(path);
    return typeof file !== 'string' && file.stamp === table.find({ place: source.place, path })?.stamp;
  });
}

/** Undefined when more than single files changed. */
function* lookAtPaths(
  table: SourceTable,
  source: MemoryFileSource,
  paths: ReadonlySet<string>,
): Steps<Pick<Open, 'known' | 'found'> | undefined> {
  const { place } = source;
  const known: KnownFile[] = [];
  const found: PlacedFile[] = [];
  for (const path of new Set([...paths, ...table.unsettled(place)])) {
    yield;
    const folder = table.folder(place, splitPath(path)[0]);
    const file = source.find(path);
    const before = table.find({ place, path });
    if (file === 'other' || (folder?.faultMark ?? 0) !== 0) return undefined;
    if (file === 'absent') {
      if (before === undefined && holdsFolder(table, place, path)) return undefined;
    } else if (file.stamp !== before?.stamp) found.push({ ...file, place });
    if (before !== undefined && (file === 'absent' || file.stamp !== before.stamp))
      known.push({ place, path, stamp: before.stamp });
  }
  return { known, found };
}

function isSame(known: KnownFolder | undefined, found: Pick<KnownFolder, 'files' | 'mark' | 'faultMark'>): boolean {
  return (
    (known?.files ?? 0) === found.files &&
    (known?.mark ?? 0) === found.mark &&
    (known?.faultMark ?? 0) === found.faultMark
  );
}

/** Whether the index knows a folder of this path, or below it. */
function holdsFolder(table: SourceTable, place: MemoryPlace, path: string): boolean {
  return table.folders(place).some((folder) => folder.path === path || folder.path.startsWith(`${path}/`));
}
