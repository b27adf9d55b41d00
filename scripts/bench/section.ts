// What a section of the bench is and gives: figures with the limits they must keep.

import type { MadeVault } from './made-vault.ts';

export interface BenchContext {
  /** A folder that may be filled; emptied at the end. */
  readonly folder: string;
  /** A copy of the built plugin: a build in the middle of the run changes nothing. */
  readonly plugin: string;
  /** The Node that runs what is measured. */
  readonly node: string;
  readonly rounds: number;
  /** The sizes of vault to measure at, the smaller first. */
  readonly sizes: readonly number[];
  /** A vault of so many memories; made once, so a section must leave its files as they were. */
  vault(count: number): MadeVault;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What must be reached: at most (`<=`) or at least (`>=`). */
  readonly limit?: { readonly is: '<=' | '>='; readonly value: number };
  /** What belongs to the figure and has no limit of its own. */
  readonly note?: string;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<readonly Figure[]>;
}

export function isWithinLimit({ value, limit }: Figure): boolean {
  return limit === undefined || (limit.is === '<=' ? value <= limit.value : value >= limit.value);
}

/** The figures as lines of a table; `OVER` where a limit is missed. */
export function renderFigures(figures: readonly Figure[]): readonly string[] {
  const names = Math.max(...figures.map((figure) => figure.name.length));
  return figures.map((figure) => {
    const { name, value, unit, limit, note } = figure;
    const over = isWithinLimit(figure) ? '' : ' OVER';
    const bound = limit === undefined ? '' : `${limit.is} ${renderNumber(limit.value)}${over}`;
    return `${name.padEnd(names)} ${`${renderNumber(value)} ${unit}`.padStart(16)}  ${bound.padEnd(14)} ${note ?? ''}`.trimEnd();
  });
}

function renderNumber(value: number): string {
  if (value >= 1000) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The value below which the share `part` of the numbers lies. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
