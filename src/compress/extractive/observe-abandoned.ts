// Observations of ways that were given up: tried and taken out again, or built and taken back as a whole.

import type { SessionState } from '../../model/draft.ts';
import { makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { Phrases } from './phrases.ts';
import { sentenceOf } from './prose.ts';
import { shorten } from './sentences.ts';
import { takesAllBack } from './steps.ts';
import { mentionedFiles } from './story-files.ts';
import { lastStepOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** What was tried and taken back, with what the reply says of it: the next one need not try it again. */
export function observeAbandoned(story: Story, say: Phrases): readonly Candidate[] {
  const told = new Set<string>();
  return story.statements.flatMap((statement) => {
    if (!statement.signals.abandoned || statement.from !== 'reply' || statement.signals.left) return [];
    const around = passageOf(story, statement);
    const key = `${statement.turn} ${around[0]?.text ?? ''}`;
    const first = subjectOf(statement, around);
    // Why the fault was there is told with its mend.
    const rest = around.filter((other) => other !== first && (other === statement || other.signals.cause < 2));
    if (first === undefined || told.has(key) || around.map(({ text }) => text).join(' ').length < 60) return [];
    told.add(key);
    return [
      makeCandidate({
        type: 'decision',
        title: say('abandoned', { text: shorten(withoutSubject(first.text), LONGEST_HEAD) }),
        // The title says a short first one already.
        paragraphs: (rest.length === 0 ? around : first.text.length > LONGEST_HEAD ? [first, ...rest] : rest)
          .slice(0, 3)
          .map(({ text }) => sentenceOf(text)),
        facts: [],
        files: mentionedFiles(story, around.map(({ text }) => text).join(' ')),
        rank: 8,
        at: lastStepOf(story, statement.turn),
      }),
    ];
  });
}

/** What an earlier part of the session built and nobody committed, when a later one takes everything back. */
export function observeTakenBack(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  const at = story.steps.findLastIndex(
    (step) => step.kind === 'command' && step.outcome !== 'failed' && takesAllBack(step.command),
  );
  const step = story.steps[at];
  if (step === undefined || story.steps.slice(at).some(({ kind }) => kind === 'change')) return [];
  const before = state.known.findLast(({ type }) => type === 'change' || type === 'feature' || type === 'refactor');
  if (before === undefined || /\b[0-9a-f]{7,40}\b/.test(before.gist ?? '')) return [];
  const ask = story.asks[step.turn];
  return [
    makeCandidate({
      type: 'decision',
      title: shorten(say('takenBack', { title: before.title }), 118),
      paragraphs: [ask === undefined ? undefined : sentenceOf(ask)],
      facts: [],
      files: [],
      supersedes: [before.id],
      rank: 8,
      at,
    }),
  ];
}

/** What is longer is cut in the title. */
const LONGEST_HEAD = 95;

/** The sentence that says what was tried: the one that tells its end, or the one that this refers to. */
function subjectOf(statement: Statement, around: readonly Statement[]): Statement | undefined {
  let at = around.indexOf(statement);
  while (at > 0 && REFERS.test(around[at]?.text ?? '')) at--;
  return around[at];
}

/** A list item as a whole; in a paragraph the sentence with those that it refers to or that refer to it. */
function passageOf(story: Story, statement: Statement): readonly Statement[] {
  const block = story.statements.filter(
    (other) => other.turn === statement.turn && other.from === 'reply' && other.block === statement.block,
  );
  if (statement.item || block.length <= 3) return block;
  let from = block.indexOf(statement);
  let to = from;
  while (from > 0 && REFERS.test(block[from]?.text ?? '')) from--;
  while (to + 1 < block.length && REFERS.test(block[to + 1]?.text ?? '')) to++;
  return block.slice(from, to + 1);
}

const REFERS =
  /^(?:that|this|it|they|so|das|dies|es|deshalb|cela|ça|eso|esto|isso)\b|^I (?:took|backed|reverted|rolled)\b/iu;

/** `I first moved …` says the same as a heading without its first words. */
function withoutSubject(text: string): string {
  return text
    .replace(/^not worth (?:it|the \w+)[:,.;]\s+/i, '')
    .replace(/^(?:- )?(?:first,? |then,? )?(?:I|we) (?:first |then |also |initially )?(?:tried to |tried )?/i, '');
}
