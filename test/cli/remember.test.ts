// `memvault remember`: a person's note is a memory at once, in the person's words, and says what it corrects.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { rememberCommand } from '../../src/cli/commands/remember.ts';
import { searchCommand } from '../../src/cli/commands/search.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

let repo: TestRepo;

beforeEach(() => {
  repo = makeRepo();
});
afterEach(() => repo.dispose());

it('writes a note that can be found at once, with its reason, files and tags', async () => {
  const { text, json } = await run(['Deploys', 'happen', 'on', 'Mondays'], {
    text: 'The gateways restart on Sunday.',
    file: ['src/app.ts'],
    tag: ['pinned'],
  });
  const { id } = json as { id: string };
  expect(text).toMatch(new RegExp(`^Noted: ${id.slice(0, 7)}  Deploys happen on Mondays\n`));
  expect(memory(id)).toMatchObject({
    kind: 'note',
    title: 'Deploys happen on Mondays',
    body: 'The gateways restart on Sunday.\n',
    tags: ['pinned'],
    files: [{ path: 'src/app.ts', blob: expect.stringMatching(/^[0-9a-f]{12,}$/) }],
  });
});

it('is found in a line of its own where it is all title', async () => {
  await run(['Deploys happen on Mondays']);
  const { stdin, stdout, stderr } = process;
  const { env, root: cwd } = repo;
  const found = await searchCommand.run({ positionals: ['deploys'], options: {}, env, cwd, stdin, stdout, stderr });
  expect(found.text).toMatch(/note {8}Deploys happen on Mondays[^\n]*\n\nWhole memory/);
});

it('replaces the memory that it corrects, and names files as the project does', async () => {
  const first = (await run(['Deploys happen on Mondays'])).json as { id: string };
  const { text, json } = await run(
    ['Deploys happen on Tuesdays'],
    { replaces: [first.id.slice(0, 6)], file: ['app.ts'] },
    'src',
  );
  expect(text).toContain(`It replaces ${first.id.slice(0, 7)}  Deploys happen on Mondays`);
  const { id } = json as { id: string };
  expect(memory(first.id)).toMatchObject({ supersededBy: id });
  expect(memory(id)).toMatchObject({ files: [{ path: 'src/app.ts' }] });
});

it('names the files of a project whose vault is a personal one', async () => {
  const env = { ...repo.env, CLAUDE_MEM_VAULT: 'personal' };
  const { json } = await run(['Deploys happen on Mondays'], { file: ['app.ts'] }, 'src', env);
  expect(memory((json as { id: string }).id, env)).toMatchObject({ files: [{ path: 'src/app.ts' }] });
});

it('writes nothing about a file that is not there, in place of a memory that is not, or of nothing but a secret', async () => {
  for (const file of ['src/none.ts', '../elsewhere.ts', '.'])
    await expect(run(['Deploys'], { file: [file] }), file).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(run(['Deploys'], { replaces: ['7k2m9qx'] })).rejects.toMatchObject({ code: 'not_found' });
  await expect(run(['<private>Deploys</private>'])).rejects.toMatchObject({ code: 'invalid_input' });
  const vault = open();
  expect(vault.library.recent({}, 5)).toEqual([]);
  vault.close();
});

function run(
  positionals: readonly string[],
  options: Readonly<Record<string, string | string[]>> = {},
  folder = '',
  env = repo.env,
) {
  const { stdin, stdout, stderr } = process;
  const cwd = join(repo.root, folder);
  return rememberCommand.run({ positionals, options, env, cwd, stdin, stdout, stderr });
}

function open(env = repo.env) {
  return openVaultHere({ cwd: repo.root, env });
}

function memory(id: string, env = repo.env) {
  const vault = open(env);
  try {
    return vault.library.get([id]).memories[0];
  } finally {
    vault.close();
  }
}
