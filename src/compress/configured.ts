// The compressor as settings and account allow it, chosen anew for each batch, and what may be said of it.

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Compression, SessionState } from '../model/draft.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { Spent, VaultStatus } from '../model/status.ts';
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
import { localDay, openLedger } from './ledger.ts';
import { meterCompressor } from './metered.ts';
import { estimateCost } from './prices.ts';
import { INPUT_BUDGET_TOKENS } from './prompt.ts';

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

/** Where a session with this account would send its events; undefined when nothing leaves the machine. */
export function destinationOf(
  settings: SettingValues,
  account: ChooseInput['batch'],
  parts: Pick<ConfiguredParts, 'paths' | 'env'>,
): Destination | undefined {
  return choose(settings, account, { ...parts, log: silentLog }).destination;
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

const NOTHING: Spent = { calls: 0, inputTokens: 0, outputTokens: 0, dollars: 0, unpriced: 0 };

/** What was spent today and this month, and whether the day's cap leaves no room for one more batch. */
export function readSpending(
  settings: SettingValues,
  { paths, clock }: Pick<ConfiguredParts, 'paths' | 'clock'>,
): NonNullable<VaultStatus['compression']['spending']> {
  const dailyInputTokens = settings['compress.dailyInputTokens'];
  const capDollars = estimateCost(settings.model, { inputTokens: dailyInputTokens, outputTokens: 0 });
  const cap = { dailyInputTokens, ...(capDollars === undefined ? {} : { capDollars }) };
  // Looking makes no file.
  if (!existsSync(paths.ledgerFile)) return { today: NOTHING, month: NOTHING, ...cap, isCapReached: false };
  const ledger = openLedger(paths.ledgerFile);
  try {
    const today = localDay(clock.now());
    const spent = ledger.totals({ from: today, to: today });
    return {
      today: spent,
      month: ledger.totals({ from: `${today.slice(0, 7)}-01`, to: today }),
      ...cap,
      isCapReached: spent.inputTokens + INPUT_BUDGET_TOKENS > dailyInputTokens,
    };
  } finally {
    ledger.close();
  }
}

function choose(
  settings: SettingValues,
  batch: ChooseInput['batch'],
  { paths, env, log }: Pick<ConfiguredParts, 'paths' | 'env' | 'log'>,
): ChosenCompressor {
  return chooseCompressor({
    provider: settings.provider,
    offline: settings.offline,
    batch,
    settings: {
      apiKey: settings['api.key'],
      baseUrl: settings['api.baseUrl'],
      model: settings.model,
      language: settings.language,
      timeoutMs: settings['api.timeoutSeconds'] * 1000,
    },
    environment: env,
    findCommand: (name) => findCommand(name, env),
    dataDir: paths.home,
    runtimeDir: paths.runtime,
    logger: log,
  });
}

function findCommand(name: string, env: ConfiguredParts['env']): string | undefined {
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
