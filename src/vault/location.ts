// Finds out where one stands: the vaults of the project, and the settings that hold there.

import { homedir } from 'node:os';
import { toMemvaultError } from '../model/errors.ts';
import { dataPaths } from '../system/paths.ts';
import { mainFolder } from '../system/project.ts';
import { readSettings } from '../system/settings.ts';
import type { Settings } from '../system/settings.ts';
import { readVaultConfig } from './fixed-files.ts';
import type { VaultConfig } from './fixed-files.ts';
import { resolvePlace } from './place.ts';
import type { ResolvedPlace } from './place.ts';

export interface Location {
  readonly resolved: ResolvedPlace;
  readonly settings: Settings;
  /** What the vault's own `vault.yaml` sets. */
  readonly config: VaultConfig;
  /** The folder that settings know the project by; linked work trees share it. */
  readonly project: string;
}

/** Looks at files only. A vault that cannot serve is told in `resolved.fault`. */
export function locate(where: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly vaultFlag?: string | undefined;
  readonly projectDir?: string | undefined;
}): Location {
  const { env, cwd, vaultFlag, projectDir } = where;
  const paths = dataPaths(env);
  const resolved = resolvePlace({
    cwd,
    home: env['HOME'] || homedir(),
    paths,
    ...(vaultFlag === undefined ? {} : { vaultFlag }),
    ...(projectDir === undefined ? {} : { projectDir }),
  });
  const project = mainFolder(resolved.project);
  const { fault, ...config } = readConfigOf(resolved);
  const settings = readSettings({ env, file: paths.settingsFile, project, vault: config.values });
  return {
    resolved: fault === undefined ? resolved : { ...resolved, fault },
    settings: { ...settings, diagnostics: [...settings.diagnostics, ...config.diagnostics] },
    config,
    project,
  };
}

/** Of a vault that cannot serve nothing is read; it must not stop the settings that lead away from it. */
function readConfigOf({ place, fault }: ResolvedPlace): VaultConfig & Pick<ResolvedPlace, 'fault'> {
  const nothing: VaultConfig = { values: {}, diagnostics: [] };
  if (fault !== undefined) return { ...nothing, fault };
  try {
    return readVaultConfig(place.vaultDir);
  } catch (error) {
    return { ...nothing, fault: toMemvaultError(error) };
  }
}
