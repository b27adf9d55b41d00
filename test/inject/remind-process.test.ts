// The built hook at prompts and files, as the host runs it: what it shows, and that it shows nothing twice.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { readSession, sessionFile } from '../../src/inject/session-file.ts';
import type { Memory } from '../../src/model/memory.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { idOf } from '../index/folder-source.ts';
import { memoryOf } from '../support/memories.ts';
import { addRemote, cloneRepo, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

const LAUNCH = resolve(import.meta.dirname, '..', '..', 'dist', 'launch.cjs');
const RACE = memoryOf({
  id: idOf(1),
  title: 'Two parallel refreshes could both rotate the same token',
  body: 'The store loses a write when two requests rotate at once.\n',
  files: [{ path: 'src/app.ts' }],
});
const CENTS = memoryOf({
  id: idOf(2),
  type: 'convention',
  title: 'Money is counted in integer cents',
  body: 'Floats lost a cent per invoice.\n',
  files: [{ path: 'src/pay.ts' }],
});
const FILLER = Array.from({ length: 30 }, (_, n) =>
  memoryOf({
    id: idOf(100 + n),
    title: `Layout of page ${n}`,
    body: `Column ${n} is wider.\n`,
    files: [{ path: `web/${n}.css` }],
  }),
);

beforeAll(() => {
  if (!existsSync(LAUNCH)) throw new Error('run `npm run build` first');
});

describe('compiled code', () => {
  it('is kept on the user’s side, and the answer is the same when it is damaged or of something else', () => {
    const session = setUp([RACE, CENTS, ...FILLER]);
    const question = 'why do parallel token refreshes lose a write in the store?';
    const told = (id: string): string => session.prompt(question, id).replaceAll(/memvault-[0-9a-f]{24}/g, 'fence');
    const first = told('s1');
    expect(told('s2')).toBe(first);
    const kept = session.compiled();
    expect(kept.length).toBeGreaterThan(0);
    const contents = kept.map((file) => readFileSync(file));
    for (const [at, file] of kept.entries()) writeFileSync(file, contents.at(at - 1) ?? '');
    expect(told('s3')).toBe(first);
    for (const file of kept) writeFileSync(file, Buffer.alloc(5_000, 7));
    expect(told('s4')).toBe(first);
    for (const file of kept) writeFileSync(file, '');
    expect(told('s5')).toBe(first);
  });
});

describe('a prompt', () => {
  it('brings the memory that it is about, fenced, with the reason in a receipt', () => {
    const session = setUp([RACE, CENTS, ...FILLER]);
    const text = session.prompt('why do parallel token refreshes lose a write in the store?');
    expect(text).toMatch(/^<memvault-[0-9a-f]{24}>\n/);
    expect(text).toContain('bugfix: Two parallel refreshes could both rotate the same token');
    expect(text).toContain('The store loses a write when two requests rotate at once.');
    expect(text).not.toContain('Money');
    const [receipt] = session.receipts();
    expect(receipt).toMatchObject({ event: 'prompt', root: session.root });
    expect(receipt?.items[0]?.score).toBeGreaterThan(0.7);
  });

  it('brings nothing when no memory clearly belongs to it', () => {
    const session = setUp([RACE, CENTS, ...FILLER]);
    for (const prompt of [
      'continue',
      'fix the lint errors and run the tests',
      'write a page about the weather in Berlin',
      '<task-notification>parallel token refreshes lose a write</task-notification>',
      '/memvault:search parallel token refreshes lose a write in the store',
      '<private>why do parallel token refreshes lose a write in the store?</private>',
    ])
      expect(session.prompt(prompt), prompt).toBe('');
    expect(session.receipts()).toEqual([]);
  });

  it('brings nothing twice, and nothing that the session wrote itself', () => {
    const session = setUp([RACE, { ...CENTS, session: 's1' }]);
    const prompt = 'why do parallel token refreshes lose a write in the store?';
    expect(session.prompt(prompt)).not.toBe('');
    expect(session.prompt(prompt)).toBe('');
    expect(session.read('src/app.ts')).toBe('');
    expect(session.prompt('is money counted in integer cents or floats?')).toBe('');
    expect(session.prompt(prompt, 's2')).not.toBe('');
  });

  it('brings it again after a compaction, also where the start had no room for a block', () => {
    for (const budget of ['1500', '40']) {
      const session = setUp([RACE, CENTS, ...FILLER], { CLAUDE_MEM_INJECT_BUDGET_TOKENS: budget });
      const prompt = 'why do parallel token refreshes lose a write in the store?';
      expect(session.prompt(prompt)).toContain(RACE.title);
      expect(session.prompt(prompt)).toBe('');
      const isInStart = session.start('compact').includes(RACE.title);
      expect(session.prompt(prompt).includes(RACE.title), budget).toBe(!isInStart);
      expect(session.start('resume')).toBe('');
      expect(session.prompt(prompt)).toBe('');
    }
  });

  it('costs no session anything when there is no index, no vault, or rubbish on its input', () => {
    const session = setUp([]);
    for (const input of ['', '{', '[]', '{"session_id":3}', '{"hook_event_name":"UserPromptSubmit"}'])
      expect(session.run(input)).toEqual({ status: 0, stdout: '', stderr: '' });
    rmSync(join(session.root, '.git', 'claude-mem'), { recursive: true, force: true });
    expect(session.prompt('why do parallel token refreshes lose a write?')).toBe('');
  });

  it('is left alone where the person switched that off', () => {
    const session = setUp([RACE], { CLAUDE_MEM_INJECT_PROMPTS: 'false', CLAUDE_MEM_INJECT_FILES: 'false' });
    expect(session.prompt('why do parallel token refreshes lose a write in the store?')).toBe('');
    expect(session.read('src/app.ts')).toBe('');
  });
});

describe('a file that is read or changed', () => {
  it('brings what memories say of it, once, in one line each', () => {
    const more = Array.from({ length: 5 }, (_, n) =>
      memoryOf({ id: idOf(10 + n), title: `Thing ${n}`, files: [{ path: 'src/app.ts' }] }),
    );
    const session = setUp([RACE, CENTS, ...more]);
    const text = session.read('src/app.ts');
    expect(text).toContain('speak of src/app.ts');
    expect(text.match(/^- /gm)).toHaveLength(3);
    expect(text.split('\n')).toHaveLength(7);
    expect(session.read('src/app.ts')).toBe('');
    expect(session.read('src/other.ts')).toBe('');
    expect(session.read('../outside.ts')).toBe('');
    const notebook = { tool_name: 'NotebookEdit', tool_input: { notebook_path: join(session.root, 'src/other.ts') } };
    expect(session.read('', notebook)).toBe('');
    notebook.tool_input.notebook_path = join(session.root, 'src/pay.ts');
    expect(session.read('', notebook)).toContain('Money is counted in integer cents');
    expect(session.receipts().map(({ event, file }) => [event, file])).toEqual([
      ['file', 'src/app.ts'],
      ['file', 'src/pay.ts'],
    ]);
  });

  it('tells a subagent what the session knows already', () => {
    const session = setUp([RACE]);
    expect(session.read('src/app.ts')).not.toBe('');
    expect(session.read('src/app.ts', { agent_id: 'explore-1' })).not.toBe('');
    expect(session.read('src/app.ts', { agent_id: 'explore-1' })).toBe('');
  });

  it('marks a memory whose code has changed since', () => {
    const session = setUp([{ ...RACE, files: [{ path: 'src/app.ts', blob: '0123456789ab' }] }]);
    expect(session.read('src/app.ts')).toContain('[code changed since]');
  });
});

describe('a file that a prompt names with @', () => {
  const page = (session: { readonly root: string }): void => {
    mkdirSync(join(session.root, 'web'));
    writeFileSync(join(session.root, 'web', '7.css'), 'a {}\n');
  };

  it('is a file that is read: what memories say of it comes with the prompt, once', () => {
    const session = setUp([RACE, CENTS, ...FILLER]);
    page(session);
    const text = session.prompt('please make @web/7.css#L1-3, a little shorter');
    expect(text).toContain('Layout of page 7 (web/7.css)');
    expect(text).not.toContain('page 8');
    expect(session.receipts()[0]).toMatchObject({ event: 'prompt', items: [{ rule: 'file' }] });
    expect(session.read('web/7.css')).toBe('');
    expect(session.prompt('and @web/7.css again')).toBe('');
    expect(session.prompt('@7.css', 's2', join(session.root, 'web'))).toContain('page 7');
    expect(session.prompt('@web/7.css', 's3', join(session.root, 'web'))).toContain('page 7');
  });

  it('comes after what the prompt is about, and is left for its Read where there is no room', () => {
    const alike = Array.from({ length: 3 }, (_, n) =>
      memoryOf({ id: idOf(20 + n), title: `Parallel token refreshes lose a write, case ${n}` }),
    );
    const session = setUp([...alike, ...FILLER]);
    page(session);
    const text = session.prompt('why do parallel token refreshes lose a write? @web/7.css');
    expect(text.match(/lose a write, case/g)).toHaveLength(3);
    expect(text).not.toContain('page 7');
    expect(session.read('web/7.css')).toContain('page 7');
  });

  it('is none where no such file is, where it is no file, and where files are switched off', () => {
    const session = setUp([RACE, ...FILLER]);
    for (const prompt of ['@web/7.css', '@none', 'to ada@web/7.css', '@web what is in it?', '@../repo2/web/7.css'])
      expect(session.prompt(prompt), prompt).toBe('');
    page(session);
    expect(session.prompt('write to ada@web/7.css')).toBe('');
    for (const name of ['x'.repeat(300), 'a\0b', 'src/app.ts/b'])
      expect(session.prompt(`why do parallel token refreshes lose a write? @${name}`, name)).toContain(RACE.title);
    const off = setUp([RACE, ...FILLER], { CLAUDE_MEM_INJECT_FILES: 'false' });
    page(off);
    expect(off.prompt('please make @web/7.css a little shorter')).toBe('');
    const only = setUp([RACE, ...FILLER], { CLAUDE_MEM_INJECT_PROMPTS: 'false' });
    page(only);
    expect(only.prompt('why do parallel token refreshes lose a write in the store?')).toBe('');
    expect(only.prompt('@web/7.css')).toContain('page 7');
  });
});

describe('memories of other people', () => {
  it('come only once they are merged', () => {
    const ada = makeRepo();
    onTestFinished(() => ada.dispose());
    const bare = addRemote(ada);
    const bo = cloneRepo(bare, 'bo', { name: 'Bo Berg', email: 'bo@example.org' });
    bo.git('switch', '-q', '-c', 'feature/bo');
    bo.commit('note', { '.claude-mem/memories/race.md': serializeMemory(RACE) });
    bo.git('push', '-q', 'origin', 'feature/bo');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'feature/bo');
    const session = openSession(ada);
    expect(session.prompt('why do parallel token refreshes lose a write in the store?')).toBe('');
    expect(session.read('src/app.ts')).toBe('');
    bo.git('push', '-q', 'origin', 'feature/bo:main');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'main');
    ada.git('pull', '-q', '--ff-only');
    expect(openSession(ada).read('src/app.ts')).toContain('[by Bo Berg]');
  });
});

