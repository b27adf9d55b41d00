// Notes that somebody asked for, through a real vault: found at once, without secrets, and forgotten for good.

import { describe, expect, it, onTestFinished } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { makeRepo } from '../support/git.ts';

describe('a note', () => {
  it('is found at once, knows its branch and the code it is about, and replaces what it corrects', () => {
    const { vault, head } = setUp();
    const first = vault.writer.remember(note({ title: 'Deploy by hand' }));
    const second = vault.writer.remember(
      note({
        title: 'Deploy with make',
        text: 'The script was removed.',
        files: ['./src/app.ts', '../x'],
        supersedes: [first.id],
      }),
    );
    expect(second).toMatchObject({ kind: 'note', branch: 'main', commit: head.slice(0, 8) });
    expect(second.files[0]).toMatchObject({
      path: 'src/app.ts',
      blob: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    });
    expect(second.files[1]).toEqual({ path: '../x' });
    const { hits } = vault.library.search({ text: 'deploy', limit: 5 });
    expect(hits.map(({ id, supersededBy }) => [id, supersededBy])).toEqual([
      [second.id, undefined],
      [first.id, second.id],
    ]);
  });

  it('holds no secret and no private span, and is refused when nothing else is left', () => {
    const { vault } = setUp();
    const kept = vault.writer.remember(
      note({
        title: 'Login',
        text: 'use ghp_FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE1234 <private>for Jane</private> only here',
      }),
    );
    expect(kept.body).not.toMatch(/ghp_|Jane/);
    expect(() => vault.writer.remember(note({ title: '<private>all of it</private>' }))).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  it('is forgotten, and its tombstone does not repeat it', () => {
    const { vault } = setUp();
    const memory = vault.writer.remember(note({ title: 'The zeppelin lands at noon' }));
    vault.writer.forget(vault.library.get([memory.id]).memories);
    expect(vault.library.search({ text: 'zeppelin', limit: 5 }).total).toBe(0);
    expect(vault.library.get([memory.id]).missing).toEqual([memory.id]);
    const texts = vault.outbox.list().map(({ path }) => {
      const read = vault.outbox.read(path);
      return read.ok ? Buffer.from(read.bytes).toString() : '';
    });
    expect(texts).toHaveLength(1);
    expect(texts.filter((text) => text.includes('zeppelin'))).toEqual([]);
  });
});

function note(fields: Partial<Parameters<ReturnType<typeof setUp>['vault']['writer']['remember']>[0]>) {
  return { title: '', text: '', tags: [], files: [], supersedes: [], ...fields };
}

function setUp() {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  const vault = openVaultHere({ cwd: repo.root, env: repo.env });
  onTestFinished(() => vault.close());
  return { vault, head: repo.head() };
}
