// The compressor as settings and account allow it, chosen anew for each batch, and what may be said of it.

import type { Compression, SessionState } from '../model/draft.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { VaultStatus } from '../model/status.ts';
import type { Batch } from '../model/turn.ts';
import { silentLog } from '../system/log.ts';
import type { DataPaths } from '../system/paths.ts';
import { readSettings } from '../system/settings.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { createBreaker } from './breaker.ts';
import { chooseCompressor } from './choose.ts';
import type { ChooseInput, ChosenCompressor } from './choose.ts';
import { compressBatch } from './compress-batch.ts';
import { isAnnounced } from './destination.ts';
import type { Destination } from './destination.ts';
import { createExtractiveCompressor } from './extractive/compressor.ts';
import { openLedger } from './ledger.ts';
import { meterCompressor } from './metered.ts';
import { readSpending } from './spending.ts';
import { wayInput } from './configured-way.ts';

export interface ConfiguredParts {
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What a batch's vault knows of its project. */
export interface ProjectVault {
  /** The folder that settings and ledger know it by. */
  readonly project: string;
  /** What the vault's own `vault.yaml` sets. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Compresses with what the settings of the batch's project allow at this moment; falls back to rules and says why in the log. */
export function createBatchCompressor(
  parts: ConfiguredParts,
): (batch: Batch, state: SessionState, vault: ProjectVault) => Promise<Compression> {
  const { paths, env, log, clock } = parts;
  const breaker = createBreaker();
  return async (batch, state, vault) => {
    const { project, config } = vault;
    const settings = readSettings({ env, file: paths.settingsFile, project, vault: config }).values;
    const chosen = choose(settings, batch, parts);
    const extractive = createExtractiveCompressor(settings.language);
    const compression = await withMeter(chosen, settings, project, (metered) =>
      compressBatch(batch, state, metered, extractive, { logger: log }),
    );
    const { by, fallbackReason, usage } = compression;
    log.info('compressed', {
      batch: batch.id,
      by,
      close: batch.close,
      turns: batch.turns.length,
      observations: compression.observations.length,
      ...(fallbackReason === undefined ? {} : { fallbackReason }),
      ...(usage === undefined ? {} : { usage }),
    });
    return compression;
  };

  async function withMeter<T>(
    chosen: ChosenCompressor,
    settings: SettingValues,
    project: string,
    work: (metered: ChosenCompressor) => Promise<T>,
  ): Promise<T> {
    if (chosen.destination === undefined) return work(chosen);
    const ledger = openLedger(paths.ledgerFile);
    try {
      const { announcedFile, callLock } = paths;
      const meter = {
        ledger,
        breaker,
        clock,
        log,
        project,
        announcedFile,
        callLock,
        dailyInputTokens: settings['compress.dailyInputTokens'],
      };
      return await work({ ...chosen, compressor: meterCompressor(chosen.compressor, chosen.destination, meter) });
    } finally {
      ledger.close();
    }
  }
}

/** What `memvault status` says: who compresses, with which model, the only host that anything is sent to, and what was spent. */
export function describeCompression(
  settings: SettingValues,
  account: ChooseInput['batch'],
  parts: Pick<ConfiguredParts, 'paths' | 'env' | 'clock'>,
): VaultStatus['compression'] {
  const { destination, fallbackReason } = choose(settings, account, { ...parts, log: silentLog });
  const spending = readSpending(settings, parts);
  if (destination === undefined)
    return {
      provider: 'by rules',
      offline: settings.offline,
      ...(fallbackReason === undefined || settings.offline ? {} : { reason: fallbackReason }),
      spending,
    };
  return {
    provider: PROVIDERS[destination.provider],
    model: settings.model,
    endpoint: destination.host,
    account: destination.account,
    isAnnounced: isAnnounced(parts.paths.announcedFile, destination),
    offline: false,
    spending,
  };
}

const PROVIDERS: Readonly<Record<Destination['provider'], string>> = {
  api: 'Claude API',
  cli: 'your claude command',
  bedrock: 'Claude on Bedrock',
  vertex: 'Claude on Vertex',
};

function choose(
  settings: SettingValues,
  batch: ChooseInput['batch'],
  { paths, env, log }: Pick<ConfiguredParts, 'paths' | 'env' | 'log'>,
): ChosenCompressor {
  const input = wayInput(settings, batch, { paths, env });
  return chooseCompressor({
    ...input,
    settings: {
      ...input.settings,
      model: settings.model,
      language: settings.language,
      timeoutMs: settings['api.timeoutSeconds'] * 1000,
    },
    dataDir: paths.home,
    logger: log,
  });
}
