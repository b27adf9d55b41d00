// Changes keys in the frontmatter of a file that people may have written: every byte beside those keys stays. Pure.

import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../model/diagnostic.ts';
import { parseFrontmatter } from './frontmatter.ts';
import { renderScalar } from './yaml-scalar.ts';

/** The new value of each key; undefined takes the key out. */
export type FrontmatterChanges = Readonly<Record<string, string | readonly string[] | undefined>>;

export type EditResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * The text with the changed keys; unknown keys, comments, order, line ends and the body stay byte for byte. A new key goes
 * below the others. When the frontmatter is written in a way that this cannot change safely, nothing is changed and a
 * diagnostic says so.
 */
export function editFrontmatter(text: string, changes: FrontmatterChanges, path: string): EditResult {
  const before = parseFrontmatter(text, path);
  if (!before.ok) return before;
  const lineEnd = /\r\n/.test(text.slice(0, before.rawStart)) ? '\r\n' : '\n';
  let raw = before.raw;
  for (const [key, value] of Object.entries(changes)) raw = changeKey(raw, key, value, lineEnd);
  const edited = text.slice(0, before.rawStart) + raw + text.slice(before.rawStart + before.raw.length);

  const wanted: Record<string, unknown> = { ...before.data };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value.length === 0) delete wanted[key];
    else wanted[key] = value;
  }
  const after = parseFrontmatter(edited, path);
  if (after.ok && after.body === before.body && isDeepStrictEqual({ ...after.data }, wanted))
    return { ok: true, text: edited };
  const diagnostic: Diagnostic = {
    path,
    line: 1,
    rule: 'edit-unsafe',
    severity: 'error',
    message: `${Object.keys(changes).join(', ')} cannot be changed without touching other lines`,
    mend: 'Change it in an editor.',
  };
  return { ok: false, diagnostics: [diagnostic] };
}

function changeKey(raw: string, key: string, value: FrontmatterChanges[string], lineEnd: string): string {
  const lines = raw.match(/[^\n]*\n/g) ?? [];
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  const isEmpty = value === undefined || value.length === 0;
  if (start === -1) return isEmpty ? raw : raw + renderKey(key, value, lineEnd);
  const end = endOfBlock(lines, start);
  const old = lines.slice(start, end);
  const changed = isEmpty ? '' : replaceBlock(old, key, value, lineEnd);
  return [...lines.slice(0, start), changed, ...lines.slice(end)].join('');
}

/** Indented lines and list items belong to the key above them; comments at the left edge and blank lines to what follows. */
function endOfBlock(lines: readonly string[], start: number): number {
  let end = start + 1;
  for (let at = end; at < lines.length && /^(?:[ \t]|- |-\r?\n|#|\r?\n)/.test(lines[at] ?? ''); at++)
    if (/^(?:[ \t]+[^\s]|-)/.test(lines[at] ?? '')) end = at + 1;
  return end;
}

/** Keeps the lines of items that stay and the comment of a single line. */
function replaceBlock(old: readonly string[], key: string, value: string | readonly string[], lineEnd: string): string {
  if (typeof value === 'string') {
    const comment = old.length === 1 ? commentOf(old[0] ?? '') : '';
    return `${key}: ${renderScalar(value)}${comment}${lineEnd}`;
  }
  const [head = '', ...rest] = old;
  const isBlockList = /^[^:]+:[ \t]*(?:#.*)?\r?\n$/.test(head) && rest.length > 0;
  if (!isBlockList) return renderKey(key, value, lineEnd);
  const indent = /^[ \t]*/.exec(rest.find((line) => line.trimStart().startsWith('- ')) ?? '  ')?.[0] ?? '  ';
  const kept: string[] = [];
  const items: string[] = [];
  for (const line of rest) {
    const item = itemOf(line);
    const isWanted = item !== undefined && value.includes(item) && !items.includes(item);
    if (isWanted) items.push(item);
    if (isWanted || item === undefined) kept.push(line);
  }
  const added = value.slice(items.length);
  // Another order than before: the list is written anew.
  if (items.some((item, at) => value[at] !== item)) return renderKey(key, value, lineEnd);
  return head + kept.join('') + added.map((item) => `${indent}- ${renderScalar(item)}${lineEnd}`).join('');
}

function itemOf(line: string): string | undefined {
  if (!line.trimStart().startsWith('- ')) return undefined;
  const parsed = parseFrontmatter(`---\nitems:\n${line.trimEnd()}\n---\n`, '');
  const items = parsed.ok ? parsed.data['items'] : undefined;
  return Array.isArray(items) && typeof items[0] === 'string' ? items[0] : undefined;
}

/** ` # …` after a value on the same line. */
function commentOf(line: string): string {
  const value =
    /^[^:]+:[ \t]*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[^"'#\s]|[^\s"'#][^\n]*?\S)?)([ \t]+#[^\r\n]*)\r?\n$/;
  return value.exec(line)?.[1] ?? '';
}

function renderKey(key: string, value: string | readonly string[], lineEnd: string): string {
  if (typeof value === 'string') return `${key}: ${renderScalar(value)}${lineEnd}`;
  return `${key}:${lineEnd}${value.map((item) => `  - ${renderScalar(item)}${lineEnd}`).join('')}`;
}
