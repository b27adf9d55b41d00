// Figures as people read them: tables for a terminal, tables in Markdown, and each question with what stood above its answer. Pure.

import { cleanLine } from '../../src/system/clean-text.ts';
import type { GroupResult } from './evaluate.ts';
import { FIGURE_KEYS, FIGURE_NAMES, firstRight } from './metrics.ts';
import type { Figures } from './metrics.ts';
import type { Summary } from './summary.ts';
import { DEPTH } from './system.ts';

/** A table for the terminal; figures in percent, the best of each column marked with a star. */
export function renderTable(summary: Summary): string {
  const width = Math.max(...summary.rows.map(({ system }) => system.length));
  const head = `${' '.repeat(width)} ${FIGURE_KEYS.map((key) => FIGURE_NAMES[key].padStart(10)).join('')}`;
  const rows = summary.rows.map(
    ({ system, figures }) =>
      `${system.padEnd(width)} ${FIGURE_KEYS.map((key) => renderFigure(summary, key, figures).padStart(10)).join('')}`,
  );
  return [`${summary.name} · ${renderSize(summary)}`, head, ...rows].join('\n');
}

/** The same as a table in Markdown, one for all summaries. */
export function renderMarkdown(summaries: readonly Summary[]): string {
  const names = FIGURE_KEYS.map((key) => FIGURE_NAMES[key]);
  const lines = [`| set | search | ${names.join(' | ')} |`, `|---|---|${names.map(() => '---:|').join('')}`];
  for (const summary of summaries)
    for (const [at, { system, figures }] of summary.rows.entries()) {
      const set = at === 0 ? `${summary.name} (${renderSize(summary)})` : '';
      lines.push(`| ${set} | ${system} | ${FIGURE_KEYS.map((key) => percent(figures[key])).join(' | ')} |`);
    }
  return lines.join('\n');
}

/** Each question of a group: the rank of the first right memory, and what stood above it. */
export function renderQuestions(result: GroupResult): string {
  const texts = new Map(
    result.group.docs.map(({ id, title, narrative }) => [id, cleanLine(`${title}: ${narrative}`, 90)]),
  );
  const describe = (id: string): string => `${id} ${texts.get(id) ?? ''}`;
  const rankings = result.systems[0]?.rankings ?? [];
  const lines = result.questions.flatMap(({ q, rel }, at) => {
    const ranked = rankings[at] ?? [];
    const rank = firstRight(ranked, new Set(rel));
    const above = ranked.slice(0, Math.min(SHOWN_ABOVE, (rank ?? DEPTH + 1) - 1));
    return [
      `${String(rank ?? '–').padStart(3)}  ${cleanLine(q, 150)}`,
      ...(rank === 1 ? [] : [`       right: ${rel.slice(0, SHOWN_ABOVE).map(describe).join(' · ')}`]),
      ...above.map((id) => `       above: ${describe(id)}`),
    ];
  });
  return [`${result.group.name}: rank of the first right memory (– is below ${DEPTH})`, ...lines].join('\n');
}

const SHOWN_ABOVE = 3;

function renderSize({ memories, questions }: Summary): string {
  return `${memories} memories, ${questions} ${questions === 1 ? 'question' : 'questions'}`;
}

function renderFigure(summary: Summary, key: keyof Figures, figures: Figures): string {
  const shown = percent(figures[key]);
  const best = Math.max(...summary.rows.map((row) => row.figures[key]));
  return figures[key] === best && best > 0 ? `${shown}*` : `${shown} `;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
