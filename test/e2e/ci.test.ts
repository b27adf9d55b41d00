// The workflow of docs/team.md, run as GitHub's runner runs it: its checkouts, its `run:` steps, a merge commit, a bare PATH.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyShipped } from '../../scripts/shipped.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { placeOf, publishIn, putMemory } from '../support/publishing.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const TOKEN = ['ghp', 'R7x2Kq9LmZ4wT1vB8nYc3HdJ6sFg5PaQ0eUi'].join('_');

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let repo: TestRepo;
let remote: string;
let folder: string;

beforeEach(async () => {
  repo = makeRepo();
  putMemory(placeOf(repo), 'on main already');
  await publishIn(repo);
  remote = addRemote(repo);
  repo.git('switch', '-q', '-c', 'feature');
  folder = mkdtempSync(join(tmpdir(), 'memvault-runner-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the workflow file of docs/team.md', () => {
  it('runs for changes of the vault, with a Node that memvault runs on, and may read only', () => {
    const workflow = readWorkflow();
    expect(workflow.on).toEqual({ pull_request: { paths: ['.claude-mem/**'] } });
    expect(workflow.jobs['lint']?.permissions).toEqual({ contents: 'read' });
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
    const node = stepsOf(workflow).find((step) => step.uses?.startsWith('actions/setup-node'))?.with?.['node-version'];
    expect(Number(node)).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]));
  });

  it('passes a pull request with a clean memory', async () => {
    putMemory(placeOf(repo), 'a clean one', { files: [{ path: 'src/app.ts' }] });
    await publishIn(repo);
    expect(runWorkflow()).toEqual({ code: 0, stdout: 'The vault is in order.\n', stderr: '' });
  });

  it('fails one with a secret, marks its line, and does not print it', () => {
    write('leak', `The token is ${TOKEN}, keep it.\n`);
    const done = runWorkflow();
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /^::error file=\.claude-mem\/memories\/2026\/11\/22-leak-\w{12}\.md,line=\d+,title=secret/m,
    );
    expect(done.stdout).toMatch(/1 error, 0 warnings\n$/);
    expect(done.stdout + done.stderr).not.toContain(TOKEN.slice(4));
  });

  it('passes one that speaks of a file that is gone, with a warning', async () => {
    putMemory(placeOf(repo), 'of a file', { files: [{ path: 'src/gone.ts' }] });
    await publishIn(repo);
    const done = runWorkflow();
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^::warning file=\.claude-mem\/memories\/.*title=reference-dead::.*src\/gone\.ts/);
    expect(done.stdout).toMatch(/0 errors, 1 warning\n$/);
  });

  it('fails one with conflict markers', () => {
    write('torn', '<<<<<<< HEAD\nleft\n=======\nright\n>>>>>>> other\n');
    const done = runWorkflow();
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /^::error file=\.claude-mem\/memories\/2026\/11\/22-torn-\w{12}\.md,line=\d+,title=conflict/m,
    );
  });

  it('marks what is wrong with files that are no memories, too', () => {
    repo.commit('settings', { '.claude-mem/vault.yaml': 'format: 1\nprotectedBranches: [release/*\n' });
    const done = runWorkflow();
    expect(done.stdout).toMatch(/^::warning file=\.claude-mem\/vault\.yaml,line=\d+,title=vault-config-invalid::/m);
    expect(done.code).toBe(0);
  });

  it('fails one that brings the id of a memory again, also where the older file is the one that would not count', () => {
    const old = repo.git('ls-files', '.claude-mem/memories');
    repo.commit('twin', { [`.claude-mem/memories/2026/11/01-a-twin-${old.slice(-15, -3)}.md`]: repo.read(old) });
    const done = runWorkflow();
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('title=id-duplicate');
  });

  it('leaves faults alone that the default branch had before', () => {
    repo.git('switch', '-q', 'main');
    write('old-leak', `The token is ${TOKEN}, keep it.\n`);
    repo.git('push', '-q', 'origin', 'main');
    repo.git('switch', '-q', '-c', 'next');
    write('clean', 'Nothing of note.\n', '8k2m9qx4w1zt');
    expect(runWorkflow('next')).toEqual({ code: 0, stdout: 'The vault is in order.\n', stderr: '' });
  });

  it('says what to do when the checkout is as shallow as it is by default', async () => {
    putMemory(placeOf(repo), 'a clean one');
    await publishIn(repo);
    const done = runWorkflow('feature', { depth: 1 });
    expect(done.code).not.toBe(0);
    expect(done.stderr).toContain('there is no branch or commit "origin/main" here');
    expect(done.stderr).toContain('fetch-depth: 0');
  });

  it('without a base takes any checkout, and looks at the whole vault', () => {
    write('leak', `The token is ${TOKEN}, keep it.\n`);
    const done = runWorkflow('feature', { depth: 1, run: 'node .memvault/dist/cli.js lint --ci' });
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(/title=secret/);
  });

  it('can write what the pull request adds into the summary of the job', async () => {
    putMemory(placeOf(repo), 'a decision', { type: 'decision' });
    await publishIn(repo);
    const done = runWorkflow('feature', { run: 'node .memvault/dist/cli.js review --markdown --base "origin/$BASE"' });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^### Memories: 1 added\n/);
    expect(done.stdout).toContain('a decision');
    const shallow = runWorkflow('feature', { depth: 1, run: 'node .memvault/dist/cli.js review --markdown' });
    expect(shallow.code).not.toBe(0);
    expect(shallow.stderr).toContain('fetch-depth: 0');
  });
});

