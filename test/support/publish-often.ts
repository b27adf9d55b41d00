// A process that writes memories and publishes each: `publish-often.ts <root> <home> <name> <count>`.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawMemoryId } from '../../src/model/memory.ts';
import { memoryOf } from './memories.ts';
import { openRepo } from './git.ts';
import { commitMemories, give } from './implementation.ts';

const [root = '', folder = '', name = '', count = '1'] = process.argv.slice(2);
const repo = openRepo(folder, root);

process.stdout.write('ready\n');
for (let i = 0; i < Number(count); i++) {
  const title = `memory ${name} ${i}`;
  give(repo, memoryOf({ id: drawMemoryId(createHash('sha256').update(title).digest()), title, branch: 'main' }));
  await commitMemories(repo);
  await sleep(Math.random() * 100);
}
