// Publishing without a commit: files for the user to commit (mode `manual`), or for a folder that no Git keeps.

import { mkdirSync } from 'node:fs';
import { toMemvaultError } from '../../model/errors.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { Publication } from '../../model/publication.ts';
import { openOutbox } from '../outbox.ts';
import { findSecretsIn } from './found-secrets.ts';
import { planPublish } from './plan.ts';
import type { PlannedFile, PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { updatePublished } from './published.ts';
import { scratchFolder } from './staged.ts';
import { newVaultFiles } from './survey.ts';
import type { WaitingMemory } from './waiting.ts';
import { placeWorkFile, readWorkFile } from './work-files.ts';

/** Lays the files of the plan down, each once: one that the user removes afterwards is not written again unless asked for. */
export function writeForUser(place: VaultPlace, plan: PublishPlan, options: PublishOptions): Publication {
  const written = writeFiles(place, plan.files, scratchFolder(place.gitDir ?? place.stateDir), options);
  const at = Math.trunc(options.clock.now() / 1000);
  updatePublished(place.stateDir, { add: Object.fromEntries(written.map((path) => [path, { at }])) });
  const detail = `${written.length} new ${written.length === 1 ? 'file' : 'files'} in ${place.vaultDir}`;
  const memories = plan.files.filter((file) => file.memory !== undefined).length;
  return { committed: 0, held: memories + plan.leftOut.length, reason: 'mode-manual', detail };
}

/** Without Git a vault's folder is all there is: a memory that lies in it needs no copy in the outbox. */
export async function publishToFolder(
  place: VaultPlace,
  waiting: readonly WaitingMemory[],
  options: PublishOptions,
): Promise<Publication> {
  const plan = planPublish({
    waiting,
    head: new Map(),
    index: new Map(),
    ours: {},
    deleted: new Set(),
    elsewhere: new Set(),
    otherWorktrees: new Set(),
    writtenBefore: new Set(),
    workFile: (path) => readWorkFile(place.root, path),
    findSecrets: await findSecretsIn(waiting, options),
    fixed: newVaultFiles(),
    like: '',
  });
  const left = plan.leftOut[0];
  const held = plan.leftOut.length;
  if (options.dryRun === true) return { committed: 0, held, reason: left?.reason ?? 'no-git' };
  const written = writeFiles(place, plan.files, scratchFolder(place.stateDir), options);
  openOutbox(place.stateDir).remove(written);
  const detail = `${written.length} ${written.length === 1 ? 'memory' : 'memories'} written to ${place.vaultDir}`;
  return { committed: 0, held, reason: left?.reason ?? 'no-git', detail };
}

/** Paths of the memories that lie in the work tree now. */
function writeFiles(
  place: VaultPlace,
  files: readonly PlannedFile[],
  scratch: string,
  options: PublishOptions,
): string[] {
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  for (const file of files) {
    try {
      placeWorkFile(place.root, file.vaultPath, file.bytes, scratch);
      if (file.memory !== undefined) written.push(file.memory.path);
    } catch (error) {
      options.logger.warn('memory file not written', { path: file.vaultPath, error: toMemvaultError(error).message });
    }
  }
  return written;
}