describe('a memory that nobody vouches for', () => {
  it('hides no other by saying that it replaces it', () => {
    const ada = makeRepo();
    onTestFinished(() => ada.dispose());
    const bare = addRemote(ada);
    ada.commit('own', { '.claude-mem/memories/race.md': serializeMemory(RACE) });
    ada.git('push', '-q', 'origin', 'main');
    const bo = cloneRepo(bare, 'bo', { name: 'Bo Berg', email: 'bo@example.org' });
    bo.git('switch', '-q', '-c', 'feature/bo');
    const hiding = memoryOf({ id: idOf(9), title: 'Nothing to see', files: RACE.files, supersedes: [RACE.id] });
    bo.commit('note', { [`.claude-mem/memories/2026/11/22-nothing-${hiding.id}.md`]: serializeMemory(hiding) });
    bo.git('push', '-q', 'origin', 'feature/bo');
    ada.git('fetch', '-q', 'origin');
    ada.git('switch', '-q', 'feature/bo');
    // The first look asks Git, which on a busy machine may take longer than a hook waits; later it is known without.
    const looks: string[] = [];
    while (looks.length < 20 && !looks.some((shown) => shown.includes(RACE.title)))
      looks.push(openSession(ada).read('src/app.ts', { session_id: `s${looks.length}` }));
    expect(looks.at(-1)).toContain(RACE.title);
    expect(looks.join('')).not.toContain('Nothing to see');
  });
});

