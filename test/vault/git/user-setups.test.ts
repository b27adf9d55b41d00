// The matrix, continued: how people set Git up, and where they keep it. Settings, layouts, tools of a team, odd histories.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { addRemote, openRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { findProject } from '../../../src/system/project.ts';
import { putMemory, placeOf, publishIn } from '../../support/publishing.ts';
import { itLeavesAlone } from '../../support/user-state.ts';
import type { UserState } from '../../support/user-state.ts';

const SETTINGS: readonly UserState[] = [
  {
    name: 'a file system monitor that the user wrote',
    make: (repo) => {
      program(join(repo.home, 'monitor'), 'printf "token\\0/\\0"');
      repo.git('config', 'core.fsmonitor', join(repo.home, 'monitor'));
      repo.git('status');
      repo.write('staged.txt', 'staged\n');
      repo.git('add', 'staged.txt');
    },
  },
  {
    name: 'the settings for many files, an index without a digest, every object synced',
    make: (repo) => {
      for (const [key, value] of [
        ['feature.manyFiles', 'true'],
        ['index.skipHash', 'true'],
        ['core.fsync', 'all'],
        ['core.sharedRepository', 'group'],
        ['transfer.fsckObjects', 'true'],
        ['pack.threads', '1'],
        ['gc.auto', '1'],
      ] as const)
        repo.git('config', key, value);
      repo.git('update-index', '--index-version', '4');
      repo.write('staged.txt', 'staged\n');
      repo.git('add', 'staged.txt');
    },
  },
  {
    name: 'settings that change what Git prints',
    make: (repo) => {
      for (const [key, value] of [
        ['color.ui', 'always'],
        ['column.ui', 'always'],
        ['log.showSignature', 'true'],
        ['log.decorate', 'full'],
        ['log.date', 'relative'],
        ['format.pretty', 'fuller'],
        ['core.quotePath', 'true'],
        ['core.abbrev', '4'],
        ['diff.noprefix', 'true'],
        ['diff.renames', 'copies'],
        ['diff.external', 'false'],
        ['status.short', 'true'],
        ['status.branch', 'true'],
        ['i18n.logOutputEncoding', 'latin1'],
        ['core.pager', 'false'],
        ['pager.log', 'false'],
        ['alias.log', 'status'],
        ['branch.sort', '-committerdate'],
      ] as const)
        repo.git('config', key, value);
      addRemote(repo);
    },
  },
  {
    name: 'a template, comment sign, clean-up and encoding of commit messages, and a name with an umlaut',
    make: (repo) => {
      repo.write('.git/template', '# JIRA-???\n');
      for (const [key, value] of [
        ['commit.template', join(repo.root, '.git/template')],
        ['commit.cleanup', 'verbatim'],
        ['commit.verbose', 'true'],
        ['core.commentChar', 'c'],
        ['i18n.commitEncoding', 'latin1'],
        ['user.name', 'Jörg'],
      ] as const)
        repo.git('config', key, value);
    },
    check: (repo) => {
      expect(repo.git('log', '-1', '--encoding=UTF-8', '--format=%an %s')).toBe('Jörg chore(memory): record 1 memory');
      expect(repo.git('fsck', '--strict', '--no-dangling', '--no-progress')).toBe('');
    },
  },
  {
    name: 'identity and hooks in the settings of the work tree',
    make: (repo) => {
      repo.git('config', 'extensions.worktreeConfig', 'true');
      const tree = repo.worktree('side');
      tree.git('config', '--worktree', 'user.email', 'side@example.org');
      tree.git('config', '--worktree', 'core.hooksPath', hooksThatTell(repo));
      return tree;
    },
    check: (repo) => {
      expect(repo.git('log', '-1', '--format=%ae')).toBe('side@example.org');
      expect(toldHooks(repo)).toEqual([]);
    },
  },
  {
    name: 'husky, whose hooks would tell of every step',
    make: (repo) => {
      repo.git('config', 'core.hooksPath', hooksThatTell(repo));
      addRemote(repo);
      repo.git('switch', '-q', '-c', 'feature');
      rmSync(join(repo.home, 'told'), { force: true });
    },
    check: (repo) => expect(toldHooks(repo)).toEqual([]),
  },
  {
    name: 'bare repositories forbidden',
    make: (repo) => void repo.git('config', '--global', 'safe.bareRepository', 'explicit'),
  },
  {
    name: 'file modes that do not count, and a changed one',
    make: (repo) => {
      repo.git('config', 'core.fileMode', 'false');
      chmodSync(join(repo.root, 'src/app.ts'), 0o755);
      repo.git('update-index', '--chmod=+x', 'README.md');
    },
  },
  {
    name: 'names without upper and lower case',
    make: (repo) => {
      repo.git('config', 'core.ignoreCase', 'true');
      repo.commit('other case', { '.Claude-Mem/notes.md': 'not ours\n', 'SRC.md': 'x\n' });
    },
    check: (repo) =>
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD', '.Claude-Mem')).toBe('.Claude-Mem/notes.md'),
  },
  {
    name: 'everything hidden ignored but the vault',
    make: (repo) => void repo.commit('ignores', { '.gitignore': '.*\n!.gitignore\n!.claude-mem/\n' }),
  },
  {
    name: 'a rule that ignores `memories/` anywhere',
    held: 'vault-ignored',
    make: (repo) => void repo.commit('ignores', { '.gitignore': 'memories/\n' }),
  },
];

