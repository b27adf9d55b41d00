// A MemoryLibrary over an array of memories: what the faces are tested against, without an index.

import type { Memory, MemoryId } from '../../src/model/memory.ts';
import type { MemoryLibrary } from '../../src/model/ports.ts';
import type { FoundMemories, MemoryRow, SearchFilters } from '../../src/model/search.ts';
import { MemvaultError } from '../../src/model/errors.ts';

type Kept = FoundMemories['memories'][number];

/** A memory with every required field, in the vault unless `place` says otherwise. */
export function memory(fields: Partial<Kept> & { readonly id: MemoryId }): Kept {
  const created = fields.created ?? '2026-11-22T14:32:05Z';
  return {
    kind: 'observation',
    ...(fields.kind === undefined || fields.kind === 'observation' ? { type: 'bugfix' as const } : {}),
    title: `Memory ${fields.id}`,
    created,
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: 'What was learned.\n',
    place: 'vault',
    path: `memories/${created.slice(0, 4)}/${created.slice(5, 7)}/${created.slice(8, 10)}-memory-${fields.id}.md`,
    ...fields,
  };
}

/** Finds by plain words in title, body, tags and files; ranks by how many of them occur; without words, the newest. */
export function libraryOf(memories: readonly Kept[], options: { readonly stale?: boolean } = {}): MemoryLibrary {
  const stale = options.stale ?? false;
  const byTime = memories.toSorted((a, b) => a.created.localeCompare(b.created) || a.id.localeCompare(b.id));
  const withPrefix = (prefix: string): Kept[] => memories.filter((kept) => kept.id.startsWith(prefix));
  return {
    search(query) {
      const words = query.text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
      const hits = memories
        .filter((kept) => passes(kept, query))
        .map((kept) => ({ kept, score: words.filter((word) => textOf(kept).includes(word)).length }))
        .filter(({ score }) => score > 0 || words.length === 0)
        .toSorted((a, b) => b.score - a.score || b.kept.created.localeCompare(a.kept.created));
      return {
        hits: hits
          .slice(0, query.limit)
          .map(({ kept, score }) => ({ ...rowOf(kept), score, snippet: kept.body.slice(0, 200) })),
        total: hits.length,
        stale,
      };
    },
    timeline(query) {
      const anchor = query.id === undefined ? undefined : withPrefix(query.id)[0];
      if (query.id !== undefined && anchor === undefined)
        throw new MemvaultError('not_found', `no memory has the id ${query.id}`);
      const at = anchor?.created ?? query.at ?? '';
      const middle = anchor === undefined ? byTime.findIndex((kept) => kept.created >= at) : byTime.indexOf(anchor);
      const from = middle === -1 ? byTime.length : middle;
      const rows = byTime.slice(Math.max(0, from - query.before), from + query.after + (anchor === undefined ? 0 : 1));
      return { rows: rows.map(rowOf), ...(anchor === undefined ? {} : { anchor: anchor.id }), stale };
    },
    get(ids) {
      const found: Kept[] = [];
      const missing: string[] = [];
      const ambiguous: { prefix: string; candidates: MemoryRow[] }[] = [];
      for (const id of ids) {
        const matches = withPrefix(id);
        if (matches.length === 1) found.push(...matches);
        else if (matches.length === 0) missing.push(id);
        else ambiguous.push({ prefix: id, candidates: matches.map(rowOf) });
      }
      return { memories: found, missing, ambiguous, stale };
    },
    recent(filters, limit, after) {
      const newestFirst = byTime.toReversed();
      const start = after === undefined ? 0 : newestFirst.findIndex((kept) => kept.id === after.id) + 1;
      return newestFirst
        .slice(start)
        .filter((kept) => passes(kept, filters))
        .slice(0, limit)
        .map(rowOf);
    },
    session(sessionId) {
      return byTime.filter((kept) => kept.session === sessionId).map(rowOf);
    },
    revision: () => '1',
  };
}

function rowOf(kept: Kept): MemoryRow {
  const { body: _body, supersedes: _supersedes, deletes: _deletes, files, ...row } = kept;
  return { ...row, files: files.map((file) => file.path) };
}

function textOf(kept: Memory): string {
  return [kept.title, kept.body, ...kept.tags, ...kept.files.map((file) => file.path)].join('\n').toLowerCase();
}

function passes(kept: Memory, filters: SearchFilters): boolean {
  const paths = kept.files.map((file) => file.path);
  return (
    (filters.type === undefined || (kept.type !== undefined && filters.type.includes(kept.type))) &&
    (filters.kind === undefined || filters.kind.includes(kept.kind)) &&
    (filters.tags ?? []).every((tag) => kept.tags.includes(tag)) &&
    (filters.files === undefined ||
      filters.files.some((file) => paths.some((path) => path === file || path.startsWith(`${file}/`)))) &&
    (filters.since === undefined || kept.created >= filters.since) &&
    (filters.until === undefined || kept.created.slice(0, filters.until.length) <= filters.until) &&
    (filters.branch === undefined || kept.branch === filters.branch)
  );
}
