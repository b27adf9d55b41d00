// Finds the vault that somebody means, and the settings that hold there; nothing is opened.

import type { VaultPlace } from '../model/place.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { choosePlace, placeKey, soundPlace, wantedVault } from '../vault/place.ts';
import { locate } from '../vault/location.ts';
import type { Whereabouts } from './open-vault.ts';

/** Where that vault is, by which name others on this machine know it, and the settings that hold there. Looks at files only. */
export function findVaultHere(where: Whereabouts): {
  readonly place: VaultPlace;
  readonly key: string;
  readonly settings: SettingValues;
} {
  const { resolved, settings } = locate(where);
  const place =
    where.vaultFlag === undefined ? choosePlace(resolved, wantedVault(settings.values)) : soundPlace(resolved);
  return { place, key: placeKey(place), settings: settings.values };
}
