// Observations of what was found out: why something happens, and answers to questions.

import { changedFiles, makeCandidate } from './candidate.ts';
import { causeTitle } from './cause-title.ts';
import { isChore } from './commits.ts';
import type { CommitMade } from './commits.ts';
import type { Candidate } from './candidate.ts';
import { listNames } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { causeLine, factOf, sentenceOf } from './prose.ts';
import { shorten, splitSentences, withoutStop } from './sentences.ts';
import { readSignals } from './signals.ts';
import type { ChangeStep } from './steps.ts';
import { filesOf, isTestPath, lookedAt } from './story-files.ts';
import { hasCause, lastStepOf, namesIn, tellsSymptom, topicOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** For each turn the cause that it found, else the answer that it gave. */
export function observeFindings(story: Story, say: Phrases): readonly Candidate[] {
  return story.asks.flatMap(
    (_, turn) => observeCause(story, turn, say) ?? observeAnswer(story, turn) ?? observeLookup(story, turn, say) ?? [],
  );
}

/** A turn that found why something happens, and mended it perhaps, without a commit that tells it. */
function observeCause(story: Story, turn: number, say: Phrases): Candidate | undefined {
  const tellsMore = (commit: CommitMade): boolean => !isChore(commit) && !isNoteCommit(story, commit.step);
  if (story.commits.some((commit) => commit.turn === turn && tellsMore(commit))) return undefined;
  const said = story.statements.filter((statement) => statement.turn === turn && statement.from === 'reply');
  // The reason of a choice is no cause of a fault.
  const causes = said.filter(({ signals }) => signals.cause > 0 && signals.decision < 2 && !signals.abandoned);
  const ask = story.asks[turn];
  const strength = causes.reduce((sum, { signals }) => sum + signals.cause, 0);
  const main = causes.find(({ signals }) => signals.cause === 2) ?? causes[0];
  if (main === undefined || strength < 2 - (ask !== undefined && tellsSymptom(ask) ? 1 : 0)) return undefined;
  const others = said.filter(
    (statement) => statement !== main && !signalsOnlyState(statement) && !statement.signals.rule,
  );
  // What must always be so is worth a line of its own: other sessions may tell it too.
  const rules = said.filter((statement) => statement !== main && statement.signals.rule);
  const mended = story.steps.filter(
    (step): step is ChangeStep => step.kind === 'change' && step.turn === turn && !isTestPath(step.path),
  );
  const isMended = mended.length > 0 && story.batch.turns[turn]?.end === 'stop' && !said.some(tellsOpen);
  const helped = story.statements.filter((statement) => statement.turn === turn && statement.from === 'subagent');
  const text = [...said, ...helped].map((statement) => statement.text).join(' ');
  const files = [...new Set([...filesOf(story, turn, text), ...lookedAt(story, turn)])].slice(0, 5);
  const failing = story.attempts.find((attempt) => attempt.turn === turn && attempt.passedAt === undefined);
  const answer = answerTo(ask, said[0]?.text);
  return makeCandidate({
    type: isMended && ask !== undefined && tellsSymptom(ask) ? 'bugfix' : 'discovery',
    title: causeTitle(main.text, ask),
    paragraphs: [
      causeLine(main.text, say),
      others[0] === undefined ? undefined : say('detail', { text: sentenceOf(others[0].text) }),
      isMended ? say('changedIn', { files: listNames(changedFiles(mended), 4, say) }) : undefined,
    ],
    facts: [
      answer === undefined ? undefined : say('answer', answer),
      ...rules.slice(0, 2).map((statement) => factOf(statement.text)),
      ...others.slice(1, 4).map((statement) => factOf(statement.text)),
      ...helped.slice(0, 2).map((statement) => factOf(statement.text)),
      failing === undefined ? undefined : say('failsNow', { name: failing.failures.at(-1)?.error ?? failing.command }),
    ],
    files,
    rank: 7,
    at: lastStepOf(story, turn),
  });
}

/** A question of the prompt and the short answer that the reply begins with. */
function answerTo(ask: string | undefined, first: string | undefined): { question: string; text: string } | undefined {
  const question = splitSentences(ask ?? '').find(({ text }) => /[?？]$/.test(text))?.text;
  if (question === undefined || first === undefined || first.length > 60) return undefined;
  return { question: shorten(question, 100), text: withoutStop(first) };
}

/** A question that was answered by looking, where nothing was changed. */
function observeAnswer(story: Story, turn: number): Candidate | undefined {
  const ask = story.asks[turn];
  const inTurn = story.steps.filter((step) => step.turn === turn);
  const looked = inTurn.filter((step) => step.kind === 'look' || step.kind === 'command');
  if (ask === undefined || looked.length < 2 || inTurn.some((step) => step.kind === 'change')) return undefined;
  if (hasCause(story, turn) || story.commits.some((commit) => commit.turn === turn)) return undefined;
  if (story.attempts.some((attempt) => attempt.turn === turn && attempt.passedAt === undefined)) return undefined;
  const said = story.statements.filter((s) => s.turn === turn && s.text.length >= 30 && !s.signals.left);
  const isAsking = /[?？]/.test(ask) || tellsSymptom(ask);
  if (said.filter((statement) => statement.from === 'reply').length < (isAsking ? 2 : 4)) return undefined;
  const facts = said.slice(1, 6);
  return makeCandidate({
    type: 'discovery',
    title: shorten(topicOf(ask), 118),
    paragraphs: [sentenceOf(said[0]?.text ?? '')],
    facts: facts.map(({ text }) => factOf(text)),
    files: filesOf(story, turn, said.map(({ text }) => text).join(' ')),
    rank: 4,
    at: lastStepOf(story, turn),
  });
}

/** What was found on pages and by subagents in a turn that ended before anybody made an answer of it. */
function observeLookup(story: Story, turn: number, say: Phrases): Candidate | undefined {
  const ask = story.asks[turn];
  if (ask === undefined || story.batch.turns[turn]?.reply !== undefined) return undefined;
  if (story.steps.some((step) => step.turn === turn && step.kind === 'change')) return undefined;
  const found = story.steps.flatMap((step) => {
    if (step.turn !== turn || step.kind !== 'look' || step.found === undefined) return [];
    const { about, found: text } = step;
    return splitSentences(text)
      .filter((sentence) => sentence.text.length >= 50 && tellsFact(sentence.text))
      .map((sentence) => ({ about: about ?? '', text: sentence.text }));
  });
  const best = found
    .map((fact, at) => ({ ...fact, at, weight: weightOf(fact.text) }))
    .toSorted((a, b) => b.weight - a.weight || a.at - b.at)
    .slice(0, 4);
  const main = best[0];
  if (main === undefined) return undefined;
  return makeCandidate({
    type: 'discovery',
    title: shorten(topicOf(ask), 118),
    paragraphs: [sentenceOf(main.text), say('lookedUp')],
    facts: [
      ...best.slice(1).map((fact) => factOf(fact.text)),
      ...[...new Set(best.map((fact) => fact.about).filter((about) => /^https?:/.test(about)))].slice(0, 2),
    ],
    files: lookedAt(story, turn).slice(0, 5),
    rank: 5,
    at: lastStepOf(story, turn),
  });
}

/** Not a heading, a question or a remark on the search itself. */
function tellsFact(text: string): boolean {
  return !/[?？]$|^(?:while the page|the page|based on|web search|links?:|here (?:is|are)|this (?:page|issue) (?:contains|is about))/i.test(
    text,
  );
}

/** A sentence that names things, gives a reason or a way out says more. */
function weightOf(text: string): number {
  const { cause, decision, solved } = readSignals(text);
  const names = namesIn(text).size + (text.match(/#\d+|\b\d+\.\d+/g)?.length ?? 0);
  return (
    cause +
    decision +
    (solved ? 2 : 0) +
    Math.min(3, names) +
    (/\b(?:resolved|fixed|supports?|workaround)\b/i.test(text) ? 2 : 0)
  );
}

/** A reply that says that it is not mended. */
function tellsOpen({ text }: Statement): boolean {
  return /\b(?:nothing is (?:fixed|changed)|not (?:yet )?(?:fixed|changed|solved)|still (?:fails|broken))\b/i.test(
    text,
  );
}

/** `Nothing is fixed yet` says where one stands, nothing of why. */
function signalsOnlyState(statement: Statement): boolean {
  const { cause, decision, rule } = statement.signals;
  return statement.text.length < 40 && cause === 0 && decision === 0 && !rule;
}

/** A commit that holds notes only leaves the turn one without changes of code. */
function isNoteCommit(story: Story, step: number): boolean {
  const turn = story.steps[step]?.turn;
  const changes = story.steps.filter((s): s is ChangeStep => s.kind === 'change' && s.turn === turn);
  return changes.length > 0 && changes.every((change) => /\.(?:md|txt|adoc|rst)$/.test(change.path));
}
