// One memory, one Markdown file: reads its bytes into a Memory, writes a Memory as its bytes. Pure.

import { isUtf8 } from 'node:buffer';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import { parseFrontmatter } from './frontmatter.ts';
import { readMemoryFields } from './memory-fields.ts';
import { renderQuoted, renderScalar } from './yaml-scalar.ts';

/** A larger file is no memory. In bytes. */
export const MAX_MEMORY_BYTES = 256 * 1024;

export type MemoryFile =
  | { readonly ok: true; readonly memory: Memory; /** Warnings. */ readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; /** One error that names all that is wrong. */ readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads a file of a vault. `path` (relative to the vault) only goes into the diagnostics. A byte order mark and CRLF are
 * legal; the body keeps its line ends. Never throws.
 */
export function parseMemoryFile(path: string, content: Uint8Array | string): MemoryFile {
  const text = readText(content);
  if (typeof text !== 'string') return refuse(path, text);
  const fault = findTextFault(text);
  if (fault !== undefined) return refuse(path, fault);
  const frontmatter = parseFrontmatter(text, path);
  return frontmatter.ok ? readMemoryFields(path, frontmatter) : frontmatter;
}

/** The file of a memory in the form that memvault writes: `parseMemoryFile` gives the same memory back. */
export function serializeMemory(memory: Memory): string {
  const lines = ['---', `id: ${renderScalar(memory.id)}`, `kind: ${memory.kind}`];
  if (memory.type !== undefined) lines.push(`type: ${memory.type}`);
  lines.push(`title: ${renderScalar(memory.title)}`, `created: ${renderQuoted(memory.created)}`);
  if (memory.session !== undefined) lines.push(`session: ${renderScalar(memory.session)}`);
  if (memory.branch !== undefined) lines.push(`branch: ${renderScalar(memory.branch)}`);
  if (memory.commit !== undefined) lines.push(`commit: ${renderScalar(memory.commit)}`);
  if (memory.files.length > 0) lines.push('files:');
  for (const file of memory.files) {
    lines.push(`  - path: ${renderScalar(file.path)}`);
    if (file.blob !== undefined) lines.push(`    blob: ${renderScalar(file.blob)}`);
  }
  pushList(lines, 'tags', memory.tags);
  pushList(lines, 'supersedes', memory.supersedes);
  pushList(lines, 'deletes', memory.deletes);
  return `${lines.join('\n')}\n---\n${memory.body}`;
}

interface TextFault {
  readonly line?: number;
  readonly rule: string;
  readonly message: string;
  readonly mend?: string;
}

function refuse(path: string, fault: TextFault): MemoryFile {
  return { ok: false, diagnostics: [{ path, severity: 'error', ...fault }] };
}

function pushList(lines: string[], key: string, items: readonly string[]): void {
  if (items.length > 0) lines.push(`${key}:`, ...items.map((item) => `  - ${renderScalar(item)}`));
}

function readText(content: Uint8Array | string): string | TextFault {
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  if (size > MAX_MEMORY_BYTES)
    return {
      rule: 'file-too-large',
      message: `${Math.ceil(size / 1024)} KiB: a memory has at most ${MAX_MEMORY_BYTES / 1024} KiB`,
      mend: 'Split it into several memories.',
    };
  if (typeof content === 'string')
    return content.isWellFormed() ? content : { rule: 'not-utf8', message: 'the text is not valid Unicode' };
  if (!isUtf8(content)) return { rule: 'not-utf8', message: 'the file is not UTF-8', mend: 'Save it as UTF-8.' };
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
}

const CONFLICT = /^<{7}(?: .*)?$/;

function findTextFault(text: string): TextFault | undefined {
  const nul = text.indexOf('\0');
  if (nul !== -1)
    return { line: lineAt(text, nul), rule: 'nul-byte', message: 'a NUL character: the file is not text' };
  if (text.startsWith('version https://git-lfs.github.com/spec/'))
    return {
      line: 1,
      rule: 'lfs-pointer',
      message: 'a pointer of Git LFS, not the memory itself',
      mend: 'git lfs pull',
    };
  const conflict = text.includes('<<<<<<<') ? findConflict(text) : undefined;
  if (conflict === undefined) return undefined;
  return {
    line: conflict,
    rule: 'conflict-markers',
    message: 'unresolved conflict markers of a merge',
    mend: 'Run `memvault resolve`, or keep the right lines and remove the markers.',
  };
}

/** Line of the first `<<<<<<<` that has its `=======` and `>>>>>>>`; those inside a code block are an example, not a conflict. */
function findConflict(text: string): number | undefined {
  let fence = '';
  let start = 0;
  let isDivided = false;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence !== '') {
      if (mark.startsWith(fence) && line.trim() === mark) fence = '';
    } else if (mark !== '') fence = mark;
    else if (CONFLICT.test(line)) [start, isDivided] = [at + 1, false];
    else if (start > 0 && line === '=======') isDivided = true;
    else if (isDivided && /^>{7}(?: .*)?$/.test(line)) return start;
  }
  return undefined;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
