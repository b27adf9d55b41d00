// Finds text that reads like orders to an agent. It marks for a review; what keeps strangers' text out is its trust level, not this.

import { cleanText } from './clean-text.ts';

/** Why a text reads like an order. */
export type OrderMark = 'override' | 'secrecy' | 'role' | 'shell' | 'encoded' | 'data-url' | 'address' | 'hidden';

/** More of a text is not looked at. In UTF-16 units. */
const MAX_LENGTH = 64 * 1024;

/** Every quantifier is bounded: the time is linear in the text. */
const PATTERNS: Readonly<Record<Exclude<OrderMark, 'hidden'>, readonly RegExp[]>> = {
  override: [
    /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}\b(?:instructions?|prompts?|guidelines|directives|system message)\b/i,
    /\bignorier\w{0,4}\b[^.\n]{0,60}\b(?:anweisung|regel|vorgabe)/i,
    /\bignore[rz]?\b[^.\n]{0,60}\b(?:instrucciones|consignes|instructions|instruções)\b/i,
    /\b(?:new|updated|real|actual) (?:system )?(?:instructions|directive)s?\s*:/i,
  ],
  secrecy: [
    /\b(?:do not|don't|never|without)\s{1,3}(?:tell|telling|inform|informing|mention|mentioning|alert|alerting|warn|warning|notify|notifying|ask|asking)\b[^.\n]{0,40}\b(?:users?|humans?|developers?|anyone|anybody|operator)\b/i,
    /\bkeep (?:this|it) (?:secret|hidden|from the (?:user|human|developer))/i,
  ],
  role: [
    /^[ \t]{0,8}(?:#{1,6} )?(?:system|assistant|developer)(?: (?:prompt|message))?\s{0,2}:/im,
    /<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[\/?INST\]|<<\/?SYS>>/i,
    /<\/?\s{0,3}(?:system-reminder|system|function_calls|function_results|invoke|tool_use|tool_result|antml:\w{1,20}|claude-mem-context|memor(?:y|ies)(?:-\w{1,40})?|memvault(?:-\w{1,40})?)\b[^>\n]{0,80}>/i,
  ],
  shell: [
    /\b(?:curl|wget|fetch|iwr|invoke-webrequest)\b[^|\n]{0,300}\|\s{0,3}(?:sudo\s{1,3})?(?:ba|z|da|k|fi)?sh\b/i,
    /\b(?:ba|z|da)?sh\s{1,3}(?:-c\s{1,3})?["'<$(]{1,4}\s{0,3}(?:curl|wget)\b/i,
    /\bbase64\s{1,3}(?:-d|-D|--decode)\b[^\n]{0,80}\|/,
    /\beval\b[^\n]{0,20}\$\((?:curl|wget)\b/i,
  ],
  encoded: [/(?=[A-Za-z0-9+/]{0,119}[A-Z])(?=[A-Za-z0-9+/]{0,119}[a-z])(?=[A-Za-z0-9+/]{0,119}\d)[A-Za-z0-9+/]{160}/],
  'data-url': [/\bhttps?:\/\/[^\s$`{]{1,200}[?&/=](?:\$\(|\$\{|\$[A-Z_]{2,40}\b|`|\{\{)/],
  address: [
    /\b(?:you are|you're) (?:now |no longer )?(?:an? |the )?(?:AI|assistant|agent|language model|LLM|Claude)\b/i,
    /\b(?:AI|agents?|assistants?|Claude)\b,? (?:you )?(?:must|shall|are required to|has to|have to)\b[^.\n]{0,80}\b(?:run|execute|send|push|upload|post|delete|install|fetch|open|paste)\b/i,
  ],
};

/** Tag characters spell words that nobody sees; overrides make a line read otherwise than it is. */
const HIDDEN = /[\u{E0020}-\u{E007F}]{4}|[\u202D\u202E]/u;

/** The kinds of order-like text in a memory's title and text; empty for most. */
export function findOrders(text: string): readonly OrderMark[] {
  const piece = text.slice(0, MAX_LENGTH);
  const plain = cleanText(piece);
  const marks: OrderMark[] = HIDDEN.test(piece) ? ['hidden'] : [];
  for (const [mark, patterns] of Object.entries(PATTERNS) as [OrderMark, readonly RegExp[]][])
    if (patterns.some((pattern) => pattern.test(plain))) marks.push(mark);
  return marks;
}
