// Merges two edits of one memory file by field, so that no line of either side is lost and the file stays in the format. Pure.

import { isDeepStrictEqual } from 'node:util';
import { parseFrontmatter } from './frontmatter.ts';
import type { Frontmatter } from './frontmatter.ts';
import { parseMemoryFile } from './memory-file.ts';
import { mergeParagraphs } from './merge-paragraphs.ts';
import { renderScalar } from './yaml-scalar.ts';

export interface MemorySides {
  /** The last version that both sides had; absent when each made the file by itself. */
  readonly base?: string | undefined;
  readonly ours: string;
  readonly theirs: string;
}

export type MergedMemory =
  | {
      readonly ok: true;
      readonly text: string;
      /** Where both sides had changed the same thing, and what was done; a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Ours with what theirs changed: keys one by one, lists as sets, the body by paragraphs. Where both changed one value ours
 * stands and theirs is written below the body. Unknown keys and comments of either side are kept.
 */
export function mergeMemory(path: string, sides: MemorySides): MergedMemory {
  const ours = parseFrontmatter(sides.ours, path);
  const theirs = parseFrontmatter(sides.theirs, path);
  const base = sides.base === undefined ? undefined : parseFrontmatter(sides.base, path);
  if (!ours.ok || !theirs.ok) return { ok: false, reason: 'one of the two versions is not in the format' };
  if (ours.data['id'] !== theirs.data['id'])
    return { ok: false, reason: 'the two versions are different memories (their ids differ)' };
  const known = base?.ok === true ? base : undefined;
  const notes: string[] = [];
  const losses: string[] = [];
  const raw = mergeKeys({ base: known, ours, theirs }, notes, losses);
  const body = mergeParagraphs(known?.body, ours.body, theirs.body);
  if (body.keptBoth > 0) notes.push('both sides changed the same paragraph: both are kept');
  const lineEnd = ours.raw.includes('\r\n') ? '\r\n' : '\n';
  const opening = sides.ours.slice(0, ours.rawStart);
  const closing = sides.ours.slice(ours.rawStart + ours.raw.length, sides.ours.length - ours.body.length);
  const remarks = losses.map((loss) => `${lineEnd}> ${loss}${lineEnd}`).join('');
  const text = opening + raw + closing + body.text + remarks;
  if (!parseMemoryFile(path, text).ok) return { ok: false, reason: 'the merged text would not be in the format' };
  return { ok: true, text, notes };
}

interface Parsed {
  readonly base: Frontmatter | undefined;
  readonly ours: Frontmatter;
  readonly theirs: Frontmatter;
}

/** Keys whose values are sets. */
const LISTS = ['tags', 'supersedes', 'deletes', 'files'];

function mergeKeys({ base, ours, theirs }: Parsed, notes: string[], losses: string[]): string {
  const blocks = { base: blocksOf(base), ours: blocksOf(ours), theirs: blocksOf(theirs) };
  const lineEnd = ours.raw.includes('\r\n') ? '\r\n' : '\n';
  let raw = '';
  for (const key of new Set([...blocks.ours.keys(), ...blocks.theirs.keys()])) {
    const [was, mine, other] = [blocks.base.get(key), blocks.ours.get(key), blocks.theirs.get(key)];
    const values = { base: base?.data[key], ours: ours.data[key], theirs: theirs.data[key] };
    if (isDeepStrictEqual(values.ours, values.theirs)) raw += mine ?? other ?? '';
    else if (base !== undefined && isDeepStrictEqual(values.ours, values.base)) raw += other ?? '';
    else if (base !== undefined && isDeepStrictEqual(values.theirs, values.base)) raw += mine ?? '';
    else if (LISTS.includes(key)) raw += renderList(key, mergeLists(values), lineEnd);
    else if (mine === undefined || other === undefined) {
      // One side took the key out, the other changed it (or only one has it): what was written stays.
      raw += mine ?? other ?? '';
      if (was !== undefined) notes.push(`\`${key}\` was removed on one side and changed on the other: it is kept`);
    } else {
      raw += mine;
      const text = typeof values.theirs === 'string' ? values.theirs : JSON.stringify(values.theirs);
      notes.push(`both sides changed \`${key}\`: ours stands, theirs is noted below the text`);
      losses.push(`Merged: on the other branch \`${key}\` was ${JSON.stringify(text)}.`);
    }
  }
  return raw.endsWith('\n') || raw === '' ? raw : raw + lineEnd;
}

/** Key → its lines, with the comments above it. */
function blocksOf(frontmatter: Frontmatter | undefined): Map<string, string> {
  const blocks = new Map<string, string>();
  let key = '';
  let loose = '';
  for (const line of frontmatter?.raw.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const name = /^["']?([^\s"'#:-][^"':]*)["']?[ \t]*:(?:[ \t\r\n]|$)/.exec(line)?.[1]?.trimEnd();
    if (name !== undefined) {
      key = name;
      blocks.set(key, loose + line);
      loose = '';
    } else if (/^(?:#|\s*$)/.test(line)) loose += line;
    else {
      blocks.set(key, (blocks.get(key) ?? '') + loose + line);
      loose = '';
    }
  }
  if (loose !== '') blocks.set(key, (blocks.get(key) ?? '') + loose);
  return blocks;
}

interface ListSides {
  readonly base: unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What either side has, without what either side took out. */
function mergeLists(values: ListSides): readonly unknown[] {
  const [base, ours, theirs] = [itemsOf(values.base), itemsOf(values.ours), itemsOf(values.theirs)];
  const merged = new Map<string, unknown>([...theirs, ...ours]);
  for (const name of base.keys()) if (!ours.has(name) || !theirs.has(name)) merged.delete(name);
  const order = [...ours.keys(), ...[...theirs.keys()].filter((name) => !ours.has(name))];
  return order.flatMap((name) => (merged.has(name) ? [merged.get(name)] : []));
}

function itemsOf(value: unknown): Map<string, unknown> {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return new Map(list.map((item) => [nameOf(item), item]));
}

function nameOf(item: unknown): string {
  const path: unknown = typeof item === 'object' && item !== null && 'path' in item ? item.path : item;
  return typeof path === 'string' ? path : JSON.stringify(path);
}

function renderList(key: string, items: readonly unknown[], lineEnd: string): string {
  if (items.length === 0) return '';
  const lines = items.flatMap((item) => {
    if (typeof item !== 'object' || item === null) return [`  - ${renderScalar(String(item))}`];
    return Object.entries(item).map(
      ([name, value], i) => `  ${i === 0 ? '-' : ' '} ${renderScalar(name)}: ${renderValue(value)}`,
    );
  });
  return [`${key}:`, ...lines].map((line) => line + lineEnd).join('');
}

function renderValue(value: unknown): string {
  return typeof value === 'string' ? renderScalar(value) : JSON.stringify(value);
}
