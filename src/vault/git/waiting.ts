// The memories that wait in an outbox, read once with all that a publish decides by.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { Memory } from '../../model/memory.ts';
import { isOwnPath } from '../file-name.ts';
import { parseMemoryFile } from '../memory-file.ts';
import { openOutbox } from '../outbox.ts';

export interface WaitingMemory {
  /** Relative to the vault and to the outbox. */
  readonly path: string;
  /** From the work tree's top: `.claude-mem/<path>`. */
  readonly vaultPath: string;
  /** The id in the file's name: people may have renamed the file in the vault. */
  readonly id: string;
  /** As Git will keep them: with line feeds only, because the vault's `.gitattributes` says so. */
  readonly bytes: Buffer;
  /** Absent when the file is not in the format. */
  readonly memory?: Memory;
  readonly fault?: string;
}

/** The paths of a clone's outbox under a name of our own, sorted. */
export function listWaiting(stateDir: string): readonly string[] {
  return openOutbox(stateDir)
    .list()
    .map((file) => file.path)
    .filter(isOwnPath);
}

/** The memories of a clone's outbox at these paths; all of them when left out. */
export function readWaiting(
  stateDir: string,
  paths: readonly string[] = listWaiting(stateDir),
): readonly WaitingMemory[] {
  const outbox = openOutbox(stateDir);
  const waiting: WaitingMemory[] = [];
  for (const path of paths) {
    const read = outbox.read(path);
    const base = { path, vaultPath: `${VAULT_FOLDER}/${path}`, id: path.slice(-15, -3) };
    if (!read.ok) {
      waiting.push({ ...base, bytes: Buffer.alloc(0), fault: read.diagnostic.message });
      continue;
    }
    const bytes = withLineFeeds(Buffer.from(read.bytes));
    const parsed = parseMemoryFile(path, bytes);
    if (parsed.ok) waiting.push({ ...base, bytes, memory: parsed.memory });
    else waiting.push({ ...base, bytes, fault: parsed.diagnostics[0]?.message ?? 'not in the format' });
  }
  return waiting;
}

function withLineFeeds(bytes: Buffer): Buffer {
  return bytes.includes('\r\n') ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : bytes;
}
