// Writes the tree that ships (built code, hooks, templates, manifests) as one commit on the branch `plugin`; pushes nothing.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyShipped } from './shipped.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BRANCH = 'refs/heads/plugin';

const git = (args: readonly string[], env: Record<string, string> = {}): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env } }).trim();

if (!existsSync(join(ROOT, 'dist', 'cli.js'))) throw new Error('dist/ is not built: run `npm run build` first');
const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
const stage = mkdtempSync(join(tmpdir(), 'memvault-release-'));
try {
  copyShipped(ROOT, stage, version);
  const index = `${stage}.index`;
  const inStage = { GIT_INDEX_FILE: index, GIT_WORK_TREE: stage };
  git(['--work-tree', stage, 'add', '--force', '--all'], inStage);
  const tree = git(['write-tree'], inStage);
  const parent = tryGit(['rev-parse', '--verify', '--quiet', BRANCH]);
  if (parent !== undefined && git(['rev-parse', `${parent}^{tree}`]) === tree) {
    console.log(`plugin is up to date: ${parent.slice(0, 8)} (${version})`);
  } else {
    const message = `release ${version}, built from ${git(['rev-parse', '--short', 'HEAD'])}`;
    const commit = git(['commit-tree', tree, '-m', message, ...(parent === undefined ? [] : ['-p', parent])]);
    git(['update-ref', '-m', 'release', BRANCH, commit, ...(parent === undefined ? [] : [parent])]);
    console.log(`plugin: ${commit.slice(0, 8)} ${message}\nPublish it with: git push origin plugin`);
  }
} finally {
  rmSync(stage, { recursive: true, force: true });
  rmSync(`${stage}.index`, { force: true });
}

function tryGit(args: readonly string[]): string | undefined {
  try {
    return git(args);
  } catch {
    return undefined;
  }
}
