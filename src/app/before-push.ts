// Publishes what waits in the work trees from which the agent is about to push; wires only what that needs, since somebody waits.

import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import type { VaultPlace } from '../model/place.ts';
import { openLog } from '../system/log.ts';
import { dataPaths } from '../system/paths.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { publish } from '../vault/git/publish.ts';
import { locate } from '../vault/location.ts';
import { choosePlace, wantedVault } from '../vault/place.ts';
import { publishOptionsFor } from '../vault/publish-request.ts';

export interface BeforePush {
  /** The folder of the session. */
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** When the agent began to wait, and when nothing more may be begun; milliseconds since the epoch. */
  readonly startedAt: number;
  readonly until: number;
  /** The index is about to be touched: from here to the end nothing may be broken off. */
  readonly onTouch: () => void;
}

/**
 * Publishes in the work tree of each folder, as far as it belongs to the session's own clone: an agent often pushes from another
 * work tree than the one in which its session began. Other repositories are left alone. Never throws.
 */
export async function publishWhereItPushes(folders: readonly string[], push: BeforePush): Promise<void> {
  const { env, startedAt } = push;
  const clock = { now: () => Date.now() };
  const log = openLog(join(dataPaths(env).logs, 'hooks.log'), { level: 'info', clock });
  try {
    const own = find(push.projectDir, env);
    if (own?.place.kind !== 'repository') return;
    const done = new Set<string>();
    for (const folder of folders) {
      const found = folder === push.projectDir ? own : find(folder, env);
      if (found === undefined || found.place.commonDir !== own.place.commonDir || done.has(found.place.root)) continue;
      const { place, settings } = found;
      done.add(place.root);
      const parts = { place, settings: () => settings, inTurn: () => true, env, clock, log };
      const request = { now: false, atSessionEnd: false, beforePushUntil: push.until };
      const published = await publish(place, {
        ...publishOptionsFor(parts, request),
        onStep: (step) => (step === 'noted' ? push.onTouch() : undefined),
      });
      if (published.reason === 'nothing-to-publish') continue;
      log.info('published before a push', { ...published, ms: Math.round(clock.now() - startedAt) });
    }
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    log.error('nothing published before a push', { code, message });
  }
}

function find(
  folder: string,
  env: NodeJS.ProcessEnv,
): { readonly place: VaultPlace; readonly settings: SettingValues } | undefined {
  const { resolved, settings } = locate({ cwd: folder, projectDir: folder, env });
  const wanted = wantedVault(settings.values);
  return wanted === 'off' ? undefined : { place: choosePlace(resolved, wanted), settings: settings.values };
}