/** A memory as a person writes or merges it, committed by hand. */
function write(name: string, body: string, id = '7k2m9qx4w1zt'): void {
  const head = `---\nid: ${id}\nkind: observation\ntype: discovery\ntitle: By hand\ncreated: 2026-11-22T14:32:05Z\n---\n`;
  repo.commit(name, { [`.claude-mem/memories/2026/11/22-${name}-${id}.md`]: `${head}\n${body}` });
}

interface Workflow {
  readonly on: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions: unknown; readonly steps: readonly Step[] }>>;
}

function readWorkflow(): Workflow {
  const text = readFileSync(join(ROOT, 'docs', 'team.md'), 'utf8');
  return load(/```yaml\n(name: memories\n[\s\S]*?)```/.exec(text)?.[1] ?? '') as Workflow;
}

function stepsOf(workflow: Workflow): readonly Step[] {
  return Object.values(workflow.jobs).flatMap((job) => job.steps);
}

/** What the `run:` steps of the job give for a pull request of the branch into `main`. */
function runWorkflow(
  branch = 'feature',
  changed: { readonly depth?: number; readonly run?: string } = {},
): { code: number | null; stdout: string; stderr: string } {
  repo.git('push', '-q', '--force', 'origin', branch);
  const workspace = mkdtempSync(join(folder, 'work-'));
  const done = { code: 0 as number | null, stdout: '', stderr: '' };
  for (const step of stepsOf(readWorkflow())) {
    const { path, repository } = step.with ?? {};
    if (step.uses?.startsWith('actions/checkout') === true && repository === undefined)
      checkOut(workspace, branch, changed.depth ?? Number(step.with?.['fetch-depth'] ?? 1));
    if (repository !== undefined) copyShipped(ROOT, join(workspace, String(path)), '0.0.0');
    if (step.run === undefined || done.code !== 0) continue;
    const ran = runStep(workspace, { ...step, run: changed.run ?? step.run });
    done.code = ran.code;
    done.stdout += ran.stdout;
    done.stderr += ran.stderr;
  }
  return done;
}

/** As actions/checkout does for a pull request: the merge of it into its base, detached; the branches only with the whole history. */
function checkOut(workspace: string, branch: string, depth: number): void {
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, env: repo.env, encoding: 'utf8', stdio: 'pipe' }).trim();
  const tree = git(remote, 'merge-tree', '--write-tree', 'main', branch);
  const merge = git(
    remote,
    '-c',
    'user.name=GitHub',
    '-c',
    'user.email=noreply@github.com',
    'commit-tree',
    tree,
    '-p',
    'main',
    '-p',
    branch,
    '-m',
    'Merge',
  );
  git(remote, 'update-ref', 'refs/pull/1/merge', merge);
  git(workspace, 'init', '-q');
  git(workspace, 'remote', 'add', 'origin', `file://${remote}`);
  const wanted = `+${merge}:refs/remotes/pull/1/merge`;
  const branches = '+refs/heads/*:refs/remotes/origin/*';
  git(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  git(
    workspace,
    'fetch',
    '-q',
    '--no-tags',
    '--prune',
    ...(depth === 0 ? [] : [`--depth=${depth}`]),
    'origin',
    ...(depth === 0 ? [branches, wanted] : [wanted]),
  );
  git(workspace, 'checkout', '-q', '--force', 'refs/remotes/pull/1/merge');
}

/** As the runner does: `bash -e`, the variables of a build, and of the programs only the system's, Git and the Node that was set up. */
function runStep(workspace: string, step: Step): { code: number | null; stdout: string; stderr: string } {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'node'), { force: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  const values = Object.entries(step.env ?? {}).map(([name, value]) => [
    name,
    value.replace(/\$\{\{ *github\.base_ref *\}\}/, 'main'),
  ]);
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run ?? ''],
    {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        PATH: `${bin}:/usr/bin:/bin`,
        HOME: folder,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        ...Object.fromEntries(values),
      },
    },
  );
  return { code: status, stdout, stderr };
}
