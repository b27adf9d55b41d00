// Making the index anew from the files: how many a second.

import { measure } from './child.ts';
import type { Figure, Section } from './section.ts';

/** The tables that every index has for its words; full-text tables beside them count as the rest. */
const WORD_TABLES = new Set(['words', 'memories', 'bodies', 'sources', 'memory_tags', 'memory_files', 'relations']);
const BEST_OF = 3;

export const rebuildSection: Section = {
  name: 'rebuild',
  title: `full rebuild, in a fresh process, best of ${BEST_OF}`,
  async run(context) {
    return context.sizes.flatMap((size): Figure[] => {
      const { root } = context.vault(size);
      const runs = Array.from({ length: BEST_OF }, () => measure(context, 'rebuild', root));
      const best = runs.reduce((one, other) => (other.ms < one.ms ? other : one));
      const rest = Object.entries(best.tables).reduce((sum, [name, ms]) => sum + (WORD_TABLES.has(name) ? 0 : ms), 0);
      const tables = Object.entries(best.tables).filter(([, ms]) => ms > best.ms / 100);
      const rate = (ms: number): number => (best.files / ms) * 1000;
      return [
        {
          name: `${size} memories, words only`,
          value: rate(best.ms - rest - best.topicsMs),
          unit: 'files/s',
          limit: { is: '>=', value: 10_000 },
        },
        {
          name: `${size} memories, everything but vectors`,
          value: rate(best.ms),
          unit: 'files/s',
          limit: { is: '>=', value: 4000 },
          note: `${(best.ms / 1000).toFixed(2)} s, ${(best.cpuMs / 1000).toFixed(2)} s CPU; topics ${best.topicsMs.toFixed(0)} ms, inserts in ms: ${tables.map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', ')}`,
        },
      ];
    });
  },
};
