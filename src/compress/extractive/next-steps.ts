// What is left to do when a batch ends: what the reply says, open decisions and issues, and where an interrupted turn stood.

import type { SummaryDraft } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import { nameOf } from './observe-plans.ts';
import { listNames, openingOf } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { findClosed } from './plans.ts';
import { mergeLines } from './prose.ts';
import { breakRun, capitalise, shorten, withoutStop } from './sentences.ts';
import { namesIn, tellsSymptom, topicOf } from './story.ts';
import type { Story } from './story.ts';
import { readTaskList, taskLine, taskOfLine } from './task-list.ts';

const LINE = 170;

/** The newest word on what is left comes first; what was done meanwhile falls out. */
export function nextSteps(
  story: Story,
  before: SummaryDraft | undefined,
  completed: readonly string[],
  say: Phrases,
): readonly string[] {
  const closed = findClosed(story.steps);
  const tasks = readTaskList(story.batch);
  const fresh = [
    ...story.statements
      .filter(({ signals, from }) => from === 'reply' && signals.left)
      .map(({ text, turn }) => ({
        text: text.replace(LEFT_LEAD, ''),
        turn,
      })),
    ...story.decisions
      .filter((decision) => decision.isOpen)
      .map(({ number, title, turn }) => ({
        text: say(number === undefined ? 'openQuestionPlain' : 'openQuestion', { number: number ?? '', title }),
        turn,
      })),
    ...story.plans
      .filter((plan) => plan.origin === 'made' && plan.id !== undefined && !closed.has(plan.id))
      .map((plan) => ({ text: nameOf(plan), turn: plan.turn })),
    ...story.compactions.flatMap((notes) => notes.left.map((text) => ({ text, turn: -1 }))),
  ];
  const isOver = (text: string, turn: number): boolean => {
    const laterCommit = story.commits.some((commit) => commit.turn > turn);
    if (namesIn(text).size === 0) return laterCommit;
    return completed.some((line) => likeness(line, text) > 0.4 || sharesName(line, text));
  };
  const open = fresh.filter(({ text, turn }) => !isOver(text, turn)).toReversed();
  const wentOn = story.batch.turns.some((turn) => turn.end === 'stop' && turn.reply !== undefined);
  const broken = ['brokeOff', 'brokeOffAt', 'failsNow'].map((name) => openingOf(name, say));
  const isLeft = (text: string): boolean => {
    const task = taskOfLine(text, say);
    return task === undefined
      ? !isOver(text, -1) && !(wentOn && broken.some((start) => text.startsWith(start)))
      : !tasks.closed.has(task) && !tasks.open.some(({ number }) => number === task);
  };
  const isAllDone = finishedEverything(story);
  const old = isAllDone ? [] : (before?.nextSteps ?? []).filter(isLeft);
  const lines = [
    ...brokenOff(story, say),
    ...open.map(({ text }) => capitalise(breakRun(withoutStop(shorten(text, LINE))))),
    ...(isAllDone ? [] : tasks.open.map((task) => taskLine({ ...task, title: shorten(task.title, LINE) }, say))),
    ...old,
  ];
  const chosen: string[] = [];
  for (const line of mergeLines([], lines)) if (!chosen.some((other) => sharesName(other, line))) chosen.push(line);
  return chosen.slice(0, 4);
}

/** What the last turn was about when it ended without a reply: what it had changed, what still failed. */
function brokenOff(story: Story, say: Phrases): readonly string[] {
  const index = story.batch.turns.length - 1;
  const turn = story.batch.turns[index];
  if (turn === undefined || (turn.end !== 'interrupted' && turn.end !== 'error') || turn.reply !== undefined) return [];
  const ask = story.asks[index];
  const changed = story.steps.flatMap((step) => (step.kind === 'change' && step.turn === index ? [step.path] : []));
  const isWork = changed.length > 0 || (ask !== undefined && (tellsSymptom(ask) || ask.length > 40));
  if (!isWork) return [];
  const failing = story.attempts.findLast((attempt) => attempt.turn === index && attempt.passedAt === undefined);
  return [
    ...(ask === undefined ? [] : [say('brokeOff', { text: breakRun(withoutStop(shorten(topicOf(ask), 120))) })]),
    ...(changed.length === 0 ? [] : [say('brokeOffAt', { files: listNames([...new Set(changed)], 4, say) })]),
    ...(failing === undefined ? [] : [say('failsNow', { name: failing.failures.at(-1)?.error ?? failing.command })]),
  ];
}

/** `Still open: …` stands under a heading that says so. */
const LEFT_LEAD =
  /^(?:left|todo|next steps?|remaining|still (?:open|missing|left|to do)|noch (?:offen|zu tun)|offen|reste à faire|pendiente|falta|pendente)(?: to do)?\s?:\s+/iu;

function sharesName(line: string, text: string): boolean {
  const names = namesIn(line);
  return [...namesIn(text)].some((name) => names.has(name));
}

function finishedEverything(story: Story): boolean {
  const reply = story.batch.turns.findLast((turn) => turn.reply !== undefined)?.reply ?? '';
  return /\b(?:all done|everything is (?:committed|pushed|done)|nothing (?:is )?left|epic (?:is closed|.{0,60}is complete)|is complete)\b/i.test(
    reply,
  );
}
