// Run as a process of its own: embeds many memories into the file of its argument and says so line by line, until it is killed.

import { setTimeout } from 'node:timers/promises';
import { embedMissing } from '../../src/index/vectors/embed-missing.ts';
import { openVectorStore } from '../../src/index/vectors/vector-store.ts';
import { fakeEmbedder } from './fake-embedder.ts';
import { manyMemories } from './many-memories.ts';

const [file = '', count = '0'] = process.argv.slice(2);
const embedder = fakeEmbedder();
let now = 0;
await embedMissing({
  memories: manyMemories(Number(count)),
  store: openVectorStore(file, { now: () => 0 }),
  embedder: {
    ...embedder,
    async embed(texts, kind) {
      await setTimeout(1);
      return embedder.embed(texts, kind);
    },
  },
  // Every look at the clock is half a second later: each memory is written by itself.
  now: () => (now += 500),
  onProgress: ({ done }) => void process.stdout.write(`${done}\n`),
});
