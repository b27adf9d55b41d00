// From a saved file to its place in the index, with the worker running.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openVaultHere } from '../../src/app.ts';
import { openExistingIndex } from '../../src/index/database.ts';
import { searchIndex } from '../../src/index/search.ts';
import { VAULT_FOLDER } from '../../src/model/place.ts';
import { benchEnv, measure } from './child.ts';
import { indexFile } from './made-vault.ts';
import type { MadeVault } from './made-vault.ts';
import { percentile } from './section.ts';
import type { BenchContext, Figure, Section } from './section.ts';
import { startWorker, until } from './worker.ts';
import type { RunningWorker } from './worker.ts';

const EDITS = 15;

export const syncSection: Section = {
  name: 'sync',
  title: `one changed file to searchable, worker running, ${EDITS} edits of old and new files`,
  async run(context) {
    const figures: Figure[] = [];
    for (const size of context.sizes) {
      const vault = context.vault(size);
      measure(context, 'rebuild', vault.root);
      const worker = await startWorker(context, vault);
      try {
        figures.push(...(await editFiles(context, vault, worker)));
      } finally {
        await worker.stop();
      }
    }
    return figures;
  },
};

async function editFiles(context: BenchContext, vault: MadeVault, worker: RunningWorker): Promise<Figure[]> {
  const taken: number[] = [];
  const asked: number[] = [];
  const cpuBefore = worker.cpuMs();
  for (let edit = 0; edit < EDITS; edit++) {
    const path = vault.paths[Math.floor((vault.paths.length * edit) / EDITS)] ?? '';
    const file = join(vault.root, VAULT_FOLDER, path);
    const before = readFileSync(file);
    const word = `edited${vault.files}n${edit}`;
    await sleep(300);
    const start = performance.now();
    appendFileSync(file, `\n${word}\n`);
    await until(() => countInIndex(vault, word) === 1);
    taken.push(performance.now() - start);
    writeFileSync(file, before);
    await until(() => countInIndex(vault, word) === 0);
  }
  const cpu = (worker.cpuMs() - cpuBefore) / EDITS / 2;
  // As the MCP server does, seldom enough that the files must be looked at, or the worker asked.
  const reader = openVaultHere({
    env: benchEnv(context),
    cwd: vault.root,
    projectDir: vault.root,
  });
  try {
    reader.library.search({ text: 'token', limit: 1 });
    for (let at = 0; at < EDITS; at++) {
      await sleep(300);
      await sleep(2_100);
      const start = performance.now();
      reader.library.search({ text: vault.queries[at] ?? 'token', limit: 10 });
      asked.push(performance.now() - start);
    }
  } finally {
    reader.close();
  }
  const files = `${vault.files} memories`;
  return [
    {
      name: `${files}, in the index, p50`,
      value: percentile(taken, 0.5),
      unit: 'ms',
      limit: { is: '<=', value: 300 },
      note: `slowest ${Math.max(...taken).toFixed(0)} ms; worker ${cpu.toFixed(0)} ms CPU an edit, ${worker.rssMb().toFixed(0)} MB`,
    },
    {
      name: `${files}, a search in another process, its check included, p50`,
      value: percentile(asked, 0.5),
      unit: 'ms',
      note: `slowest ${Math.max(...asked).toFixed(0)} ms`,
    },
  ];
}

/** How many memories of the index have the word, as it stands: looks at no file. */
function countInIndex(vault: MadeVault, word: string): number {
  const database = openExistingIndex(indexFile(vault));
  try {
    return database === undefined ? 0 : searchIndex(database, { text: word, limit: 1 }).total;
  } finally {
    database?.close();
  }
}
