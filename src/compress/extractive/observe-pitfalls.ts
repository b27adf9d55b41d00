// Observations of the errors and bounds that the host's own compaction noted.

import type { SessionState } from '../../model/draft.ts';
import { isSlip } from './attempts.ts';
import { makeCandidate } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { Phrases } from './phrases.ts';
import { coversName, factOf } from './prose.ts';
import { breakRun, capitalise, shorten, splitSentences, withoutStop } from './sentences.ts';
import { mentionedFiles } from './story-files.ts';
import type { Story } from './story.ts';

/** The errors that a compaction summary tells, but for those that this session already noted. */
export function observePitfalls(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return story.compactions.flatMap((notes) => {
    const known = state.known.map((memory) => `${memory.title} ${memory.gist ?? ''}`).join(' | ');
    const fresh = notes.pitfalls
      .filter((pitfall) => !coversName(known, pitfall.name) && !isOwnSlip(pitfall))
      .toSorted((a, b) => Number(a.solved) - Number(b.solved) || surpriseOf(b) - surpriseOf(a));
    const [first, ...rest] = fresh;
    if (first === undefined) return [];
    const names = titleNames(fresh.map(({ name }) => name.replaceAll('`', '')));
    const concepts = notes.concepts.filter(
      (concept) => BINDING.test(concept) && !coversName(known, concept) && concept.length >= 40,
    );
    const text = [...fresh.map((pitfall) => `${pitfall.name} ${pitfall.text}`), ...concepts].join(' ');
    const line = (pitfall: (typeof fresh)[number]): string =>
      `${shorten(pitfall.name, 90)}${pitfall.solved ? '' : ` (${say('unsolvedThen')})`} → ${mendOf(pitfall.text)}`;
    return [
      makeCandidate({
        type: 'gotcha',
        title: say('pitfallsTitle', { names: names.join('; ') }),
        paragraphs: [line(first)],
        facts: [...rest.slice(0, 5).map(line), ...concepts.slice(0, 2).map(factOf)],
        files: mentionedFiles(story, text),
        rank: 6,
        at: 0,
      }),
    ];
  });
}

/** What mended it first, why it was so behind it: whoever meets it wants them in this order. */
function mendOf(text: string): string {
  const sentences = splitSentences(text).map((sentence) => withoutStop(sentence.text));
  const mend = sentences.find((sentence) => MENDS.test(sentence));
  const cause = sentences.find((sentence) => sentence !== mend);
  if (mend === undefined || cause === undefined) return breakRun(shorten(withoutStop(text), 190));
  return `${breakRun(shorten(capitalise(mend.replace(/^(?:fixed|resolved|solved) by /i, '')), 135))} (${shorten(cause, 110)})`;
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
const BINDING = /\b(?:required?|must|only|never|always|prefer|often needs?|instead of|not)\b/i;

/** What was only half done at the time, or what a formatter wanted. */
function isOwnSlip(pitfall: { readonly name: string; readonly text: string }): boolean {
  return (
    isSlip(pitfall.name) ||
    /\bexpected during\b|\b(?:unused variable|formatting|typo)\b/i.test(`${pitfall.name} ${pitfall.text}`)
  );
}

/** The more it is about how a tool or library behaves, the rather another person meets it. */
function surpriseOf(pitfall: { readonly name: string; readonly text: string }): number {
  const text = `${pitfall.name} ${pitfall.text}`;
  const behaves =
    /\b(?:doesn't|does not|unsupported|not supported|required?|must|because|only|instead of|separate process|false positive|undefined|missing)\b/gi;
  return Math.min(3, text.match(behaves)?.length ?? 0) - (/^(?:credo|lint|eslint|style)\b/i.test(pitfall.name) ? 2 : 0);
}
