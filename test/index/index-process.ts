// A process of the tests of the index: syncs or rebuilds, and prints its report, or the code and message of its error, as JSON.

import { join } from 'node:path';
import { openIndexLibrary } from '../../src/index/library.ts';
import { toMemvaultError } from '../../src/model/errors.ts';
import { jsonSource } from './json-source.ts';

const [vault = '', indexFolder = '', task = 'sync'] = process.argv.slice(2);
const library = openIndexLibrary({
  file: join(indexFolder, 'index.sqlite'),
  lockFile: join(indexFolder, 'index.lock'),
  sources: [jsonSource(vault, 'vault')],
  maxAgeMs: 0,
  now: () => Date.now(),
});
try {
  process.stdout.write(JSON.stringify(task === 'rebuild' ? library.rebuild() : library.sync()));
} catch (error) {
  const { code, message } = toMemvaultError(error);
  process.stdout.write(JSON.stringify({ code, message }));
} finally {
  library.close();
}
