// The session's summary by rules: what was asked, looked at, learned, done, and what comes next; merged batch by batch.

import type { SessionState, SummaryDraft } from '../../model/draft.ts';
import { cutText } from '../../system/clean-text.ts';
import { isAlike, likeness } from '../likeness.ts';
import type { Candidate } from './candidate.ts';
import { readSubject } from './commits.ts';
import { nextSteps } from './next-steps.ts';
import { mergeLines, withoutCauseWords } from './prose.ts';
import { listNames, openingOf } from './phrases.ts';
import { nameOf } from './observe-plans.ts';
import type { Phrases } from './phrases.ts';
import { breakRun, capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { isSmallTalk } from './signals.ts';
import type { Signals } from './signals.ts';
import { takesAllBack } from './steps.ts';
import { namesIn, topicOf } from './story.ts';
import type { Story } from './story.ts';

const MOST_LINES = 6;
const LINE = 170;

/** The summary up to and with this batch; undefined while nothing was asked or done. */
export function summarise(
  story: Story,
  state: SessionState,
  candidates: readonly Candidate[],
  say: Phrases,
): SummaryDraft | undefined {
  const before = state.summary;
  const completed = completedLines(story, before, say);
  const request = story.asks.flatMap((ask) => requestLine(ask));
  const isDone = completed.length > 0 || (before?.completed.length ?? 0) > 0;
  const draft: SummaryDraft = {
    title: titleOf(story, before, say),
    request: keepEnds(mergeLines(before?.request ?? [], request)),
    investigated: keepEnds(
      mergeLines(before?.investigated ?? [], investigatedLines(story, isDone, say)).filter(
        (line) => !isDone || !line.startsWith(openingOf('read', say)),
      ),
      3,
    ),
    learned: mergeLines(
      stillTrue(before?.learned ?? [], state, candidates),
      learnedLines(story, candidates, say),
    ).slice(-MOST_LINES),
    completed: mergeLines(stillDone(story, before), completed).slice(-MOST_LINES),
    nextSteps: nextSteps(story, before, completed, say),
  };
  const { investigated, learned, nextSteps: left } = draft;
  // A request that left nothing behind is no session worth a page.
  const looked = investigated.filter((line) => !line.startsWith(openingOf('read', say)));
  const isEmpty = [looked, learned, draft.completed, left].every((lines) => lines.length === 0);
  return isEmpty ? before : draft;
}

function titleOf(story: Story, before: SummaryDraft | undefined, say: Phrases): string {
  const ask = story.asks.find((text) => text !== undefined && text.length > 8);
  const named = topicByPlan(story);
  const planned = story.plans.find(({ origin }) => origin === 'made');
  if (planned !== undefined && story.commits.length === 0 && named === undefined)
    return cutText(say('plan', { title: planned.title.replace(/^(?:epic|plan):\s+/i, '') }), 120);
  if (named !== undefined && (before === undefined || before.title.length < 45)) return cutText(named, 120);
  const isNameless = before?.title === namelessTitle(story);
  const base =
    (isNameless ? undefined : before?.title) ??
    (ask === undefined ? undefined : shorten(capitalise(topicOf(ask)), 110));
  const commit = story.commits[0];
  const subject = commit === undefined ? undefined : capitalise(readSubject(commit.subject).text);
  if (base === undefined) return subject ?? namelessTitle(story);
  // "Implement ABC-12" says little: the first commit tells what it was.
  const isBare = base.length < 45 && !base.includes(': ');
  return isBare && subject !== undefined ? cutText(`${base}: ${subject}`, 120) : base;
}

/** Of a session that asked nothing and committed nothing yet. */
function namelessTitle(story: Story): string {
  return story.batch.sessionId.slice(0, 8);
}

/** `Work on ABC-12` says what it is by the title. */
function topicByPlan(story: Story): string | undefined {
  const ask = story.asks.find((text) => text !== undefined && text.length > 8);
  const plan = story.plans.find(
    ({ id, origin }) => id !== undefined && origin === 'read' && ask?.includes(id) === true,
  );
  return plan === undefined ? undefined : nameOf(plan);
}

function requestLine(ask: string | undefined): readonly string[] {
  if (ask === undefined || ask.length < 9 || (ask.length < 25 && (/[?？]$/.test(ask) || namesIn(ask).size === 0)))
    return [];
  const sentences = splitSentences(ask)
    .map((sentence) => sentence.text)
    .filter(
      (sentence) =>
        !/^(?:thanks?|thank you|danke|merci|gracias|obrigad[oa]|ok|great|nice|perfect)\b.{0,12}$/i.test(sentence),
    );
  const line = shorten(sentences.map(withoutStop).join(' – '), LINE - 10);
  return line.length < 9 ? [] : [breakRun(withoutStop(line))];
}

function investigatedLines(story: Story, isDone: boolean, say: Phrases): readonly string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const step of story.steps) {
    if (step.kind !== 'look') continue;
    if (step.path !== undefined) counts.set(step.path, (counts.get(step.path) ?? 0) + 1);
    else if (step.about !== undefined && !/^https?:/.test(step.about)) {
      const found = tellingSentence(step.found ?? '');
      lines.push(
        found === undefined
          ? shorten(step.about, LINE)
          : say('subagent', { about: step.about, text: breakRun(shorten(withoutStop(found), 110)) }),
      );
    }
  }
  const files = [...counts].toSorted(([, a], [, b]) => b - a).map(([path]) => path);
  // Which files were read says something only where nothing came of it.
  return files.length === 0 || isDone ? lines : [say('read', { files: listNames(files, 4, say) }), ...lines];
}

