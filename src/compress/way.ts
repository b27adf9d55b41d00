// Decides who compresses a batch: by setting, by what is there, and by whose account it is. Makes nothing yet.

import { sha256Hex } from '../system/digest.ts';
import type { Batch } from '../model/turn.ts';
import { cloudUrl, missingForCloud } from './claude-cloud.ts';
import type { Cloud } from './claude-cloud.ts';
import { hostOf } from './destination.ts';
import type { Destination } from './destination.ts';

export interface WayInput {
  readonly provider: 'auto' | 'api' | 'cli' | 'bedrock' | 'vertex' | 'extractive';
  readonly offline: boolean;
  /** What is asked of the batch: account and endpoint of its own session. */
  readonly batch: Pick<Batch, 'account' | 'accountKind' | 'endpoint'>;
  readonly settings: {
    /** A key that the user set for compression; empty: the session's own. */
    readonly apiKey: string;
    /** Empty: the session's own endpoint. */
    readonly baseUrl: string;
  };
  /** The worker's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The absolute path of a command on PATH. */
  readonly findCommand: (name: string) => string | undefined;
  /** Where packages of the user's choice are installed. */
  readonly runtimeDir: string;
}

/** How a batch is compressed, and where that sends it. */
export type Way =
  | {
      readonly by: 'api';
      readonly destination: Destination;
      readonly baseUrl: string;
      readonly apiKey?: string;
      readonly authToken?: string;
    }
  | { readonly by: 'cloud'; readonly destination: Destination; readonly cloud: Cloud }
  | { readonly by: 'cli'; readonly destination: Destination; readonly command: string }
  | { readonly by: 'rules'; readonly destination?: undefined; readonly fallbackReason?: string };

/**
 * The way for a batch. The API is used with the key in the user's settings, or with the worker's own key when the batch's
 * session had the same endpoint and key; `claude` only for a session that was logged in by subscription. Otherwise, and always
 * when offline, rules do it, and the reason is given.
 */
export function chooseWay(input: WayInput): Way {
  if (input.provider === 'extractive') return { by: 'rules' };
  if (input.offline) return { by: 'rules', fallbackReason: 'offline is set' };
  const reasons: string[] = [];
  for (const way of WAYS[input.provider]) {
    const found = way(input);
    if (typeof found !== 'string') return found;
    reasons.push(found);
  }
  return { by: 'rules', fallbackReason: reasons.join('; ') };
}

/** A way, or the reason why it cannot be gone. */
type Found = Way | string;

const WAYS: Readonly<Record<Exclude<WayInput['provider'], 'extractive'>, readonly ((input: WayInput) => Found)[]>> = {
  auto: [chooseApi, chooseCli],
  api: [chooseApi],
  cli: [chooseCli],
  bedrock: [(input) => chooseCloud(input, 'bedrock')],
  vertex: [(input) => chooseCloud(input, 'vertex')],
};

/** First 16 hex of a hash over endpoint and key, as the hook writes it into each event; the key cannot be read from it. */
export function accountFingerprint(endpoint: string, key: string): string {
  return sha256Hex(Buffer.from(`${endpoint}\0${key}`)).slice(0, 16);
}

const DEFAULT_ENDPOINT = 'https://api.anthropic.com';

function chooseApi({ settings, batch, environment }: WayInput): Found {
  if (settings.apiKey !== '') {
    const baseUrl = settings.baseUrl || DEFAULT_ENDPOINT;
    return {
      by: 'api',
      apiKey: settings.apiKey,
      baseUrl,
      destination: { provider: 'api', host: hostOf(baseUrl), account: 'settings' },
    };
  }
  // A server on this machine asks for no account; it gets no key of anybody's.
  if (settings.baseUrl !== '' && isOnThisMachine(settings.baseUrl))
    return {
      by: 'api',
      apiKey: 'none',
      baseUrl: settings.baseUrl,
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
    by: 'api',
    ...(batch.accountKind === 'api-key' ? { apiKey: key } : { authToken: key }),
    baseUrl,
    destination: { provider: 'api', host: hostOf(baseUrl), account: batch.accountKind },
  };
}

/** Only when the user's settings say so: the account is then the user's cloud account, whatever the session used. */
function chooseCloud({ runtimeDir, environment: env }: WayInput, cloud: Cloud): Found {
  const missing = missingForCloud({ cloud, runtimeDir, env });
  if (missing !== undefined) return missing;
  return { by: 'cloud', cloud, destination: { provider: cloud, host: hostOf(cloudUrl(cloud, env)), account: 'cloud' } };
}

function chooseCli({ batch, findCommand }: WayInput): Found {
  if (batch.accountKind !== 'subscription') return 'claude is used for subscriptions only';
  if (batch.endpoint !== DEFAULT_ENDPOINT) return 'the session was logged in at another endpoint';
  const command = findCommand('claude');
  if (command === undefined) return 'there is no `claude` on PATH';
  return {
    by: 'cli',
    command,
    destination: { provider: 'cli', host: hostOf(DEFAULT_ENDPOINT), account: 'subscription' },
  };
}

function isOnThisMachine(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
