// What is left of an injection's budget, in tokens and in characters. Lines are weighed one by one, which is never less than the whole.

import { estimateTokens } from '../model/tokens.ts';

/** The host cuts a hook's text off at 10,000 UTF-16 units; some are kept for what else the hook says. */
export const MAX_UNITS = 9500;

export interface Room {
  fits(lines: readonly string[]): boolean;
  /** Takes the lines' room when they fit. */
  take(lines: readonly string[]): boolean;
  /** A look at a share of what is left. */
  part(share: number): Room;
}

/** The room beside a text that is there in any case. */
export function openRoom(budgetTokens: number, framed: string): Room {
  return makeRoom(budgetTokens - estimateTokens(framed), MAX_UNITS - framed.length);
}

/** Tokens of lines, each with its line feed. */
export function weighTokens(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + estimateTokens(`${line}\n`), 0);
}

function makeRoom(tokens: number, units: number): Room {
  const left = { tokens, units };
  const weigh = (lines: readonly string[]): { tokens: number; units: number } => ({
    tokens: weighTokens(lines),
    units: lines.reduce((sum, line) => sum + line.length + 1, 0),
  });
  const fits = (lines: readonly string[]): boolean => {
    const weight = weigh(lines);
    return weight.tokens <= left.tokens && weight.units <= left.units;
  };
  return {
    fits,
    take(lines) {
      if (!fits(lines)) return false;
      const weight = weigh(lines);
      left.tokens -= weight.tokens;
      left.units -= weight.units;
      return true;
    },
    part: (share) => makeRoom(Math.floor(left.tokens * share), Math.floor(left.units * share)),
  };
}
