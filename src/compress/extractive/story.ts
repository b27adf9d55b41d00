// The story of a batch: everything that rules can read from it, found once and used by all who write.

import type { Batch } from '../../model/turn.ts';
import { cleanText } from '../../system/clean-text.ts';
import { findAttempts } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { findCommits } from './commits.ts';
import type { CommitMade } from './commits.ts';
import { readCompaction } from './compaction.ts';
import type { CompactionNotes } from './compaction.ts';
import { findDecisions, findRules } from './documents.ts';
import { findPlans } from './plans.ts';
import type { Plan } from './plans.ts';
import type { DecisionDocument, WrittenRule } from './documents.ts';
import { capitalise, splitSentences, withoutStop } from './sentences.ts';
import { isSmallTalk, readSignals, withHeading } from './signals.ts';
import type { Signals } from './signals.ts';
import { readSteps } from './steps.ts';
import type { Step } from './steps.ts';

/** A sentence that the agent said, with what its words show. */
export interface Statement {
  readonly text: string;
  readonly signals: Signals;
  readonly turn: number;
  readonly from: 'reply' | 'subagent';
  readonly item: boolean;
  /** Number of the paragraph or list item of its text. */
  readonly block: number;
}

export interface Story {
  readonly batch: Batch;
  readonly steps: readonly Step[];
  readonly commits: readonly CommitMade[];
  readonly attempts: readonly Attempt[];
  readonly decisions: readonly DecisionDocument[];
  readonly rules: readonly WrittenRule[];
  readonly plans: readonly Plan[];
  readonly statements: readonly Statement[];
  readonly compactions: readonly CompactionNotes[];
  /** What the user asked, by turn; absent for commands and turns without a prompt. */
  readonly asks: readonly (string | undefined)[];
}

/** Reads a batch once. */
export function readStory(batch: Batch): Story {
  const steps = readSteps(batch);
  return {
    batch,
    steps,
    commits: findCommits(steps),
    attempts: findAttempts(steps),
    decisions: findDecisions(steps),
    rules: findRules(steps),
    plans: findPlans(steps),
    statements: batch.turns.flatMap((turn, index) => [
      ...turn.subagentReplies.flatMap((event) => readStatements(event.reply ?? '', index, 'subagent')),
      ...readStatements(turn.reply ?? '', index, 'reply'),
    ]),
    compactions: batch.compactSummaries.map(readCompaction),
    asks: batch.turns.map((turn) => readAsk(turn.prompt?.prompt)),
  };
}

/** The sentence of a prompt that tells of a symptom or a wish; questions and orders only when there is nothing else. */
export function topicOf(ask: string): string {
  const sentences = splitSentences(ask).map((sentence) => sentence.text);
  const telling =
    sentences.find((sentence) => !isOrder(sentence) && !/[?？]$/.test(sentence) && sentence.length > 15) ??
    sentences.find((sentence) => tellsSymptom(sentence) && sentence.length > 15);
  const topic = withoutStop(telling ?? sentences.find((sentence) => sentence.length > 8) ?? ask);
  return POLITE.test(topic) ? capitalise(topic.replace(POLITE, '').replace(/[?？]+$/, '')) : topic;
}

const POLITE =
  /^(?:can|could|would|will) you (?:please )?(?:(?:look into|check|find out|explain|tell me|investigate|see)\s+(?=why|how|what|where|whether))?/i;

/** Whether the prompt tells of something that goes wrong. */
export function tellsSymptom(ask: string): boolean {
  const sentences = splitSentences(ask).filter(({ text }) => !isOrder(text));
  // Behind whatever sentence `Find out why` stands, that one tells of it.
  if (ASKS_WHY.test(ask) && sentences.some(({ text }) => text.length > 15)) return true;
  return sentences.some(({ text }) =>
    /\b(?:errors?|fails?|failing|broken|crash\w*|logged out|wrong|doesn'?t|does not|don'?t|not work|can'?t|cannot|stuck|hangs?|slow|leak\w*|bug|again|exception|flaky|random(?:ly)?|missing|empty|lost|loses|no longer|nowhere|without its|takes (?:minutes|hours|ages|forever|too long)|find out why|^why (?:is|are|does|do|did)|fehler\w*|kaputt|verschwind\w*|abst[uü]rz\w*|geht nicht|erreur|plante|ne (?:marche|fonctionne)|falla|no funciona|erro|não funciona)\b/iu.test(
      text,
    ),
  );
}

const ASKS_WHY = /\b(?:find|figure|work) out why\b/i;

/** Tokens of a text that name something exactly: paths, identifiers, constants, error codes. */
export function namesIn(text: string): ReadonlySet<string> {
  const found = text.match(/[A-Za-z_$][\w$]*(?:[./:#_-][\w$]+)+|[A-Z][A-Z0-9_]{2,}|[a-z]+[A-Z]\w*|`[^`]{2,60}`/g) ?? [];
  return new Set(found.map((name) => name.replaceAll('`', '').toLowerCase()));
}

/** Place in time of what a turn's reply says: behind its last step. */
export function lastStepOf(story: Story, turn: number): number {
  return story.steps.findLastIndex((step) => step.turn === turn) + 0.5;
}

/** Whether the reply of a turn says outright why something happens. */
export function hasCause(story: Story, turn: number): boolean {
  return story.statements.some(
    (s) => s.turn === turn && s.from === 'reply' && s.signals.cause === 2 && s.signals.decision < 2,
  );
}

function readStatements(text: string, turn: number, from: Statement['from']): readonly Statement[] {
  return splitSentences(text)
    .map((sentence) => ({ ...sentence, text: capitalise(sentence.text.replace(OPENER, '')) }))
    .filter((sentence) => sentence.text.length >= 12 && !isSmallTalk(sentence.text))
    .map((sentence) => ({
      text: sentence.text,
      signals:
        sentence.heading === undefined
          ? readSignals(sentence.text)
          : withHeading(readSignals(sentence.text), sentence.heading),
      turn,
      from,
      item: sentence.item,
      block: sentence.block,
    }));
}

/** `Done: …`, `Yes, …`: the word says nothing that the rest does not. */
const OPENER = /^(?:done|yes|no|ok(?:ay)?|sure|great|perfect|fertig|erledigt|ja|nein)[:,.!]\s+(?=.{25,})/i;

/** A prompt as a person would repeat it: the arguments of a slash command, no pasted blocks. */
function readAsk(prompt: string | undefined): string | undefined {
  if (prompt === undefined) return undefined;
  const args = /<command-args>([\s\S]*?)<\/command-args>/.exec(prompt)?.[1];
  const text = cleanText(args ?? prompt.replace(/<command-[a-z]+>[\s\S]*?<\/command-[a-z]+>/g, ' '))
    .replace(/\[(?:redacted|private)[^\]]*\]/gi, ' ')
    .replace(/<([a-z-]+)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/^\/[\w:-]+\s*/, '')
    .trim();
  return /\p{L}{2}/u.test(text) ? text : undefined;
}

function isOrder(sentence: string): boolean {
  return /^(?:please |now |then |and |also |ok,? |so )*(?:find|web ?search|search|look up|fetch|write|fix|add|make|do|don't|check|tell|show|explain|run|look|implement|work on|continue|go|use|create|change|update|remove|refactor|remember|note|commit|push|test(?! (?:data|cases?|files?|suite|runs?|env|db|database|server|accounts?|coverage)\b)|try|help|let's|let us|can you|could you|install|start|stop|investigate|see|review|give|read|keep|put|set|move|rename|replace|delete)\b/i.test(
    sentence,
  );
}
