// Observations of what was decided: documents of decisions, decisions told in a reply, rules for those who work here.

import { likeness } from '../likeness.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { DecisionDocument } from './documents.ts';
import type { Phrases } from './phrases.ts';
import { factOf, sentenceOf } from './prose.ts';
import { shorten, splitSentences, withoutStop } from './sentences.ts';
import { asksToRemember } from './signals.ts';
import type { ChangeStep } from './steps.ts';
import { filesOf, isTestPath } from './story-files.ts';
import { lastStepOf, topicOf } from './story.ts';
import type { Story } from './story.ts';

/** Candidates for decisions and rules. */
export function observeDecisions(story: Story, say: Phrases): readonly Candidate[] {
  return [
    ...story.decisions.map((decision) => observeDecisionDocument(story, decision, say)),
    ...observeSaidDecisions(story, say),
    ...observeRules(story, say),
  ];
}

function observeDecisionDocument(story: Story, decision: DecisionDocument, say: Phrases): Candidate {
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
      /\b(?:keeps?|uses?|will|adds?|moves?|stores?|sends?|runs?)\b/.test(sentence) &&
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
      [say('written', { file: decision.path }), commit?.id === undefined ? undefined : say('commit', { id: commit.id })]
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
    rank: chosen === undefined ? 8 : 9,
    at: decision.step,
  });
}

/** Decisions that a reply tells outright, where no document of the turn tells them already. */
function observeSaidDecisions(story: Story, say: Phrases): readonly Candidate[] {
  const said = story.statements.filter(
    ({ signals, from, turn, text }) =>
      from === 'reply' &&
      (signals.decision === 2 || signals.rejected) &&
      text.length >= 40 &&
      !story.decisions.some((decision) => decision.turn === turn),
  );
  const [main, ...others] = said;
  if (main === undefined) return [];
  const files = filesOf(story, main.turn, said.map(({ text }) => text).join(' '));
  return [
    makeCandidate({
      type: 'decision',
      title: shorten(main.text, 118),
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
    if (ask === undefined || !asksToRemember(ask)) return [];
    const rule = withoutStop(
      ask.replace(/^[^:.]{0,60}\b(?:remember|mind|time|note|now on)\b[^:.]{0,30}:\s*/i, '').split('\n')[0] ?? '',
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
