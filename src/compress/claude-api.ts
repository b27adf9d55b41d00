// The compressor over the Claude API: one forced tool with a strict schema, one repair try, nothing else.

import type Anthropic from '@anthropic-ai/sdk';
import type { Compression, SessionState } from '../model/draft.ts';
import { MemvaultError } from '../model/errors.ts';
import type { Compressor, Logger } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { readAnswer } from './answer.ts';
import { lostUsage, reasonOf, retryAfterOf, usageOf } from './api-usage.ts';
import type { Answer } from './answer.ts';
import { addUsage } from './usage.ts';
import type { Usage } from './usage.ts';
import { buildPrompt, readToolDefinition } from './prompt.ts';

export interface ApiCompressorOptions {
  readonly apiKey?: string;
  /** A bearer token, instead of a key. */
  readonly authToken?: string;
  /** Any Anthropic-compatible endpoint; https, unless it is on this machine. */
  readonly baseUrl: string;
  readonly model: string;
  readonly logger: Logger;
  /** Of one request; 60 s when left out. */
  readonly timeoutMs?: number;
  /** After failures that may pass; 2 when left out. */
  readonly maxRetries?: number;
  /** Language of the memories; `auto` follows the prompts. */
  readonly language?: string;
  /** Another client of the same interface, such as a cloud's; key and address are then its own business. */
  readonly openClient?: (limits: ClientLimits) => Promise<Client>;
}

type Client = Pick<Anthropic, 'messages'>;

