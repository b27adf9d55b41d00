// Observations of what stood in the way: errors and their mends, checks that still fail, pitfalls that a compaction noted.

import type { SessionState } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import type { Attempt } from './attempts.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import { listNames } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { factOf, sentenceOf } from './prose.ts';
import { breakRun, capitalise, shorten, withoutStop } from './sentences.ts';
import { filesOf, mentionedFiles } from './story-files.ts';
import { hasCause, lastStepOf, namesIn } from './story.ts';
import type { Story } from './story.ts';

/** Candidates for obstacles, overcome or not. */
export function observeObstacles(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return [
    ...observeAttempts(story, say),
    ...observeGaps(story),
    ...observeSolutions(story, say),
    ...observePitfalls(story, state, say),
  ];
}

/** What failed on the way and how it was solved, as facts. */
export function mends(attempt: Attempt, say: Phrases): readonly string[] {
  const facts: string[] = [];
  for (const failure of attempt.failures) {
    const error = shorten(failure.error, 120);
    const files = changedFiles(failure.changes);
    if (files.length > 0) facts.push(say('solvedIn', { error, files: listNames(files, 3, say) }));
    else if (failure.remedy !== undefined && attempt.passedAt !== undefined)
      facts.push(say('solvedBy', { error, command: failure.remedy }));
    else if (attempt.passedAt === undefined && failure === attempt.failures.at(-1))
      facts.push(say('unsolved', { error, command: attempt.command }));
  }
  return [...new Set(facts)];
}

/** A command that failed several times, each time for another reason, until it passed. */
function observeAttempts(story: Story, say: Phrases): readonly Candidate[] {
  return story.attempts.flatMap((attempt) => {
    const facts = mends(attempt, say);
    if (attempt.passedAt === undefined || facts.length < 2) return [];
    const files = attempt.failures.flatMap((failure) => changedFiles(failure.changes));
    const errors = [...new Set(attempt.failures.map((failure) => shorten(failure.error, 70)))];
    return [
      makeCandidate({
        type: 'gotcha',
        title: shorten(errors.join('; '), 118),
        paragraphs: [
          say('attempts', {
            command: attempt.command,
            count:
              attempt.failures.length === 1 ? say('once') : say('times', { count: String(attempt.failures.length) }),
          }),
        ],
        facts,
        files,
        rank: 5,
        at: attempt.passedAt,
      }),
    ];
  });
}

/** A check that still fails, with what the reply says of it: a missing setting, a broken deployment. */
function observeGaps(story: Story): readonly Candidate[] {
  return story.attempts.flatMap((attempt) => {
    const error = attempt.failures.at(-1)?.error;
    if (attempt.passedAt !== undefined || error === undefined) return [];
    const names = namesIn(error);
    const said = story.statements.filter(
      (statement) =>
        statement.turn === attempt.turn &&
        statement.from === 'reply' &&
        [...namesIn(statement.text)].some((name) => names.has(name)),
    );
    const [main, ...others] = said;
    if (main === undefined || hasCause(story, attempt.turn)) return [];
    const rest = story.statements.filter((s) => s.turn === attempt.turn && s.from === 'reply' && !said.includes(s));
    return [
      makeCandidate({
        type: 'gotcha',
        title: gapTitle(attempt.purpose, error),
        paragraphs: [sentenceOf(main.text)],
        facts: [...others, ...rest].slice(0, 5).map(({ text }) => factOf(text)),
        files: filesOf(story, attempt.turn, said.map(({ text }) => text).join(' ')),
        rank: 7,
        at: attempt.failures.at(-1)?.step ?? 0,
      }),
    ];
  });
}

/** What a reply tells outright of how an obstacle was overcome; a commit of the same turn that fixes it says more. */
function observeSolutions(story: Story, say: Phrases): readonly Candidate[] {
  return story.statements.flatMap((statement) => {
    const inTurn = story.commits.filter((commit) => commit.turn === statement.turn);
    if (!statement.signals.solved || statement.from !== 'reply' || statement.text.length < 50 || inTurn.length === 1)
      return [];
    const text = statement.text.replace(/^(?:the )?(?:key )?fix[^:]{0,40}:\s+/i, '');
    return [
      makeCandidate({
        type: 'gotcha',
        title: shorten(text, 118),
        paragraphs: [
          sentenceOf(text),
          ...inTurn.slice(-1).map((commit) => (commit.id === undefined ? undefined : say('commit', { id: commit.id }))),
        ],
        facts: [],
        files: mentionedFiles(story, text),
        rank: 5,
        at: lastStepOf(story, statement.turn),
      }),
    ];
  });
}

/** The errors that a compaction summary tells, but for those that this session already noted. */
function observePitfalls(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return story.compactions.flatMap((notes) => {
    const known = state.known.map((memory) => memory.title).join(' | ');
    const fresh = notes.pitfalls
      .filter((pitfall) => !coversName(known, pitfall.name))
      .toSorted((a, b) => Number(a.solved) - Number(b.solved));
    if (fresh.length === 0) return [];
    const names = fresh.slice(0, 3).map((pitfall) => shorten(pitfall.name.replaceAll('`', ''), 60));
    const text = fresh.map((pitfall) => `${pitfall.name} ${pitfall.text}`).join(' ');
    return [
      makeCandidate({
        type: 'gotcha',
        title: say('pitfallsTitle', { names: names.join('; ') }),
        paragraphs: [say('pitfallsLead', { count: String(fresh.length) })],
        facts: fresh
          .slice(0, 7)
          .map(
            (pitfall) =>
              `${shorten(pitfall.name, 90)}${pitfall.solved ? '' : ` (${say('unsolvedThen')})`} → ${breakRun(shorten(withoutStop(pitfall.text), 190))}`,
          ),
        files: mentionedFiles(story, text),
        rank: 6,
        at: 0,
      }),
    ];
  });
}

function gapTitle(purpose: string | undefined, error: string): string {
  const what = purpose?.replace(/^(?:run|execute|check|start|try)(?: the)?\s+/i, '').trim();
  if (
    what === undefined ||
    what === '' ||
    likeness(what, error) > 0 ||
    error.toLowerCase().startsWith(what.toLowerCase())
  )
    return capitalise(error);
  return `${capitalise(what)}: ${error}`;
}

function coversName(titles: string, name: string): boolean {
  const words = name.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu) ?? [];
  const hits = words.filter((word) => titles.toLowerCase().includes(word)).length;
  return words.length > 0 && hits / words.length >= 0.6;
}
