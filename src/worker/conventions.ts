// A convention is proposed when sessions keep finding the same of how things are done here.

import { readSignals } from '../compress/extractive/signals.ts';
import type { ObservationDraft } from '../model/draft.ts';
import { shortId } from '../model/memory.ts';
import type { Memory } from '../model/memory.ts';
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
