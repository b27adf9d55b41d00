// Finds the vault that somebody means, and the settings that hold there; nothing is opened.

import type { VaultPlace } from '../model/place.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { choosePlace, placeKey, soundPlace, wantedVault } from '../vault/place.ts';
import { locate } from '../vault/location.ts';
import type { Location } from '../vault/location.ts';
import type { Whereabouts } from './open-vault.ts';

/** Where that vault is, by which name others on this machine know it, and the settings that hold there. Looks at files only. */
export function findVaultHere(where: Whereabouts): {
  readonly place: VaultPlace;
  readonly key: string;
  readonly settings: SettingValues;
} {
  const location = locate(where);
  const place = meantPlace(location, where);
  return { place, key: placeKey(place), settings: location.settings.values };
}

/** The vault that is meant where one stands. Throws what is wrong with it. */
export function meantPlace(
  { resolved, settings }: Location,
  { vaultFlag }: Pick<Whereabouts, 'vaultFlag'>,
): VaultPlace {
  return vaultFlag === undefined ? choosePlace(resolved, wantedVault(settings.values)) : soundPlace(resolved);
}
