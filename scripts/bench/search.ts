// Searching a warm index in one process, through the library that every face uses.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './child.ts';
import { percentile } from './section.ts';
import type { Figure, Section } from './section.ts';

/** p50 and p95 in milliseconds that must be kept with everything that the index has. */
const LIMITS: Readonly<Record<number, readonly [p50: number, p95: number]>> = {
  10_000: [8, 25],
  100_000: [60, 150],
};

export const searchSection: Section = {
  name: 'search',
  title: 'search, warm, in process: 200 queries of mixed shape after 200 others, 10 hits each',
  async run(context) {
    return context.sizes.flatMap((size): Figure[] => {
      const { root, queries } = context.vault(size);
      writeFileSync(join(root, 'queries.json'), JSON.stringify(queries));
      measure(context, 'rebuild', root);
      const { ms, firstMs, found, rssMb } = measure(context, 'search', root);
      const [p50, p95] = LIMITS[size] ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      const note = `max ${Math.max(...ms).toFixed(0)} ms, ${found} of ${ms.length} found something, ${rssMb.toFixed(0)} MB`;
      return [
        { name: `${size} memories, p50`, value: percentile(ms, 0.5), unit: 'ms', limit: { is: '<=', value: p50 } },
        {
          name: `${size} memories, p95`,
          value: percentile(ms, 0.95),
          unit: 'ms',
          limit: { is: '<=', value: p95 },
          note,
        },
        {
          name: `${size} memories, the 200 before, p50`,
          value: percentile(firstMs, 0.5),
          unit: 'ms',
          note: `p95 ${percentile(firstMs, 0.95).toFixed(1)} ms, the first of all ${(firstMs[0] ?? Number.NaN).toFixed(0)} ms`,
        },
      ];
    });
  },
};
