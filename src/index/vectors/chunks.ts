// Cuts a memory into the pieces that get a vector each: its title with a part of its body, at headings and paragraphs. Pure.

import { estimateTokens } from '../../model/tokens.ts';
import { cleanLine, cleanText } from '../../system/clean-text.ts';

/** What a piece of text may hold: small models read no more than 256 or 512 tokens, and a mean over much says little. */
const MAX_TOKENS = 256;
const TITLE_TOKENS = 60;
const HEADING_TOKENS = 40;
/** Of a huge file only the beginning can be found by meaning; its words are all in the index. */
const MAX_CHUNKS = 64;

/** The texts to embed, the whole memory first in reading order; a memory that is short is one. Equal memories give equal texts. */
export function chunksOf(memory: { readonly title: string; readonly body: string }): readonly string[] {
  const title = cutTokens(cleanLine(memory.title), TITLE_TOKENS);
  const room = MAX_TOKENS - estimateTokens(title);
  const parts = pack(splitBlocks(cleanText(memory.body)), room);
  const chunks = (parts.length === 0 ? [''] : parts.slice(0, MAX_CHUNKS)).map((part) => `${title}\n${part}`.trim());
  return [...new Set(chunks)];
}

/** A paragraph, a list or a code block; `opens`: a heading, which belongs to what follows (a very long one is a paragraph). */
interface Block {
  readonly text: string;
  readonly opens: boolean;
}

function splitBlocks(body: string): readonly Block[] {
  return body
    .split(/\n[ \t]*\n+|\n(?=#{1,6} )|(?<=^#{1,6} [^\n]*)\n/m)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((text) => ({ text, opens: /^#{1,6} [^\n]*$/.test(text) && estimateTokens(text) <= HEADING_TOKENS }));
}

/** Fills parts with whole blocks as far as they fit; a block that is too long for one part is cut at sentences. */
function pack(blocks: readonly Block[], room: number): readonly string[] {
  const parts: string[] = [];
  let current: string[] = [];
  let heading: string | undefined;
  const flush = (): void => {
    if (current.length > 0) parts.push(current.join('\n'));
    current = [];
  };
  for (const block of blocks) {
    if (block.opens) {
      heading = block.text;
      continue;
    }
    const pieces = cutBlock(block.text, heading === undefined ? room : room - estimateTokens(`${heading}\n`));
    for (const piece of pieces) {
      const lines = heading === undefined ? [piece] : [heading, piece];
      if (current.length > 0 && estimateTokens([...current, ...lines].join('\n')) > room) flush();
      current.push(...lines);
      heading = undefined;
    }
  }
  if (heading !== undefined) current.push(heading);
  flush();
  return parts;
}

/** At line ends, else behind sentences, else at blanks, else anywhere. */
const ENDS = [/(?<=\n)/, /(?<=[.!?;:][ \n])|(?<=[。！？；])/, /(?<=\s)/] as const;

function cutBlock(text: string, room: number, level = 0): readonly string[] {
  if (estimateTokens(text) <= room) return [text];
  const end = ENDS[level];
  const atoms =
    end === undefined ? Array.from(text) : text.split(end).flatMap((atom) => cutBlock(atom, room, level + 1));
  const pieces: string[] = [];
  let piece = '';
  for (const atom of atoms) {
    if (piece !== '' && estimateTokens(piece + atom) > room) {
      pieces.push(piece);
      piece = '';
    }
    piece += atom;
  }
  return [...pieces, piece].map((one) => one.trim()).filter((one) => one !== '');
}

function cutTokens(text: string, most: number): string {
  return cutBlock(text, most)[0] ?? '';
}
