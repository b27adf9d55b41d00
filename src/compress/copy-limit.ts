// Keeps memories from copying: no long run of characters may come from a reply, a prompt or a compaction summary.

import { cutText } from '../system/clean-text.ts';
import type { Batch } from '../model/turn.ts';
import type { ObservationDraft, SummaryDraft } from '../model/draft.ts';

/** The promise: no memory holds more consecutive characters of a source than this. */
export const MAX_COPIED = 200;
/** What is aimed at; the distance pays for markup that the comparison does not see. */
const AIMED = 140;
const SHORTEST_KEPT = 24;
/** Of what was cut less than this is dropped. */
const LEAST_KEPT = 40;

/** The texts that may be used but not copied: prompts, replies (of subagents too) and compaction summaries. */
export function copySources(batch: Batch): readonly string[] {
  const texts = batch.turns.flatMap((turn) => [
    turn.prompt?.prompt,
    turn.reply,
    ...turn.subagentReplies.map((event) => event.reply),
    ...turn.toolUses.flatMap((event) =>
      event.detail.kind === 'agent' ? [event.detail.prompt, event.detail.result] : [],
    ),
  ]);
  return [...texts, ...batch.compactSummaries].filter((text): text is string => text !== undefined && text !== '');
}

/** Length of the longest run that the text shares with the source, up to `enough`; marks and white space are not compared. */
export function longestCopy(text: string, source: string, enough = 1000): number {
  return longestRun(plain(text), plain(source), enough);
}

/** The observation with every copied run cut; parts of it that were nothing else are left out. */
export function limitObservation(draft: ObservationDraft, sources: readonly string[]): ObservationDraft {
  const limit = startLimit(sources);
  const title = limit(draft.title) ?? cutText(draft.title, AIMED);
  const narrative = draft.narrative.split(/\n{2,}/).flatMap((paragraph) => limit(paragraph) ?? []);
  // The heading above the facts stands between.
  limit('Facts');
  return {
    ...draft,
    title,
    narrative: narrative.join('\n\n'),
    facts: draft.facts.flatMap((fact) => limit(fact) ?? []),
  };
}

/** The same for a summary. */
export function limitSummary(draft: SummaryDraft, sources: readonly string[]): SummaryDraft {
  const limit = startLimit(sources);
  const lines = (list: readonly string[]): readonly string[] => list.flatMap((line) => limit(line) ?? []);
  return {
    title: limit(draft.title) ?? cutText(draft.title, AIMED),
    request: lines(draft.request),
    investigated: lines(draft.investigated),
    learned: lines(draft.learned),
    completed: lines(draft.completed),
    nextSteps: lines(draft.nextSteps),
  };
}

/** Takes the parts of a memory in order and shortens each until it makes no long copy, also together with what stands before. */
function startLimit(sources: readonly string[]): (part: string) => string | undefined {
  const plainSources = sources.map(plain);
  let before = '';
  return (part) => {
    for (let kept = part; kept.length >= Math.min(SHORTEST_KEPT, part.length); kept = shorter(kept)) {
      const text = `${before} ${plain(kept)}`.slice(-2 * AIMED - kept.length);
      if (plainSources.every((source) => longestRun(text, source, AIMED + 1) <= AIMED)) {
        // A stub of a sentence tells nothing; of a whole paragraph its first half may.
        if (kept.length < Math.min(LEAST_KEPT, part.length)) return undefined;
        before = text;
        return kept;
      }
    }
    return undefined;
  };
}

function shorter(text: string): string {
  const short = cutText(text.replace(/…$/, ''), Math.floor(text.length * 0.7));
  // A bracket that nothing closes any more reads worse than the end before it.
  const open = short.lastIndexOf(' (');
  const cut = open > short.length / 2 && !short.includes(')', open) ? `${short.slice(0, open)}…` : short;
  return cut.length < text.length ? cut : text.slice(0, text.length - 2);
}

function plain(text: string): string {
  return text.replace(/[\s*_`>#|~-]+/g, ' ').trim();
}

const STEP = 32;
/** A block that stands so often in a source is padding: it counts as copied rather than be compared at every place. */
const MOST_PLACES = 300;

/**
 * Any common run of two steps or more covers a whole block of the text at a multiple of the step: only those are looked up.
 * Ends as soon as a run of `enough` is found, so that no text can make it slow.
 */
function longestRun(text: string, source: string, enough: number): number {
  let longest = 0;
  for (let start = 0; start + STEP <= text.length; start += STEP) {
    const block = text.slice(start, start + STEP);
    let places = 0;
    for (let at = source.indexOf(block); at !== -1; at = source.indexOf(block, at + 1)) {
      if (++places > MOST_PLACES) return enough;
      let left = 0;
      while (left < start && left < at && text[start - left - 1] === source[at - left - 1]) left++;
      let right = STEP;
      while (
        left + right < enough &&
        start + right < text.length &&
        at + right < source.length &&
        text[start + right] === source[at + right]
      )
        right++;
      longest = Math.max(longest, left + right);
      if (longest >= enough) return longest;
    }
  }
  return longest;
}
