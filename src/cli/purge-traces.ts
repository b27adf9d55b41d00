// What memvault keeps of memories beside the vault: takes it away, and finds the events that may bring it back.

import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenVault } from '../app.ts';
import { openVectorStore } from '../index/vectors/vector-store.ts';
import { purgeReceipts } from '../inject/purge-receipts.ts';
import type { DataPaths } from '../system/paths.ts';
import { indexFolder, treeStateDirs } from '../vault/place.ts';
import { openSessions, withoutMemories } from '../worker/sessions.ts';

/** Takes the memories out of the sessions' records and receipts, and of the vectors. */
export function purgeTraces(
  vault: Pick<OpenVault, 'journal' | 'vectorFile'>,
  paths: DataPaths,
  ids: ReadonlySet<string>,
): void {
  purgeReceipts(paths.sessions, ids);
  const sessions = openSessions(paths.sessions);
  for (const record of sessions.list()) {
    const kept = withoutMemories(record, ids);
    if (kept !== record) sessions.write(kept);
  }
  for (const entry of vault.journal.list()) {
    if (entry.session === undefined) continue;
    const session = withoutMemories(entry.session, ids);
    if (session !== entry.session) vault.journal.write({ ...entry, session });
  }
  rmSync(`${vault.vectorFile}.broken`, { force: true });
  if (!existsSync(vault.vectorFile)) return;
  const vectors = openVectorStore(vault.vectorFile, { now: () => Date.now() });
  vectors.purge([...ids]);
  vectors.close();
}

/** Deleted rows stay readable in a database file: the indexes of all work trees are made again at the next question. */
export function dropIndexes(place: OpenVault['place'], paths: DataPaths): void {
  for (const folder of new Set([...treeStateDirs(place), indexFolder(place, paths)]))
    for (const name of ['index', 'branches'])
      for (const end of ['', '-wal', '-shm', '-journal', '.broken'])
        rmSync(join(folder, `${name}.sqlite${end}`), { force: true });
}

/** Files of recorded events, waiting or given up, that belong to one of the sessions: nobody has made memories of them yet. */
export function eventsOf(paths: DataPaths, sessionIds: ReadonlySet<string>): readonly string[] {
  const folders = [join(paths.spool, 'new'), join(paths.spool, 'cur'), paths.deadLetter, paths.quarantine];
  return folders.flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .map((name) => join(folder, name))
      .filter((file) => sessionIds.size > 0 && mentions(file, sessionIds)),
  );
}

function mentions(file: string, sessionIds: ReadonlySet<string>): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return [...sessionIds].some((id) => text.includes(`"${id}"`));
  } catch {
    return false;
  }
}
