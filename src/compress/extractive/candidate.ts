// A candidate: an observation that rules found, with its rank among the others and its place in time.

import type { ObservationDraft } from '../../model/draft.ts';
import { cutText } from '../../system/clean-text.ts';
import { isAlike } from '../likeness.ts';
import type { ChangeStep } from './steps.ts';
import type { Phrases } from './phrases.ts';
import { capitalise, withoutStop } from './sentences.ts';

export interface Candidate extends ObservationDraft {
  /** The higher, the rather it is kept: 10 for what a person said to remember, 1 for what anybody can see in `git log`. */
  readonly rank: number;
  /** Index of the step at which it was known, for the order of the answer. */
  readonly at: number;
}

const MAX_TITLE = 120;
const MAX_FACTS = 8;
const MAX_FILES = 12;

/** Puts a candidate together: paragraphs and facts without the empty ones, each within its length. */
export function makeCandidate(parts: {
  readonly type: ObservationDraft['type'];
  readonly title: string;
  readonly paragraphs: readonly (string | undefined)[];
  readonly facts: readonly (string | undefined)[];
  readonly files: readonly string[];
  readonly supersedes?: readonly string[];
  readonly rank: number;
  readonly at: number;
}): Candidate {
  const title = cutText(capitalise(withoutStop(parts.title.replace(/\s+/g, ' ').trim())), MAX_TITLE);
  const files = [...new Set(parts.files)].slice(0, MAX_FILES);
  const narrative = parts.paragraphs
    .filter((paragraph): paragraph is string => paragraph !== undefined && paragraph !== '')
    .slice(0, 3);
  return {
    type: parts.type,
    title,
    narrative: narrative.join('\n\n'),
    facts: freshFacts(parts.facts, narrative).slice(0, MAX_FACTS),
    files,
    ...(parts.supersedes === undefined || parts.supersedes.length === 0 ? {} : { supersedes: parts.supersedes }),
    tags: tagsFor(`${title} ${narrative.join(' ')}`, files),
    rank: parts.rank,
    at: parts.at,
  };
}

/** The facts that neither a paragraph nor a fact before them says. */
function freshFacts(facts: readonly (string | undefined)[], paragraphs: readonly string[]): readonly string[] {
  const sentences = paragraphs.flatMap((paragraph) => paragraph.split(/(?<=[.!?…”“]) /));
  const fresh: string[] = [];
  for (const fact of facts) {
    if (fact === undefined || fact === '') continue;
    // Without what frames it (`New test: … (file)`), or the frame alone would make it another one.
    const core = fact.replace(/^[^:]{2,24}: | \([^()]*\)$/g, '');
    if (![...sentences, ...fresh].some((said) => isAlike(said, core) || said.includes(core))) fresh.push(fact);
  }
  return fresh;
}

/** `src/auth.js (+12 −1)`: what was changed, file by file, the biggest first. */
export function describeChanges(changes: readonly ChangeStep[], say: Phrases): readonly string[] {
  const sums = new Map<string, { added: number; removed: number; created: boolean }>();
  for (const change of changes) {
    const sum = sums.get(change.path) ?? { added: 0, removed: 0, created: false };
    sum.added += change.added;
    sum.removed += change.removed;
    sum.created ||= change.created;
    sums.set(change.path, sum);
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.added + b.removed - (a.added + a.removed))
    .map(([file, sum]) => {
      const size = sum.removed === 0 ? `+${sum.added}` : `+${sum.added} −${sum.removed}`;
      return say(sum.created ? 'created' : 'changed', { file, size });
    });
}

export function changedFiles(changes: readonly ChangeStep[]): readonly string[] {
  return [...new Set(changes.map((change) => change.path))];
}

/** Topics by plain words; what a person would file the memory under. */
const TOPICS: readonly (readonly [RegExp, string])[] = [
  [/\brac(?:e|y)\b|deadlock|in parallel|concurren|overlap/i, 'concurrency'],
  [/\bauth|login|logged out|token|session cookie|oauth/i, 'auth'],
  [/\btests?\b|spec\b|assert/i, 'testing'],
  [/\bdeploy|staging|production|release\b/i, 'deployment'],
  [/\benv(?:ironment)?\b|\bconfig\b|[A-Z]+_[A-Z_]+/, 'configuration'],
  [/migration|schema|\bsql|database|\bredis\b|postgres|sqlite/i, 'database'],
  [/\bapi\b|endpoint|\broute|controller/i, 'api'],
  [/performance|\bslow|latency|cache\b/i, 'performance'],
  [/secur|vulnerab|injection|secret|xss|csrf/i, 'security'],
  [/depend(?:ency|encies)|upgrade|package\b/i, 'dependencies'],
  [/\bdocs?\b|readme|documentation/i, 'documentation'],
  [/\btrac(?:e|ing)\b|telemetry|logging|metrics/i, 'observability'],
  [/\bui\b|\bpage\b|button|\bview\b|component|css/i, 'ui'],
];

function tagsFor(text: string, files: readonly string[]): readonly string[] {
  const all = `${text} ${files.join(' ')}`;
  return TOPICS.filter(([pattern]) => pattern.test(all))
    .map(([, tag]) => tag)
    .slice(0, 4);
}
