// What tokens cost: list prices of Claude models, for an estimate; a bill may differ.

/** US dollars for a million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

/** By the family in a model's name; Bedrock and Vertex names carry it too. The newest generation of each comes first. */
const PRICES: readonly (readonly [RegExp, Price])[] = [
  [/haiku-4|haiku-[5-9]/, { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 }],
  [/3-5-haiku|haiku-3-5/, { input: 0.8, output: 4, cacheWrite: 1, cacheRead: 0.08 }],
  [/haiku/, { input: 0.25, output: 1.25, cacheWrite: 0.3, cacheRead: 0.03 }],
  [/sonnet/, { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 }],
  [/opus-4-[5-9]|opus-[5-9]/, { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 }],
  [/opus/, { input: 15, output: 75, cacheWrite: 18.75, cacheRead: 1.5 }],
];
const MILLION = 1_000_000;

export interface TokenCounts {
  /** All input tokens, cached ones among them. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens?: number;
  readonly cacheReadTokens?: number;
}

/** The estimate in US dollars; undefined for a model without a known price. */
export function estimateCost(model: string, tokens: TokenCounts): number | undefined {
  const price = PRICES.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1];
  if (price === undefined) return undefined;
  const { inputTokens, outputTokens, cacheWriteTokens = 0, cacheReadTokens = 0 } = tokens;
  const plain = Math.max(0, inputTokens - cacheWriteTokens - cacheReadTokens);
  return (
    (plain * price.input +
      outputTokens * price.output +
      cacheWriteTokens * price.cacheWrite +
      cacheReadTokens * price.cacheRead) /
    MILLION
  );
}
