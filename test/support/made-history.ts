// A made-up project's history: several people work in turns on threads of their own, each in a few files that belong together.

import type { HistoryCommit } from '../../scripts/eval/situations.ts';

const AREAS = [
  'auth',
  'billing',
  'search',
  'import',
  'mail',
  'reports',
  'queue',
  'admin',
  'export',
  'upload',
  'audit',
  'sync',
];
const PARTS = ['store', 'routes', 'model', 'worker', 'client', 'format'];
const WORDS = ['race', 'timeout', 'rounding', 'encoding', 'retry', 'paging', 'cache', 'limit', 'locale', 'rights'];

/** Oldest first; the same seed gives the same history. A thread lasts three to six commits, three threads go on at once. */
export function makeHistory(commits: number, seed: number): readonly HistoryCommit[] {
  const draw = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const startThread = () => {
    const area = pick(AREAS);
    const word = pick(WORDS);
    const files = PARTS.filter(() => draw() < 0.4).map((part) => `src/${area}/${part}.ts`);
    return {
      branch: `fix/${area}-${word}`,
      title: `${area}: ${word}`,
      files: files.length < 2 ? [`src/${area}/store.ts`, `src/${area}/model.ts`] : files,
      left: 3 + Math.floor(draw() * 4),
    };
  };
  const threads = [startThread(), startThread(), startThread()];
  return Array.from({ length: commits }, (_, n) => {
    const at = Math.floor(draw() * threads.length);
    if ((threads[at]?.left ?? 0) === 0) threads[at] = startThread();
    const thread = threads[at] ?? startThread();
    thread.left--;
    const files = thread.files.filter(() => draw() < 0.7);
    const touched = files.length < 2 ? thread.files.slice(0, 2) : files;
    // What nearly every commit of a real project touches too.
    const always = draw() < 0.5 ? ['CHANGELOG.md'] : [];
    return {
      hash: `${seed}-${n}`,
      subject: `${thread.title}, step ${n}`,
      branch: thread.branch,
      files: [...touched, ...always],
    };
  });
}

/** mulberry32, public domain. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
