// A process of the test of the watch: edits a file, asks whoever watches at once, and prints what the index knows then.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { openExistingIndex } from '../../src/index/database.ts';
import { searchIndex } from '../../src/index/search.ts';
import { followWatcher } from '../../src/index/watcher.ts';

const [indexFolder = '', file = '', rounds = '1'] = process.argv.slice(2);
const answers: { answered: boolean; found: boolean }[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const word = `asked${process.pid}n${round}`;
  appendFileSync(file, `\n${word}\n`);
  // Anew each time: one that had to wait too long does not ask again for a while.
  const answered = followWatcher(indexFolder, Date.now).take() !== undefined;
  const database = openExistingIndex(join(indexFolder, 'index.sqlite'));
  const found = database !== undefined && searchIndex(database, { text: word, limit: 1 }).total === 1;
  database?.close();
  answers.push({ answered, found });
}
process.stdout.write(JSON.stringify(answers));
