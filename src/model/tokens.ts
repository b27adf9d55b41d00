// An estimate of tokens from text, without a tokenizer.

/**
 * Tokens of a text: one per 3.6 characters of Latin text, one per character of scripts without spaces.
 * Meant to err on the high side by up to a fifth, so that a budget holds.
 */
export function estimateTokens(text: string): number {
  let wide = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x2e80) wide++;
  return Math.ceil((text.length - wide) / 3.6 + wide);
}
