// Gathers how a vault is doing: what it holds, what waits and why, who compresses, and what is wrong.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { sessionAccount } from '../capture/origin.ts';
import { describeEmbedding } from '../index/embed/describe-embedding.ts';
import type { IndexLibrary } from '../index/library.ts';
import type { VaultPlace } from '../model/place.ts';
import type { Clock } from '../model/ports.ts';
import type { VaultStatus } from '../model/status.ts';
import { readCaptureRules } from '../system/capture-rules.ts';
import type { DataPaths } from '../system/paths.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { countSpool } from '../system/spool-count.ts';
import { readWorkerFile } from '../system/worker-file.ts';
import { readOffline } from '../vault/git/offline.ts';

export interface StatusParts {
  readonly place: VaultPlace;
  readonly project: string;
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingValues;
  readonly library: IndexLibrary;
  readonly clock: Clock;
  readonly branch: string | undefined;
  /** How many memories wait in the outbox. */
  readonly waiting: number;
  readonly held: VaultStatus['outbox']['held'];
  readonly vectorFile: string;
}

export async function readVaultStatus(parts: StatusParts): Promise<VaultStatus> {
  const { place, paths, env, settings, library, clock, branch, waiting, held, vectorFile } = parts;
  // Loaded here, so that a search does not pay for the compressors.
  const { describeCompression } = await import('../compress/configured.ts');
  const counts = library.counts();
  const worker = readWorkerFile(paths.workerFile, clock.now());
  const { failures, error, pushes, nextTryAt } = readOffline(place.stateDir);
  const pushWaits = pushes.length > 0;
  const { off } = readCaptureRules({
    env,
    paths,
    home: env['HOME'] || homedir(),
    sessionId: env['CLAUDE_CODE_SESSION_ID'],
    project: parts.project,
    worktree: place.kind === 'personal' ? undefined : place.root,
    commonDir: place.kind === 'personal' ? undefined : place.commonDir,
  });
  const embedding = describeEmbedding({
    model: settings['search.embedding'],
    modelsDir: paths.models,
    vectorFile,
    memories: counts.observation + counts.summary + counts.note,
  });
  return {
    vault: {
      kind: place.kind,
      root: place.root,
      exists: existsSync(place.vaultDir),
      observations: counts.observation,
      summaries: counts.summary,
      notes: counts.note,
      ...(branch === undefined ? {} : { branch }),
    },
    outbox: { waiting, ...(held === undefined || waiting === 0 ? {} : { held }) },
    ...(failures > 0 || pushWaits
      ? {
          remote: {
            failures,
            pushWaits,
            ...(error === undefined ? {} : { error }),
            ...(nextTryAt === 0 ? {} : { nextTryAt }),
          },
        }
      : {}),
    queue: countSpool(paths),
    worker: worker === undefined ? { running: false } : { running: true, pid: worker.pid, port: worker.port },
    compression: describeCompression(settings, sessionAccount(env), { paths, env, clock }),
    ...(off === undefined ? {} : { captureOff: off }),
    ...(embedding === undefined ? {} : { embedding }),
    diagnostics: library.diagnostics(),
  };
}