describe('a linked work tree', () => {
  it('brings the memories that lie in it', () => {
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    repo.commit('code', { 'src/app.ts': 'x\n' });
    const root = join(repo.root, '..', 'linked');
    repo.git('worktree', 'add', '-q', '-b', 'other', root);
    mkdirSync(join(root, '.claude-mem', 'memories'), { recursive: true });
    writeFileSync(join(root, '.claude-mem', 'memories', 'race.md'), serializeMemory(RACE));
    expect(openSession({ root, env: repo.env }).read('src/app.ts')).toContain(RACE.title);
    expect(openSession(repo).read('src/app.ts')).toBe('');
  });
});

function setUp(memories: readonly Memory[], env: Readonly<Record<string, string>> = {}) {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  for (const memory of memories) repo.write(`.claude-mem/memories/${memory.id}.md`, serializeMemory(memory));
  if (memories.length > 0) repo.commit('memories', { '.claude-mem/README.md': 'x\n' });
  repo.git('add', '-A');
  repo.tryGit('commit', '-q', '-m', 'all');
  return openSession(repo, env);
}

function openSession(repo: Pick<TestRepo, 'root' | 'env'>, extra: Readonly<Record<string, string>> = {}) {
  const env = { ...repo.env, CLAUDE_PROJECT_DIR: repo.root, ...extra };
  mkdirSync(join(repo.root, 'src'), { recursive: true });
  const vault = openVaultHere({ cwd: repo.root, env, projectDir: repo.root });
  vault.sync();
  vault.close();
  const run = (input: string, hook = 'remind') => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCH, hook], {
      input,
      env,
      cwd: repo.root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const ask = (payload: object, hook?: string): string => {
    const { status, stdout, stderr } = run(JSON.stringify({ session_id: 's1', cwd: repo.root, ...payload }), hook);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    if (stdout === '') return '';
    const answer = JSON.parse(stdout) as { hookSpecificOutput?: { additionalContext: string } };
    return answer.hookSpecificOutput?.additionalContext ?? '';
  };
  return {
    root: repo.root,
    run,
    start: (source: string) => ask({ hook_event_name: 'SessionStart', source }, 'recall'),
    prompt: (prompt: string, session_id = 's1', cwd = repo.root) =>
      ask({ hook_event_name: 'UserPromptSubmit', prompt, session_id, cwd }),
    read: (path: string, more: object = {}) =>
      ask({
        hook_event_name: 'PreToolUse',
        tool_name: 'Read',
        tool_input: { file_path: join(repo.root, path) },
        ...more,
      }),
    compiled: () => filesBelow(join(dataPaths(env).home, 'compiled')),
    receipts: () => readSession(sessionFile(dataPaths(env).sessions, 's1')).receipts,
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}
