// A process of the test of a checkout: searches again and again until its standard input ends, and prints how often, and what failed.

import { openVaultHere } from '../../src/app.ts';
import { toMemvaultError } from '../../src/model/errors.ts';

const [root = '', ...words] = process.argv.slice(2);
const vault = openVaultHere({ env: process.env, cwd: root, projectDir: root });
const faults = new Set<string>();
let searches = 0;
let slowest = 0;
let going = true;
process.stdin.once('end', () => (going = false));
process.stdin.resume();
while (going) {
  const start = performance.now();
  try {
    for (const text of words) vault.library.search({ text, limit: 10 });
    searches++;
  } catch (error) {
    faults.add(toMemvaultError(error).message);
  }
  slowest = Math.max(slowest, performance.now() - start);
  await new Promise((resolve) => setImmediate(resolve));
}
vault.close();
process.stdout.write(JSON.stringify({ searches, slowest: Math.round(slowest), faults: [...faults] }));
