// Who brought the memories of a work tree: what nobody merged is pending, what was made here or merged is not.

import { describe, expect, it, onTestFinished } from 'vitest';
import { readOthers } from '../../../src/vault/git/others-file.ts';
import { lookUpOthers } from '../../../src/vault/git/others.ts';
import { readChangedFiles, readRecentCommits } from '../../../src/vault/git/work-state.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory, trustRemote } from '../../support/publishing.ts';

const BO = { name: 'Bo Berg', email: 'bo@example.org' };
const NOTE = 'memories/2026/11/22-bos-note.md';
const OWN = 'memories/2026/11/22-own-note.md';

describe('the memories of other people', () => {
  it('are pending on their branch, and theirs by name once they are merged', async () => {
    const { ada, bo } = team();
    bo.git('switch', '-q', '-c', 'feature/bo');
    bo.commit('note', { [`.claude-mem/${NOTE}`]: 'text\n' });
    bo.git('push', '-q', 'origin', 'feature/bo');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'feature/bo');
    expect(await look(ada)).toEqual({ pending: [NOTE], authors: [[NOTE, 'Bo Berg']] });

    bo.git('push', '-q', 'origin', 'feature/bo:main');
    ada.git('fetch', '-q', 'origin');
    expect(await look(ada)).toEqual({ pending: [], authors: [[NOTE, 'Bo Berg']] });
  });

  it('are not pending when the default branch has the same file by another commit', async () => {
    const { ada, bo } = team();
    bo.git('switch', '-q', '-c', 'feature/bo');
    bo.commit('note', { [`.claude-mem/${NOTE}`]: 'text\n' });
    bo.git('push', '-q', 'origin', 'feature/bo');
    bo.git('switch', '-q', 'main');
    bo.commit('squashed', { [`.claude-mem/${NOTE}`]: 'text\n', 'other.txt': 'x' });
    bo.git('push', '-q', 'origin', 'main');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'feature/bo');
    expect((await look(ada)).pending).toEqual([]);
  });

  it('are pending again when a commit that was not made here changes them', async () => {
    const { ada, bo } = team();
    ada.git('switch', '-q', '-c', 'feature/both');
    ada.commit('own', { [`.claude-mem/${OWN}`]: 'text\n' });
    expect(await look(ada)).toEqual({ pending: [], authors: [] });
    ada.git('push', '-q', 'origin', 'feature/both');
    bo.git('fetch', '-q', 'origin');
    bo.git('switch', '-q', 'feature/both');
    bo.commit('an order in it', { [`.claude-mem/${OWN}`]: 'text, and an order\n' });
    bo.git('push', '-q', 'origin', 'feature/both');
    ada.git('pull', '-q', '--ff-only', 'origin', 'feature/both');
    expect(await look(ada)).toEqual({ pending: [OWN], authors: [] });
  });

  it("are not told by the author's name: whoever forges the user's is pending all the same", async () => {
    const { ada, bo } = team();
    bo.git('switch', '-q', '-c', 'feature/forged');
    bo.write(`.claude-mem/${NOTE}`, 'text\n');
    bo.git('add', '-A');
    bo.git('commit', '-q', '-m', 'note', '--author=Ada Test <ada@example.org>');
    bo.git('push', '-q', 'origin', 'feature/forged');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'feature/forged');
    expect((await look(ada)).pending).toEqual([NOTE]);
  });

  it('do not include what this clone published', async () => {
    const { ada } = team();
    ada.git('switch', '-q', '-c', 'feature/ada');
    putMemory(placeOf(ada), 'A thing that was learned');
    await publishIn(ada);
    expect(ada.git('log', '-1', '--format=%s')).toContain('chore(memory)');
    expect(await look(ada)).toEqual({ pending: [], authors: [] });
  });

  it('are known without Git until something but an own commit comes to HEAD', async () => {
    const { ada, bo } = team();
    expect(readOthers(placeOf(ada), ada.env)).toBeUndefined();
    await look(ada);
    expect(readOthers(placeOf(ada), ada.env)).toBeDefined();
    ada.git('pack-refs', '--all');
    expect(readOthers(placeOf(ada), ada.env)).toBeDefined();
    ada.commit('more', { 'src/more.ts': 'x\n' });
    expect(readOthers(placeOf(ada), ada.env)).toBeDefined();
    bo.commit('theirs', { 'src/theirs.ts': 'x\n' });
    bo.git('push', '-q', 'origin', 'main');
    ada.git('pull', '-q', '--no-rebase', '--no-edit', 'origin', 'main');
    expect(readOthers(placeOf(ada), ada.env)).toBeUndefined();
    await look(ada);
    ada.git('switch', '-q', '-c', 'other', 'HEAD~1');
    expect(readOthers(placeOf(ada), ada.env)).toBeUndefined();
  });
});

describe('the state of the work', () => {
  it('is what is not committed and what the last commits touched, without the vault', async () => {
    const { ada } = team();
    ada.commit('two files', { 'src/a b.ts': 'x\n', 'src/ü.ts': 'x\n' });
    ada.commit('memories', { '.claude-mem/memories/x.md': 'x\n' });
    ada.git('mv', 'src/a b.ts', 'src/c.ts');
    ada.write('src/new.ts', 'x\n');
    ada.write('.claude-mem/memories/y.md', 'x\n');
    const options = { env: ada.env, timeoutMs: 10_000 };
    expect(await readChangedFiles(ada.root, options)).toEqual(['src/c.ts', 'src/new.ts']);
    expect(await readRecentCommits(ada.root, options)).toEqual([
      { subject: 'two files', files: ['src/a b.ts', 'src/ü.ts'] },
      { subject: 'first', files: ['README.md', 'src/app.ts'] },
    ]);
  });

  it('is empty without commits and outside of Git', async () => {
    const repo = makeRepo({ empty: true });
    onTestFinished(() => repo.dispose());
    const options = { env: repo.env, timeoutMs: 10_000 };
    for (const folder of [repo.root, repo.home]) {
      expect(await readChangedFiles(folder, options)).toEqual([]);
      expect(await readRecentCommits(folder, options)).toBeUndefined();
    }
  });
});

function team(): { readonly ada: TestRepo; readonly bo: TestRepo } {
  const ada = makeRepo();
  onTestFinished(() => ada.dispose());
  const bare = addRemote(ada);
  trustRemote(ada, bare);
  return { ada, bo: cloneRepo(bare, 'bo', BO) };
}

async function look(repo: TestRepo) {
  const others = await lookUpOthers(placeOf(repo), { env: repo.env, timeoutMs: 10_000 });
  return { pending: [...(others?.pending.keys() ?? ['?'])], authors: [...(others?.authors ?? [])] };
}
