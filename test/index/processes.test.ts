// Several processes on one index: nobody fails, nobody sees half of it, and what they leave is whole.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openIndexLibrary } from '../../src/index/library.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const run = promisify(execFile);
const PROCESS = fileURLToPath(new URL('./sync-process.ts', import.meta.url));

describe('several processes', () => {
  const starts: readonly (readonly [string, (file: string) => void])[] = [
    ['without an index', () => {}],
    ['on a broken index', (file) => writeFileSync(file, 'broken'.repeat(1000))],
  ];
  it.each(starts)('make one whole index together, %s', async (_, prepare) => {
    const root = makeFolder();
    const vault = openFolder(join(root, 'vault'), 'vault');
    for (let n = 1; n <= 200; n++)
      vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), title: `Mutex ${n}`, body: 'word '.repeat(50) }));
    prepare(join(root, 'index.sqlite'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(root, 4)));
    // All of it, or, while somebody else makes it, nothing yet and said so.
    const halves = answers.flat().filter(({ total, stale }) => total !== 200 && !(stale && total === 0));
    expect(halves).toEqual([]);
    expect(answers.map((lines) => lines.length)).toEqual([4, 4, 4, 4, 4]);
  });

  it('see every change of the files at last', async () => {
    const root = makeFolder();
    const vault = openFolder(join(root, 'vault'), 'vault');
    vault.write('memories/0.md', makeMemory({ id: idOf(500), title: 'Mutex' }));
    await ask(root, 1);
    const asking = Promise.all([ask(root, 30), ask(root, 30)]);
    for (let n = 1; n <= 40; n++) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), title: `Mutex ${n}` }));
    await asking;
    const library = openIndexLibrary({
      file: join(root, 'index.sqlite'),
      lockFile: join(root, 'index.lock'),
      sources: [vault.source],
      maxAgeMs: 0,
      now: () => Date.now(),
    });
    expect(library.search({ text: 'mutex', limit: 5 })).toMatchObject({ total: 41, stale: false });
    expect(library.rebuild()).toMatchObject({ added: 41 });
    expect(library.search({ text: 'mutex', limit: 5 }).total).toBe(41);
    expect(library.counts().observation).toBe(41);
    library.close();
  });
});

async function ask(root: string, rounds: number): Promise<readonly { total: number; stale: boolean }[]> {
  const { stdout } = await run(process.execPath, [PROCESS, root, String(rounds)]);
  return stdout
    .trim()
    .split('\n')
    .map((line): { total: number; stale: boolean } => JSON.parse(line));
}