const LAYOUTS: readonly UserState[] = [
  {
    name: 'a Git directory elsewhere',
    make: (repo) => void repo.git('init', '-q', `--separate-git-dir=${join(repo.home, 'apart.git')}`),
  },
  {
    name: 'a line feed in the name of its folder',
    make: (repo) => {
      renameSync(repo.root, join(dirname(repo.root), 'my\nproject'));
      const renamed = as(repo, join(dirname(repo.root), 'my\nproject'));
      renamed.git('worktree', 'add', '-q', '-b', 'side', join(dirname(repo.root), 'my\nwork\ntree'));
      return as(renamed, join(dirname(repo.root), 'my\nwork\ntree'));
    },
    check: (repo) =>
      expect(findProject(repo.root, { home: repo.home, dataDir: repo.home })).toMatchObject({ worktree: repo.root }),
  },
  {
    name: 'a Git directory that is a link',
    make: (repo) => {
      renameSync(join(repo.root, '.git'), join(repo.home, 'linked.git'));
      symlinkSync(join(repo.home, 'linked.git'), join(repo.root, '.git'));
    },
  },
  {
    name: 'a work tree that the settings put elsewhere',
    held: 'no-worktree',
    make: (repo) => {
      const elsewhere = join(dirname(repo.root), 'elsewhere');
      cpSync(repo.root, elsewhere, { recursive: true, filter: (path) => !path.includes('.git') });
      repo.git('config', 'core.worktree', elsewhere);
    },
    check: (repo) => {
      expect(existsSync(join(repo.root, '.claude-mem'))).toBe(false);
      expect(existsSync(join(dirname(repo.root), 'elsewhere', '.claude-mem'))).toBe(false);
    },
  },
  {
    name: 'objects borrowed from another clone',
    make: (repo) => {
      const root = join(dirname(repo.root), 'borrower');
      repo.git('clone', '-q', '--shared', repo.root, root);
      return as(repo, root, 'feature');
    },
  },
  {
    name: 'a work tree of a bare repository',
    make: (repo) => {
      const bare = join(dirname(repo.root), 'bare.git');
      repo.git('clone', '-q', '--bare', repo.root, bare);
      repo.git('-C', bare, 'worktree', 'add', '-q', '-b', 'topic', join(dirname(repo.root), 'topic'));
      return as(repo, join(dirname(repo.root), 'topic'));
    },
  },
  {
    name: 'a locked work tree',
    make: (repo) => {
      const tree = repo.worktree('locked');
      repo.git('worktree', 'lock', tree.root);
      return tree;
    },
  },
  {
    name: 'a work tree whose clone was moved and repaired',
    make: (repo) => {
      const tree = repo.worktree('side');
      const moved = join(dirname(repo.root), 'moved');
      renameSync(repo.root, moved);
      as(repo, moved).git('worktree', 'repair', tree.root);
      return tree;
    },
  },
  {
    name: 'one branch in two work trees',
    held: 'branch-elsewhere',
    make: (repo) => void repo.git('worktree', 'add', '-q', '--force', join(dirname(repo.root), 'twin'), 'main'),
    check: (repo) => expect(repo.git('-C', join(dirname(repo.root), 'twin'), 'status', '--porcelain')).toBe(''),
  },
  {
    name: 'the main work tree’s branch in a linked one',
    held: 'branch-elsewhere',
    make: (repo) => {
      repo.git('worktree', 'add', '-q', '--force', join(dirname(repo.root), 'twin'), 'main');
      return as(repo, join(dirname(repo.root), 'twin'));
    },
    check: (repo) => expect(repo.git('-C', join(dirname(repo.root), 'repo'), 'status', '--porcelain')).toBe(''),
  },
  {
    name: 'a work tree of the same branch that is gone',
    make: (repo) => {
      repo.git('worktree', 'add', '-q', '--force', join(dirname(repo.root), 'twin'), 'main');
      rmSync(join(dirname(repo.root), 'twin'), { recursive: true });
    },
  },
  {
    name: 'repositories of others inside the work tree',
    make: (repo) => {
      repo.git('init', '-q', 'vendor/theirs');
      repo.write('vendor/theirs/file.txt', 'x\n');
      repo.git('init', '-q', '--bare', 'fixtures/bare.git');
    },
  },
];

