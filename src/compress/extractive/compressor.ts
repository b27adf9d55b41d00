// The compressor without a network: rules that read what happened and what was said of it.

import type { Compression, ObservationDraft, SessionState } from '../../model/draft.ts';
import type { Compressor } from '../../model/ports.ts';
import type { Batch } from '../../model/turn.ts';
import { redactText } from '../../system/redaction/redact.ts';
import { copySources, limitObservation, limitSummary } from '../copy-limit.ts';
import { isAlike } from '../likeness.ts';
import type { Candidate } from './candidate.ts';
import { observeChanges } from './observe-changes.ts';
import { observeDecisions } from './observe-decisions.ts';
import { observeFindings } from './observe-findings.ts';
import { observeObstacles } from './observe-obstacles.ts';
import { loadPhrases } from './phrases.ts';
import type { Phrases } from './phrases.ts';
import { readStory } from './story.ts';
import type { Story } from './story.ts';
import { summarise } from './summarise.ts';

const MOST = 5;
/** Below this a candidate is what anybody sees in the history: no memory. */
const LOWEST_RANK = 4;

/** Pure rules, no network, no clock: the same batch and state always give the same answer. */
export function createExtractiveCompressor(): Compressor {
  let phrases: Phrases | undefined;
  return {
    name: 'extractive',
    compress(batch, state) {
      phrases ??= loadPhrases();
      return Promise.resolve(compressByRules(batch, state, phrases));
    },
  };
}

function compressByRules(batch: Batch, state: SessionState, say: Phrases): Compression {
  const story = readStory(batch);
  const sources = copySources(batch);
  const candidates = choose(observe(story, state, say), state);
  const summary = summarise(story, state, candidates, say);
  return {
    observations: candidates.map((candidate) => limitObservation(redactDraft(candidate), sources)),
    ...(summary === undefined ? {} : { summary: limitSummary(summary, sources) }),
    by: 'extractive',
  };
}

function observe(story: Story, state: SessionState, say: Phrases): readonly Candidate[] {
  return [
    ...observeChanges(story, state, say),
    ...observeFindings(story, say),
    ...observeDecisions(story, say),
    ...observeObstacles(story, state, say),
  ];
}

/** The best five that say different things, in order of time. */
function choose(candidates: readonly Candidate[], state: SessionState): readonly Candidate[] {
  const chosen: Candidate[] = [];
  const ranked = candidates
    .filter((candidate) => candidate.rank >= LOWEST_RANK && candidate.title.length >= 8)
    .toSorted((a, b) => b.rank - a.rank || a.at - b.at);
  for (const candidate of ranked) {
    const isKnown = state.known.some((memory) => isAlike(memory.title, candidate.title));
    const isSaid = chosen.some((other) => isAlike(other.title, candidate.title));
    if (!isKnown && !isSaid && chosen.length < MOST) chosen.push(candidate);
  }
  return chosen.toSorted((a, b) => a.at - b.at);
}

function redactDraft(candidate: Candidate): ObservationDraft {
  return {
    type: candidate.type,
    title: redactText(candidate.title).text,
    narrative: redactText(candidate.narrative).text,
    facts: candidate.facts.map((fact) => redactText(fact).text),
    files: candidate.files,
    tags: candidate.tags,
  };
}
