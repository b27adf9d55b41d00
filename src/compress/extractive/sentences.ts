// Splits what was written (replies, decision documents, summaries) into sentences without markup.

import { cleanText, cutText } from '../../system/clean-text.ts';

export interface Sentence {
  /** One line, without Markdown marks other than backticks. */
  readonly text: string;
  /** The heading above it, when there is one. */
  readonly heading?: string;
  /** Whether it was an item of a list. */
  readonly item: boolean;
  /** Number of the paragraph or item that it stands in. */
  readonly block: number;
}

/** What is longer is no sentence; the rules that read sentences need not fear it. */
const MAX_SENTENCE = 600;

/** The sentences of a Markdown text in order; code blocks, tables and tags are left out. */
export function splitSentences(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let heading: string | undefined;
  for (const [number, block] of splitBlocks(text).entries()) {
    if (block.kind === 'heading') {
      heading = block.text;
      continue;
    }
    for (const long of segment(block.text)) {
      const part = long.length > MAX_SENTENCE ? cutText(long, MAX_SENTENCE) : long;
      if (!/[\p{L}\p{N}]/u.test(part)) continue;
      sentences.push({
        text: part,
        item: block.kind === 'item',
        block: number,
        ...(heading === undefined ? {} : { heading }),
      });
    }
  }
  return sentences;
}

/** A sentence cut to `max` characters, at the end of a clause where there is one. */
export function shorten(long: string, max: number): string {
  const text = long.replace(/…+$/, '');
  if (text.length <= max) return long.length <= max ? long : text;
  const head = text.slice(0, max);
  const clause = Math.max(
    ...['; ', ', ', ' — ', ' – ', ': ', ' (', '。', '，', '、'].map((mark) => head.lastIndexOf(mark)),
  );
  if (clause >= max * 0.55) {
    const cut = head.slice(0, clause).trimEnd();
    // A half-open quotation or bracket reads worse than a cut word.
    if (count(cut, '`') % 2 === 0 && count(cut, '(') === count(cut, ')')) return `${cut}…`;
  }
  return cutText(text, max);
}

/** Puts a dash where a comma parts a long sentence near its middle, so that it is no long copy of where it was said. */
export function breakRun(text: string): string {
  if (text.length <= 100) return text;
  const commas = [...text.matchAll(/[,;] /g)].map((found) => found.index).filter((at) => isOutside(text, at));
  const middle = text.length / 2;
  const nearest = commas.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  if (nearest === undefined || nearest < 30 || nearest > text.length - 30) return text;
  return `${text.slice(0, nearest)} – ${text.slice(nearest + 2)}`;
}

/** Not inside code, quotation marks or brackets. */
function isOutside(text: string, at: number): boolean {
  const head = text.slice(0, at);
  return (
    count(head, '`') % 2 === 0 &&
    count(head, '"') % 2 === 0 &&
    count(head, '(') <= count(head, ')') &&
    count(head, '{') <= count(head, '}')
  );
}

/** Without the full stop at the end, for titles and lists. */
export function withoutStop(text: string): string {
  return text.replace(/(?<!\.)[.。:;,\s]+$/u, '');
}

/** The first letter made large; nothing else changes. */
export function capitalise(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 32);
  // Names from code keep their own letters.
  if (/^[\p{L}\p{N}_$]*[_(.:/\p{N}]|^\p{Ll}+\p{Lu}/u.test(text.split(/\s/)[0] ?? '')) return text;
  return first.toLocaleUpperCase() + text.slice(first.length);
}

interface Block {
  readonly kind: 'heading' | 'item' | 'text';
  readonly text: string;
}

function splitBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let paragraph: { kind: 'item' | 'text'; lines: string[] } | undefined;
  let inCode = false;
  const flush = (): void => {
    if (paragraph !== undefined) blocks.push({ kind: paragraph.kind, text: stripMarks(paragraph.lines.join(' ')) });
    paragraph = undefined;
  };
  for (const raw of cleanText(text).split('\n')) {
    const line = raw.trim();
    if (/^(?:```|~~~)/.test(line)) {
      flush();
      inCode = !inCode;
      continue;
    }
    if (inCode) continue;
    if (line === '' || line.startsWith('|') || /^<[/!]?[a-zA-Z-]+[^>]*>$/.test(line) || /^[-=*_]{3,}$/.test(line)) {
      flush();
      continue;
    }
    const heading = headingOf(line);
    if (heading !== undefined) {
      flush();
      blocks.push({ kind: 'heading', text: heading });
      continue;
    }
    const item = /^(?:[-*+•]|\d{1,3}[.)])\s+(.*)$/.exec(line)?.[1];
    if (item !== undefined) {
      flush();
      paragraph = { kind: 'item', lines: [item] };
    } else if (paragraph === undefined) paragraph = { kind: 'text', lines: [line] };
    else paragraph.lines.push(line);
  }
  flush();
  return blocks.filter((block) => block.text !== '');
}

/** `## Heading`, `**Heading**`, `**Heading:**` and `4. Errors and Fixes:` on a line of their own. */
function headingOf(line: string): string | undefined {
  const found =
    /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1] ??
    /^\*\*([^*]{2,60})\*\*:?$/.exec(line)?.[1] ??
    /^(?:\d{1,2}\.\s+)?([\p{Lu}][^.!?`*]{2,50}):$/u.exec(line)?.[1];
  return found === undefined ? undefined : stripMarks(found).replace(/:$/, '');
}

function stripMarks(text: string): string {
  return text
    .replace(/<\/?[a-zA-Z][a-zA-Z-]*>/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])/g, '$1')
    .replace(/^\[[ xX]\]\s+/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Made on first need: it loads dictionaries, and most processes compress nothing. */
let segmenter: Intl.Segmenter | undefined;
/** A number with a stop is an ordinal behind the words that go before one in German; `exits 0.` ends a sentence. */
const ABBREVIATION =
  /(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|z\.B|bzw|Nr|No|Fig)\.|\b(?:[Aa]m|[Vv]om|[Zz]um|[Dd]er|[Dd]em|[Dd]en|[Dd]es|[Dd]ie|[Dd]as|[Bb]is|[Aa]b|[Ss]eit|[Ii]m|[Uu]nd)\s\d{1,2}\.|\b[A-Z]\.)\s*$/;

function segment(text: string): readonly string[] {
  const parts: string[] = [];
  let open = '';
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  for (const { segment: piece } of segmenter.segment(text)) {
    open += piece;
    // A stop inside `code` or after an abbreviation ends no sentence.
    if (ABBREVIATION.test(open) || count(open, '`') % 2 === 1) continue;
    parts.push(open.trim());
    open = '';
  }
  if (open.trim() !== '') parts.push(open.trim());
  // A sentence that begins with `code` in small letters is one too.
  return parts.flatMap((part) => part.split(/(?<=[\p{L}\p{N})`"”][.!?])\s+(?=`[^`]+`\s)/u).reduce(joinAbbreviated, []));
}

/** What follows an abbreviation belongs to it. */
function joinAbbreviated(parts: readonly string[], next: string): string[] {
  const last = parts.at(-1);
  return last !== undefined && ABBREVIATION.test(`${last} `)
    ? [...parts.slice(0, -1), `${last} ${next}`]
    : [...parts, next];
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
