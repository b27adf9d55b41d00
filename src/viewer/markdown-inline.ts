// Reads code spans, emphasis and links inside one paragraph of Markdown; everything else stays text.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly text: string };

const MAX_DEPTH = 4;
/** A longer paragraph is shown as the text that it is. */
const MAX_LENGTH = 20_000;

const LINK = /(!?)\[([^[\]\n]{0,500})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+"[^"\n]{0,200}")?\s*\)/y;
const AUTOLINK = /<(https?:\/\/[^\s<>]{1,2000})>/iy;
const BARE_URL = /https?:\/\/[^\s<>"'`\])}|]{1,2000}/iy;
const ESCAPE = /\\([!-/:-@[-`{-~])/y;

/** The inline parts of a paragraph, in order. */
export function parseInlines(text: string): readonly Inline[] {
  return text.length > MAX_LENGTH ? [{ kind: 'text', text }] : parse(text, 0);
}

/** The address when it is a plain web address: http or https, no user and password. Images and scripts are none. */
function safeHref(href: string): string | undefined {
  const url = URL.parse(href);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  return url.username === '' && url.password === '' ? url.href : undefined;
}

function parse(text: string, depth: number): readonly Inline[] {
  const parts: Inline[] = [];
  /** Marks that were looked for once and have no end: not looked for again, so that time stays linear. */
  const endless = new Set<string>();
  let plain = '';
  for (let at = 0; at < text.length;) {
    const found = readAt(text, at, depth, endless);
    if (found === undefined) {
      plain += text[at] ?? '';
      at++;
      continue;
    }
    if (found.part.kind === 'text') plain += found.part.text;
    else {
      if (plain !== '') parts.push({ kind: 'text', text: plain });
      plain = '';
      parts.push(found.part);
    }
    at = found.next;
  }
  if (plain !== '') parts.push({ kind: 'text', text: plain });
  return parts;
}

interface Found {
  readonly part: Inline;
  readonly next: number;
}

function readAt(text: string, at: number, depth: number, endless: Set<string>): Found | undefined {
  switch (text[at]) {
    case '\\':
      return match(ESCAPE, text, at, ([, character = '']) => ({ kind: 'text', text: character }));
    case '`':
      return readCode(text, at, endless);
    case '*':
    case '_':
      return depth < MAX_DEPTH ? readEmphasis(text, at, depth, endless) : undefined;
    case '!':
    case '[':
      return match(LINK, text, at, ([, mark = '', label = '', target = '']) => linkOf(mark === '!', label, target));
    case '<':
      return match(AUTOLINK, text, at, ([, target = '']) => linkOf(false, target, target));
    case 'h':
    case 'H':
      return readBareUrl(text, at);
    default:
      return undefined;
  }
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
  build: (groups: RegExpExecArray) => Inline,
): Found | undefined {
  pattern.lastIndex = at;
  const groups = pattern.exec(text);
  return groups === null ? undefined : { part: build(groups), next: at + groups[0].length };
}

function linkOf(isImage: boolean, label: string, target: string): Inline {
  // An image would tell its server that somebody reads: only its words are shown.
  if (isImage) return { kind: 'text', text: `[image: ${label}] (${target})` };
  const href = safeHref(target);
  return href === undefined ? { kind: 'text', text: `${label} (${target})` } : { kind: 'link', href, text: label };
}

function readBareUrl(text: string, at: number): Found | undefined {
  if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return undefined;
  BARE_URL.lastIndex = at;
  const address = BARE_URL.exec(text)?.[0].replace(/[.,;:!?*_]+$/, '');
  const href = address === undefined ? undefined : safeHref(address);
  if (address === undefined || href === undefined) return undefined;
  return { part: { kind: 'link', href, text: address }, next: at + address.length };
}

function readCode(text: string, at: number, endless: Set<string>): Found {
  let start = at;
  while (text[start] === '`') start++;
  const ticks = text.slice(at, start);
  const end = endless.has(ticks) ? -1 : findRun(text, ticks, start);
  if (end === -1) {
    endless.add(ticks);
    return { part: { kind: 'text', text: ticks }, next: start };
  }
  const code = text.slice(start, end).replaceAll('\n', ' ');
  return { part: { kind: 'code', text: code.trim() === '' ? code : code.trim() }, next: end + ticks.length };
}

/** Where the next run of exactly these backticks begins. */
function findRun(text: string, ticks: string, from: number): number {
  for (let at = text.indexOf(ticks, from); at !== -1;) {
    let end = at;
    while (text[end] === '`') end++;
    if (end - at === ticks.length) return at;
    at = text.indexOf(ticks, end);
  }
  return -1;
}

function readEmphasis(text: string, at: number, depth: number, endless: Set<string>): Found | undefined {
  const character = text[at] ?? '';
  const mark = text[at + 1] === character ? character + character : character;
  const start = at + mark.length;
  if (endless.has(mark) || /\s|^$/.test(text[start] ?? '') || (character === '_' && isWord(text[at - 1])))
    return undefined;
  const end = findMark(text, mark, start);
  if (end === -1) {
    endless.add(mark);
    return undefined;
  }
  const inlines = parse(text.slice(start, end), depth + 1);
  return { part: { kind: mark.length === 2 ? 'strong' : 'emphasis', inlines }, next: end + mark.length };
}

/** Where the closing mark stands: after a character that is no space, and not inside a word for `_`. */
function findMark(text: string, mark: string, from: number): number {
  const character = mark[0] ?? '';
  for (let at = text.indexOf(mark, from + 1); at !== -1; at = text.indexOf(mark, at + 1)) {
    const isDouble = mark.length === 1 && (text[at + 1] === character || text[at - 1] === character);
    const isInWord = character === '_' && isWord(text[at + mark.length]);
    if (!isDouble && !isInWord && !/\s/.test(text[at - 1] ?? '')) return at;
  }
  return -1;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
