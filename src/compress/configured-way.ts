// The way that settings, account and machine allow at this moment: what a session's start has to name, without a compressor.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DataPaths } from '../system/paths.ts';
import type { SettingValues } from '../system/setting-table.ts';
import type { Destination } from './destination.ts';
import { chooseWay } from './way.ts';
import type { WayInput } from './way.ts';

interface Surroundings {
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where a session with this account would send its events; undefined when nothing leaves the machine. */
export function destinationOf(
  settings: SettingValues,
  account: WayInput['batch'],
  surroundings: Surroundings,
): Destination | undefined {
  return chooseWay(wayInput(settings, account, surroundings)).destination;
}

/** What `chooseWay` asks for, out of the settings. */
export function wayInput(settings: SettingValues, batch: WayInput['batch'], { paths, env }: Surroundings): WayInput {
  return {
    provider: settings.provider,
    offline: settings.offline,
    batch,
    settings: { apiKey: settings['api.key'], baseUrl: settings['api.baseUrl'] },
    environment: env,
    findCommand: (name) => findCommand(name, env),
    runtimeDir: paths.runtime,
  };
}

function findCommand(name: string, env: Surroundings['env']): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
