// For tests of publishing: a repository's place, memories in its outbox, and options in which nothing waits.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { VaultPlace } from '../../src/model/place.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { silentLog } from '../../src/system/log.ts';
import { publish } from '../../src/vault/git/publish.ts';
import type { PublishOptions } from '../../src/vault/git/publish-options.ts';
import { openOutbox } from '../../src/vault/outbox.ts';
import { changeTrust } from '../../src/vault/trust.ts';
import { repositoryPlace } from '../../src/vault/place.ts';
import type { TestRepo } from './git.ts';

export const SESSION = 'fe0548c7-2487-4719-957b-715cd87e8307';

export function placeOf(repo: TestRepo): VaultPlace {
  return repositoryPlace(
    repo.root,
    repo.git('rev-parse', '--absolute-git-dir'),
    repo.git('rev-parse', '--path-format=absolute', '--git-common-dir'),
  );
}

/** Puts a memory into the outbox; its id follows from the title. Gives its path from the repository's top. */
export function putMemory(place: VaultPlace, title: string, fields: Partial<Memory> = {}): string {
  const path = openOutbox(place.stateDir).put({
    id: drawMemoryId(createHash('sha256').update(title).digest()),
    kind: 'observation',
    type: 'discovery',
    title,
    created: '2026-11-22T14:32:05Z',
    session: SESSION,
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: `What was learned of ${title}.\n`,
    ...fields,
  });
  return `.claude-mem/${path}`;
}

export function outboxPaths(place: VaultPlace): string[] {
  return openOutbox(place.stateDir)
    .list()
    .map((file) => `.claude-mem/${file.path}`);
}

/** As at a session's end in the repository's own environment, in which nothing need be quiet. */
export function optionsFor(
  repo: Pick<TestRepo, 'env' | 'home'>,
  changes: Partial<PublishOptions> = {},
): PublishOptions {
  return {
    now: false,
    atSessionEnd: true,
    mode: 'branch',
    defaultBranch: 'auto',
    protectedBranches: [],
    message: 'chore(memory): record {count}',
    clock: { now: () => Date.now() },
    logger: silentLog,
    random: () => 0,
    env: { PATH: repo.env['PATH'], HOME: repo.home },
    ...changes,
  };
}

export function publishIn(repo: TestRepo, changes: Partial<PublishOptions> = {}) {
  return publish(placeOf(repo), optionsFor(repo, changes));
}

/** Everything of the user's that a publish must leave alone: HEAD's other files, staged, unstaged and untracked work, stashes. */
export function userWork(repo: TestRepo): Record<string, unknown> {
  const outside = ['--', '.', ':(exclude).claude-mem'];
  const files = Object.entries(repo.files()).filter(([path]) => !path.startsWith('.claude-mem/'));
  return {
    tree: repo.tryGit('ls-tree', '-r', 'HEAD', '--', 'README.md', 'src').stdout,
    staged: repo.tryGit('diff', '--cached', '--binary', ...outside).stdout,
    unstaged: repo.tryGit('diff', '--binary', ...outside).stdout,
    index: repo.tryGit('ls-files', '-s', '-v', ...outside).stdout,
    status: repo.tryGit('status', '--porcelain=v2', '-uall', ...outside).stdout.replace(/^# branch.*\n/gm, ''),
    stashes: repo.tryGit('stash', 'list').stdout,
    head: repo.tryGit('symbolic-ref', 'HEAD').stdout,
    files: Object.fromEntries(files),
    operation: operationFiles(repo.tryGit('rev-parse', '--absolute-git-dir').stdout.trim()),
  };
}

const AT = '2026-11-22T14:32:05Z';

/** What a merge, rebase, cherry-pick, revert or bisect keeps of its progress: name and bytes. */
function operationFiles(gitDir: string): Record<string, string> {
  if (gitDir === '') return {};
  const names = readdirSync(gitDir, { recursive: true, encoding: 'utf8' });
  const kept = names.filter((name) =>
    /^(?:[A-Z_]+_(?:HEAD|MSG|MODE|LOG|START|NAMES|TERMS)|rebase-\w+.*|sequencer.*)$/.test(name),
  );
  return Object.fromEntries(
    kept
      .filter((name) => statSync(join(gitDir, name)).isFile())
      .map((name) => [name, readFileSync(join(gitDir, name), 'latin1')]),
  );
}

/** The user of the repository trusts it with the default branch of this remote. */
export function trustRemote(repo: TestRepo, address: string): void {
  const place = placeOf(repo);
  changeTrust(dataPaths(repo.env).trustFile, (record) => ({
    ...record,
    clones: { ...record.clones, [place.commonDir ?? place.root]: { remote: address, why: 'said', at: AT } },
  }));
}