/** The first sentence that stands by itself: no heading of a list, nothing that points at what follows. */
function tellingSentence(text: string): string | undefined {
  return splitSentences(text).find(
    (sentence) =>
      sentence.text.length > 40 &&
      !isSmallTalk(sentence.text) &&
      !/[:：]$|\b(?:this structure|the following|as follows|below|these (?:steps|options|fields))\b[:.]?$/i.test(
        sentence.text,
      ) &&
      // A labelled value is a row of a table, and means little outside of it.
      !/^[\w .-]{2,30}: /.test(sentence.text) &&
      sentence.text.split(' ').length >= 6,
  )?.text;
}

function learnedLines(story: Story, candidates: readonly Candidate[], say: Phrases): readonly string[] {
  const causes = story.statements
    .filter(({ signals, from, text }) => from === 'reply' && signals.cause === 2 && !isAside(text, signals))
    .map(({ text }) => capitalise(withoutCauseWords(text)));
  const noted = candidates.flatMap((candidate) => {
    const tellsCause = candidate.narrative.startsWith(openingOf('cause', say));
    if (
      candidate.type === 'discovery' ||
      (candidate.type === 'bugfix' && tellsCause && candidate.narrative.length > 0)
    ) {
      if (causes.length > 0) return [];
      // A title that repeats the question tells nothing that was learned.
      const isQuestion = story.asks.some((ask) => ask !== undefined && likeness(topicOf(ask), candidate.title) > 0.5);
      const first = (candidate.narrative.split('\n')[0] ?? candidate.title).replace(openingOf('cause', say), '');
      return [isQuestion ? first : candidate.title];
    }
    if (candidate.type === 'convention') return [candidate.title];
    // What was decided, and what turned out not to work, is what one has to know.
    if (candidate.type === 'decision') return candidate.rank >= 8 ? [candidate.title] : [];
    // Of several obstacles the first one with its mend says more than a title of names.
    if (candidate.type === 'gotcha')
      return candidate.narrative.includes('→')
        ? [candidate.narrative.split('\n')[0] ?? '']
        : [candidate.facts.find((fact) => fact.startsWith(openingOf('solvedIn', say))) ?? candidate.title];
    return [];
  });
  return [...causes, ...noted].map((line) => breakRun(withoutStop(shorten(line, LINE))));
}

/** A choice is told as one; what came along by the way explains nothing. */
function isAside(text: string, signals: Signals): boolean {
  return signals.rejected || signals.abandoned || signals.decision === 2 || /\bside effect\b/i.test(text);
}

/** Without what a memory said that is replaced now. */
function stillTrue(lines: readonly string[], state: SessionState, candidates: readonly Candidate[]): readonly string[] {
  const gone = new Set(candidates.flatMap((candidate) => candidate.supersedes ?? []));
  const titles = [...state.known, ...(state.related ?? [])].filter(({ id }) => gone.has(id)).map(({ title }) => title);
  return lines.filter((line) => !titles.some((title) => isAlike(line, title)));
}

/** What was done before, but for what no commit holds when everything is taken back. */
function stillDone(story: Story, before: SummaryDraft | undefined): readonly string[] {
  const isBack = story.steps.some(
    (step) => step.kind === 'command' && step.outcome !== 'failed' && takesAllBack(step.command),
  );
  const done = before?.completed ?? [];
  return isBack ? done.filter((line) => /\([0-9a-f]{7,40}\)$/.test(line)) : done;
}

function completedLines(story: Story, before: SummaryDraft | undefined, say: Phrases): readonly string[] {
  const commits = story.commits.map((commit) => {
    const subject = capitalise(readSubject(commit.subject).text);
    return commit.id === undefined ? subject : say('ranCommit', { subject, id: commit.id });
  });
  const hasCommits = before?.completed.some((line) => /\([0-9a-f]{7,40}\)$/.test(line)) ?? false;
  const changed = new Set(story.steps.flatMap((step) => (step.kind === 'change' ? [step.turn] : [])));
  if (commits.length > 0 || hasCommits) return commits;
  return story.statements
    .filter(
      ({ signals, from, turn }) =>
        from === 'reply' && signals.done && !signals.left && signals.decision < 2 && changed.has(turn),
    )
    .slice(0, 2)
    .map(({ text }) => breakRun(withoutStop(shorten(text, LINE))));
}

/** The first request says what it was about, the last ones where it went. */
function keepEnds(lines: readonly string[], most = MOST_LINES): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, 2), ...lines.slice(2 - most)];
}
