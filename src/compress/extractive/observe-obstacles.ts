// Observations of what stood in the way: errors and their mends, checks that still fail, pitfalls that a compaction noted.

import type { SessionState } from '../../model/draft.ts';
import { likeness } from '../likeness.ts';
import { isSlip } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { changedFiles, makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import { listNames } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { observePitfalls } from './observe-pitfalls.ts';
import { coversName, factOf, sentenceOf } from './prose.ts';
import { capitalise, shorten, withoutStop } from './sentences.ts';
import { filesOf, isTestPath, mentionedFiles } from './story-files.ts';
import type { ChangeStep } from './steps.ts';
import { hasCause, lastStepOf, namesIn } from './story.ts';
import type { Story } from './story.ts';

/** Candidates for obstacles, overcome or not. */
export function observeObstacles(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return [
    ...observeAttempts(story, say),
    ...observeGaps(story),
    ...observeCaveats(story),
    ...observeSolutions(story, state, say),
    ...observePitfalls(story, state, say),
  ];
}

/** What failed on the way and how it was solved, as facts. */
export function mends(attempt: Attempt, say: Phrases): readonly string[] {
  const facts: string[] = [];
  for (const failure of attempt.failures) {
    if (isSlip(failure.error)) continue;
    const error = shorten(failure.error, 110);
    const files = changedFiles(failure.changes);
    const line = tellingLine(failure.changes);
    // A test that only its own file mended was wrong itself: of use is how, not that.
    const isOwnTest = files.every(isTestPath) && /^test\b|^\d+\)/i.test(failure.error);
    if (files.length > 0 && line !== undefined)
      facts.push(say('solvedWith', { error, files: listNames(files, 2, say), line }));
    else if (files.length > 0 && !isOwnTest) facts.push(say('solvedIn', { error, files: listNames(files, 3, say) }));
    else if (failure.remedy !== undefined && attempt.passedAt !== undefined)
      facts.push(say('solvedBy', { error, command: failure.remedy }));
    else if (attempt.passedAt === undefined && failure === attempt.failures.at(-1))
      facts.push(say('unsolved', { error, command: attempt.command }));
  }
  return [...new Set(facts)];
}

/** The line of a small change that says what it was: a setting, a dependency, a call. */
function tellingLine(changes: readonly ChangeStep[]): string | undefined {
  const added = changes.flatMap((change) => change.addedLines);
  if (added.length > 24) return undefined;
  const lines = added
    .map((line) => line.trim().replace(/,$/, ''))
    .filter(
      (line) => line.length >= 12 && /[A-Za-z]{4}/.test(line) && !/^(?:\/\/|#|\*|--|import\b|@|end\b)/.test(line),
    );
  // The longest of the first few says most: the others are the frame around it.
  const best = lines.slice(0, 4).toSorted((a, b) => b.length - a.length)[0];
  return best === undefined ? undefined : shorten(best.replaceAll('`', "'"), 90);
}

/** The errors that another person may meet, the most telling first, as many as fit whole. */
function titleOfErrors(attempt: Attempt): string | undefined {
  const errors = [...new Set(attempt.failures.map((failure) => withoutStop(failure.error)))]
    .filter((error) => !isSlip(error) && !/^test\b|^\d+\) test\b/i.test(error))
    .map((error) => shorten(error, 110));
  const [first, second] = errors;
  if (first === undefined) return undefined;
  return second !== undefined && first.length + second.length < 114 ? `${first}; ${second}` : first;
}

/** A command that failed several times, each time for another reason, until it passed. */
function observeAttempts(story: Story, say: Phrases): readonly Candidate[] {
  return story.attempts.flatMap((attempt) => {
    const facts = mends(attempt, say);
    if (attempt.passedAt === undefined || facts.length < 2) return [];
    const files = attempt.failures.flatMap((failure) => changedFiles(failure.changes));
    const title = titleOfErrors(attempt);
    if (title === undefined) return [];
    return [
      makeCandidate({
        type: 'gotcha',
        title,
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

/** What a reply warns of: it is true now, and nothing shows it from the outside. */
function observeCaveats(story: Story): readonly Candidate[] {
  return story.statements.flatMap((statement) => {
    const { signals, from, text, turn } = statement;
    if (!signals.caveat || from !== 'reply' || signals.left || text.length < 40) return [];
    const after = story.statements[story.statements.indexOf(statement) + 1];
    const goesOn =
      after !== undefined && after.turn === turn && after.from === 'reply' && after.block === statement.block;
    const bare = capitalise(text.replace(/^[\p{L}-]+(?: [\p{L}-]+)?\s*:\s+/u, ''));
    return [
      makeCandidate({
        type: 'gotcha',
        title: shorten(bare, 118),
        paragraphs: [sentenceOf(bare), goesOn ? sentenceOf(after.text) : undefined],
        facts: [],
        files: filesOf(story, turn, `${text} ${goesOn ? after.text : ''}`).slice(0, 5),
        rank: 6,
        at: lastStepOf(story, turn),
      }),
    ];
  });
}

/** What a reply tells outright of how an obstacle was overcome; a commit of the same turn that fixes it says more. */
function observeSolutions(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return story.statements.flatMap((statement) => {
    const inTurn = story.commits.filter((commit) => commit.turn === statement.turn);
    if (!statement.signals.solved || statement.from !== 'reply' || statement.text.length < 50 || inTurn.length === 1)
      return [];
    const text = statement.text.replace(/^(?:the )?(?:key )?fix[^:]{0,40}:\s+/i, '');
    const [, what, how] =
      /^(?:resolved|fixed|solved|avoided|fixes|solves) (?:the )?(.{6,}?) by (.+)$/i.exec(text) ?? [];
    const before = what === undefined ? undefined : knownOf(state, what);
    return [
      makeCandidate({
        type: 'gotcha',
        title:
          what === undefined || how === undefined
            ? shorten(text, 118)
            : say('solvedTitle', {
                name: capitalise(what),
                how: shorten(how.split(/ (?:instead of|rather than) /)[0] ?? how, 80),
              }),
        paragraphs: [
          sentenceOf(how === undefined ? text : capitalise(how)),
          before === undefined ? undefined : say('known', { text: sentenceOf(before.line) }),
          ...inTurn.slice(-1).map((commit) => (commit.id === undefined ? undefined : say('commit', { id: commit.id }))),
        ],
        // What was noted as unsolved is not so any more: this takes its place, with the rest of what it said.
        facts: before?.others ?? [],
        supersedes: before === undefined ? [] : [before.id],
        files: mentionedFiles(story, text),
        rank: before === undefined ? 5 : 7,
        at: lastStepOf(story, statement.turn),
      }),
    ];
  });
}

/** What the session noted of an obstacle when it was not overcome yet. */
function knownOf(
  state: SessionState,
  name: string,
): { readonly id: string; readonly line: string; readonly others: readonly string[] } | undefined {
  for (const memory of state.known) {
    // A memory of its own, with what was tried.
    if (memory.type === 'gotcha' && coversName(memory.title, name)) {
      const [line = memory.title, ...others] = (memory.gist ?? '').split('\n').filter(Boolean);
      return { id: memory.id, line: shorten(line, 160), others };
    }
    const lines = (memory.gist ?? '').split('\n').filter((line) => line.includes('→'));
    const found = lines.find((line) => coversName(line, name));
    if (found === undefined) continue;
    const line = shorten(found.slice(found.indexOf('→') + 1).trim(), 90);
    return { id: memory.id, line, others: lines.filter((other) => other !== found) };
  }
  return undefined;
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
