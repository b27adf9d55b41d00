// Reads the summary that the host's own compaction wrote: pitfalls with their mends, lessons, decisions, what is left.

import { splitSentences, withoutStop } from './sentences.ts';

export interface CompactionNotes {
  readonly pitfalls: readonly Pitfall[];
  /** What working on the problems taught, a sentence each. */
  readonly lessons: readonly string[];
  readonly concepts: readonly string[];
  readonly left: readonly string[];
}

/** An error and how it was solved: a name and the rest. */
export interface Pitfall {
  readonly name: string;
  readonly text: string;
  readonly solved: boolean;
  /** What was tried on the way without success. */
  readonly tried: readonly string[];
}

/** The parts of a compaction summary that are worth keeping; the analysis before the summary is not read. */
export function readCompaction(summary: string): CompactionNotes {
  const end = summary.search(/^\s*(?:<summary>|Summary:)\s*$/m);
  const text = end === -1 ? summary.replace(/<analysis>[\s\S]*?<\/analysis>/g, '') : summary.slice(end);
  const pitfalls: Pitfall[] = [];
  const lessons: string[] = [];
  const concepts: string[] = [];
  const left: string[] = [];
  for (const section of splitSections(text)) {
    if (/error|fix|pitfall|gotcha/i.test(section.heading)) pitfalls.push(...readPitfalls(section.body));
    else if (/problem|lesson|learn/i.test(section.heading)) lessons.push(...readLessons(section.body));
    else if (/concept|decision|convention|pattern/i.test(section.heading)) concepts.push(...topItems(section.body));
    else if (/pending|remaining|next|todo|left/i.test(section.heading)) left.push(...topItems(section.body));
  }
  return { pitfalls, lessons, concepts, left };
}

interface Section {
  readonly heading: string;
  readonly body: string;
}

/** Sections by `4. Errors and fixes:`, `## Errors` or a bold line. */
function splitSections(text: string): readonly Section[] {
  const sections: { heading: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const heading =
      /^\d{1,2}\.\s+([A-Z][^.`]{2,60}):\s*$/.exec(line)?.[1] ??
      /^#{1,4}\s+(.{2,60})$/.exec(line)?.[1] ??
      /^\*\*([A-Z][^*]{2,60})\*\*:?\s*$/.exec(line)?.[1];
    if (heading !== undefined) sections.push({ heading, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map((section) => ({ heading: section.heading, body: section.lines.join('\n') }));
}

function readPitfalls(body: string): CompactionNotes['pitfalls'] {
  return topLevel(body).flatMap((item) => {
    const found = /^(?:\*\*(.+?)\*\*|([^:]{6,90}))\s*:?\s*([\s\S]*)$/.exec(item);
    // The tracker's name of the task that it was met in says nothing later.
    const name = withoutStop(stripMarks(found?.[1] ?? found?.[2] ?? '')).replace(/^[\w-]+[.-]\d[\w.]*: /, '');
    const [text, tried] = splitTried(found?.[3] ?? '');
    if (name.length < 6 || text.length < 12 || /^(?:solved|unsolved|user|feedback|none)/i.test(name)) return [];
    const solved = !/unresolved|unsolved|blocking|not (?:yet )?(?:fixed|solved)/i.test(name);
    return [{ name: name.replace(/\s*\((?:UNRESOLVED|UNSOLVED|FIXED|RESOLVED)\)\s*$/i, ''), text, solved, tried }];
  });
}

/** The text of an item, and the inner list of what did not help. */
function splitTried(body: string): readonly [string, readonly string[]] {
  const lines = body.split('\n');
  const from = lines.findIndex((line) => TRIED.test(line));
  const joined = (some: readonly string[]): string =>
    splitSentences(some.join('\n'))
      .map((sentence) => sentence.text)
      .join(' ');
  if (from === -1) return [joined(lines), []];
  const lead = lines[from]?.replace(TRIED, '') ?? '';
  const tried = lines.slice(from + 1).flatMap((line) => {
    const item = /^\s*[-*]\s+(.*)$/.exec(line)?.[1];
    return item === undefined ? [] : [withoutStop(stripMarks(item))];
  });
  return [joined([...lines.slice(0, from), lead]), tried];
}

const TRIED =
  /\b(?:attempted fixes|attempts|(?:things|approaches|fixes) (?:that (?:were )?)?tried|what was tried|tried (?:without success|in vain))\b[^:]{0,40}:\s*$/i;

/** The sentences of what was learned, without the name in front and without what only says that it was solved. */
function readLessons(body: string): readonly string[] {
  return topLevel(body).flatMap((item) => {
    const named = /^(?:\*\*(.+?)\*\*|([^:.`]{4,60}))\s*:\s+([\s\S]+)$/.exec(item);
    const sentences = splitSentences(named?.[3] ?? item).map((sentence) => withoutStop(sentence.text));
    return sentences.filter((text) => text.length >= 30);
  });
}

function topItems(body: string): readonly string[] {
  return topLevel(body)
    .map((item) => stripMarks(item.split('\n')[0] ?? ''))
    .filter((item) => item.length > 8);
}

/** The items of the outermost list, each with its inner lines; without a list the sentences. */
function topLevel(body: string): readonly string[] {
  const lines = body.split('\n');
  const indents = lines.flatMap((line) => /^(\s*)[-*]\s/.exec(line)?.[1]?.length ?? []);
  if (indents.length === 0) return splitSentences(body).map((sentence) => sentence.text);
  const outer = Math.min(...indents);
  const items: string[] = [];
  for (const line of lines) {
    const found = /^(\s*)[-*]\s+(?:\[.\]\s+)?(.*)$/.exec(line);
    if (found !== null && (found[1] ?? '').length === outer) items.push(found[2] ?? '');
    else if (items.length > 0 && line.trim() !== '') items[items.length - 1] += `\n${line}`;
  }
  return items;
}

function stripMarks(text: string): string {
  return text
    .replace(/\*\*|__/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
