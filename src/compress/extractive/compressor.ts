// The compressor without a network: rules that read what happened and what was said of it.

import type { Compression, ObservationDraft, SessionState } from '../../model/draft.ts';
import type { Compressor } from '../../model/ports.ts';
import type { Batch } from '../../model/turn.ts';
import { redactText } from '../../system/redaction/redact.ts';
import { copySources, limitObservation, limitSummary } from '../copy-limit.ts';
import { detectLanguage, phraseLanguage } from '../language.ts';
import type { PhraseLanguage } from '../language.ts';
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
/** Of these one batch leaves so many, a session not many more: what was built stands in the history too. */
const BUILT = new Set(['feature', 'refactor', 'change']);
const MOST_BUILT = 3;
const MOST_BUILT_A_SESSION = 3;
const MOST_WITH_REASONS = 4;
/** Below this a candidate is what anybody sees in the history: no memory. */
const LOWEST_RANK = 4;

/**
 * Pure rules, no network, no clock: the same batch and state always give the same answer. The phrases are those of `language`,
 * or of the prompts' own language for `auto` and for languages that have none.
 */
export function createExtractiveCompressor(language = 'auto'): Compressor {
  const loaded = new Map<PhraseLanguage, Phrases>();
  return {
    name: 'extractive',
    compress(batch, state) {
      const spoken = phraseLanguage(language) ?? languageOf(batch, state);
      const phrases = loaded.get(spoken) ?? loadPhrases(spoken);
      loaded.set(spoken, phrases);
      return Promise.resolve(compressByRules(batch, state, phrases));
    },
  };
}

/** A batch that continues a turn has no prompt of its own: what was asked before counts too. */
function languageOf(batch: Batch, state: SessionState): PhraseLanguage {
  const prompts = batch.turns.flatMap((turn) => turn.prompt?.prompt.slice(0, 2000) ?? []);
  return detectLanguage([...prompts, ...(state.summary?.request ?? [])].join(' '));
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
    ...observeDecisions(story, state, say),
    ...observeObstacles(story, state, say),
  ];
}

/** The best five that say different things, in order of time. */
function choose(candidates: readonly Candidate[], state: SessionState): readonly Candidate[] {
  const chosen: Candidate[] = [];
  const told: Candidate[] = [];
  const ranked = candidates
    .filter((candidate) => candidate.rank >= LOWEST_RANK && candidate.title.length >= 8)
    .toSorted((a, b) => b.rank - a.rank || a.at - b.at);
  const knownBuilt = state.known.filter((memory) => BUILT.has(memory.type)).length;
  let built = 0;
  for (const candidate of ranked) {
    if (chosen.length >= MOST) break;
    const replaced = new Set(candidate.supersedes);
    if (state.known.some((memory) => !replaced.has(memory.id) && isAlike(memory.title, candidate.title))) {
      // The same in other words is known too.
      told.push(candidate);
      continue;
    }
    if ([...chosen, ...told].some((other) => saysTheSame(other, candidate))) continue;
    if (BUILT.has(candidate.type)) {
      // Late in a session only what is big or has its reason with it is worth one more.
      if (built >= MOST_BUILT || (knownBuilt + built >= MOST_BUILT_A_SESSION && candidate.rank < 6)) continue;
      if (knownBuilt + built >= MOST_WITH_REASONS) continue;
      built++;
    }
    chosen.push(candidate);
  }
  return chosen.toSorted((a, b) => a.at - b.at);
}

/** Alike in title, or with most facts in common. */
function saysTheSame(one: Candidate, other: Candidate): boolean {
  if (isAlike(one.title, other.title)) return true;
  const linesOf = (candidate: Candidate): readonly string[] =>
    [...candidate.narrative.split('\n\n'), ...candidate.facts].filter((line) => line.length > 30);
  const lines = linesOf(other);
  const shared = lines.filter((line) => linesOf(one).some((known) => isAlike(known, line)));
  return lines.length > 0 && shared.length * 2 > lines.length;
}

function redactDraft(candidate: Candidate): ObservationDraft {
  return {
    type: candidate.type,
    title: redactText(candidate.title).text,
    narrative: redactText(candidate.narrative).text,
    facts: candidate.facts.map((fact) => redactText(fact).text),
    files: candidate.files,
    tags: candidate.tags,
    ...(candidate.supersedes === undefined ? {} : { supersedes: candidate.supersedes }),
  };
}
