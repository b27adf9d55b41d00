// Turns what compression drafted into memories: cleaned, without secrets, in the format's shape; and a summary's body back.

import { MemvaultError } from '../model/errors.ts';
import type { ObservationDraft, SummaryDraft } from '../model/draft.ts';
import type { FileReference, Memory, MemoryId } from '../model/memory.ts';
import { cleanLine, cleanText, cutText } from '../system/clean-text.ts';
import { redactText } from '../system/redaction/redact.ts';
import { parseCreated } from './created.ts';
import { parseList, renderList, renderParagraphs } from './markdown-list.ts';

/** What is known of a memory beside its text. */
export interface MemoryContext {
  readonly id: MemoryId;
  /** UTC, with or without a fraction of a second. */
  readonly created: string;
  readonly session: string;
  readonly branch?: string;
  readonly commit?: string;
  /** Git blob ids of the session's files by repository-relative path, as the agent saw them. */
  readonly blobs: Readonly<Record<string, string>>;
  /** Ids of memories that this one replaces. */
  readonly supersedes?: readonly MemoryId[];
}

/** The sections of a summary's body. */
export type SummarySections = Omit<SummaryDraft, 'title'>;

const MAX_TITLE = 120;
const MAX_LINE = 600;
const MAX_NARRATIVE = 8000;
const MAX_ITEMS = 30;
const MAX_FILES = 50;
const MAX_TAGS = 12;

const SECTIONS = [
  ['request', 'Request'],
  ['investigated', 'Investigated'],
  ['learned', 'Learned'],
  ['completed', 'Completed'],
  ['nextSteps', 'Next steps'],
] as const satisfies readonly (readonly [keyof SummarySections, string])[];

/** The memory of an observation: narrative, then `## Facts`. Throws `invalid_input` for a wrong time. */
export function observationMemory(draft: ObservationDraft, context: MemoryContext): Memory {
  const narrative = renderParagraphs(cutText(safeText(draft.narrative).trim(), MAX_NARRATIVE));
  const facts = safeLines(draft.facts);
  const parts = [
    ...(narrative === '' ? [] : [`${narrative}\n`]),
    ...(facts.length === 0 ? [] : [`## Facts\n\n${renderList(facts)}`]),
  ];
  return {
    ...commonFields(context),
    kind: 'observation',
    type: draft.type,
    title: safeLine(draft.title, MAX_TITLE) || safeLine(draft.narrative, MAX_TITLE) || draft.type,
    files: fileReferences(draft.files, context.blobs),
    tags: safeTags(draft.tags),
    body: parts.join('\n'),
  };
}

/** The memory of a session's summary: one heading for each section that says something. Throws `invalid_input` for a wrong time. */
export function summaryMemory(draft: SummaryDraft, context: MemoryContext): Memory {
  const parts: string[] = [];
  for (const [key, heading] of SECTIONS) {
    const lines = safeLines(draft[key]);
    if (lines.length > 0) parts.push(`## ${heading}\n\n${renderList(lines)}`);
  }
  return {
    ...commonFields(context),
    kind: 'summary',
    title: safeLine(draft.title, MAX_TITLE) || safeLine(draft.request[0] ?? '', MAX_TITLE) || 'Session summary',
    files: [],
    tags: [],
    body: parts.join('\n'),
  };
}

/** The sections of a summary's body, ours or edited by a person; headings match whatever their case and level. */
export function parseSummary(body: string): SummarySections {
  const sections: Record<keyof SummarySections, readonly string[]> = {
    request: [],
    investigated: [],
    learned: [],
    completed: [],
    nextSteps: [],
  };
  for (const part of body.split(/^(?=#{1,6}[ \t])/m)) {
    const heading = /^#{1,6}[ \t]+(.*?)[ \t#]*\r?(?:\n|$)/.exec(part);
    const name = heading?.[1]?.toLowerCase().replace(/\s+/g, ' ');
    const section = SECTIONS.find(([, known]) => known.toLowerCase() === name)?.[0];
    if (heading === null || section === undefined) continue;
    sections[section] = [...sections[section], ...parseList(part.slice(heading[0].length))];
  }
  return sections;
}

function commonFields(
  context: MemoryContext,
): Pick<Memory, 'id' | 'created' | 'session' | 'branch' | 'commit' | 'supersedes' | 'deletes'> {
  const created = parseCreated(context.created);
  if (created === undefined)
    throw new MemvaultError('invalid_input', `"${cleanLine(context.created, 60)}" is not a time in UTC`);
  const session = cleanLine(context.session);
  const branch = withoutSecret(context.branch);
  const commit = withoutSecret(context.commit);
  return {
    id: context.id,
    created,
    ...(session === '' ? {} : { session }),
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit }),
    supersedes: context.supersedes ?? [],
    deletes: [],
  };
}

/** Cleaned first, so that no invisible character hides a secret from the rules; then redacted. */
function safeText(text: string): string {
  return redactText(cleanText(text.toWellFormed())).text;
}

function safeLine(text: string, max: number): string {
  return cleanLine(safeText(text), max);
}

function safeLines(texts: readonly string[]): readonly string[] {
  const lines = texts.map((text) => safeLine(text, MAX_LINE)).filter((line) => line !== '');
  return [...new Set(lines)].slice(0, MAX_ITEMS);
}

/** A name with a secret in it is left out: redacted it would name nothing. */
function withoutSecret(name: string | undefined): string | undefined {
  const clean = cleanLine(name ?? '');
  return clean !== '' && redactText(clean).text === clean ? clean : undefined;
}

function safeTags(tags: readonly string[]): readonly string[] {
  const names = tags
    .map((tag) =>
      withoutSecret(tag)
        ?.toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}._/+#-]+/gu, '-'),
    )
    .map((tag) => tag?.replace(/^[-._/]+|[-._/]+$/g, '').slice(0, 60))
    .filter((tag): tag is string => tag !== undefined && tag !== '');
  return [...new Set(names)].slice(0, MAX_TAGS).sort();
}

function fileReferences(paths: readonly string[], blobs: Readonly<Record<string, string>>): readonly FileReference[] {
  const known = new Map<string, FileReference>();
  for (const raw of paths) {
    const path = raw.replace(/^(?:\.\/)+/, '');
    const segments = path.split('/');
    const isInside = path !== '' && !/^(?:[A-Za-z]:|[~/\\])/.test(path) && !segments.includes('..');
    if (!isInside || withoutSecret(path) !== path) continue;
    const blob = Object.hasOwn(blobs, path) ? blobs[path] : undefined;
    const isBlob = blob !== undefined && /^[0-9a-f]{12,64}$/.test(blob);
    known.set(path, isBlob ? { path, blob: blob.slice(0, 12) } : { path });
  }
  return [...known.values()].slice(0, MAX_FILES);
}
