// Prompts that name files of a young project: what a path says of a memory, and what it does not.

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openIndexLibrary } from '../../src/index/library.ts';
import { openRecallIndex } from '../../src/index/recall-index.ts';
import { rankForPrompt, selectRelevant } from '../../src/inject/prompt-relevance.ts';
import { idOf, makeFolder, makeMemory, openFolder } from '../index/folder-source.ts';

const MEMORIES: readonly (readonly [title: string, file: string])[] = [
  ['Two parallel refreshes could rotate the same token', 'src/auth/refresh.ts'],
  ['Money is counted in integer cents', 'src/pay/amount.ts'],
  ['Deploys need REDIS_URL on staging', 'deploy/check.sh'],
  ['The theme is kept in local storage', 'web/src/theme.tsx'],
  ['Migrations run before the server starts', 'src/db/migrate.ts'],
  ['Time zones broke two tests in CI', 'test/support/clock.ts'],
];

it.each([
  ['rename web/src/App.tsx', []],
  ['fix the typo in src/http/router.ts', []],
  ['deploy/README.md is out of date', []],
  ['what about src/auth/refresh.ts?', ['Two parallel refreshes could rotate the same token']],
  ['why is theme.tsx so slow?', ['The theme is kept in local storage']],
])('%s', (prompt, titles) => {
  expect(shownAt(prompt)).toEqual(titles);
});

function shownAt(prompt: string): readonly string[] {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  for (const [at, [title, path]] of MEMORIES.entries())
    vault.write(`memories/${at}.md`, makeMemory({ id: idOf(at + 1), title, files: [{ path }] }));
  const file = join(root, 'index.sqlite');
  const options = { file, lockFile: join(root, 'index.lock'), sources: [vault.source], maxAgeMs: 0, now: () => 0 };
  const library = openIndexLibrary(options);
  library.recent({}, 1);
  library.close();
  const index = openRecallIndex(file);
  onTestFinished(() => index?.close());
  const ranking = index === undefined ? [] : rankForPrompt(index.matchPrompt(prompt), new Map());
  return selectRelevant(ranking).map(({ row }) => row.title);
}
