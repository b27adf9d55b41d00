// Start, prompt and file stand at the same place and read the same settings: where one gives memories all do, where one must not none does.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';

const LAUNCH = resolve(import.meta.dirname, '..', '..', 'dist', 'launch.cjs');
const RACE = memoryOf({ body: 'The store loses a write.\n', files: [{ path: 'src/app.ts' }] });
const TITLE = 'Two parallel refreshes';
const ALL = { start: true, prompt: true, file: true };
const NONE = { start: false, prompt: false, file: false };

beforeAll(() => {
  if (!existsSync(LAUNCH)) throw new Error('run `npm run build` first');
});

describe('start, prompt and file', () => {
  it('give what the repository remembers', () => {
    expect(given(withMemory())).toEqual(ALL);
  });

  it.each([
    ['by the environment', { CLAUDE_MEM_VAULT: 'off' }, {}],
    ['by a budget of nothing', { CLAUDE_MEM_INJECT_BUDGET_TOKENS: '0' }, {}],
    ['for this project in the settings', {}, { vault: 'off' }],
    ['in the settings that every project has', {}, { global: { vault: 'off' } }],
  ])('give nothing where memories are switched off %s', (_, env, settings) => {
    const repo = withMemory();
    expect(given(repo)).toEqual(ALL);
    writeSettings(repo, settings);
    expect(given(repo, env)).toEqual(NONE);
  });

  it('ask the personal vault where the person chose it', () => {
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    writeSettings(repo, { vault: 'personal' });
    putPersonal(repo);
    expect(given(repo)).toEqual(ALL);
    // What the repository holds is not asked then.
    const both = withMemory();
    writeSettings(both, { vault: 'personal' });
    expect(given(both)).toEqual(NONE);
  });

  it.each([
    ['switches memories off', (file: string) => writeFileSync(file, 'format: 1\nvault: off\n')],
    ['sets what it may not', (file: string) => writeFileSync(file, 'format: 1\ninject.budgetTokens: 0\n')],
    ['is no YAML', (file: string) => writeFileSync(file, '{ : [\n')],
    ['is a link', (file: string) => symlinkSync('/etc/hostname', file)],
    ['is a folder', (file: string) => mkdirSync(file)],
    ['is not there', () => undefined],
  ])('do not heed a vault.yaml that %s: anybody may have committed it', (_, write) => {
    const repo = withMemory();
    const file = join(repo.root, '.claude-mem', 'vault.yaml');
    rmSync(file, { force: true });
    write(file);
    expect(given(repo)).toEqual(ALL);
  });

  it('give nothing of a vault that a newer memvault wrote', () => {
    const repo = withMemory();
    // There is an index from before.
    expect(given(repo)).toEqual(ALL);
    repo.write('.claude-mem/vault.yaml', 'format: 2\n');
    expect(given(repo)).toEqual(NONE);
  });

  it('give nothing of a vault behind a link', () => {
    const repo = withMemory();
    expect(given(repo)).toEqual(ALL);
    repo.git('mv', '.claude-mem', 'elsewhere');
    symlinkSync('elsewhere', join(repo.root, '.claude-mem'));
    expect(given(repo)).toEqual(NONE);
  });

  it('keep to the inner repository where one lies in another', () => {
    const outer = withMemory();
    const inner = join(outer.root, 'inner');
    execFileSync('git', ['init', '-q', inner], { env: outer.env });
    expect(given({ root: inner, env: outer.env })).toEqual(NONE);
    expect(given(outer)).toEqual(ALL);
  });

  it('find the vault of a submodule', () => {
    const library = withMemory();
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.root, 'lib');
    repo.git('commit', '-q', '-m', 'submodule');
    const root = join(repo.root, 'lib');
    // Cloned: nobody here wrote what it brings, so only the place is looked at.
    expect(status(root, repo.env)).toBe(root);
    expect(given({ root, env: repo.env })).toEqual(NONE);
    expect(given(repo)).toEqual(NONE);
  });

  it.skipIf(process.getuid?.() === 0)('work in a repository that may only be read', () => {
    const repo = withMemory();
    const folders = [repo.root, join(repo.root, '.git'), join(repo.root, '.claude-mem')];
    rmSync(join(repo.root, '.git', 'claude-mem'), { recursive: true, force: true });
    for (const folder of folders) chmodSync(folder, 0o500);
    onTestFinished(() => {
      for (const folder of folders) chmodSync(folder, 0o700);
    });
    expect(given(repo)).toEqual(ALL);
  });
});

let sessions = 0;

type Place = Pick<TestRepo, 'root' | 'env'>;

function withMemory(): TestRepo {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  repo.commit('memory', { [`.claude-mem/${memoryPath(RACE)}`]: serializeMemory(RACE) });
  return repo;
}

function writeSettings(repo: TestRepo, given: Readonly<Record<string, unknown>>): void {
  const { global = {}, ...project } = given;
  const memvault = { ...(global as object), projects: { [repo.root]: project } };
  const file = join(repo.home, '.claude-mem', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ memvault }));
}

function putPersonal(repo: Place): void {
  const vault = openVaultHere({ cwd: repo.root, env: repo.env, projectDir: repo.root });
  try {
    const file = join(vault.place.vaultDir, memoryPath(RACE));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, serializeMemory(RACE));
    vault.sync();
  } finally {
    vault.close();
  }
}

function status(root: string, env: Place['env']): string {
  const vault = openVaultHere({ cwd: root, env, projectDir: root });
  vault.close();
  return vault.place.root;
}

/** Which of the three hooks show the memory, each in a session of its own. */
function given({ root, env }: Place, extra: Readonly<Record<string, string>> = {}): Record<keyof typeof ALL, boolean> {
  const shows = (target: string, payload: object): boolean => {
    const { status: code, stdout } = spawnSync(process.execPath, [LAUNCH, target], {
      input: JSON.stringify({ session_id: `s${++sessions}`, cwd: root, ...payload }),
      env: { ...env, CLAUDE_PROJECT_DIR: root, CLAUDE_MEM_NO_WORKER: '1', ...extra },
      cwd: root,
      encoding: 'utf8',
    });
    expect(code).toBe(0);
    return stdout.includes(TITLE);
  };
  return {
    start: shows('recall', { source: 'startup' }),
    prompt: shows('remind', {
      hook_event_name: 'UserPromptSubmit',
      prompt: 'why do two parallel refreshes rotate a token?',
    }),
    file: shows('remind', {
      hook_event_name: 'PreToolUse',
      tool_name: 'Read',
      tool_input: { file_path: join(root, 'src/app.ts') },
    }),
  };
}
