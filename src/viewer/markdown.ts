// Reads the part of Markdown that memories use into plain values; what it does not know stays text. Linear, no HTML.

import { type Inline, parseInlines } from './markdown-inline.ts';

export type Block =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly inlines: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly start?: number; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'rule' };

const MAX_DEPTH = 6;

const FENCE = /^ {0,3}(`{3,}|~{3,})[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( {1,4})(?=\S)/;

/** The blocks of a text whose line ends are `\n`. */
export function parseMarkdown(text: string): readonly Block[] {
  return parseBlocks(text.split('\n'), 0);
}

function parseBlocks(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inlines: parseInlines(paragraph.join('\n')) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const found =
      line.trim() === '' ? { block: undefined, next: at + 1 } : readBlock(lines, at, depth, paragraph.length > 0);
    if (found === undefined) {
      paragraph.push(line.trim());
      at++;
      continue;
    }
    endParagraph();
    if (found.block !== undefined) blocks.push(found.block);
    at = found.next;
  }
  endParagraph();
  return blocks;
}

interface Found {
  readonly block: Block | undefined;
  /** Number of the first line after the block. */
  readonly next: number;
}

/** The block that begins on a line; undefined when the line is part of a paragraph. */
function readBlock(lines: readonly string[], at: number, depth: number, inParagraph: boolean): Found | undefined {
  const line = lines[at] ?? '';
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) return readFence(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const text = (heading[2] ?? '').replace(/[ \t]#+[ \t]*$/, '').trim();
    return {
      block: { kind: 'heading', level: heading[1]?.length ?? 1, inlines: parseInlines(text) },
      next: at + 1,
    };
  }
  if (RULE.test(line)) return { block: { kind: 'rule' }, next: at + 1 };
  if (depth >= MAX_DEPTH) return undefined;
  if (QUOTE.test(line)) return readQuote(lines, at, depth);
  const item = ITEM.exec(line);
  if (item !== null && !(inParagraph && isLateNumber(item[2]))) return readList(lines, at, depth);
  return inParagraph || !/^ {4}/.test(line) ? undefined : readIndented(lines, at);
}

/** A line that begins with `1986.` inside a paragraph is no list. */
function isLateNumber(marker: string | undefined): boolean {
  return marker !== undefined && /^\d/.test(marker) && Number.parseInt(marker, 10) !== 1;
}

function readFence(lines: readonly string[], at: number, fence: string): Found {
  const close = new RegExp(`^ {0,3}${fence.startsWith('~') ? '~' : '`'}{${fence.length},}[ \\t]*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end] ?? '')) end++;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 };
}

function readIndented(lines: readonly string[], at: number): Found {
  let end = at;
  while (end < lines.length && /^(?: {4}|\s*$)/.test(lines[end] ?? '')) end++;
  const text = lines
    .slice(at, end)
    .map((line) => line.slice(4))
    .join('\n');
  return { block: { kind: 'code', text: text.trimEnd() }, next: end };
}

function readQuote(lines: readonly string[], at: number, depth: number): Found {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end++;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return { block: { kind: 'quote', blocks: parseBlocks(inner, depth + 1) }, next: end };
}

function readList(lines: readonly string[], at: number, depth: number): Found {
  const first = ITEM.exec(lines[at] ?? '')?.[2] ?? '-';
  const isOrdered = /^\d/.test(first);
  const items: (readonly Block[])[] = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end] ?? '');
    if (item === null || /^\d/.test(item[2] ?? '') !== isOrdered || RULE.test(lines[end] ?? '')) break;
    const indent = item[0].length;
    const next = endOfItem(lines, end + 1, item[1]?.length ?? 0);
    const inner = lines
      .slice(end, next)
      .map((line, position) => (position === 0 ? line.slice(indent) : dedent(line, indent)));
    items.push(parseBlocks(inner, depth + 1));
    end = next;
  }
  return {
    block: { kind: 'list', ...(isOrdered ? { start: Number.parseInt(first, 10) } : {}), items },
    next: end,
  };
}

/** An item goes on with indented lines, with lazy lines of its paragraph, and over empty lines before indented ones. */
function endOfItem(lines: readonly string[], from: number, lead: number): number {
  let end = from;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    const isIndented = line.length - line.trimStart().length >= lead + 2;
    const isLazy =
      at === end &&
      !ITEM.test(line) &&
      !FENCE.test(line) &&
      !HEADING.test(line) &&
      !QUOTE.test(line) &&
      !RULE.test(line);
    if (!isIndented && !isLazy) break;
    end = at + 1;
  }
  return end < lines.length && lines[end]?.trim() === '' && ITEM.test(lines[end + 1] ?? '') ? end + 1 : end;
}

function dedent(line: string, indent: number): string {
  const spaces = line.length - line.trimStart().length;
  return line.slice(Math.min(spaces, indent));
}
