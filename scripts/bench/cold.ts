// The first search of a fresh process: what somebody waits for who types `memvault search`.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataPaths } from '../../src/system/paths.ts';
import { benchEnv, measure } from './child.ts';
import type { MadeVault } from './made-vault.ts';
import { percentile } from './section.ts';
import type { BenchContext, Figure, Section } from './section.ts';
import { startWorker } from './worker.ts';

export const coldSection: Section = {
  name: 'cold',
  title: 'open and first search in a fresh process, wall clock, median, beside `node -e 0` in the same run',
  async run(context) {
    const size = context.sizes[0] ?? 0;
    const vault = context.vault(size);
    measure(context, 'rebuild', vault.root);
    // As any session leaves it: what is compiled is kept there.
    mkdirSync(dataPaths(benchEnv(context)).home, { recursive: true, mode: 0o700 });
    const alone = timeSearches(context, vault, {
      name: `memvault search, ${size} memories, no worker`,
      env: benchEnv(context),
    });
    const worker = await startWorker(context, vault);
    try {
      const { env } = worker;
      return [alone, timeSearches(context, vault, { name: `memvault search, ${size} memories, worker running`, env })];
    } finally {
      await worker.stop();
    }
  },
};

function timeSearches(
  context: BenchContext,
  { root, queries }: MadeVault,
  { name, env }: { readonly name: string; readonly env: Readonly<Record<string, string>> },
): Figure {
  const run = (args: readonly string[]): number => {
    const start = performance.now();
    const { status, stderr } = spawnSync(context.node, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
    return performance.now() - start;
  };
  const cli = join(context.plugin, 'dist', 'cli.js');
  const floors: number[] = [];
  const searches: number[] = [];
  for (let round = -2; round < context.rounds; round++) {
    const floor = run(['-e', '0']);
    const search = run([cli, 'search', '--vault', root, '--', queries[Math.abs(round) % queries.length] ?? 'token']);
    // The first rounds only warm the caches of the disk.
    if (round < 0) continue;
    floors.push(floor);
    searches.push(search);
  }
  const floor = percentile(floors, 0.5);
  return {
    name,
    value: percentile(searches, 0.5),
    unit: 'ms',
    limit: { is: '<=', value: 2 * floor + 40 },
    note: `node -e 0: ${floor.toFixed(1)} ms; the limit is twice that and 40 ms`,
  };
}
