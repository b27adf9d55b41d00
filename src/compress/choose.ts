// Chooses who compresses a batch: by setting, by what is there, and by whose account it is.

import { createHash } from 'node:crypto';
import type { Compressor, Logger } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { createApiCompressor } from './claude-api.ts';
import { cloudHost, cloudModel, missingForCloud, openCloudClient } from './claude-cloud.ts';
import type { Cloud } from './claude-cloud.ts';
import { createCliCompressor } from './claude-cli.ts';
import { hostOf } from './destination.ts';
import type { Destination } from './destination.ts';
import { createExtractiveCompressor } from './extractive/compressor.ts';

export interface ChooseInput {
  readonly provider: 'auto' | 'api' | 'cli' | 'bedrock' | 'vertex' | 'extractive';
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
    /** Of one request. */
    readonly timeoutMs?: number;
  };
  /** The worker's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The absolute path of a command on PATH. */
  readonly findCommand: (name: string) => string | undefined;
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

/**
 * The compressor for a batch. The API is used with the key in the user's settings, or with the worker's own key when the
 * batch's session had the same endpoint and key; `claude` only for a session that was logged in by subscription. Otherwise,
 * and always when offline, rules do it, and the reason is given.
 */
export function chooseCompressor(input: ChooseInput): ChosenCompressor {
  const extractive = createExtractiveCompressor(input.settings.language);
  if (input.provider === 'extractive') return { compressor: extractive };
  if (input.offline) return { compressor: extractive, fallbackReason: 'offline is set' };
  const reasons: string[] = [];
  for (const way of WAYS[input.provider]) {
    const found = way(input);
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  return { compressor: extractive, fallbackReason: reasons.join('; ') };
}

type Way = (input: ChooseInput) => ChosenCompressor | string;

const WAYS: Readonly<Record<Exclude<ChooseInput['provider'], 'extractive'>, readonly Way[]>> = {
  auto: [chooseApi, chooseCli],
  api: [chooseApi],
  cli: [chooseCli],
  bedrock: [(input) => chooseCloud(input, 'bedrock')],
  vertex: [(input) => chooseCloud(input, 'vertex')],
};

/** First 16 hex of a hash over endpoint and key, as the hook writes it into each event; the key cannot be read from it. */
export function accountFingerprint(endpoint: string, key: string): string {
  return createHash('sha256').update(`${endpoint}\0${key}`).digest('hex').slice(0, 16);
}

const DEFAULT_ENDPOINT = 'https://api.anthropic.com';

function chooseApi(input: ChooseInput): ChosenCompressor | string {
  const { settings, batch, environment, logger } = input;
  const shared = {
    model: settings.model,
    logger,
    ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
    ...(settings.language === undefined ? {} : { language: settings.language }),
  };
  if (settings.apiKey !== '') {
    const baseUrl = settings.baseUrl || DEFAULT_ENDPOINT;
    return {
      compressor: createApiCompressor({ ...shared, apiKey: settings.apiKey, baseUrl }),
      destination: { provider: 'api', host: hostOf(baseUrl), account: 'settings' },
    };
  }
  // A server on this machine asks for no account; it gets no key of anybody's.
  if (settings.baseUrl !== '' && isOnThisMachine(settings.baseUrl))
    return {
      compressor: createApiCompressor({ ...shared, apiKey: 'none', baseUrl: settings.baseUrl }),
      destination: { provider: 'api', host: hostOf(settings.baseUrl), account: 'none' },
    };
  if (settings.baseUrl !== '' && originOf(settings.baseUrl) !== batch.endpoint)
    return 'api.baseUrl is set without api.key: the key of the session is not sent to another endpoint';
  if (batch.accountKind === 'subscription') return 'the session has no API key';
  if (batch.accountKind === 'cloud')
    return 'the session went over a cloud provider: set `provider` to bedrock or vertex to use it';
  const apiKey = environment['ANTHROPIC_API_KEY'] || undefined;
  const authToken = environment['ANTHROPIC_AUTH_TOKEN'] || undefined;
  const key = batch.accountKind === 'api-key' ? apiKey : authToken;
  if (key === undefined) return "the worker does not have the session's key";
  const baseUrl = environment['ANTHROPIC_BASE_URL'] || DEFAULT_ENDPOINT;
  if (accountFingerprint(originOf(baseUrl), key) !== batch.account)
    return "the worker's account is not the session's account";
  return {
    compressor: createApiCompressor({
      ...shared,
      ...(batch.accountKind === 'api-key' ? { apiKey: key } : { authToken: key }),
      baseUrl,
    }),
    destination: { provider: 'api', host: hostOf(baseUrl), account: batch.accountKind },
  };
}

/** Only when the user's settings say so: the account is then the user's cloud account, whatever the session used. */
function chooseCloud(input: ChooseInput, cloud: Cloud): ChosenCompressor | string {
  const { settings, environment: env, logger } = input;
  const runtimeDir = input.runtimeDir ?? input.dataDir;
  const missing = missingForCloud({ cloud, runtimeDir, env });
  if (missing !== undefined) return missing;
  const host = cloudHost(cloud, env);
  return {
    compressor: createApiCompressor({
      model: cloudModel(cloud, settings.model),
      logger,
      baseUrl: `https://${host}`,
      ...(settings.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }),
      openClient: (limits) => openCloudClient({ cloud, runtimeDir, env, ...limits }),
      ...(settings.language === undefined ? {} : { language: settings.language }),
    }),
    destination: { provider: cloud, host, account: 'cloud' },
  };
}

function isOnThisMachine(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

function chooseCli(input: ChooseInput): ChosenCompressor | string {
  const { settings, batch, environment, logger, dataDir } = input;
  if (batch.accountKind !== 'subscription') return 'claude is used for subscriptions only';
  if (batch.endpoint !== DEFAULT_ENDPOINT) return 'the session was logged in at another endpoint';
  const command = input.findCommand('claude');
  if (command === undefined) return 'there is no `claude` on PATH';
  return {
    compressor: createCliCompressor({
      command,
      model: settings.model,
      dataDir,
      logger,
      env: environment,
      ...(settings.language === undefined ? {} : { language: settings.language }),
    }),
    destination: { provider: 'cli', host: hostOf(DEFAULT_ENDPOINT), account: 'subscription' },
  };
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
