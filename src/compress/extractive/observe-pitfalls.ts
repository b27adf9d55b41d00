// Observations of the errors, lessons and bounds that the host's own compaction noted.

import type { SessionState } from '../../model/draft.ts';
import { isSlip } from './attempts.ts';
import { isAlike } from '../likeness.ts';
import { makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { CompactionNotes, Pitfall } from './compaction.ts';
import type { Phrases } from './phrases.ts';
import { coversName, factOf, sentenceOf } from './prose.ts';
import { breakRun, capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { readSignals } from './signals.ts';
import { mentionedFiles } from './story-files.ts';
import type { Story } from './story.ts';

/** The errors and lessons that a compaction summary tells, but for those that this session already noted. */
export function observePitfalls(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  const known = state.known.map((memory) => `${memory.title} ${memory.gist ?? ''}`).join(' | ');
  return story.compactions.flatMap((notes) => {
    const fresh = notes.pitfalls.filter((pitfall) => !coversName(known, pitfall.name) && !isOwnSlip(pitfall));
    return [
      ...fresh.filter(({ solved }) => !solved).map((pitfall) => observeUnsolved(story, pitfall, notes, say)),
      ...observeSolved(
        story,
        fresh.filter(({ solved }) => solved),
        notes,
        known,
        say,
      ),
      ...observeLesson(story, notes, known),
    ];
  });
}

/** What still stands in the way is a memory of its own: the one that solves it takes its place. */
function observeUnsolved(story: Story, pitfall: Pitfall, notes: CompactionNotes, say: Phrases): Candidate {
  const thing = /`[\w.:@/]*[(._/][\w.:()@/]+`/.exec(pitfall.text)?.[0];
  // A rule is a memory of its own.
  const bounds = notes.lessons.filter(
    (text) => BINDING.test(text) && !readSignals(text).rule && !isAlike(text, pitfall.text) && text.length <= 200,
  );
  return makeCandidate({
    type: 'gotcha',
    title: say('unsolvedTitle', {
      name: thing === undefined || pitfall.name.includes(thing) ? pitfall.name : `${pitfall.name} (${thing})`,
    }),
    paragraphs: [sentenceOf(pitfall.text)],
    facts: [
      ...pitfall.tried.slice(0, 5).map((text) => say('triedInVain', { text: factOf(text) })),
      ...bounds.slice(0, 2).map(factOf),
    ],
    files: mentionedFiles(story, pitfall.text),
    rank: 7,
    at: 0,
  });
}

const ENOUGH = 3;

/** The errors that were overcome, in one memory: each is a line, the most surprising first. */
function observeSolved(
  story: Story,
  pitfalls: readonly Pitfall[],
  notes: CompactionNotes,
  known: string,
  say: Phrases,
): readonly Candidate[] {
  // What only a formatter or linter wanted is told where there is little else.
  const telling = pitfalls.filter((pitfall) => surpriseOf(pitfall) >= 0);
  const sorted = (telling.length >= ENOUGH ? telling : pitfalls).toSorted((a, b) => surpriseOf(b) - surpriseOf(a));
  const [first, ...rest] = sorted;
  if (first === undefined) return [];
  const names = titleNames(sorted.map(({ name }) => name.replaceAll('`', '')));
  const concepts = notes.concepts.filter(
    (concept) => BINDING.test(concept) && !coversName(known, concept) && concept.length >= 40,
  );
  const text = [...sorted.map((pitfall) => `${pitfall.name} ${pitfall.text}`), ...concepts].join(' ');
  return [
    makeCandidate({
      type: 'gotcha',
      title: say('pitfallsTitle', { names: names.join('; ') }),
      paragraphs: [lineOf(first)],
      facts: [...rest.slice(0, 5).map(lineOf), ...concepts.slice(0, 3).map(factOf)],
      files: mentionedFiles(story, text),
      rank: 6,
      at: 0,
    }),
  ];
}

/** The rule that the work on the problems taught, with the sentence around it. */
function observeLesson(story: Story, notes: CompactionNotes, known: string): readonly Candidate[] {
  const rule = notes.lessons.find((text) => readSignals(text).rule && text.length <= 200 && !coversName(known, text));
  if (rule === undefined) return [];
  const at = notes.lessons.indexOf(rule);
  const around = [notes.lessons[at - 1], notes.lessons[at + 1]].find(
    (text) => text !== undefined && /\b(?:this (?:project|repo\w*|codebase)|established|pattern)\b/i.test(text),
  );
  return [
    makeCandidate({
      type: 'convention',
      title: shorten(rule, 118),
      paragraphs: [sentenceOf(capitalise((around ?? rule).replace(/^established that /i, '')))],
      facts: [],
      files: mentionedFiles(story, `${rule} ${around ?? ''}`),
      rank: 7,
      at: 0,
    }),
  ];
}

/** `name (why) → what mended it`. */
function lineOf(pitfall: Pitfall): string {
  const sentences = splitSentences(pitfall.text).map((sentence) => withoutStop(sentence.text));
  const mend = sentences.find((sentence) => MENDS.test(sentence));
  const cause = sentences.find((sentence) => sentence !== mend);
  const name = shorten(pitfall.name, 90);
  if (mend === undefined) return `${name} → ${breakRun(shorten(withoutStop(pitfall.text), 190))}`;
  const why = cause === undefined ? '' : ` (${shorten(cause, 110)})`;
  return `${name}${why} → ${breakRun(shorten(mend.replace(/^(?:fixed|resolved|solved) by /i, ''), 135))}`;
}

const MENDS =
  /^(?:fixed|resolved|solved|changed|used|added|rewrote|extracted|switched|converted|replaced|moved|removed)\b/i;

/** One or two names, as many as fit whole. */
function titleNames(names: readonly string[]): readonly string[] {
  const [first = '', ...rest] = names;
  const second = rest.find((name) => first.length + name.length < 105);
  return second === undefined ? [shorten(first, 105)] : [first, second];
}

/** A concept that binds: the others are names that anybody finds in the code. */
const BINDING = /\b(?:required?|must|only|never|always|prefer|often needs?|instead of|not|cannot|enforc\w*|opt-out)\b/i;

/** What was only half done at the time, or what a formatter wanted. */
function isOwnSlip(pitfall: Pitfall): boolean {
  return (
    isSlip(pitfall.name) ||
    /\bexpected during\b|\b(?:unused variable|formatting|typo)\b/i.test(`${pitfall.name} ${pitfall.text}`)
  );
}

/** The more it is about how a tool or library behaves, the rather another person meets it. */
function surpriseOf(pitfall: Pitfall): number {
  const text = `${pitfall.name} ${pitfall.text}`;
  const behaves =
    /\b(?:doesn't|does not|unsupported|not supported|required?|must|because|only|instead of|separate process|false positive|undefined|missing)\b/gi;
  return Math.min(3, text.match(behaves)?.length ?? 0) - (/^(?:credo|lint|eslint|style)\b/i.test(pitfall.name) ? 2 : 0);
}
