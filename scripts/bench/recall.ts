// The hooks that hand memories over beside `node -e 0`: what a session's start, a prompt and a file cost.

import { join } from 'node:path';
import { benchRecall } from './recall-process.ts';
import type { Section } from './section.ts';

const MEMORIES = 10_000;

export const recallSection: Section = {
  name: 'recall',
  title: `handing over: wall time as a multiple of \`node -e 0\` in the same run, median, ${MEMORIES} memories, no worker, new sessions`,
  async run({ node, plugin, folder, rounds }) {
    const recalls = benchRecall({
      node,
      dist: join(plugin, 'dist'),
      folder: join(folder, 'recall'),
      rounds,
      memories: MEMORIES,
    });
    return recalls.map(({ name, hookMs, floorMs, ratio, ratioOfLeast, limit }) => ({
      name,
      value: ratio,
      unit: 'x',
      limit: { is: '<=', value: limit },
      note: `${hookMs.toFixed(1)} ms beside ${floorMs.toFixed(1)} ms, of the least ${ratioOfLeast.toFixed(2)}`,
    }));
  },
};
