// What a call of the Messages API cost, and what its failure says: tokens, reason, and the pause that the server asks for.

import type Anthropic from '@anthropic-ai/sdk';
import { estimateTokens } from '../model/tokens.ts';
import type { Usage } from './usage.ts';

/** What went wrong, without headers, keys or the request. */
export function reasonOf(error: unknown): string {
  if (isRecord(error) && typeof error['status'] === 'number') return `status ${error['status']}`;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${cause}`.slice(0, 200) : 'unknown failure';
}

/** What a message cost; a server that counts nothing counts as zero. */
export function usageOf(message: Anthropic.Message, model: string): Usage {
  const count = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);
  const { usage } = message;
  const cacheWriteTokens = count(usage.cache_creation_input_tokens);
  const cacheReadTokens = count(usage.cache_read_input_tokens);
  return {
    calls: 1,
    inputTokens: count(usage.input_tokens) + cacheWriteTokens + cacheReadTokens,
    outputTokens: count(usage.output_tokens),
    cacheWriteTokens,
    cacheReadTokens,
    model,
  };
}

/**
 * What a call cost that gave no message: nothing when the server refused it; else it may have been worked off and charged, so
 * that its input is counted by estimate.
 */
export function lostUsage(
  error: unknown,
  request: Pick<Anthropic.MessageCreateParams, 'system' | 'messages'>,
  model: string,
): Usage {
  const isRefused = isRecord(error) && typeof error['status'] === 'number';
  const isUnreached = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(error) + String(causeCode(error)));
  const inputTokens = isRefused || isUnreached ? 0 : estimateTokens(JSON.stringify([request.system, request.messages]));
  return { calls: 1, inputTokens, outputTokens: 0, model };
}

function causeCode(error: unknown): unknown {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current.cause;
  }
  return undefined;
}

/** What the server asks for by `retry-after`, in seconds or as a date. */
export function retryAfterOf(error: unknown): { readonly retryAfterMs?: number } {
  const headers: unknown = isRecord(error) ? error['headers'] : undefined;
  const given = headers instanceof Headers ? headers.get('retry-after') : undefined;
  if (given === undefined || given === null) return {};
  const ms = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? { retryAfterMs: ms } : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
