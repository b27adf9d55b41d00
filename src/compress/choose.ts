// Chooses who compresses a batch: by setting, by what is there, and by whose account it is.

import { createHash } from 'node:crypto';
import type { Compressor, Logger } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { createApiCompressor } from './claude-api.ts';
import { createCliCompressor } from './claude-cli.ts';
import { createExtractiveCompressor } from './extractive/compressor.ts';

export interface ChooseInput {
  readonly provider: 'auto' | 'api' | 'cli' | 'extractive';
  readonly offline: boolean;
  /** What is asked of the batch: account and endpoint of its own session. */
  readonly batch: Pick<Batch, 'account' | 'accountKind' | 'endpoint'>;
  readonly settings: {
    /** A key that the user set for compression; empty: the session's own. */
    readonly apiKey: string;
    /** Empty: the session's own endpoint. */
    readonly baseUrl: string;
    readonly model: string;
    readonly language?: string;
  };
  /** The worker's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The absolute path of a command on PATH. */
  readonly findCommand: (name: string) => string | undefined;
  /** memvault's private data folder. */
  readonly dataDir: string;
  readonly logger: Logger;
}

export interface ChosenCompressor {
  readonly compressor: Compressor;
  /** Why it is not the wanted one. */
  readonly fallbackReason?: string;
}

/**
 * The compressor for a batch. The API is used with the key in the user's settings, or with the worker's own key when the
 * batch's session had the same endpoint and key; `claude` only for a session that was logged in by subscription. Otherwise,
 * and always when offline, rules do it, and the reason is given.
 */
export function chooseCompressor(input: ChooseInput): ChosenCompressor {
  const extractive = createExtractiveCompressor();
  if (input.provider === 'extractive') return { compressor: extractive };
  if (input.offline) return { compressor: extractive, fallbackReason: 'offline is set' };
  const reasons: string[] = [];
  const ways =
    input.provider === 'auto' ? [chooseApi, chooseCli] : input.provider === 'api' ? [chooseApi] : [chooseCli];
  for (const way of ways) {
    const found = way(input);
    if (typeof found !== 'string') return { compressor: found };
    reasons.push(found);
  }
  return { compressor: extractive, fallbackReason: reasons.join('; ') };
}

/** First 16 hex of a hash over endpoint and key, as the hook writes it into each event; the key cannot be read from it. */
export function accountFingerprint(endpoint: string, key: string): string {
  return createHash('sha256').update(`${endpoint}\0${key}`).digest('hex').slice(0, 16);
}

const DEFAULT_ENDPOINT = 'https://api.anthropic.com';

function chooseApi(input: ChooseInput): Compressor | string {
  const { settings, batch, environment, logger } = input;
  const shared = {
    model: settings.model,
    logger,
    ...(settings.language === undefined ? {} : { language: settings.language }),
  };
  if (settings.apiKey !== '')
    return createApiCompressor({ ...shared, apiKey: settings.apiKey, baseUrl: settings.baseUrl || DEFAULT_ENDPOINT });
  if (settings.baseUrl !== '' && originOf(settings.baseUrl) !== batch.endpoint)
    return 'api.baseUrl is set without api.key: the key of the session is not sent to another endpoint';
  if (batch.accountKind === 'subscription') return 'the session has no API key';
  if (batch.accountKind === 'cloud') return 'the session went over a cloud provider';
  const apiKey = environment['ANTHROPIC_API_KEY'] || undefined;
  const authToken = environment['ANTHROPIC_AUTH_TOKEN'] || undefined;
  const key = batch.accountKind === 'api-key' ? apiKey : authToken;
  if (key === undefined) return "the worker does not have the session's key";
  const baseUrl = environment['ANTHROPIC_BASE_URL'] || DEFAULT_ENDPOINT;
  if (accountFingerprint(originOf(baseUrl), key) !== batch.account)
    return "the worker's account is not the session's account";
  return createApiCompressor({
    ...shared,
    ...(batch.accountKind === 'api-key' ? { apiKey: key } : { authToken: key }),
    baseUrl,
  });
}

function chooseCli(input: ChooseInput): Compressor | string {
  const { settings, batch, environment, logger, dataDir } = input;
  if (batch.accountKind !== 'subscription') return 'claude is used for subscriptions only';
  if (batch.endpoint !== DEFAULT_ENDPOINT) return 'the session was logged in at another endpoint';
  const command = input.findCommand('claude');
  if (command === undefined) return 'there is no `claude` on PATH';
  return createCliCompressor({
    command,
    model: settings.model,
    dataDir,
    logger,
    env: environment,
    ...(settings.language === undefined ? {} : { language: settings.language }),
  });
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