export interface ClientLimits {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Follows no redirect and reads no more than a sane answer. */
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 60_000;
const MAX_RETRIES = 2;
/** The whole of a batch, with retries, waits and the repair try, takes no longer than so many requests. */
const DEADLINE_REQUESTS = 4;
const DEADLINE_SLACK_MS = 5_000;
const MAX_OUTPUT_TOKENS = 4000;
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

/**
 * Compresses over the Messages API. Throws `unavailable` when the endpoint cannot be reached or refuses, `invalid_input` when
 * the answer does not fit after one repair try, `invalid_config` for an endpoint that keys must not go to.
 */
export function createApiCompressor(options: ApiCompressorOptions): Compressor {
  return {
    name: 'api',
    async compress(batch, state, signal) {
      if (batch.turns.length === 0 && batch.compactSummaries.length === 0) return { observations: [], by: 'api' };
      const client = await openClient(options);
      const deadline = AbortSignal.timeout((options.timeoutMs ?? TIMEOUT_MS) * DEADLINE_REQUESTS + DEADLINE_SLACK_MS);
      return askAndRepair(
        client,
        options,
        batch,
        state,
        signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      );
    },
  };
}

/** Whether a key may be sent to this address: over TLS, or to this machine itself. */
export function isSafeEndpoint(baseUrl: string): boolean {
  try {
    const url = new URL(baseUrl);
    return url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  } catch {
    return false;
  }
}

async function openClient(options: ApiCompressorOptions): Promise<Client> {
  const limits = {
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    maxRetries: options.maxRetries ?? MAX_RETRIES,
    fetch: fetchBounded,
  };
  if (!isSafeEndpoint(options.baseUrl))
    throw new MemvaultError('invalid_config', `no key is sent to ${shownUrl(options.baseUrl)}: not https`, {
      hint: 'Set `api.baseUrl` (or the base URL of your cloud) to an https address, or to one on this machine.',
    });
  if (options.openClient !== undefined) return options.openClient(limits);
  // Loaded only when a batch really goes out: most starts of the worker never need it.
  const { default: SdkClient } = await import('@anthropic-ai/sdk');
  return new SdkClient({
    // Explicit nulls: nothing may come from the environment or from profiles on disk but what was chosen for this batch.
    apiKey: options.apiKey ?? null,
    authToken: options.apiKey === undefined ? (options.authToken ?? null) : null,
    baseURL: options.baseUrl,
    timeout: limits.timeoutMs,
    maxRetries: limits.maxRetries,
    logLevel: 'off',
    openTelemetry: false,
    fetch: fetchBounded,
  });
}

type Request = Anthropic.MessageCreateParamsNonStreaming;

async function askAndRepair(
  client: Client,
  options: ApiCompressorOptions,
  batch: Batch,
  state: SessionState,
  signal: AbortSignal,
): Promise<Compression> {
  const request = buildRequest(batch, state, options);
  const first = await ask(client, request, options, signal);
  let usage = usageOf(first, options.model);
  let answer = readMessage(first, batch, state);
  if (!answer.ok) {
    options.logger.warn('the answer does not fit, asking once more', { batch: batch.id, problem: answer.problem });
    const second = await ask(client, repairRequest(request, first, answer.problem), options, signal, usage);
    usage = addUsage(usage, usageOf(second, options.model));
    answer = readMessage(second, batch, state);
  }
  if (!answer.ok)
    throw new MemvaultError('invalid_input', `the model's answer does not fit the schema: ${answer.problem}`, {
      data: { usage },
    });
  const { observations, summary } = answer;
  return { observations, ...(summary === undefined ? {} : { summary }), by: 'api', usage };
}

function buildRequest(batch: Batch, state: SessionState, options: ApiCompressorOptions): Request {
  const prompt = buildPrompt(batch, state, options.language);
  const tool = readToolDefinition();
  return {
    model: options.model,
    max_tokens: MAX_OUTPUT_TOKENS,
    // The fixed part is first and marked: the provider keeps it and charges it once.
    system: [{ type: 'text', text: prompt.system, cache_control: { type: 'ephemeral' } }],
    tools: [tool],
    tool_choice: { type: 'tool', name: tool.name },
    messages: [{ role: 'user', content: prompt.user }],
  };
}

/** The same conversation with the answer that did not fit and what is wrong with it. */
function repairRequest(request: Request, message: Anthropic.Message, problem: string): Request {
  const text = fillTemplate(readTemplate('compress-repair.md'), { problem });
  const call = message.content.find((block) => block.type === 'tool_use');
  const said = message.content.filter((block) => block.type === 'text' && block.text.trim() !== '');
  const content: Anthropic.ContentBlockParam[] =
    call === undefined
      ? [{ type: 'text', text }]
      : [{ type: 'tool_result', tool_use_id: call.id, is_error: true, content: text }];
  const answered: Anthropic.MessageParam[] =
    call === undefined && said.length === 0 ? [] : [{ role: 'assistant', content: call === undefined ? said : [call] }];
  return { ...request, messages: [...request.messages, ...answered, { role: 'user', content }] };
}

function readMessage(message: Anthropic.Message, batch: Batch, state: SessionState): Answer {
  const call = message.content.find((block) => block.type === 'tool_use');
  if (call === undefined) return { ok: false, problem: 'no call of record_memories' };
  if (message.stop_reason === 'max_tokens') return { ok: false, problem: 'it was cut for length; record less' };
  return readAnswer(call.input, batch, state);
}

async function ask(
  client: Client,
  request: Request,
  options: ApiCompressorOptions,
  signal: AbortSignal,
  before?: Usage,
): Promise<Anthropic.Message> {
  try {
    const message: unknown = await client.messages.create(request, { signal });
    if (!isMessage(message)) throw new TypeError('the answer is no message');
    return message;
  } catch (error) {
    if (isStrictRefused(error, request)) return ask(client, withoutStrict(request), options, signal, before);
    throw new MemvaultError(
      'unavailable',
      `the Claude API at ${shownUrl(options.baseUrl)} did not answer: ${reasonOf(error)}`,
      {
        hint: 'Run `memvault doctor` to see endpoint, model and account.',
        data: { usage: addUsage(before, lostUsage(error, request, options.model)), ...retryAfterOf(error) },
      },
    );
  }
}

/** Gateways and older models may not know strict tools; the answer is checked here all the same. */
function isStrictRefused(error: unknown, request: Request): boolean {
  const isStrict = request.tools?.some((tool) => 'strict' in tool && tool.strict) ?? false;
  return (
    isStrict &&
    isRecord(error) &&
    error['status'] === 400 &&
    /strict|additionalProperties|schema|extra (?:inputs|fields)/i.test(String(error['message']))
  );
}

function withoutStrict(request: Request): Request {
  const { name, description, input_schema } = readToolDefinition();
  return { ...request, tools: [{ name, description, input_schema }] };
}

function isMessage(value: unknown): value is Anthropic.Message {
  return isRecord(value) && Array.isArray(value['content']) && isRecord(value['usage']);
}

/** A `fetch` that follows no redirect (the key would go along) and reads no more than a sane answer. */
async function fetchBounded(url: string | URL | Request_, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) throw new MemvaultError('unavailable', 'the answer is too long');
    chunks.push(chunk);
  }
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(response.status === 204 ? null : Buffer.concat(chunks), {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

type Request_ = globalThis.Request;

function shownUrl(baseUrl: string): string {
  try {
    return new URL(baseUrl).origin;
  } catch {
    return 'an address that cannot be read';
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
