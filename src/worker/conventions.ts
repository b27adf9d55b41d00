// A convention is proposed when sessions keep finding the same of how things are done here.

import { splitSentences } from '../compress/extractive/sentences.ts';
import { readSignals } from '../compress/extractive/signals.ts';
import { saysTheSame } from '../compress/likeness.ts';
import type { ObservationDraft } from '../model/draft.ts';
import { shortId } from '../model/memory.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { Unwanted } from '../vault/unwanted.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { gistOf } from '../vault/learned.ts';

/** So many sessions, the first one among them, make a finding a habit. */
export const LEAST_SESSIONS = 3;
const MAX_FACTS = 6;

/** The convention that takes the memory's place and cites it; undefined when it is one already, or says nothing of how things are done. */
export function proposeConvention(memory: Memory, sessions: ReadonlySet<string>): ObservationDraft | undefined {
  const all = new Set([...sessions, ...(memory.session === undefined ? [] : [memory.session])]);
  if (memory.kind !== 'observation' || memory.type === 'convention' || all.size < LEAST_SESSIONS) return undefined;
  const lines = gistOf(memory.body).split('\n');
  const binds = memory.type === 'gotcha' || [memory.title, ...lines].some((line) => readSignals(line).rule);
  if (!binds) return undefined;
  const text = fillTemplate(readTemplate('convention.md').trim(), {
    count: String(all.size),
    id: shortId(memory.id),
    date: memory.created.slice(0, 10),
  });
  return {
    type: 'convention',
    title: memory.title,
    narrative: [lines[0] ?? '', text].filter(Boolean).join('\n\n'),
    facts: lines.slice(1, 1 + MAX_FACTS),
    files: memory.files.map(({ path }) => path),
    tags: [...new Set([...memory.tags, 'proposed'])],
    supersedes: [memory.id],
  };
}

/**
 * The convention that a draft makes together with observations of other sessions, when at least two of these tell the same rule in
 * one of their lines, whatever else they are about. It cites them, and takes the place of those that say nothing else. Undefined
 * when too few do, when it is a convention already, or when people wanted it gone.
 */
export function proposeFromSeveral(
  draft: ObservationDraft,
  session: string,
  library: Pick<MemoryLibrary, 'search' | 'get'>,
  forgotten: Unwanted,
): ObservationDraft | undefined {
  if (draft.type === 'convention') return undefined;
  for (const rule of rulesIn([draft.title, draft.narrative, ...draft.facts]).slice(0, MOST_RULES)) {
    const { hits } = library.search({ text: rule, kind: ['observation'], limit: MOST_LOOKED_AT });
    const saying = library
      .get(hits.filter((hit) => hit.supersededBy === undefined).map(({ id }) => id))
      .memories.filter((memory) => tells(memory, rule));
    if (saying.some(({ type }) => type === 'convention')) continue;
    if (forgotten.find((title) => saysTheSame(title, rule)) !== undefined) continue;
    const others = saying.filter((memory) => memory.session !== undefined && memory.session !== session);
    const sessions = new Set(others.map((memory) => memory.session));
    if (sessions.size + 1 < LEAST_SESSIONS) continue;
    return severalAsOne(rule, draft, others, sessions.size + 1);
  }
  return undefined;
}

/** Lines of a draft that are looked for, and memories that are looked at for each. */
const MOST_RULES = 4;
const MOST_LOOKED_AT = 12;
const MOST_CITED = 5;
const SHORTEST_RULE = 25;
const LONGEST_RULE = 160;

function severalAsOne(
  rule: string,
  draft: ObservationDraft,
  others: readonly Memory[],
  count: number,
): ObservationDraft {
  const cited = others.slice(0, MOST_CITED);
  const text = fillTemplate(readTemplate('convention-several.md').trim(), {
    count: String(count),
    ids: cited.map(({ id }) => shortId(id)).join(', '),
  });
  const bare = cited.filter((memory) => saysTheSame(memory.title, rule) && gistOf(memory.body).split('\n').length <= 2);
  const carried = [draft, ...bare].flatMap((said) => ('facts' in said ? said.facts : gistOf(said.body).split('\n')));
  return {
    type: 'convention',
    title: rule,
    narrative: text,
    facts: carried.filter((line) => line.length > SHORTEST_RULE && !saysTheSame(line, rule)).slice(0, MAX_FACTS),
    files: [...new Set([...draft.files, ...cited.flatMap(({ files }) => files.map(({ path }) => path))])].slice(0, 12),
    tags: [...new Set([...draft.tags, ...cited.flatMap(({ tags }) => tags), 'proposed'])].slice(0, 6),
    ...(bare.length === 0 ? {} : { supersedes: bare.map(({ id }) => id) }),
  };
}

function tells(memory: Memory, rule: string): boolean {
  return rulesIn([memory.title, ...gistOf(memory.body).split('\n')]).some((line) => saysTheSame(line, rule));
}

/** The sentences that say how things are done: the shorter ones first, which carry the least of their moment. */
function rulesIn(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => splitSentences(text).map((sentence) => sentence.text)))]
    .filter((line) => line.length >= SHORTEST_RULE && line.length <= LONGEST_RULE && readSignals(line).rule)
    .map((line) => line.replace(/[.;]+$/, ''))
    .toSorted((a, b) => a.length - b.length);
}
