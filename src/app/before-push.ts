// Publishes what waits in the work trees from which the agent is about to push.

import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import { openLog } from '../system/log.ts';
import { dataPaths } from '../system/paths.ts';
import { openVaultHere } from '../app.ts';

export interface BeforePush {
  /** The folder of the session. */
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** When the agent began to wait, and when nothing more may be begun; milliseconds since the epoch. */
  readonly startedAt: number;
  readonly until: number;
}

/**
 * Publishes in the work tree of each folder, as far as it belongs to the session's own clone: an agent often pushes from another
 * work tree than the one in which its session began. Other repositories are left alone. Never throws.
 */
export async function publishWhereItPushes(folders: readonly string[], push: BeforePush): Promise<void> {
  const { env, startedAt, until: beforePushUntil } = push;
  const clock = { now: () => Date.now() };
  const log = openLog(join(dataPaths(env).logs, 'hooks.log'), { level: 'info', clock });
  try {
    const own = openVaultHere({ cwd: push.projectDir, env, projectDir: push.projectDir, clock, log });
    const { kind, commonDir } = own.place;
    const mayHavePending = kind === 'repository' && own.outbox.list().length > 0;
    own.close();
    if (!mayHavePending) return;
    const done = new Set<string>();
    for (const folder of folders) {
      const vault = openVaultHere({ cwd: folder, env, projectDir: folder, clock, log });
      try {
        if (vault.place.commonDir !== commonDir || done.has(vault.place.root)) continue;
        done.add(vault.place.root);
        const published = await vault.publish({ now: false, atSessionEnd: false, beforePushUntil });
        log.info('published before a push', { ...published, ms: Math.round(clock.now() - startedAt) });
      } finally {
        vault.close();
      }
    }
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    log.error('nothing published before a push', { code, message });
  }
}
