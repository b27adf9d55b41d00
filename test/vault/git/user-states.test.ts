// The matrix: in whatever state the user's repository is, a publish commits or holds, and the user's work stays as it was.

import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { addRemote, cloneRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { itLeavesAlone } from '../../support/user-state.ts';
import type { UserState } from '../../support/user-state.ts';

const STATES: readonly UserState[] = [
  { name: 'a clean tree', make: () => undefined },
  {
    name: 'a staged new file',
    make: (repo) => {
      repo.write('staged.txt', 'staged\n');
      repo.git('add', 'staged.txt');
    },
  },
  {
    name: 'a file staged in part and changed further',
    make: (repo) => {
      repo.write('src/app.ts', 'ONE\ntwo\nthree\n');
      repo.git('add', 'src/app.ts');
      repo.write('src/app.ts', 'ONE\ntwo\nTHREE\n');
    },
  },
  {
    name: 'intent to add, a removal from the index, a deleted file',
    make: (repo) => {
      repo.write('later.txt', 'later\n');
      repo.git('add', '-N', 'later.txt');
      repo.git('rm', '-q', '--cached', 'README.md');
      repo.remove('src/app.ts');
    },
  },
  {
    name: 'a staged rename and untracked files',
    make: (repo) => {
      repo.git('mv', 'src/app.ts', 'src/main.ts');
      repo.write('notes/todo.txt', 'x\n');
    },
  },
  {
    name: 'stashed work',
    make: (repo) => {
      repo.write('src/app.ts', 'stashed\n');
      repo.git('stash', '-q');
      repo.write('src/app.ts', 'after\n');
    },
  },
  {
    name: 'assume-unchanged and skip-worktree flags',
    make: (repo) => {
      repo.git('update-index', '--assume-unchanged', 'README.md');
      repo.git('update-index', '--skip-worktree', 'src/app.ts');
      repo.write('src/app.ts', 'local only\n');
    },
  },
  {
    name: 'a failing pre-commit hook and a strict commit-msg hook',
    make: (repo) => {
      for (const hook of ['pre-commit', 'commit-msg']) {
        repo.write(`.git/hooks/${hook}`, '#!/bin/sh\nexit 1\n');
        chmodSync(join(repo.root, '.git/hooks', hook), 0o755);
      }
    },
  },
  {
    name: 'core.autocrlf and a CRLF edit',
    make: (repo) => {
      repo.git('config', 'core.autocrlf', 'true');
      repo.git('config', 'core.safecrlf', 'true');
      repo.write('src/app.ts', 'one\r\ntwo\r\nfour\r\n');
    },
  },
  {
    name: 'a filter for Markdown that breaks everything',
    make: (repo) => {
      repo.git('config', 'filter.broken.clean', 'false');
      repo.git('config', 'filter.broken.required', 'true');
      repo.commit('attributes', { '.gitattributes': '*.md filter=broken\n/README.md -filter\n' });
    },
  },
  {
    name: 'a split index with an untracked cache',
    make: (repo) => {
      repo.git('update-index', '--split-index');
      repo.git('config', 'core.untrackedCache', 'true');
      repo.write('staged.txt', 'staged\n');
      repo.git('add', 'staged.txt');
    },
  },
  {
    name: 'a sparse checkout that has the vault',
    make: (repo) => {
      repo.git('sparse-checkout', 'set', '--cone', 'src', '.claude-mem');
    },
  },
  {
    name: 'a sparse index',
    make: (repo) => {
      repo.commit('wide', { 'docs/a.txt': 'a\n', 'lib/deep/b.txt': 'b\n' });
      repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'src', '.claude-mem');
    },
  },
  { name: 'SHA-256 object ids', from: { format: 'sha256' }, make: () => undefined },
  { name: 'a linked work tree', make: (repo) => repo.worktree('side') },
  {
    name: 'a work tree inside the work tree',
    make: (repo) => {
      repo.write('.git/info/exclude', '.claude/\n');
      repo.git('worktree', 'add', '-q', '-b', 'nested', '.claude/worktrees/nested');
    },
  },
  {
    name: 'a shallow clone on a branch',
    make: (repo) => {
      repo.commit('second');
      const bare = addRemote(repo);
      const clone = cloneRepo(bare, 'shallow');
      clone.git('fetch', '-q', '--depth=1', `file://${bare}`, 'main');
      clone.git('switch', '-q', '-c', 'work', 'FETCH_HEAD');
      return clone;
    },
  },
  {
    name: 'a finished rebase that left REBASE_HEAD behind',
    make: (repo) => writeFileSync(join(repo.root, '.git', 'REBASE_HEAD'), `${repo.head()}\n`),
  },
  {
    name: 'a branch whose name looks like an option',
    make: (repo) => {
      repo.git('update-ref', 'refs/heads/--upload-pack=x', 'HEAD');
      repo.git('symbolic-ref', 'HEAD', 'refs/heads/--upload-pack=x');
    },
  },
  {
    name: 'the default branch of a remote where only the user commits',
    make: (repo) => {
      addRemote(repo);
    },
  },
  { name: 'a merge with a conflict', held: 'operation-running', make: (repo) => conflict(repo, 'merge') },
  {
    name: 'a resolved merge that is not committed',
    held: 'operation-running',
    make: (repo) => {
      conflict(repo, 'merge');
      repo.write('src/app.ts', 'both\n');
      repo.git('add', 'src/app.ts');
    },
  },
  { name: 'a rebase with a conflict', held: 'operation-running', make: (repo) => conflict(repo, 'rebase') },
  { name: 'a cherry-pick with a conflict', held: 'operation-running', make: (repo) => conflict(repo, 'cherry-pick') },
  {
    name: 'a revert with a conflict',
    held: 'operation-running',
    make: (repo) => {
      repo.commit('to revert', { 'src/app.ts': 'reverted\n' });
      repo.commit('on top', { 'src/app.ts': 'on top\n' });
      repo.tryGit('revert', 'HEAD~1');
    },
  },
  {
    name: 'a bisect',
    held: 'operation-running',
    make: (repo) => {
      const first = repo.head();
      repo.commit('two');
      repo.commit('three');
      repo.git('bisect', 'start', 'HEAD', first);
    },
  },
  {
    name: 'a stash that came back with a conflict',
    held: 'conflict',
    make: (repo) => {
      repo.write('src/app.ts', 'stashed\n');
      repo.git('stash', '-q');
      repo.commit('other', { 'src/app.ts': 'committed\n' });
      repo.tryGit('stash', 'pop');
    },
  },
  {
    name: 'a detached HEAD',
    held: 'detached-head',
    make: (repo) => {
      repo.git('checkout', '-q', '--detach');
    },
  },
  { name: 'a branch without a commit', held: 'unborn-branch', from: { empty: true }, make: () => undefined },
  {
    name: 'a held index.lock',
    held: 'index-locked',
    make: (repo) => writeFileSync(join(repo.root, '.git', 'index.lock'), ''),
  },
  {
    name: 'a lock of the branch that a killed git left',
    held: 'index-locked',
    make: (repo) => writeFileSync(join(repo.root, '.git', 'refs', 'heads', 'main.lock'), ''),
  },
  {
    name: 'an index that cannot be read',
    held: 'git-failed',
    make: (repo) => writeFileSync(join(repo.root, '.git', 'index'), 'no index'),
  },
  {
    name: 'the folder of a bare repository with work trees beside it',
    held: 'no-worktree',
    make: (repo) => {
      repo.git('worktree', 'add', '-q', '-b', 'topic', 'topic');
      repo.git('config', 'core.bare', 'true');
    },
  },
  {
    name: 'signing outside of a session’s end',
    held: 'signing',
    how: { atSessionEnd: false, quietMs: 0 },
    make: (repo) => void repo.git('config', 'commit.gpgsign', 'true'),
  },
  {
    name: 'HEAD on a branch that stands for another',
    make: (repo) => {
      repo.git('branch', 'real');
      repo.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/real');
      repo.git('checkout', '-q', 'alias');
    },
  },
  { name: 'no identity', held: 'no-identity', make: (repo) => void repo.git('config', '--remove-section', 'user') },
  {
    name: 'a vault that is ignored',
    held: 'vault-ignored',
    make: (repo) => {
      repo.write('.git/info/exclude', '.claude-mem/\n');
    },
  },
  {
    name: 'a vault that is a link',
    held: 'vault-not-a-folder',
    make: (repo) => {
      mkdirSync(join(repo.home, 'elsewhere'));
      symlinkSync(join(repo.home, 'elsewhere'), join(repo.root, '.claude-mem'));
    },
  },
  {
    name: 'a vault that is a repository of its own',
    held: 'vault-not-a-folder',
    make: (repo) => {
      repo.git('init', '-q', '.claude-mem');
    },
  },
  {
    name: 'a vault that is a submodule',
    held: 'vault-not-a-folder',
    make: (repo) => {
      repo.git('update-index', '--add', '--cacheinfo', `160000,${repo.head()},.claude-mem`);
      repo.git('commit', '-q', '-m', 'gitlink');
      repo.git('update-index', '--skip-worktree', '.claude-mem');
    },
  },
  {
    name: 'a submodule',
    held: 'submodule',
    make: (repo) => {
      const inner = join(repo.root, 'inner');
      cpSync(join(repo.root, '.git'), join(repo.home, 'inner.git'), { recursive: true });
      repo.git(
        '-c',
        'protocol.file.allow=always',
        'submodule',
        '--quiet',
        'add',
        join(repo.home, 'inner.git'),
        'inner',
      );
      repo.commit('submodule');
      return at(repo, inner);
    },
  },
  { name: 'Jujutsu', held: 'jujutsu', make: (repo) => mkdirSync(join(repo.root, '.jj')) },
  {
    name: 'a sparse checkout without the vault',
    held: 'sparse-checkout',
    make: (repo) => {
      repo.git('sparse-checkout', 'set', '--cone', 'src');
    },
  },
  {
    name: 'signing that fails',
    held: 'signing',
    make: (repo) => {
      repo.git('config', 'commit.gpgsign', 'true');
      repo.git('config', 'gpg.program', 'false');
    },
  },
  {
    name: 'the default branch of a shared repository',
    held: 'default-branch',
    make: (repo) => {
      repo.git('commit', '-q', '--allow-empty', '--author=Bo <bo@example.org>', '-m', 'by somebody else');
      addRemote(repo);
    },
  },
];

describe('publish in every state of a repository', () => {
  itLeavesAlone(STATES);
});

function conflict(repo: TestRepo, operation: 'merge' | 'rebase' | 'cherry-pick'): void {
  repo.git('switch', '-q', '-c', 'other');
  repo.commit('theirs', { 'src/app.ts': 'theirs\n' });
  repo.git('switch', '-q', 'main');
  repo.commit('ours', { 'src/app.ts': 'ours\n' });
  repo.tryGit(operation, 'other');
}

/** The same helpers in another work tree. */
function at(repo: TestRepo, root: string): TestRepo {
  const tryGit: TestRepo['tryGit'] = (...args) => repo.tryGit('-C', root, ...args);
  return {
    ...repo,
    root,
    tryGit,
    git: (...args) => repo.git('-C', root, ...args),
    head: () => repo.git('-C', root, 'rev-parse', 'HEAD'),
    exists: (path) => repo.exists(join('inner', path)),
  };
}
