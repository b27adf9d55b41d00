// The change of a file as a unified patch: from the host's own hunks, or from the old and the new text.

import { isRecord, readNumber, readString } from './fields.ts';

export interface Patch {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/** At most so many lines of a patch are put together; the rest is counted only. */
const MAX_LINES = 2000;

/** From `structuredPatch`: hunks with `oldStart, oldLines, newStart, newLines, lines`. Undefined when it holds none. */
export function patchFromHunks(hunks: unknown): Patch | undefined {
  if (!Array.isArray(hunks) || hunks.length === 0) return undefined;
  const lines: string[] = [];
  let added = 0;
  let removed = 0;
  for (const hunk of hunks as unknown[]) {
    if (!isRecord(hunk) || !Array.isArray(hunk['lines'])) continue;
    const at = (field: string): number => readNumber(hunk, field) ?? 0;
    lines.push(`@@ -${at('oldStart')},${at('oldLines')} +${at('newStart')},${at('newLines')} @@`);
    for (const line of hunk['lines'] as unknown[]) {
      if (typeof line !== 'string') continue;
      if (line.startsWith('+')) added++;
      else if (line.startsWith('-')) removed++;
      if (lines.length < MAX_LINES) lines.push(line);
    }
  }
  return lines.length === 0 ? undefined : { text: lines.join('\n'), added, removed };
}

/** From two texts: what they share at their beginning and end stands as up to three lines of context. */
export function patchFromTexts(before: string, after: string): Patch {
  const old = splitLines(before);
  const now = splitLines(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  )
    end++;
  const removed = old.slice(start, old.length - end);
  const added = now.slice(start, now.length - end);
  const lines = [
    ...old.slice(Math.max(0, start - 3), start).map((line) => ` ${line}`),
    ...removed.slice(0, MAX_LINES).map((line) => `-${line}`),
    ...added.slice(0, MAX_LINES).map((line) => `+${line}`),
    ...old.slice(old.length - end, old.length - end + 3).map((line) => ` ${line}`),
  ];
  return { text: lines.join('\n'), added: added.length, removed: removed.length };
}

/** From the `edits` of a tool that makes several at once: `old_string`, `new_string`. */
export function patchFromEdits(edits: readonly unknown[]): Patch {
  const patches = edits
    .filter(isRecord)
    .map((edit) => patchFromTexts(readString(edit, 'old_string') ?? '', readString(edit, 'new_string') ?? ''));
  return {
    text: patches.map((patch) => patch.text).join('\n@@\n'),
    added: patches.reduce((sum, patch) => sum + patch.added, 0),
    removed: patches.reduce((sum, patch) => sum + patch.removed, 0),
  };
}

function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
