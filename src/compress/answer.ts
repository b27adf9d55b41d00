// Reads a model's answer: tolerant of length, strict of shape; nothing is taken that the events do not show.

import type { ObservationDraft, SessionState, SummaryDraft } from '../model/draft.ts';
import { MIN_PREFIX_LENGTH, OBSERVATION_TYPES } from '../model/memory.ts';
import type { ObservationType } from '../model/memory.ts';
import type { Batch } from '../model/turn.ts';
import { cleanLine, cleanText, cutText } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import { batchFiles, repositoryPath } from './batch-files.ts';
import { copySources, limitObservation, limitSummary } from './copy-limit.ts';
import { isAlike } from './likeness.ts';

export type Answer =
  | { readonly ok: true; readonly observations: readonly ObservationDraft[]; readonly summary?: SummaryDraft }
  | { readonly ok: false; readonly problem: string };

const MOST_OBSERVATIONS = 5;
const MAX_TITLE = 120;
const MAX_PARAGRAPH = 700;
const MAX_FACT = 220;
const MAX_LINE = 200;

/** The drafts in a model's answer, or what is wrong with its shape (for the repair try). */
export function readAnswer(answer: unknown, batch: Batch, state: SessionState): Answer {
  if (!isRecord(answer)) return wrong('the answer is not an object');
  if (!Array.isArray(answer['observations'])) return wrong('"observations" is not a list');
  const evidence = gatherEvidence(batch, state);
  const observations: ObservationDraft[] = [];
  for (const [index, raw] of (answer['observations'] as readonly unknown[]).entries()) {
    const read = readObservation(raw, evidence);
    if (typeof read === 'string') return wrong(`observations[${index}]: ${read}`);
    const replaced = new Set(read.supersedes);
    const isKnown = [...state.known.filter(({ id }) => !replaced.has(id)), ...observations].some((other) =>
      isAlike(other.title, read.title),
    );
    if (!isKnown && read.title.length >= 4) observations.push(read);
  }
  const rawSummary = answer['summary'];
  if (rawSummary !== undefined && rawSummary !== null && !isRecord(rawSummary))
    return wrong('"summary" is not an object');
  const summary = isRecord(rawSummary) ? readSummary(rawSummary, evidence) : undefined;
  if (typeof summary === 'string') return wrong(`summary: ${summary}`);
  const sources = copySources(batch);
  return {
    ok: true,
    observations: observations.slice(0, MOST_OBSERVATIONS).map((draft) => limitObservation(draft, sources)),
    ...(summary === undefined ? {} : { summary: limitSummary(summary, sources) }),
  };
}

/** What the events show, to hold claims against. */
interface Evidence {
  readonly batch: Batch;
  readonly files: ReadonlySet<string>;
  readonly text: string;
  /** What went along of earlier batches and sessions: checked when it came, so its ids may be said again. */
  readonly told: string;
  /** Ids that an observation may say it replaces. */
  readonly known: readonly string[];
}

function gatherEvidence(batch: Batch, state: SessionState): Evidence {
  const text = JSON.stringify([
    batch.turns.map((turn) => [turn.prompt?.prompt, turn.toolUses.map((event) => event.detail), turn.reply]),
    batch.turns.map((turn) => turn.subagentReplies.map((event) => event.reply)),
    batch.compactSummaries,
  ]);
  const memories = [...state.known, ...(state.related ?? [])];
  const told = JSON.stringify([state.summary, memories.map(({ title, gist }) => [title, gist])]);
  return { batch, files: batchFiles(batch), text, told, known: memories.map(({ id }) => id) };
}

function readObservation(raw: unknown, evidence: Evidence): ObservationDraft | string {
  if (!isRecord(raw)) return 'not an object';
  const { type, title, narrative } = raw;
  if (!isObservationType(type)) return `"type" is not one of ${OBSERVATION_TYPES.join(', ')}`;
  if (typeof title !== 'string' || title.trim() === '') return '"title" is not a text';
  if (typeof narrative !== 'string') return '"narrative" is not a text';
  const facts = readTexts(raw['facts']);
  const files = readTexts(raw['files']);
  const tags = readTexts(raw['tags']);
  const replaced = readTexts(raw['supersedes']);
  if (facts === undefined || files === undefined || tags === undefined || replaced === undefined)
    return '"facts", "files", "tags" and "supersedes" are lists of texts';
  const supersedes = [...new Set(replaced.flatMap((id) => knownId(id, evidence) ?? []))];
  return {
    type,
    title: tidy(title, MAX_TITLE, evidence),
    narrative: narrative
      .split(/\n\s*\n/)
      .slice(0, 3)
      .map((paragraph) => tidy(paragraph, MAX_PARAGRAPH, evidence))
      .filter(Boolean)
      .join('\n\n'),
    facts: facts
      .slice(0, 8)
      .map((fact) => tidy(fact.replace(/^[-*•]\s+/, ''), MAX_FACT, evidence))
      .filter(Boolean),
    files: [...new Set(files.flatMap((file) => shownFile(file, evidence) ?? []))].slice(0, 12),
    tags: [...new Set(tags.map(tagOf).filter(Boolean))].slice(0, 5),
    ...(supersedes.length === 0 ? {} : { supersedes }),
  };
}

/** The whole id of a memory that was listed; anything else is made up. */
function knownId(given: string, evidence: Evidence): string | undefined {
  const prefix = given.trim().toLowerCase();
  return prefix.length < MIN_PREFIX_LENGTH ? undefined : evidence.known.find((id) => id.startsWith(prefix));
}

function readSummary(raw: Readonly<Record<string, unknown>>, evidence: Evidence): SummaryDraft | string {
  const title = raw['title'];
  if (typeof title !== 'string' || title.trim() === '') return '"title" is not a text';
  const lines = (name: string): readonly string[] =>
    (readTexts(raw[name]) ?? [])
      .slice(0, 6)
      .map((line) => tidy(line.replace(/^[-*•]\s+/, ''), MAX_LINE, evidence))
      .filter(Boolean);
  return {
    title: tidy(title, MAX_TITLE, evidence),
    request: lines('request'),
    investigated: lines('investigated'),
    learned: lines('learned'),
    completed: lines('completed'),
    nextSteps: lines('nextSteps'),
  };
}

/** One line, without secrets, ids and addresses that the events do not show, cut to its length. */
function tidy(text: string, max: number, evidence: Evidence): string {
  const isShown = (name: string): boolean => evidence.text.includes(name) || evidence.told.includes(name);
  const line = cleanLine(redactText(cleanText(text)).text)
    .replace(/\bhttps?:\/\/[^\s)>\]]+/g, (url) =>
      isShown(url.replace(/[.,;:]+$/, '')) ? url : '[address not in the events]',
    )
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b/g, (id) =>
      isShown(id) ? id : '[id not in the events]',
    );
  return cutText(line, max);
}

/** The file as a repository path when the events show it. */
function shownFile(file: string, evidence: Evidence): string | undefined {
  const path = repositoryPath(
    cleanLine(file)
      .replace(/^\.\//, '')
      .replace(/:\d+.*$/, ''),
    evidence.batch,
  );
  if (path === undefined || path.length > 300) return undefined;
  return evidence.files.has(path) || (path.length > 3 && evidence.text.includes(path)) ? path : undefined;
}

function tagOf(tag: string): string {
  return cleanLine(tag, 40)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

function readTexts(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function isObservationType(value: unknown): value is ObservationType {
  return OBSERVATION_TYPES.some((type) => type === value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(problem: string): Answer {
  return { ok: false, problem };
}
