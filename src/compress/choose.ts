// Makes the compressor of the way that a batch goes.

import type { Compressor, Logger } from '../model/ports.ts';
import { createApiCompressor } from './claude-api.ts';
import { cloudModel, cloudUrl, openCloudClient } from './claude-cloud.ts';
import { createCliCompressor } from './claude-cli.ts';
import type { Destination } from './destination.ts';
import { createExtractiveCompressor } from './extractive/compressor.ts';
import { chooseWay } from './way.ts';
import type { Way, WayInput } from './way.ts';

export interface ChooseInput extends Omit<WayInput, 'settings' | 'runtimeDir'> {
  readonly settings: WayInput['settings'] & {
    readonly model: string;
    readonly language?: string;
    /** Of one request. */
    readonly timeoutMs?: number;
  };
  /** memvault's private data folder. */
  readonly dataDir: string;
  /** Where packages of the user's choice are installed. */
  readonly runtimeDir?: string;
  readonly logger: Logger;
}

export interface ChosenCompressor {
  readonly compressor: Compressor;
  /** Why it is not the wanted one. */
  readonly fallbackReason?: string;
  /** Where it sends what it is given; absent for rules. */
  readonly destination?: Destination;
}

/** The compressor for a batch, by `chooseWay`. */
export function chooseCompressor(input: ChooseInput): ChosenCompressor {
  const runtimeDir = input.runtimeDir ?? input.dataDir;
  const way = chooseWay({ ...input, runtimeDir });
  const compressor = makeCompressor(way, { ...input, runtimeDir });
  if (way.by !== 'rules') return { compressor, destination: way.destination };
  return { compressor, ...(way.fallbackReason === undefined ? {} : { fallbackReason: way.fallbackReason }) };
}

function makeCompressor(way: Way, input: ChooseInput & { readonly runtimeDir: string }): Compressor {
  const { settings, environment: env, logger, dataDir, runtimeDir } = input;
  if (way.by === 'rules') return createExtractiveCompressor(settings.language);
  const spoken = settings.language === undefined ? {} : { language: settings.language };
  if (way.by === 'cli')
    return createCliCompressor({ command: way.command, model: settings.model, dataDir, logger, env, ...spoken });
  const shared = { logger, ...spoken, ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }) };
  if (way.by === 'cloud') {
    const { cloud } = way;
    return createApiCompressor({
      ...shared,
      model: cloudModel(cloud, settings.model),
      baseUrl: cloudUrl(cloud, env),
      openClient: (limits) => openCloudClient({ cloud, runtimeDir, env, ...limits }),
    });
  }
  return createApiCompressor({
    ...shared,
    model: settings.model,
    baseUrl: way.baseUrl,
    ...(way.apiKey === undefined ? {} : { apiKey: way.apiKey }),
    ...(way.authToken === undefined ? {} : { authToken: way.authToken }),
  });
}
