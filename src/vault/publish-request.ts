// A request to publish, and what it comes to at a place with its settings.

import type { VaultPlace } from '../model/place.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { SettingValues } from '../system/setting-table.ts';
import type { PublishOptions } from './git/publish-options.ts';

export interface PublishRequest {
  /** Skips the quiet time and the hold on the default branch; every other gate stays. */
  readonly now: boolean;
  readonly atSessionEnd: boolean;
  readonly dryRun?: boolean;
  /** The agent is about to push: until so many milliseconds since the epoch, or not at all. */
  readonly beforePushUntil?: number;
  /** Makes the vault also when no memory waits. */
  readonly makeVault?: boolean;
}

export interface PublishParts {
  readonly place: VaultPlace;
  readonly settings: () => SettingValues;
  /** Whether a session is inside a turn in the work tree. */
  readonly inTurn: () => boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a publish needs to know of a place and its settings. */
export function publishOptionsFor(
  { place, settings: readSettings, inTurn, clock, log, env }: PublishParts,
  { beforePushUntil, ...asked }: PublishRequest,
): PublishOptions {
  const settings = readSettings();
  return {
    ...asked,
    ...(beforePushUntil === undefined ? {} : { beforePush: true, deadline: beforePushUntil }),
    inTurn: inTurn(),
    mode: modeOf(place, settings['publish.mode']),
    defaultBranch: settings['publish.defaultBranch'],
    protectedBranches: settings.protectedBranches,
    message: settings['publish.message'],
    clock,
    logger: log,
    env,
  };
}

/** In a repository of memvault's own there is no user's branch: everything but `off` commits. */
function modeOf(place: VaultPlace, mode: SettingValues['publish.mode']): 'branch' | 'manual' | 'off' {
  if (mode === 'repo') return 'branch';
  return place.kind === 'personal' && mode === 'manual' ? 'branch' : mode;
}
