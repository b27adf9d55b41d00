// Observations of what was decided: documents of decisions, decisions told in a reply, rules for those who work here.

import type { KnownMemory, SessionState } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { DecisionDocument } from './documents.ts';
import { observePlans } from './observe-plans.ts';
import type { Phrases } from './phrases.ts';
import { factOf, sentenceOf } from './prose.ts';
import { capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { asksToRemember, statesHabit } from './signals.ts';
import { takesAllBack } from './steps.ts';
import type { ChangeStep } from './steps.ts';
import { filesOf, isTestPath, mentionedFiles } from './story-files.ts';
import { lastStepOf, topicOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** Candidates for decisions and rules. */
export function observeDecisions(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return [
    ...story.decisions.map((decision) => observeDecisionDocument(story, decision, state, say)),
    ...observeSaidDecisions(story, say),
    ...observeAnswers(story, say),
    ...observeAbandoned(story, say),
    ...observeTakenBack(story, state, say),
    ...observePlans(story, state, say),
    ...observeRules(story, say),
  ];
}

function observeDecisionDocument(
  story: Story,
  decision: DecisionDocument,
  state: SessionState,
  say: Phrases,
): Candidate {
  const replaced = replacedBy(decision, state);
  const commit = story.commits.find((made) => made.turn === decision.turn && made.step > decision.step);
  const key = decision.number === undefined ? 'Plain' : '';
  const name = decision.isOpen ? `openQuestion${key}` : `decision${key}`;
  const [first, ...rest] = decision.statements;
  const changes = story.steps.filter(
    (step): step is ChangeStep =>
      step.kind === 'change' && step.turn === decision.turn && step.path !== decision.path && !isTestPath(step.path),
  );
  // What was chosen stands behind what made it necessary: present tense after past tense.
  const chosen = rest.find(
    (sentence) =>
      /\b(?:keeps?|uses?|will|adds?|moves?|stores?|sends?|runs?|go|goes|lives?|becomes?|replaces?)\b/.test(sentence) &&
      !/\b(?:was|were|had)\b/.test(sentence),
  );
  return makeCandidate({
    type: 'decision',
    title: say(name, { number: decision.number ?? '', title: decision.title }).replace(/\s+/g, ' '),
    paragraphs: [
      first === undefined ? undefined : sentenceOf(first),
      decision.isOpen
        ? say('stillOpen')
        : chosen === undefined
          ? undefined
          : say('chosen', { text: sentenceOf(chosen) }),
      [
        ...replaced.map(({ title }) => say('replaces', { title })),
        say('written', { file: decision.path }),
        commit?.id === undefined ? undefined : say('commit', { id: commit.id }),
      ]
        .filter((part) => part !== undefined)
        .join(' '),
    ],
    facts: [
      ...rest
        .filter((sentence) => sentence !== chosen)
        .slice(0, 4)
        .map(factOf),
      ...decision.rejected.map((text) => say('rejected', { text })),
      ...decision.options.map((text) => say('option', { text })),
    ],
    files: [decision.path, ...changedFiles(changes)],
    supersedes: replaced.map(({ id }) => id),
    rank: chosen === undefined ? 8 : 9,
    at: decision.step,
  });
}

/** The memories of the decisions that the document replaces: they carry its number in title. */
function replacedBy(decision: DecisionDocument, state: SessionState): readonly KnownMemory[] {
  const memories = [...state.known, ...(state.related ?? [])].filter(({ type }) => type === 'decision');
  return decision.replaces.flatMap(
    (number) => memories.find(({ title }) => new RegExp(`\\b0*${Number(number)}\\b: `).test(title)) ?? [],
  );
}

/** Decisions that a reply tells outright, where no document of the turn tells them already. */
function observeSaidDecisions(story: Story, say: Phrases): readonly Candidate[] {
  const said = story.statements.filter(
    ({ signals, from, turn, text }) =>
      from === 'reply' &&
      (signals.decision === 2 || signals.rejected) &&
      !signals.abandoned &&
      text.length >= 40 &&
      !story.decisions.some((decision) => decision.turn === turn),
  );
  const [main, ...others] = said;
  if (main === undefined) return [];
  const files = filesOf(story, main.turn, said.map(({ text }) => text).join(' '));
  return [
    makeCandidate({
      type: 'decision',
      title: shorten(capitalise(main.text.replace(/^I(?:'d| would) (?=[a-z])/, '')), 118),
      paragraphs: [
        sentenceOf(main.text),
        story.asks[main.turn] === undefined
          ? undefined
          : say('problem', { text: shorten(topicOf(story.asks[main.turn] ?? ''), 140) }),
      ],
      facts: others.slice(0, 4).map(({ text }) => factOf(text)),
      files,
      rank: 5,
      at: lastStepOf(story, main.turn),
    }),
  ];
}

/** What the user chose when the agent asked: the agent's question says between what. */
function observeAnswers(story: Story, say: Phrases): readonly Candidate[] {
  return story.steps.flatMap((step, index) => {
    if (step.kind !== 'answer') return [];
    const question = withoutStop(step.question.replace(/[?？]+$/, ''));
    return [
      makeCandidate({
        type: 'decision',
        title: shorten(`${question}: ${withoutStop(step.answer)}`, 118),
        paragraphs: [say('userChose', { question: shorten(step.question, 160), text: sentenceOf(step.answer) })],
        facts: [],
        files: filesOf(story, step.turn, `${step.question} ${step.answer}`).slice(0, 4),
        rank: 7,
        at: index,
      }),
    ];
  });
}

/** What was tried and taken back, with what the reply says of it: the next one need not try it again. */
function observeAbandoned(story: Story, say: Phrases): readonly Candidate[] {
  const told = new Set<string>();
  return story.statements.flatMap((statement) => {
    if (!statement.signals.abandoned || statement.from !== 'reply' || statement.signals.left) return [];
    const around = passageOf(story, statement);
    const key = `${statement.turn} ${around[0]?.text ?? ''}`;
    const [first, ...rest] = around;
    if (first === undefined || told.has(key) || around.map(({ text }) => text).join(' ').length < 60) return [];
    told.add(key);
    return [
      makeCandidate({
        type: 'decision',
        title: say('abandoned', { text: shorten(withoutSubject(first.text), 95) }),
        // The title says the first one already.
        paragraphs: (rest.length === 0 ? around : rest).slice(0, 3).map(({ text }) => sentenceOf(text)),
        facts: [],
        files: mentionedFiles(story, around.map(({ text }) => text).join(' ')),
        rank: 8,
        at: lastStepOf(story, statement.turn),
      }),
    ];
  });
}

/** What an earlier part of the session built and nobody committed, when a later one takes everything back. */
function observeTakenBack(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
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
  return text.replace(
    /^(?:- )?(?:first,? |then,? )?(?:I|we) (?:first |then |also |initially )?(?:tried to |tried )?/i,
    '',
  );
}

/** Rules that were written into the repository's instructions, and those that the user only said. */
function observeRules(story: Story, say: Phrases): readonly Candidate[] {
  const written = story.rules.map((rule) => {
    const commit = story.commits.find((made) => made.turn === rule.turn && made.step > rule.step);
    return makeCandidate({
      type: 'convention',
      title: rule.rule.replaceAll('`', ''),
      paragraphs: [
        [say('ruleFrom', { file: rule.path }), commit?.id === undefined ? undefined : say('commit', { id: commit.id })]
          .filter((part) => part !== undefined)
          .join(' '),
      ],
      facts: [rule.rule],
      files: [rule.path],
      rank: 9,
      at: rule.step,
    });
  });
  const asked = story.asks.flatMap((ask, turn) => {
    if (ask === undefined) return [];
    if (!asksToRemember(ask)) return observeCorrection(story, ask, turn, say);
    const rule = withoutStop(
      ask
        .replace(
          /^[^:.]{0,60}\b(?:remember|mind|time|note|now on|merk dir|denk dran|souviens-toi|retiens|recuerda|lembre(?:-se)?)\b[^:.]{0,30}:\s*/i,
          '',
        )
        .split('\n')[0] ?? '',
    );
    if (rule.length < 15 || written.some((candidate) => likeness(candidate.title, rule) > 0.5)) return [];
    const [first = rule] = splitSentences(rule);
    const text = typeof first === 'string' ? first : first.text;
    return [
      makeCandidate({
        type: 'convention',
        title: shorten(text, 118),
        paragraphs: [say('ruleAsked')],
        facts: [factOf(text)],
        files: filesOf(story, turn, text),
        rank: 10,
        at: lastStepOf(story, turn),
      }),
    ];
  });
  return [...written, ...asked];
}

/** A rule that a prompt states by the way, mostly because the agent did otherwise: `No, we always use pnpm here`. */
function observeCorrection(story: Story, ask: string, turn: number, say: Phrases): readonly Candidate[] {
  const clauses = splitSentences(ask).flatMap(({ text }) =>
    text.split(/[.;!,]?\s+(?:and|but|und|aber)\s+(?=(?:we|wir|always|never|in this)\b)/i),
  );
  const rule = clauses.find(
    (text) => text.length >= 20 && text.length <= 220 && !/[?？]$/.test(text) && statesHabit(text),
  );
  if (rule === undefined) return [];
  const text = capitalise(rule.replace(/^(?:no|nope|nein|non|please|bitte|and|but)[,:.]?\s+/i, ''));
  return [
    makeCandidate({
      type: 'convention',
      title: shorten(text, 118),
      paragraphs: [say('ruleSaid')],
      facts: [],
      files: filesOf(story, turn, text).slice(0, 4),
      rank: 7,
      at: lastStepOf(story, turn),
    }),
  ];
}
