// Finds the vault that a command, a server or a hook means, and opens it.

import { dataPaths } from './system/paths.ts';
import type { Settings } from './system/settings.ts';
import { isSettled, soundPlace, wantedVault } from './vault/place.ts';
import { locate } from './vault/location.ts';
import { findVaultHere } from './app/find-vault.ts';
import { openPlace } from './app/open-place.ts';
import type { OpenVault, Whereabouts } from './app/open-vault.ts';

export { findVaultHere } from './app/find-vault.ts';
export { openPlace } from './app/open-place.ts';
export { readSignalNames } from './app/signal-names.ts';
export type { OpenVault, Whereabouts } from './app/open-vault.ts';

/** The settings that hold at a place, with the file and the project section they come from. */
export function readSettingsHere(where: Whereabouts): {
  readonly settings: Settings;
  readonly file: string;
  readonly project: string;
  /** Whether the project has a repository or a vault folder of its own; else only a personal vault serves it. */
  readonly hasOwnPlace: boolean;
} {
  const { settings, project, resolved } = locate(where);
  const hasOwnPlace = resolved.place.kind !== 'personal';
  return { settings, file: dataPaths(where.env).settingsFile, project, hasOwnPlace };
}

/** The vault that a command, a server or a hook means. Looks at files only and asks Git nothing. */
export function openVaultHere(where: Whereabouts): OpenVault {
  return openPlace(findVaultHere(where).place, where);
}

/**
 * The vault that a session's memories are written to; undefined where the person switched memories off. Asks Git, for a
 * repository without a vault yet, whether it may hold one.
 */
export async function openVaultFor(where: Whereabouts): Promise<OpenVault | undefined> {
  const { resolved, settings } = locate(where);
  const wanted = wantedVault(settings.values);
  if (wanted === 'off') return undefined;
  if (wanted === 'personal') return openPlace(resolved.personal, where);
  const place = soundPlace(resolved);
  if (place.kind !== 'repository' || wanted === 'repository' || isSettled(resolved)) return openPlace(place, where);
  const { readGitFacts } = await import('./vault/git/facts.ts');
  const { mayHoldVault } = await import('./vault/git/permission.ts');
  const facts = await readGitFacts(place, { env: where.env });
  return openPlace(mayHoldVault(facts, wanted, resolved.exists) === 'repository' ? place : resolved.personal, where);
}

/** The vaults of both kinds that a project has: for moving memories between them. */
export function openBothVaults(where: Whereabouts): { readonly personal: OpenVault; readonly repository?: OpenVault } {
  const { resolved } = locate(where);
  const personal = openPlace(resolved.personal, where);
  return resolved.place.kind === 'personal'
    ? { personal }
    : { personal, repository: openPlace(soundPlace(resolved), where) };
}
