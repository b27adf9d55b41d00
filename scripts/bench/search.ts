// Searching a warm index in one process, through the library that every face uses.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './child.ts';
import type { Measured } from './measure.ts';
import { percentile } from './section.ts';
import type { Figure, Section } from './section.ts';

/** p50 and p95 in milliseconds that must be kept with everything that the index has, and by the words alone. */
const LIMITS: Readonly<Record<number, { readonly everything: Limit; readonly words?: Limit }>> = {
  10_000: { everything: [8, 25] },
  100_000: { everything: [60, 150], words: [25, 60] },
};
type Limit = readonly [p50: number, p95: number];

export const searchSection: Section = {
  name: 'search',
  title: 'search, warm, in process: 200 queries of mixed shape after 200 others, 10 hits each',
  async run(context) {
    return context.sizes.flatMap((size): Figure[] => {
      const { root, queries } = context.vault(size);
      writeFileSync(join(root, 'queries.json'), JSON.stringify(queries));
      measure(context, 'rebuild', root);
      const [all, words] = [measure(context, 'search', root), measure(context, 'searchWords', root)];
      const limits = LIMITS[size];
      return [
        ...figuresOf(`${size} memories`, all.ms, limits?.everything, describe(all)),
        ...figuresOf(`${size} memories, words only`, words.ms, limits?.words, describe(words)),
        ...figuresOf(`${size} memories, the 200 before`, all.firstMs, undefined, describeFirst(all)),
      ];
    });
  },
};

function figuresOf(name: string, ms: readonly number[], limit: Limit | undefined, note: string): readonly Figure[] {
  const most = (value: number | undefined): Pick<Figure, 'limit'> =>
    value === undefined ? {} : { limit: { is: '<=', value } };
  return [
    { name: `${name}, p50`, value: percentile(ms, 0.5), unit: 'ms', ...most(limit?.[0]) },
    { name: `${name}, p95`, value: percentile(ms, 0.95), unit: 'ms', ...most(limit?.[1]), note },
  ];
}

function describe({ ms, found, rssMb }: Measured['search']): string {
  return `max ${Math.max(...ms).toFixed(0)} ms, ${found} of ${ms.length} found something, ${rssMb.toFixed(0)} MB`;
}

function describeFirst({ firstMs }: Measured['search']): string {
  return `the first of all ${(firstMs[0] ?? Number.NaN).toFixed(0)} ms`;
}
