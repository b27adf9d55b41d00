// Holds what compression drafted against what the vault knows already: new, known, more than known, or gone on purpose.

import { denies, isAlike, saysTheSame } from '../compress/likeness.ts';
import { repositoryPath } from '../compress/batch-files.ts';
import type { KnownMemory, ObservationDraft } from '../model/draft.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { gistOf } from '../vault/learned.ts';
import type { Unwanted } from '../vault/unwanted.ts';

/** What became of a draft that is not written as it was drafted. */
export interface Ruling {
  readonly title: string;
  readonly ruling: 'known' | 'extends' | 'corrects' | 'forgotten';
  /** The memory that decided it. */
  readonly by: string;
}

export interface Weighed {
  readonly drafts: readonly ObservationDraft[];
  readonly rulings: readonly Ruling[];
}

type Library = Pick<MemoryLibrary, 'search' | 'get' | 'recent'>;
/** A memory in the index, or one that is on another branch only. */
type Found = Memory & { readonly supersededBy?: string };

const KINDS = ['observation', 'note'] as const;
const MOST_RELATED = 10;
const MAX_GIST = 500;
const MAX_QUERY = 300;
/** So many statements that the known memory does not hold make a draft worth writing over it. */
const LEAST_NEW = 2;
const MAX_FACTS = 8;

/** The memories of other sessions that may speak of the same as the batch, the likeliest first. */
export function findRelated(library: Library, batch: Batch, known: readonly KnownMemory[]): readonly KnownMemory[] {
  const prompts = batch.turns.flatMap((turn) => turn.prompt?.prompt.slice(0, MAX_QUERY) ?? []);
  const replies = batch.turns.flatMap((turn) => turn.reply?.slice(0, MAX_QUERY) ?? []);
  const files = changedFiles(batch);
  const rows = [
    ...[...prompts.slice(-3), ...replies.slice(-2)].flatMap(
      (text) => library.search({ text, kind: KINDS, limit: 5 }).hits,
    ),
    ...(files.length === 0 ? [] : library.recent({ kind: KINDS, files }, MOST_RELATED)),
    // Decisions bind beyond the words and files that they were made with.
    ...library.recent({ type: ['decision'] }, 5),
  ];
  const own = new Set(known.map(({ id }) => id));
  const ids = [...new Set(rows.filter((row) => row.supersededBy === undefined).map((row) => row.id))]
    .filter((id) => !own.has(id))
    .slice(0, MOST_RELATED);
  return library.get(ids).memories.map((memory) => ({
    id: memory.id,
    type: memory.type ?? 'discovery',
    title: memory.title,
    gist: gistOf(memory.body).slice(0, MAX_GIST),
  }));
}

/**
 * The drafts that are worth writing. One that says nothing beyond a memory that is there, or that was there and was replaced, is
 * dropped; one that says more takes that memory's place, with its statements; one that people wanted gone stays gone.
 */
export function weighDrafts(
  drafts: readonly ObservationDraft[],
  library: Library,
  forgotten: Unwanted,
  sessionKnown: readonly KnownMemory[],
): Weighed {
  const kept: ObservationDraft[] = [];
  const rulings: Ruling[] = [];
  for (const draft of drafts) {
    const gone = forgotten.find((title, gist) => isSame(draft, title, gist));
    if (gone !== undefined) {
      rulings.push({ title: draft.title, ruling: 'forgotten', by: gone.id });
      continue;
    }
    const known: Found | undefined =
      findKnown(draft, library) ?? forgotten.findElsewhere((title, gist) => isSame(draft, title, gist));
    if (known === undefined || draft.supersedes?.includes(known.id) === true) {
      kept.push(draft);
      continue;
    }
    const isOwn = sessionKnown.some(({ id }) => id === known.id);
    // Who drafted it knew this memory: what it says under another title is meant as something else.
    if (isOwn && !isAlike(draft.title, known.title)) {
      kept.push(draft);
      continue;
    }
    // What is now said the other way round is news, and what was said before is not in force any more.
    if (isCorrection(draft, known)) {
      kept.push({ ...draft, supersedes: [...(draft.supersedes ?? []), known.id] });
      rulings.push({ title: draft.title, ruling: 'corrects', by: known.id });
      continue;
    }
    const fresh = newStatements(draft, known);
    // A person's note is never replaced by a machine; what was replaced itself is old news.
    const mayExtend = known.kind === 'observation' && known.supersededBy === undefined && fresh >= LEAST_NEW && !isOwn;
    if (mayExtend) kept.push(extended(draft, known));
    rulings.push({ title: draft.title, ruling: mayExtend ? 'extends' : 'known', by: known.id });
  }
  return { drafts: kept, rulings };
}

