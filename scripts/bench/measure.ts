// A process of the bench: does one thing to a vault in a fresh Node and prints what it took as one line of JSON.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import type { SearchQuery } from '../../src/model/search.ts';
import { openVaultHere } from '../../src/app.ts';
import type { OpenVault } from '../../src/app.ts';
import { openExistingIndex } from '../../src/index/database.ts';
import { finish } from '../../src/index/steps.ts';
import { refreshTopics } from '../../src/index/topics/topic-store.ts';

/** What each task prints. */
export interface Measured {
  readonly rebuild: RebuildFigures;
  readonly search: SearchFigures;
  readonly searchWords: SearchFigures;
}

const TASKS: Readonly<Record<string, (vault: OpenVault, root: string) => unknown>> = {
  rebuild,
  search: (vault, root) => search(vault, root, []),
  searchWords: (vault, root) => search(vault, root, ['topics', 'vectors']),
};

const [task = '', root = ''] = process.argv.slice(2);
const vault = openVaultHere({ env: process.env, cwd: root, vaultFlag: root });
try {
  process.stdout.write(`${JSON.stringify(TASKS[task]?.(vault, root))}\n`);
} finally {
  vault.close();
}

interface RebuildFigures {
  readonly files: number;
  readonly ms: number;
  readonly cpuMs: number;
  /** Milliseconds in inserts, by table. */
  readonly tables: Readonly<Record<string, number>>;
  /** Milliseconds of it that learning from the words takes. */
  readonly topicsMs: number;
}

function rebuild(opened: OpenVault): RebuildFigures {
  const tables = timeInserts();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { added } = opened.rebuild();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { files: added, ms, cpuMs: (user + system) / 1000, tables: { ...tables }, topicsMs: timeTopics(opened) };
}

interface SearchFigures {
  /** Of each search of the second half of the questions, none of which was asked before. */
  readonly ms: readonly number[];
  /** Of the first half's, in a process that has just begun. */
  readonly firstMs: readonly number[];
  readonly found: number;
  readonly rssMb: number;
}

/** Warm is a process that has answered as many questions before: code is compiled, and memories that are found often are known. */
function search(opened: OpenVault, folder: string, without: NonNullable<SearchQuery['without']>): SearchFigures {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bench has written it
  const queries = JSON.parse(readFileSync(`${folder}/queries.json`, 'utf8')) as string[];
  let found = 0;
  const time = (text: string): number => {
    const start = performance.now();
    found += Number(opened.library.search({ text, limit: 10, without }).hits.length > 0);
    return performance.now() - start;
  };
  const firstMs = queries.slice(0, queries.length / 2).map(time);
  found = 0;
  const ms = queries.slice(queries.length / 2).map(time);
  return { ms, firstMs, found, rssMb: process.memoryUsage.rss() / 1e6 };
}

/** Learns once more, in the index that was just made. */
function timeTopics({ place }: OpenVault): number {
  const database = openExistingIndex(join(place.stateDir, 'index.sqlite'));
  if (database === undefined) return 0;
  database.run('DELETE FROM topics');
  const start = performance.now();
  finish(refreshTopics(database));
  const ms = performance.now() - start;
  database.close();
  return ms;
}

function timeInserts(): Record<string, number> {
  const tables: Record<string, number> = {};
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { run } = StatementSync.prototype;
  Object.defineProperty(StatementSync.prototype, 'run', {
    value(this: StatementSync, ...values: SQLInputValue[]) {
      const table = /^\s*INSERT (?:OR \w+ )?INTO (\w+)/.exec(this.sourceSQL)?.[1] ?? '';
      const start = performance.now();
      try {
        return Reflect.apply(run, this, values);
      } finally {
        if (table !== '') tables[table] = (tables[table] ?? 0) + performance.now() - start;
      }
    },
  });
  return tables;
}