const HISTORIES: readonly UserState[] = [
  {
    name: 'a clone without blobs, its remote gone',
    make: (repo) => partialClone(repo, 'blob:none'),
  },
  {
    name: 'a clone without trees, its remote gone',
    make: (repo) => partialClone(repo, 'tree:0'),
  },
  {
    name: 'a HEAD that is replaced by another commit',
    make: (repo) => {
      const first = repo.head();
      repo.commit('second', { 'src/app.ts': 'second\n' });
      const tree = repo.git('rev-parse', 'HEAD^{tree}');
      repo.git('replace', 'HEAD', repo.git('commit-tree', tree, '-p', first, '-m', 'replaced'));
    },
    check: (repo) => {
      expect(repo.git('--no-replace-objects', 'log', '--format=%s')).toBe(
        'chore(memory): record 1 memory\nsecond\nfirst',
      );
      expect(repo.git('--no-replace-objects', 'fsck', '--no-dangling', '--no-progress')).toBe('');
    },
  },
  {
    name: 'grafts',
    make: (repo) => {
      repo.commit('second', { 'src/app.ts': 'second\n' });
      repo.write('.git/info/grafts', `${repo.head()}\n`);
    },
  },
  {
    name: 'packed refs only, no reflogs',
    make: (repo) => {
      repo.git('config', 'core.logAllRefUpdates', 'false');
      rmSync(join(repo.root, '.git', 'logs'), { recursive: true });
      repo.git('pack-refs', '--all', '--prune');
    },
  },
  {
    name: 'branches and tags whose names stand for something else',
    make: (repo) => {
      const tree = repo.git('rev-parse', 'HEAD^{tree}');
      const other = repo.git('commit-tree', tree, '-m', 'unrelated');
      for (const ref of [
        'refs/heads/HEAD',
        'refs/tags/main',
        'refs/tags/HEAD',
        `refs/heads/${repo.head()}`,
        'refs/main',
      ])
        repo.git('update-ref', ref, other);
    },
  },
  {
    name: 'refs in tables',
    needs: knowsReftables,
    make: (repo) => {
      repo.git('switch', '-q', '-c', 'feature');
      repo.git('config', 'core.logAllRefUpdates', 'false');
      rmSync(join(repo.root, '.git', 'logs'), { recursive: true });
      repo.git('refs', 'migrate', '--ref-format=reftable');
    },
    check: (repo) => expect(repo.git('rev-parse', '--show-ref-format')).toBe('reftable'),
  },
  {
    name: 'refs in tables, and one branch in two work trees',
    needs: knowsReftables,
    held: 'branch-elsewhere',
    make: (repo) => {
      const root = join(dirname(repo.root), 'tables');
      repo.git('clone', '-q', '--ref-format=reftable', repo.root, root);
      const clone = as(repo, root, 'feature');
      clone.git('worktree', 'add', '-q', '--force', join(dirname(repo.root), 'twin'), 'feature');
      return clone;
    },
  },
  {
    name: 'no index at all',
    make: (repo) => rmSync(join(repo.root, '.git', 'index')),
  },
  {
    name: 'a rebase with `edit` that moves other branches along',
    held: 'operation-running',
    make: (repo) => {
      repo.commit('two', { 'b.txt': 'b\n' });
      repo.git('branch', 'stacked');
      repo.commit('three', { 'c.txt': 'c\n' });
      repo.git('-c', 'sequence.editor=sed -i 1s/pick/edit/', 'rebase', '-q', '-i', '--update-refs', 'HEAD~2');
      repo.write('b.txt', 'changed while stopped\n');
    },
  },
  {
    name: 'a series of patches that stopped',
    held: 'operation-running',
    make: (repo) => {
      repo.commit('two', { 'src/app.ts': 'two\n' });
      const patch = repo.git('format-patch', '--stdout', '-1');
      repo.git('reset', '-q', '--hard', 'HEAD~1');
      repo.commit('other', { 'src/app.ts': 'other\n' });
      writeFileSync(join(repo.home, 'patch'), `${patch}\n`);
      repo.tryGit('am', join(repo.home, 'patch'));
    },
  },
  {
    name: 'a cherry-pick that is staged only',
    make: (repo) => {
      repo.git('switch', '-q', '-c', 'other');
      const picked = repo.commit('theirs', { 'picked.txt': 'theirs\n' });
      repo.git('switch', '-q', 'main');
      repo.git('cherry-pick', '--no-commit', picked);
    },
  },
];

