// What is kept of a file that was read or changed: its path, its patch, its blob id; never its content.

import { isAbsolute, sep } from 'node:path';
import type { EventOrigin, ToolDetail } from '../model/hook-event.ts';
import { present, readNumber, readRecord, readString } from './fields.ts';
import type { Fields } from './fields.ts';
import { relativeTo } from '../system/absolute-path.ts';
import { readFileBlob } from '../system/file-blob.ts';
import { patchFromEdits, patchFromHunks, patchFromTexts } from './patch.ts';
import type { Patch } from './patch.ts';
import type { Scrub } from './scrub.ts';
import { OMITTED } from './sensitive-file.ts';

const MAX_PATCH = 4000;
const MAX_PATH = 300;
/** More of a file's new content is never looked at. */
const MAX_NEW_CONTENT = 64 * 1024;

/** Of one or several edits: the hunks that the host gives, else the old and the new text. */
export function editDetail(input: Fields, response: Fields, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const patch =
    patchFromHunks(response['structuredPatch']) ??
    (Array.isArray(input['edits'])
      ? patchFromEdits(input['edits'] as unknown[])
      : patchFromTexts(readString(input, 'old_string') ?? '', readString(input, 'new_string') ?? ''));
  return { kind: 'edit', ...changedFile(filePath(input) ?? filePath(response) ?? '', patch, origin, scrub) };
}

/** Of a file that was written: its hunks; a new one as added lines, as far as there is room. */
export function writeDetail(input: Fields, response: Fields, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const created =
    response['type'] === 'create' || (response['type'] === undefined && response['originalFile'] === null);
  const content = readString(input, 'content') ?? '';
  const patch = patchFromHunks(response['structuredPatch']) ?? {
    ...patchFromTexts('', content.slice(0, MAX_NEW_CONTENT)),
    added: countLines(content),
  };
  const path = filePath(input) ?? filePath(response) ?? '';
  return { kind: 'write', created, ...changedFile(path, patch, origin, scrub) };
}

/** Of one cell of a notebook that was changed. */
export function notebookDetail(input: Fields, response: Fields, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const patch = patchFromTexts(readString(response, 'old_source') ?? '', readString(input, 'new_source') ?? '');
  return { kind: 'edit', ...changedFile(filePath(input) ?? '', patch, origin, scrub) };
}

/** Of a read: path, range and blob; the content is never looked at. */
export function readDetail(input: Fields, response: Fields, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const path = filePath(input) ?? '';
  const file = readRecord(response, 'file');
  return present({
    kind: 'read',
    path: scrub.head(relativePath(path, origin), MAX_PATH),
    startLine: readNumber(file, 'startLine') ?? readNumber(input, 'offset'),
    lines: readNumber(file, 'numLines') ?? readNumber(input, 'limit'),
    blob: scrub.isHidden(path) ? undefined : projectBlob(path, origin),
  });
}

/** The path that a tool was given or answered with. */
export function filePath(fields: Fields): string | undefined {
  return (
    readString(fields, 'file_path') ??
    readString(fields, 'notebook_path') ??
    readString(fields, 'filePath') ??
    readString(fields, 'path')
  );
}

/** The path from the work tree's (or the project's) root, with `/`; `.` for the root itself; unchanged when it lies elsewhere. */
export function relativePath(path: string, origin: Pick<EventOrigin, 'project' | 'worktree'>): string {
  if (!isAbsolute(path)) return path.split(sep).join('/');
  for (const root of [origin.worktree, origin.project]) {
    if (root === undefined) continue;
    const inside = relativeTo(root, path);
    if (inside === '') return '.';
    if (inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.split(sep).join('/');
  }
  return path.split(sep).join('/');
}

interface ChangedFile {
  readonly path: string;
  readonly patch: string;
  readonly added: number;
  readonly removed: number;
  readonly blob?: string;
}

function changedFile(path: string, patch: Patch, origin: EventOrigin, scrub: Scrub): ChangedFile {
  const sensitive = scrub.isHidden(path);
  const blob = sensitive ? undefined : projectBlob(path, origin);
  return present({
    path: scrub.head(relativePath(path, origin), MAX_PATH),
    patch: sensitive ? OMITTED : scrub.head(patch.text, MAX_PATCH),
    added: patch.added,
    removed: patch.removed,
    blob,
  });
}

/** The blob of a file inside the project; nothing outside it is opened. */
function projectBlob(path: string, origin: EventOrigin): string | undefined {
  return isAbsolute(path) && !isAbsolute(relativePath(path, origin)) ? readFileBlob(path) : undefined;
}

function countLines(text: string): number {
  if (text === '') return 0;
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
