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

/** What of a memory can be found: cleaned, scripts without blanks spread, identifiers also in parts. */
export function columnTexts(memory: Pick<Memory, 'title' | 'body' | 'tags' | 'files'>): ColumnTexts {
  const title = cleanText(memory.title);
  const body = cleanText(memory.body);
  const files = memory.files.map((file) => cleanText(file.path)).join('\n');
  const { narrative, facts } = splitFacts(body);
  return [
    spreadWideText(title),
    spreadWideText(narrative),
    spreadWideText(facts),
    spreadWideText(cleanText(memory.tags.join('\n'))),
    spreadWideText(files),
    identifierParts(`${title}\n${body}\n${files}`),
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
