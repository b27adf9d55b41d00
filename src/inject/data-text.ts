// Text of memories as data for a model: cleaned, on one line, unable to close a fence or to pass for a tag.

import { estimateTokens } from '../model/tokens.ts';
import { cleanLine, cleanText } from '../system/clean-text.ts';

/** The same with at most so many tokens: wide characters and marks cost more than letters. */
export function dataLineWithin(text: string, max: number, tokens: number): string {
  let line = dataLine(text, max);
  for (let length = max; length > 1 && estimateTokens(line) > tokens; line = dataLine(text, length))
    length = Math.floor(length * Math.min(0.9, Math.max(0.3, tokens / estimateTokens(line))));
  return estimateTokens(line) > tokens ? '' : line;
}

/** One line of at most `max` characters. Angle brackets become ‹ ›, HTML comments go, runs of backticks shrink to one. */
export function dataLine(text: string, max: number): string {
  // A little more than is kept: what is cut anyway needs no cleaning.
  const piece = text.slice(0, max * 4 + 200);
  const inert = cleanText(piece)
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/`{2,}/g, '`');
  return cleanLine(inert, max).toWellFormed();
}
