// A process of the test of several at once: asks the library again and again and prints each answer as a line of JSON.

import { join } from 'node:path';
import { openIndexLibrary } from '../../src/index/library.ts';
import { jsonSource } from './json-source.ts';

const [root = '', rounds = '1'] = process.argv.slice(2);
const library = openIndexLibrary({
  file: join(root, 'index.sqlite'),
  lockFile: join(root, 'index.lock'),
  sources: [jsonSource(join(root, 'vault'), 'vault')],
  maxAgeMs: 0,
  now: () => Date.now(),
});
for (let round = 0; round < Number(rounds); round++) {
  const { total, stale } = library.search({ text: 'mutex', limit: 5 });
  process.stdout.write(`${JSON.stringify({ total, stale })}\n`);
}
library.close();