const FILTERS: readonly UserState[] = [
  {
    name: 'LFS for all Markdown, and no LFS here',
    make: (repo) => {
      for (const [key, value] of [
        ['filter.lfs.clean', 'git-lfs-that-is-not-here clean -- %f'],
        ['filter.lfs.process', 'git-lfs-that-is-not-here filter-process'],
        ['filter.lfs.required', 'true'],
      ] as const)
        repo.git('config', key, value);
      repo.write('.gitattributes', '*.md filter=lfs diff=lfs merge=lfs -text\n/README.md -filter\n');
      repo.git('-c', 'filter.lfs.required=false', 'add', '.gitattributes');
      repo.git('commit', '-q', '-m', 'attributes');
    },
  },
  {
    name: 'a vault that the user has encrypted',
    held: 'vault-filtered',
    make: (repo) => encrypt(repo, '.gitattributes', '.claude-mem/** filter=crypt diff=crypt\n'),
  },
  {
    name: 'a vault that the user has encrypted by its own attributes',
    held: 'vault-filtered',
    make: async (repo) => {
      putMemory(placeOf(repo), 'zero');
      await publishIn(repo);
      encrypt(repo, '.claude-mem/.gitattributes', '* text eol=lf\nmemories/** filter=crypt\n');
    },
  },
  {
    name: 'a filter for all Markdown that nothing overrides',
    held: 'vault-filtered',
    make: (repo) => encrypt(repo, '.git/info/attributes', '*.md filter=crypt\n/README.md -filter\n'),
  },
];

describe('publish with every setting of Git', () => {
  itLeavesAlone(SETTINGS);
});
describe('publish in every layout of a clone', () => {
  itLeavesAlone(LAYOUTS);
});
describe('publish on every kind of history', () => {
  itLeavesAlone(HISTORIES);
});
describe('publish where filters change what is committed', () => {
  itLeavesAlone(FILTERS);
});

/** Since Git 2.46. */
function knowsReftables(): boolean {
  return /--(?:\[no-\])?ref-format/.test(spawnSync('git', ['refs', 'migrate', '-h'], { encoding: 'utf8' }).stdout);
}

function program(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Every hook that Git knows writes its name down. */
function hooksThatTell(repo: TestRepo): string {
  const folder = join(repo.home, 'hooks');
  const hooks = ['pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit', 'post-index-change'];
  for (const hook of [...hooks, 'reference-transaction', 'post-checkout', 'post-rewrite', 'pre-auto-gc'])
    program(join(folder, hook), `echo ${hook} >> '${join(repo.home, 'told')}'`);
  return folder;
}

/** Without those of the `git status` with which these tests look: it writes the index too. */
function toldHooks(repo: TestRepo): string[] {
  const file = join(repo.home, 'told');
  const told = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return told.filter((hook) => hook !== 'post-index-change');
}

function encrypt(repo: TestRepo, file: string, attributes: string): void {
  repo.git('config', 'filter.crypt.clean', 'tr a-z n-za-m');
  repo.git('config', 'filter.crypt.smudge', 'tr n-za-m a-z');
  repo.git('config', 'filter.crypt.required', 'true');
  if (file.startsWith('.git/')) repo.write(file, attributes);
  else repo.commit('attributes', { [file]: attributes });
}

function partialClone(repo: TestRepo, filter: string): TestRepo {
  repo.commit('second', { 'docs/deep/a.md': 'a\n', 'src/app.ts': 'two\n' });
  const bare = addRemote(repo);
  repo.git('-C', bare, 'config', 'uploadpack.allowFilter', 'true');
  const root = join(dirname(repo.root), 'partial');
  repo.git('clone', '-q', `--filter=${filter}`, `file://${bare}`, root);
  const clone = as(repo, root, 'feature');
  renameSync(bare, `${bare}.gone`);
  return clone;
}

/** The same helpers in another work tree of the same home, on a branch of its own where one is named. */
function as(repo: TestRepo, root: string, branch?: string): TestRepo {
  const other = openRepo(dirname(repo.root), root);
  other.git('config', 'user.name', 'Ada Test');
  other.git('config', 'user.email', 'ada@example.org');
  if (branch !== undefined) other.git('switch', '-q', '-c', branch);
  return other;
}
