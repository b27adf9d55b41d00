// Progressive disclosure against the fifty newest memories in full: how many tokens, and whether the memory that answers was read.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndexLibrary } from '../../src/index/library.ts';
import { composeStart } from '../../src/inject/compose-start.ts';
import { shortId } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';
import { estimateTokens } from '../../src/model/tokens.ts';
import { renderMemory } from '../../src/mcp/rows.ts';
import { getObservationsTool } from '../../src/mcp/tools/get-observations.ts';
import { searchTool } from '../../src/mcp/tools/search.ts';
import { idOf, makeFolder, makeMemory, openFolder } from '../index/folder-source.ts';

const MEMORIES = 1000;
const QUESTIONS = 30;
const SUBJECTS = [
  'login',
  'invoice',
  'search page',
  'mail queue',
  'CSV import',
  'report',
  'upload',
  'audit log',
  'backup',
  'webhook',
];
const SYMPTOMS = [
  'hangs',
  'loses the last row',
  'is shown twice',
  'ends with a timeout',
  'forgets the time zone',
  'counts wrongly',
  'refuses umlauts',
  'leaks a handle',
  'answers 500',
  'is slow',
];
const CAUSES = [
  'a lock is taken twice',
  'the cursor is not closed',
  'the cache key lacks the tenant',
  'a promise is not awaited',
  'the buffer is cut inside a character',
  'the retry starts anew',
  'the index is missing',
  'the header comes too late',
  'rounding happens per line',
  'the pool is exhausted',
];

describe('three steps to a memory', () => {
  it('cost a tenth of the fifty newest in full, and read the memory that answers', async () => {
    const root = makeFolder();
    const vault = openFolder(join(root, 'vault'), 'vault');
    const memories = Array.from({ length: MEMORIES }, (_, n) => memoryAt(n));
    for (const memory of memories) vault.write(`memories/${memory.id}.md`, memory);
    const library = openIndexLibrary({
      file: join(root, 'index.sqlite'),
      lockFile: join(root, 'index.lock'),
      sources: [vault.source],
      maxAgeMs: 60_000,
      now: () => 1_800_000_000_000,
    });
    onTestFinished(() => library.close());
    const start = await composeStart(
      { sessionId: 's', source: 'startup' },
      { library, budgetTokens: 1500, projectName: 'shop', secret: 'x', at: '', root },
    );
    const startTokens = estimateTokens(start?.text ?? '');
    const writer = { remember: refuse, forget: refuse };
    const context = { library, nonce: 'abababababab', writer };
    let tokens = 0;
    let answered = 0;
    const steps = { search: 0, rows: 0, read: 0 };
    for (let question = 0; question < QUESTIONS; question++) {
      const wanted = memories[(question * 331) % MEMORIES] as Memory;
      const found = await searchTool.call({ query: questionOf((question * 331) % MEMORIES), limit: 8 }, context);
      expect(Buffer.byteLength(found)).toBeLessThan(20_000);
      const ids = [...found.matchAll(/^- ([0-9a-z]{7}) /gm)].map((match) => match[1] ?? '').slice(0, 2);
      const read = await getObservationsTool.call({ ids }, context);
      tokens += startTokens + estimateTokens(found) + estimateTokens(read);
      steps.search += estimateTokens(found) / QUESTIONS;
      steps.rows += [...found.matchAll(/^- [0-9a-z]{7} /gm)].length / QUESTIONS;
      steps.read += estimateTokens(read) / QUESTIONS;
      answered += Number(ids.includes(shortId(wanted.id)));
    }
    const mean = tokens / QUESTIONS;
    const newest = library.get(library.recent({}, 50).map(({ id }) => id)).memories;
    const full = newest.reduce((sum, memory) => sum + estimateTokens(renderMemory(memory, Number.MAX_SAFE_INTEGER)), 0);
    const share = answered / QUESTIONS;
    console.log(
      `start, search and two memories: ${Math.round(mean)} tokens, ${Math.round(100 * share)} % of ${QUESTIONS} questions answered; the 50 newest in full: ${full} tokens (${(full / mean).toFixed(1)} times as many)`,
    );
    console.log(
      `a start block ${startTokens}; a search ${Math.round(steps.search)}, ${Math.round(steps.search / steps.rows)} a row; two whole memories ${Math.round(steps.read)}`,
    );
    expect(steps.search / steps.rows).toBeLessThanOrEqual(100);
    expect(full / mean).toBeGreaterThanOrEqual(10);
    expect(share).toBeGreaterThanOrEqual(0.8);
  });
});

/** About 800 tokens, as compression writes them after a long piece of work. Ten of a thousand share subject and symptom. */
function memoryAt(n: number): Memory {
  const [subject, symptom, cause] = wordsOf(n);
  const module = `module${String(n % 97)}`;
  const fact = (at: number): string =>
    `- \`${module}.step${at}()\` was checked with input ${n * 7 + at}: it behaves, so the cause lies elsewhere; the log of that run names case ${(n * 13 + at) % 1009}`;
  return makeMemory({
    id: idOf(n + 1),
    title: `The ${subject} ${symptom} because ${cause}`,
    created: `2026-${String(1 + (n % 10)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}T10:00:00Z`,
    files: [{ path: `src/${module}/main.ts` }],
    body: `It was seen in ${module} with ${n % 53} users at once.\n\n## Facts\n\n${Array.from({ length: 19 }, (_, at) => fact(at)).join('\n')}\n`,
  });
}

/** Other words around the same thing; the module tells which of the ten is meant. */
function questionOf(n: number): string {
  const [subject, symptom] = wordsOf(n);
  return `why does our ${subject} in module${n % 97} sometimes do this: ${symptom}?`;
}

function wordsOf(n: number): readonly [string, string, string] {
  return [SUBJECTS[n % 10] ?? '', SYMPTOMS[Math.floor(n / 10) % 10] ?? '', CAUSES[Math.floor(n / 100) % 10] ?? ''];
}

function refuse(): never {
  throw new Error('nothing is written here');
}
