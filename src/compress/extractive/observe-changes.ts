// Observations of what was changed: one for each commit worth it, or for the work that ended without one.

import type { ObservationType } from '../../model/memory.ts';
import type { SessionState } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import { essence, isSlip } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { causeTitle } from './cause-title.ts';
import { changedFiles, describeChanges, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import {
  bodyFacts,
  findCause,
  firstBody,
  firstClause,
  namesFile,
  outcomes,
  problemOf,
  purposeOf,
  rankOfBuilt,
  reasonOf,
  tellsWhy,
} from './change-reasons.ts';
import { isChore, readSubject } from './commits.ts';
import type { CommitMade } from './commits.ts';
import { isDecisionPath, isInstructionPath } from './documents.ts';
import { mends } from './observe-obstacles.ts';
import { newTests, remarks } from './patch-notes.ts';
import { isPlanPath } from './plans.ts';
import { listNames } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { causeLine, factOf, sentenceOf, tellsItself, withoutPrefix } from './prose.ts';
import { shorten, withoutStop } from './sentences.ts';
import type { ChangeStep, CommandStep } from './steps.ts';
import { isTestPath } from './story-files.ts';
import { hasCause, namesIn, tellsSymptom, topicOf } from './story.ts';
import type { Statement, Story } from './story.ts';

/** Candidates for the commits of a batch and for finished work that no commit holds. */
export function observeChanges(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  const candidates: Candidate[] = [];
  let from = 0;
  for (const commit of story.commits) {
    const work = gatherWork(story, from, commit.step);
    from = commit.step + 1;
    const candidate = observeCommit(story, state, commit, work, say);
    if (candidate !== undefined) candidates.push(candidate);
  }
  const rest = observeUncommitted(story, state, from, say);
  return rest === undefined ? candidates : [...candidates, rest];
}

/** What belongs to one commit: the steps since the commit before it. */
interface Work {
  readonly from: number;
  readonly to: number;
  /** Changes of code; decisions and rules have observations of their own. */
  readonly changes: readonly ChangeStep[];
  readonly onlyDocuments: boolean;
  readonly solved: readonly Attempt[];
  readonly checks: readonly string[];
}

function gatherWork(story: Story, from: number, to: number): Work {
  const all = story.steps.slice(from, to + 1).filter((step): step is ChangeStep => step.kind === 'change');
  const changes = all.filter(
    (step) => !isDecisionPath(step.path) && !isInstructionPath(step.path) && !isPlanPath(step.path),
  );
  const checks = story.steps
    .slice(from, to + 1)
    .filter((step): step is CommandStep => step.kind === 'command' && step.outcome === 'passed')
    .map((step) => essence(step.command))
    .filter((command) =>
      /\b(?:test|spec|pytest|jest|vitest|check|lint|credo|dialyzer|tsc|mypy|clippy)\b/.test(command),
    );
  return {
    from,
    to,
    changes,
    onlyDocuments: all.length > 0 && changes.length === 0,
    solved: story.attempts.filter(
      (attempt) => attempt.passedAt !== undefined && attempt.passedAt >= from && attempt.passedAt <= to,
    ),
    checks: [...new Set(checks)].slice(0, 3),
  };
}

function observeCommit(
  story: Story,
  state: SessionState,
  commit: CommitMade,
  work: Work,
  say: Phrases,
): Candidate | undefined {
  if (work.onlyDocuments) return undefined;
  const isDecided = story.decisions.some((decision) => decision.turn === commit.turn);
  const subject = readSubject(commit.subject);
  const keepsHouse = isChore(commit);
  if (keepsHouse && commit.body.length === 0 && work.solved.length === 0) return undefined;
  const ask = story.asks[commit.turn];
  const isMend = subject.kind === undefined && ask !== undefined && tellsSymptom(ask) && hasCause(story, commit.turn);
  const type = isMend ? 'bugfix' : typeOf(subject.kind, `${subject.text} ${ask ?? ''}`, subject.text);
  const said = relevantStatements(story, commit, subject.text, work);
  const first = said.find(({ signals }) => signals.cause === 2 && signals.decision < 2 && !signals.rejected);
  const reason = isMend && first !== undefined && !tellsItself(first.text) ? first : undefined;
  const rules = said.filter(({ signals }) => signals.rule && signals.decision < 2).slice(0, 2);
  const lead =
    commit.body.length > 0 && story.commits.length > 1
      ? undefined
      : said.find((s) => !rules.includes(s) && (s.signals.done || likeness(s.text, subject.text) > 0.2));
  const purpose = purposeOf(story, commit);
  const because = type === 'bugfix' ? undefined : reasonOf(story, said, lead, subject.text);
  const found = type === 'bugfix' ? findCause(story, state, commit) : undefined;
  const cause = found === lead?.text ? undefined : found;
  // The decision tells what was built and why, with the commit's id.
  if (isDecided && type !== 'bugfix') return undefined;
  const problem = type === 'bugfix' ? problemOf(story, state, commit.turn) : undefined;
  return makeCandidate({
    type,
    // A subject that names no fault is not what one searches for when it comes again.
    title: reason === undefined ? subject.text : causeTitle(reason.text, ask),
    paragraphs: [
      lead === undefined
        ? firstBody(commit)
        : type === 'bugfix' && lead.signals.cause === 2
          ? causeLine(lead.text, say)
          : sentenceOf(withoutPrefix(lead.text)),
      cause !== undefined
        ? causeLine(cause, say)
        : because !== undefined
          ? sentenceOf(because)
          : purpose !== undefined
            ? say('why', { text: sentenceOf(purpose) })
            : undefined,
      [
        type === 'bugfix' ? verification(work, say) : undefined,
        commit.id === undefined
          ? undefined
          : reason === undefined
            ? say('commit', { id: commit.id })
            : `${say('ranCommit', { subject: subject.text, id: commit.id })}.`,
      ]
        .filter((part) => part !== undefined)
        .join(' '),
    ],
    facts: [
      problem === undefined ? undefined : say('problem', { text: problem }),
      ...bodyFacts(commit, lead === undefined ? 1 : 0, type === 'bugfix' ? 6 : 4).map((line) =>
        withoutStop(shorten(line, 180)),
      ),
      ...rules.map(({ text }) => factOf(text)),
      ...(type === 'bugfix' ? outcomes(said, [lead?.text, cause, ...rules.map(({ text }) => text)]) : []),
      ...remarks(work.changes, say).slice(0, 2),
      // The test of a fix says what must not come back; the others stand in the code for everybody to see.
      ...(type === 'bugfix' ? newTests(work.changes, say).slice(0, 1) : []),
      ...(type === 'bugfix'
        ? []
        : work.solved
            .filter((attempt) => attempt.failures.length === 1)
            .flatMap((a) => mends(a, say))
            .slice(0, 1)),
    ],
    files: [...changedFiles(work.changes), ...commit.files],
    rank: keepsHouse ? 2 : type === 'bugfix' ? 8 : rankOfBuilt(work.changes, tellsWhy(commit, said)),
    at: commit.step,
  });
}

/** Work of turns that are over and that nobody committed. */
function observeUncommitted(story: Story, state: SessionState, from: number, say: Phrases): Candidate | undefined {
  const work = gatherWork(story, from, story.steps.length - 1);
  const last = work.changes.at(-1);
  if (last === undefined) return undefined;
  const turn = story.batch.turns[last.turn];
  // What was broken off is told by the summary: it is no knowledge yet.
  if (turn === undefined || turn.end === 'open' || turn.end === 'interrupted') return undefined;
  const inReply = story.statements.filter((s) => s.turn === last.turn && s.from === 'reply' && !s.signals.left);
  // A reply after several pieces of work speaks of all of them: only what names the files of this one belongs to it.
  const isOneOfMany =
    inReply.length > LONG_REPLY &&
    (story.commits.some((commit) => commit.turn === last.turn) || state.known.length > 0);
  const said = isOneOfMany ? inReply.filter((s) => namesFile(s.text, work.changes)) : inReply;
  if (isOneOfMany && said.length === 0) return undefined;
  // A turn that only found a cause and wrote a test for it is told by its cause.
  if (said.some(({ signals }) => signals.cause === 2) && work.changes.every((change) => isTestPath(change.path)))
    return undefined;
  const lead = said.find(({ signals }) => signals.done) ?? said[0];
  const ask = story.asks[last.turn];
  // An order says better what was built than the first line of a report.
  const order =
    ask !== undefined && ask.length <= LONGEST_ORDER && !/[?？]/.test(ask) ? firstClause(topicOf(ask)) : undefined;
  const title =
    order ?? (lead === undefined ? (ask === undefined ? undefined : topicOf(ask)) : withoutPrefix(lead.text));
  if (title === undefined) return undefined;
  const size = work.changes.reduce((sum, change) => sum + change.added + change.removed, 0);
  const type = typeOf(undefined, ask ?? title, order ?? title);
  return makeCandidate({
    type,
    title: shorten(title, 118),
    paragraphs: [
      ...said
        .filter(
          (statement) =>
            (order !== undefined || statement !== lead) && statement.signals.decision < 2 && !statement.signals.caveat,
        )
        .slice(0, 2)
        .map((statement) => sentenceOf(statement.text)),
      type === 'bugfix' ? verification(work, say) : undefined,
    ],
    facts: [
      ...remarks(work.changes, say).slice(0, 2),
      ...newTests(work.changes, say).slice(0, 1),
      say('changedIn', { files: listNames(describeChanges(work.changes, say), 3, say) }),
    ],
    files: changedFiles(work.changes),
    rank: size < 4 ? 2 : 5,
    at: work.to,
  });
}

/** A longer prompt is no title. */
const LONGEST_ORDER = 110;
/** So many statements speak of more than one thing. */
const LONG_REPLY = 5;

const KINDS: Readonly<Record<string, ObservationType>> = {
  fix: 'bugfix',
  bugfix: 'bugfix',
  hotfix: 'bugfix',
  feat: 'feature',
  feature: 'feature',
  refactor: 'refactor',
  perf: 'refactor',
  security: 'security',
};

function typeOf(kind: string | undefined, text: string, subject: string): ObservationType {
  if (kind !== undefined) return KINDS[kind] ?? 'change';
  if (/\b(?:secur|vulnerab|xss|csrf|injection)/i.test(subject)) return 'security';
  if (/\b(?:refactor|rename|extract|simplify|clean up|move)/i.test(subject)) return 'refactor';
  if (
    /\b(?:fix(?:e[sd])?|bug|regression|crash|race|leak|broken|repair)\b|\b(?:fehler|beheb|kaputt|abst[uü]rz|verschwind|corrig|arregl|erreur|error|erro)\w*/i.test(
      text,
    )
  )
    return 'bugfix';
  if (/^(?:add|implement|introduce|support|create|enable|build)/i.test(subject)) return 'feature';
  return 'change';
}

/** What the reply said about this commit; with several commits in a turn only what shares words or names with it. */
function relevantStatements(story: Story, commit: CommitMade, subject: string, work: Work): readonly Statement[] {
  const said = story.statements.filter((s) => s.turn === commit.turn && s.from === 'reply' && !s.signals.left);
  if (story.commits.filter((other) => other.turn === commit.turn).length === 1) return said;
  const names = namesIn(changedFiles(work.changes).join(' '));
  return said.filter(
    (statement) =>
      likeness(statement.text, subject) > 0.3 || [...namesIn(statement.text)].some((name) => names.has(name)),
  );
}

function verification(work: Work, say: Phrases): string | undefined {
  const solved = work.solved.find((attempt) => work.checks.includes(attempt.command)) ?? work.solved[0];
  const error = solved?.failures.at(-1)?.error;
  return solved === undefined || error === undefined || isSlip(error)
    ? undefined
    : say('verified', { command: solved.command, error: shorten(error, 100) });
}
