// Observations of what was decided: documents of decisions, decisions told in a reply, rules for those who work here.

import type { KnownMemory, SessionState } from '../../model/draft.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { DecisionDocument } from './documents.ts';
import { observeAbandoned, observeTakenBack } from './observe-abandoned.ts';
import { observePlans } from './observe-plans.ts';
import { observeRules } from './observe-rules.ts';
import type { Phrases } from './phrases.ts';
import { factOf, sentenceOf } from './prose.ts';
import { capitalise, shorten, withoutStop } from './sentences.ts';
import type { ChangeStep } from './steps.ts';
import { filesOf, isTestPath } from './story-files.ts';
import { lastStepOf, topicOf } from './story.ts';
import type { Story } from './story.ts';

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
  const ways = story.statements.filter(
    ({ turn, from, item, text }) => turn === main.turn && from === 'reply' && item && /^.{3,40} [–—-] /.test(text),
  );
  const chosen = ways[choiceIn(main.text) ?? -1];
  const files = filesOf(story, main.turn, said.map(({ text }) => text).join(' '));
  return [
    makeCandidate({
      type: 'decision',
      title: shorten(capitalise(chosen === undefined ? withoutSpeaker(main.text) : named(main.text, chosen.text)), 118),
      paragraphs: [
        sentenceOf(chosen?.text ?? main.text),
        story.asks[main.turn] === undefined
          ? undefined
          : say('problem', { text: shorten(topicOf(story.asks[main.turn] ?? ''), 140) }),
      ],
      facts: [
        chosen === undefined ? undefined : factOf(withoutSpeaker(main.text)),
        ...others.slice(0, 4).map(({ text }) => factOf(text)),
        ...ways
          .filter((way) => way !== chosen && !others.includes(way))
          .slice(0, 3)
          .map(({ text }) => say(chosen === undefined ? 'option' : 'rejected', { text: factOf(text) })),
      ],
      files,
      rank: chosen === undefined ? 5 : 8,
      at: lastStepOf(story, main.turn),
    }),
  ];
}

function withoutSpeaker(text: string): string {
  return capitalise(text.replace(/^I(?:'d| would) (?=[a-z])/, ''));
}

/** `I'd go with the first one: …` chooses the first of the ways that were laid out; counted from 0. */
function choiceIn(text: string): number | undefined {
  const found =
    /\b(?:go with|recommend|pick|choose|prefer)\s+(?:the )?(?:(first|second|third)|(?:option|way|number|variant) ([1-4A-Da-d]))\b/i.exec(
      text,
    );
  const at = 'first second third'.split(' ').indexOf(found?.[1]?.toLowerCase() ?? '');
  if (at !== -1) return at;
  const name = found?.[2]?.toLowerCase();
  return name === undefined ? undefined : (/\d/.test(name) ? Number(name) : name.charCodeAt(0) - 96) - 1;
}

/** The way by its name, with the reason that stands behind the choice. */
function named(choice: string, way: string): string {
  const name = way.split(/ [–—-] /)[0] ?? way;
  const why = /(?:: | because | since )(.{15,})$/.exec(choice)?.[1];
  return why === undefined ? name : `${name}: ${why}`;
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
