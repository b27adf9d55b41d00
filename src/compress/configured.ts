// The compressor as settings and account allow it, chosen anew for each batch.

import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Compression, SessionState } from '../model/draft.ts';
import type { Logger } from '../model/ports.ts';
import type { VaultStatus } from '../model/status.ts';
import type { Batch } from '../model/turn.ts';
import type { DataPaths } from '../system/paths.ts';
import { findProject, mainFolder } from '../system/project.ts';
import { readSettings } from '../system/settings.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { chooseCompressor } from './choose.ts';
import { compressBatch } from './compress-batch.ts';
import { createExtractiveCompressor } from './extractive/compressor.ts';

export interface ConfiguredParts {
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** Compresses with what the settings of the batch's project allow at this moment; falls back to rules and says why in the log. */
export function createBatchCompressor(
  parts: ConfiguredParts,
): (batch: Batch, state: SessionState) => Promise<Compression> {
  const { paths, env, log } = parts;
  return async (batch, state) => {
    const bounds = { home: env['HOME'] || homedir(), dataDir: paths.dataDir };
    const project = mainFolder(findProject(batch.worktree ?? batch.project, bounds));
    const settings = readSettings({ env, file: paths.settingsFile, project }).values;
    const chosen = chooseCompressor({
      provider: settings.provider,
      offline: settings.offline,
      batch,
      settings: { apiKey: settings['api.key'], baseUrl: settings['api.baseUrl'], model: settings.model },
      environment: env,
      findCommand: (name) => findCommand(name, env),
      dataDir: paths.home,
      logger: log,
    });
    const compression = await compressBatch(batch, state, chosen, createExtractiveCompressor(), { logger: log });
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
}

/** What `memvault status` says: who would compress, with which model, and the only host that anything would be sent to. */
export function describeCompression(settings: SettingValues, env: ConfiguredParts['env']): VaultStatus['compression'] {
  const rules = { provider: 'by rules', offline: settings.offline };
  if (settings.offline || settings.provider === 'extractive') return rules;
  const hasKey = settings['api.key'] !== '' || Boolean(env['ANTHROPIC_API_KEY'] ?? env['ANTHROPIC_AUTH_TOKEN']);
  const endpoint = originOf(settings['api.baseUrl'] || env['ANTHROPIC_BASE_URL'] || DEFAULT_ENDPOINT);
  if (settings.provider === 'api' || (settings.provider === 'auto' && hasKey))
    return { provider: 'Claude API', model: settings.model, endpoint, offline: false };
  if (settings.provider === 'cli' || findCommand('claude', env) !== undefined)
    return { provider: 'your claude command', model: settings.model, endpoint: DEFAULT_ENDPOINT, offline: false };
  return rules;
}

const DEFAULT_ENDPOINT = 'https://api.anthropic.com';

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
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
