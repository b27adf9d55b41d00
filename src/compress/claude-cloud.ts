// Claude by way of a cloud: Bedrock and Vertex through the SDK's own packages, where the user has installed them.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type Anthropic from '@anthropic-ai/sdk';
import { MemvaultError } from '../model/errors.ts';
import { SETTING_TABLE } from '../system/setting-table.ts';

export type Cloud = 'bedrock' | 'vertex';

export interface CloudOptions {
  readonly cloud: Cloud;
  /** The folder whose `node_modules` holds the package. */
  readonly runtimeDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Bounded in what it follows and reads. */
  readonly fetch: typeof fetch;
}

interface CloudRow {
  readonly package: string;
  readonly client: string;
  /** The cloud's name for the model that is memvault's default. */
  readonly model: string;
  /** The variable by which the package, and Claude Code, are sent to a gateway instead. */
  readonly baseUrlVariable: string;
}

const CLOUDS: Readonly<Record<Cloud, CloudRow>> = {
  bedrock: {
    package: '@anthropic-ai/bedrock-sdk',
    client: 'AnthropicBedrock',
    model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    baseUrlVariable: 'ANTHROPIC_BEDROCK_BASE_URL',
  },
  vertex: {
    package: '@anthropic-ai/vertex-sdk',
    client: 'AnthropicVertex',
    model: 'claude-haiku-4-5@20251001',
    baseUrlVariable: 'ANTHROPIC_VERTEX_BASE_URL',
  },
};

/** What is missing before the cloud can be asked, as a sentence with the way out; undefined when nothing is. */
export function missingForCloud(options: Pick<CloudOptions, 'cloud' | 'runtimeDir' | 'env'>): string | undefined {
  const { cloud, runtimeDir, env } = options;
  const name = CLOUDS[cloud].package;
  if (!existsSync(join(runtimeDir, 'node_modules', name)))
    return `${name} is not installed: npm install --prefix ${runtimeDir} ${name}`;
  if (regionOf(cloud, env) === undefined)
    return cloud === 'bedrock' ? 'AWS_REGION is not set' : 'CLOUD_ML_REGION is not set';
  if (cloud === 'vertex' && !env['ANTHROPIC_VERTEX_PROJECT_ID']) return 'ANTHROPIC_VERTEX_PROJECT_ID is not set';
  return undefined;
}

/**
 * Where the cloud is asked: the gateway of the environment, or the cloud's own endpoint of the region. The client is told this
 * address, and people are: it is never one that the package works out by itself.
 */
export function cloudUrl(cloud: Cloud, env: CloudOptions['env']): string {
  const given = env[CLOUDS[cloud].baseUrlVariable];
  if (given) return given;
  const region = regionOf(cloud, env) ?? 'region';
  if (cloud === 'bedrock') return `https://bedrock-runtime.${region}.amazonaws.com`;
  return `https://${VERTEX_HOSTS[region] ?? `${region}-aiplatform.googleapis.com`}/v1`;
}

/** Of locations that are no single region. */
const VERTEX_HOSTS: Readonly<Record<string, string>> = {
  global: 'aiplatform.googleapis.com',
  us: 'aiplatform.us.rep.googleapis.com',
  eu: 'aiplatform.eu.rep.googleapis.com',
};

/** The model as the cloud calls it: memvault's default is translated, anything else is taken as it stands. */
export function cloudModel(cloud: Cloud, model: string): string {
  return model === SETTING_TABLE.model.default ? CLOUDS[cloud].model : model;
}

/** The client of the cloud's package. Throws `unavailable` when it is not installed or is of another make. */
export async function openCloudClient(options: CloudOptions): Promise<Pick<Anthropic, 'messages'>> {
  const row = CLOUDS[options.cloud];
  const missing = missingForCloud(options);
  if (missing !== undefined) throw new MemvaultError('unavailable', missing);
  const file = createRequire(join(options.runtimeDir, 'package.json')).resolve(row.package);
  const loaded: unknown = await import(pathToFileURL(file).href);
  const Client = findClient(loaded, row.client);
  if (Client === undefined)
    throw new MemvaultError('unavailable', `${row.package} has no ${row.client}: install a newer one`);
  const { cloud, env, timeoutMs: timeout, maxRetries } = options;
  const shared = { baseURL: cloudUrl(cloud, env), timeout, maxRetries, logLevel: 'off', fetch: options.fetch };
  return cloud === 'bedrock'
    ? new Client({ ...shared, awsRegion: regionOf('bedrock', env) })
    : new Client({ ...shared, region: regionOf('vertex', env), projectId: env['ANTHROPIC_VERTEX_PROJECT_ID'] });
}

type ClientClass = new (options: Readonly<Record<string, unknown>>) => Pick<Anthropic, 'messages'>;

/** A CommonJS module has its names on `default`. */
function findClient(loaded: unknown, name: string): ClientClass | undefined {
  for (const holder of [loaded, fieldOf(loaded, 'default')]) {
    const found = fieldOf(holder, name);
    if (typeof found === 'function') return found as unknown as ClientClass;
  }
  return undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function regionOf(cloud: Cloud, env: CloudOptions['env']): string | undefined {
  return (cloud === 'bedrock' ? env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] : env['CLOUD_ML_REGION']) || undefined;
}
