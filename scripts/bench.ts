// Measures what memvault costs and prints a table and one JSON line. `npm run bench -- rebuild search` runs some sections only.
// Needs a build (`npm run bench` makes it), bash, and Linux for the figures of memory.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coldSection } from './bench/cold.ts';
import { hookSection } from './bench/hook.ts';
import { makeVault } from './bench/made-vault.ts';
import type { MadeVault } from './bench/made-vault.ts';
import { memorySection } from './bench/memory.ts';
import { recallSection } from './bench/recall.ts';
import { rebuildSection } from './bench/rebuild.ts';
import { searchSection } from './bench/search.ts';
import { isWithinLimit, renderFigures } from './bench/section.ts';
import type { Section } from './bench/section.ts';
import { sizeSection } from './bench/size.ts';
import { syncSection } from './bench/sync.ts';

const SECTIONS: readonly Section[] = [
  hookSection,
  recallSection,
  rebuildSection,
  searchSection,
  syncSection,
  coldSection,
  sizeSection,
  memorySection,
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(
    `bench: there is no section ${unknown.join(', ')}; one of ${SECTIONS.map((one) => one.name).join(', ')}`,
  );
  process.exit(2);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'memvault-bench-'));
const vaults = new Map<number, MadeVault>();
const results: Record<string, unknown> = {};

try {
  for (const part of ['dist', 'templates', 'package.json'])
    cpSync(join(root, part), join(folder, 'plugin', part), { recursive: true });
  const context = {
    folder,
    plugin: join(folder, 'plugin'),
    node: process.env['BENCH_NODE'] ?? process.execPath,
    rounds: Number(process.env['BENCH_ROUNDS'] ?? 30),
    sizes: (process.env['BENCH_SIZES'] ?? '10000,100000').split(',').map(Number),
    vault(count: number): MadeVault {
      const made = vaults.get(count) ?? makeVault(join(folder, `vault-${count}`), count);
      vaults.set(count, made);
      return made;
    },
  };
  console.log(`${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`);
  for (const section of SECTIONS) {
    if (names.length > 0 && !names.includes(section.name)) continue;
    console.log(`\n${section.name}: ${section.title}`);
    const figures = await section.run(context);
    for (const line of renderFigures(figures)) console.log(`  ${line}`);
    results[section.name] = figures.map((figure) => ({ ...figure, withinLimit: isWithinLimit(figure) }));
  }
  console.log(`\n${JSON.stringify(results)}`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
