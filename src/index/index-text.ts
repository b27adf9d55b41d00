// A memory as the texts of the index's word columns. Pure.

import type { Memory } from '../model/memory.ts';
import { cleanText } from '../system/clean-text.ts';
import { identifierParts } from './identifiers.ts';
import { spreadWideText } from './wide-text.ts';

/** In the order of WORD_COLUMNS. */
export type ColumnTexts = readonly [
  title: string,
  narrative: string,
  facts: string,
  tags: string,
  files: string,
  parts: string,
];

/** A memory's texts, each as its column holds it. */
export interface MemoryTexts {
  readonly title: string;
  readonly narrative: string;
  readonly facts: string;
  readonly tags: string;
  readonly files: string;
}

type Texts = Pick<Memory, 'title' | 'body' | 'tags'> & { readonly files: readonly { readonly path: string }[] };

/** The texts that can be searched, as they stand in the file. */
export function memoryTexts(memory: Texts): MemoryTexts {
  const { narrative, facts } = splitFacts(memory.body);
  return {
    title: memory.title,
    narrative,
    facts,
    tags: memory.tags.join('\n'),
    files: memory.files.map((file) => file.path).join('\n'),
  };
}

/** What of a memory can be found: cleaned, scripts without blanks spread, identifiers also in parts. */
export function columnTexts(memory: Texts): ColumnTexts {
  const { title, narrative, facts, tags, files } = memoryTexts(memory);
  const clean = [title, narrative, facts, tags, files].map(cleanText) as [string, string, string, string, string];
  const [cleanTitle, cleanNarrative, cleanFacts, , cleanFiles] = clean;
  return [
    ...(clean.map(spreadWideText) as typeof clean),
    identifierParts(`${cleanTitle}\n${cleanNarrative}\n${cleanFacts}\n${cleanFiles}`),
  ];
}

/** The body without the section "Facts", and that section. */
function splitFacts(body: string): { readonly narrative: string; readonly facts: string } {
  const heading = FACTS_HEADING.exec(body);
  if (heading === null) return { narrative: body, facts: '' };
  const start = heading.index + heading[0].length;
  const next = body.slice(start).search(NEXT_HEADING);
  const end = next === -1 ? body.length : start + next;
  return { narrative: body.slice(0, heading.index) + body.slice(end), facts: body.slice(start, end) };
}

const FACTS_HEADING = /^##[ \t]+Facts[ \t]*$/im;
const NEXT_HEADING = /^##?[ \t]/m;
