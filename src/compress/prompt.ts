// The prompt of a batch: a fixed part that can be cached, and the events under a fence.

import { createHash } from 'node:crypto';
import type { KnownMemory, SessionState, SummaryDraft } from '../model/draft.ts';
import { shortId } from '../model/memory.ts';
import type { Batch } from '../model/turn.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { estimateTokens } from '../model/tokens.ts';
import { cleanLine } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import { fitBatch } from './budget.ts';
import { INPUT_BUDGET_TOKENS } from './input-budget.ts';

/** What a compressor over the API or the command line needs of its prompt. */
export interface CompressionPrompt {
  /** The same for every batch. */
  readonly system: string;
  readonly user: string;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly strict: boolean;
  readonly input_schema: { readonly type: 'object'; readonly [key: string]: unknown };
}

/** Builds the prompt: state of the session instead of its history, events as JSON between two fence lines. */
export function buildPrompt(batch: Batch, state: SessionState, language = 'auto'): CompressionPrompt {
  const events = JSON.stringify(fitBatch(batch, INPUT_BUDGET_TOKENS)).replaceAll('<', '\\u003c');
  return {
    system: readTemplate('compress-system.md'),
    user: fillTemplate(readTemplate('compress-user.md'), {
      project: (batch.worktree ?? batch.project).split(/[/\\]/).at(-1) ?? '',
      from: batch.from,
      to: batch.to,
      close: batch.close,
      // A repository may set it: no more than a name goes through.
      language:
        language === 'auto' ? "that of the developer's prompts" : language.replace(/[^\p{L} -]/gu, '').slice(0, 30),
      known: renderKnown(state.known, MOST_KNOWN),
      related: renderKnown(state.related ?? [], MOST_RELATED),
      summary: renderState(state.summary),
      nonce: nonceOf(batch),
      // The last border before the machine is left: what the hook missed is cut here.
      events: redactText(events).text,
    }),
  };
}

/** Tokens that a batch's prompt takes at most, the tool's definition among them. */
export function estimatePrompt(batch: Batch, state: SessionState): number {
  const fixed =
    readTemplate('compress-system.md') + readTemplate('compress-user.md') + readTemplate('compress-tool.json');
  const events = Math.min(INPUT_BUDGET_TOKENS, estimateTokens(JSON.stringify(batch)));
  return estimateTokens(fixed + renderState(state.summary) + renderKnown(state.known, MOST_KNOWN)) + events;
}

export function readToolDefinition(): ToolDefinition {
  const definition: ToolDefinition = JSON.parse(readTemplate('compress-tool.json'));
  return definition;
}

/** A word that nobody who wrote the events could know: their ids are drawn later. */
export function nonceOf(batch: Batch): string {
  return createHash('sha256').update(`fence\0${batch.id}`).digest('hex').slice(0, 16);
}

/** Text from a vault, which anybody may have edited: one line, without secrets, and nothing that ends a fence. */
function dataText(text: string): string {
  return redactText(cleanLine(text)).text.replaceAll('<', '\u2039').replaceAll('>>>', '\u203a');
}

const MOST_KNOWN = 30;
const MOST_RELATED = 8;

function renderKnown(memories: readonly KnownMemory[], most: number): string {
  if (memories.length === 0) return '(none)';
  return memories
    .slice(-most)
    .map((memory) => `- ${shortId(memory.id)} ${memory.type}: ${dataText(memory.title)}`)
    .join('\n');
}

function renderState(summary: SummaryDraft | undefined): string {
  return summary === undefined ? '(none)' : dataText(JSON.stringify(summary));
}
