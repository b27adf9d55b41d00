// Chooses what of the last session's summary a start tells: what comes next before what was done and learned. Pure.

import type { Memory } from '../model/memory.ts';
import type { Room } from './room.ts';
import { pointLine, startTexts, summaryLine } from './start-lines.ts';
import type { LineOptions } from './start-lines.ts';
import { readSections } from './summary-sections.ts';

/** The points of the last summary that fit. */
export interface SelectedSummary {
  readonly memory: Memory;
  readonly learned: readonly string[];
  readonly completed: readonly string[];
  readonly nextSteps: readonly string[];
}

/** Points are taken by what they are worth to somebody who goes on. Undefined when not even the heading fits. */
export function selectSummary(memory: Memory, room: Room): SelectedSummary | undefined {
  const sections = readSections(memory.body);
  const chosen = { learned: [] as string[], completed: [] as string[], nextSteps: [] as string[] };
  const build = (): SelectedSummary => ({ memory, ...chosen });
  if (!room.fits(linesOfSummary(build()))) return undefined;
  const wishes = [
    ['nextSteps', sections.nextSteps.slice(0, 5)],
    ['completed', sections.completed.slice(0, 4)],
    // A summary that a person wrote without our headings still says something.
    ['learned', [...sections.learned, ...(hasSections(sections) ? [] : sections.other)].slice(0, 3)],
  ] as const;
  for (const [name, points] of wishes) {
    for (const point of points) {
      chosen[name].push(point);
      if (room.fits(linesOfSummary(build()))) continue;
      chosen[name].pop();
      break;
    }
  }
  return build();
}

/** The lines of the summary, below the heading of its section. */
export function linesOfSummary(summary: SelectedSummary, options: LineOptions = {}): readonly string[] {
  const texts = startTexts();
  const part = (heading: string, points: readonly string[]): readonly string[] =>
    points.length === 0 ? [] : [heading, ...points.map(pointLine)];
  return [
    summaryLine(summary.memory, options),
    ...part(texts.learned, summary.learned),
    ...part(texts.completed, summary.completed),
    ...part(texts.nextSteps, summary.nextSteps),
  ];
}

function hasSections(sections: ReturnType<typeof readSections>): boolean {
  return sections.nextSteps.length + sections.completed.length + sections.learned.length > 0;
}
