// `memvault verify`: a memory that holds still is written anew over the code as it is, and its mark is gone.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import type { CommandResult } from '../../src/cli/command.ts';
import { verifyCommand } from '../../src/cli/commands/verify.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { addRemote, cloneRepo, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';

const OLD = '7k2m9qx4hd3a';
let repo: TestRepo;

beforeEach(() => {
  repo = makeRepo();
});
afterEach(() => repo.dispose());

describe('verify', () => {
  it('takes the mark from a memory whose code has changed, and replaces it by one of the same words', async () => {
    put({ files: [{ path: 'src/app.ts', blob: blobOf('src/app.ts') }], tags: ['pinned', 'auth'] });
    repo.commit('change', { 'src/app.ts': 'export const other = 2;\n' });
    expect(await startText()).toContain('[pinned, code changed since]');

    const { json, text } = await run(['7k2m']);
    const { replacedBy } = firstOf(json);
    expect(text).toContain(`It replaces 7k2m9qx and knows src/app.ts as now.`);
    const { memories } = library((one) => one.get([OLD, replacedBy ?? '']));
    expect(memories[0]).toMatchObject({ id: OLD, supersededBy: replacedBy });
    expect(memories[1]).toMatchObject({
      title: memoryOf().title,
      body: memoryOf().body,
      tags: ['pinned', 'auth'],
      type: 'bugfix',
      supersedes: [OLD],
      files: [{ path: 'src/app.ts', blob: blobOf('src/app.ts') }],
    });
    expect(await startText()).toContain('[pinned]');
    expect((await run([replacedBy ?? ''])).text).toContain('has not changed since');
  });

  it('notes a file that is not committed yet as it lies there', async () => {
    put({ files: [{ path: 'src/app.ts', blob: blobOf('src/app.ts') }] });
    repo.write('src/app.ts', 'export const dirty = 3;\n');
    const { replacedBy } = firstOf((await run([OLD])).json);
    expect(library((one) => one.get([replacedBy ?? ''])).memories[0]?.files).toEqual([
      { path: 'src/app.ts', blob: blobOf('src/app.ts') },
    ]);
    expect(repo.git('status', '--porcelain').trim()).toBe('M src/app.ts');
  });

  it('follows a file that moved, and leaves out one that is gone', async () => {
    repo.commit('more', { 'src/b.ts': 'export const b = 1;\n' });
    put({
      files: [
        { path: 'src/app.ts', blob: blobOf('src/app.ts') },
        { path: 'src/b.ts', blob: blobOf('src/b.ts') },
      ],
    });
    repo.git('mv', 'src/app.ts', 'src/main.ts');
    repo.git('rm', '-q', 'src/b.ts');
    repo.git('commit', '-q', '-m', 'moved and gone');
    const { text, json } = await run([OLD]);
    expect(firstOf(json)).toMatchObject({ files: ['src/main.ts'], gone: ['src/b.ts'] });
    expect(text).toContain('Gone, and left out: src/b.ts');
  });

  it('refuses one whose files are all gone, and says what to type', async () => {
    put({ files: [{ path: 'src/none.ts', blob: '0123456789ab' }] });
    await expect(run([OLD])).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('src/none.ts') as unknown,
      hint: expect.stringContaining('memvault forget 7k2m9qx') as unknown,
    });
  });

  it('has nothing to note of one that names no files', async () => {
    put({ files: [] });
    const { text, json } = await run([OLD]);
    expect(text).toContain('names no files');
    expect(firstOf(json).replacedBy).toBeUndefined();
  });

  it('refuses an id that is unknown, ambiguous, or replaced', async () => {
    put({ files: [] });
    put({ id: '7k2m000000aa', files: [], supersedes: [] });
    put({ id: 'c4hd7k2m9qxa', files: [], supersedes: [OLD] });
    await expect(run(['zzzz'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(run(['7k2m'])).rejects.toMatchObject({ code: 'ambiguous' });
    await expect(run([OLD])).rejects.toMatchObject({ code: 'conflict', hint: 'memvault verify c4hd7k2' });
  });

  it('makes nothing of what somebody else brought and nobody merged', async () => {
    const remote = addRemote(repo);
    const bo = cloneRepo(remote, 'bo', { name: 'Bo Berg', email: 'bo@example.org' });
    try {
      bo.git('switch', '-q', '-c', 'feature/bo');
      const memory = memoryOf({ files: [{ path: 'src/app.ts', blob: '0123456789ab' }] });
      bo.commit('memory', { [`.claude-mem/${memoryPath(memory)}`]: serializeMemory(memory) });
      bo.git('push', '-q', 'origin', 'feature/bo');
      repo.git('fetch', '-q', 'origin');
      repo.git('switch', '-q', 'feature/bo');
      await expect(run([OLD])).rejects.toMatchObject({
        code: 'held',
        hint: expect.stringContaining('memvault review') as unknown,
      });
    } finally {
      bo.dispose();
    }
  });
});

function put(given: Parameters<typeof memoryOf>[0]): void {
  const memory = memoryOf(given);
  repo.commit(`memory ${memory.id}`, { [`.claude-mem/${memoryPath(memory)}`]: serializeMemory(memory) });
}

function blobOf(path: string): string {
  return repo.git('hash-object', path).trim().slice(0, 12);
}

async function run(positionals: readonly string[]): Promise<CommandResult> {
  const { stdin, stdout, stderr } = process;
  return verifyCommand.run({ positionals, options: {}, cwd: repo.root, env: repo.env, stdin, stdout, stderr });
}

function firstOf(json: unknown) {
  const { verified } = json as { verified: { replacedBy?: string; files: string[]; gone: string[] }[] };
  return verified[0] ?? { files: [], gone: [] };
}

function library<T>(work: (library: ReturnType<typeof openVaultHere>['library']) => T): T {
  const vault = openVaultHere({ cwd: repo.root, env: repo.env });
  try {
    return work(vault.library);
  } finally {
    vault.close();
  }
}

async function startText(): Promise<string> {
  const vault = openVaultHere({ cwd: repo.root, env: repo.env });
  try {
    return (await vault.startBlock({ sessionId: 's1', source: 'startup' }))?.text ?? '';
  } finally {
    vault.close();
  }
}