/** The memory, in force or replaced, that is about the same. */
function findKnown(draft: ObservationDraft, library: Library): Found | undefined {
  const rows = [
    ...library.search({ text: draft.title, kind: KINDS, limit: 8 }).hits,
    ...(draft.files.length === 0 ? [] : library.recent({ kind: KINDS, files: draft.files.slice(0, 5) }, 20)),
  ];
  const near = rows.filter((row) => isAlike(row.title, draft.title)).map((row) => row.id);
  // By its text too: the same finding may come under another title.
  const ids = [...new Set([...near, ...rows.slice(0, 5).map((row) => row.id)])].slice(0, 10);
  const found = library
    .get(ids)
    .memories.filter((memory) => isCorrection(draft, memory) || isSame(draft, memory.title, gistOf(memory.body)));
  return found.find((memory) => memory.supersededBy === undefined) ?? found[0];
}

/** The title of an observation in force, denied. A person's note is not for a machine to correct. */
function isCorrection(draft: ObservationDraft, known: Found): boolean {
  const mayReplace = known.kind === 'observation' && known.supersededBy === undefined;
  return mayReplace && isAlike(draft.title, known.title) && denies(draft.title, known.title);
}

function isSame(draft: ObservationDraft, title: string, gist: string): boolean {
  if (saysTheSame(draft.title, title)) return true;
  if (isAlike(draft.title, title)) return false;
  const lines = statementsOf(draft).filter((line) => line.length >= 40);
  if (lines.length === 0) return false;
  const known = gist.split('\n');
  const shared = lines.filter((line) => known.some((other) => saysTheSame(line, other))).length;
  return shared / lines.length > 0.6;
}

function newStatements(draft: ObservationDraft, known: Found): number {
  const lines = [known.title, ...gistOf(known.body).split('\n')];
  return statementsOf(draft).filter((line) => line.length >= 25 && !lines.some((other) => saysTheSame(line, other)))
    .length;
}

function statementsOf(draft: ObservationDraft): readonly string[] {
  return [...draft.narrative.split(/\n{2,}/), ...draft.facts].filter((line) => line.trim() !== '');
}

/** The draft in the place of the memory, with what only that one says. */
function extended(draft: ObservationDraft, known: Found): ObservationDraft {
  const own = statementsOf(draft);
  const lines = gistOf(known.body).split('\n');
  const carried = lines.filter((line) => line.length >= 25 && !own.some((other) => isAlike(line, other)));
  return {
    ...draft,
    facts: [...draft.facts, ...carried].slice(0, MAX_FACTS),
    files: [...new Set([...draft.files, ...known.files.map(({ path }) => path)])],
    tags: [...new Set([...draft.tags, ...known.tags])],
    supersedes: [...(draft.supersedes ?? []), known.id],
  };
}

function changedFiles(batch: Batch): readonly string[] {
  const paths = batch.turns.flatMap((turn) =>
    turn.toolUses.flatMap(({ detail }) =>
      detail.kind === 'edit' || detail.kind === 'write' ? (repositoryPath(detail.path, batch) ?? []) : [],
    ),
  );
  return [...new Set(paths)].slice(-8);
}
