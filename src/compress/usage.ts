// What calls of a model cost in tokens, as errors and compressions carry it.

import type { Compression } from '../model/draft.ts';

export type Usage = NonNullable<Compression['usage']>;

/** The usage in a value of unknown making, such as an error's data. */
export function readUsage(value: unknown): Usage | undefined {
  return typeof value === 'object' && value !== null && 'calls' in value && 'inputTokens' in value
    ? (value as Usage)
    : undefined;
}

/** Both together; the model is that of the later one. */
export function addUsage(before: Usage | undefined, after: Usage): Usage {
  return {
    calls: (before?.calls ?? 0) + after.calls,
    inputTokens: (before?.inputTokens ?? 0) + after.inputTokens,
    outputTokens: (before?.outputTokens ?? 0) + after.outputTokens,
    cacheWriteTokens: (before?.cacheWriteTokens ?? 0) + (after.cacheWriteTokens ?? 0),
    cacheReadTokens: (before?.cacheReadTokens ?? 0) + (after.cacheReadTokens ?? 0),
    model: after.model,
  };
}
