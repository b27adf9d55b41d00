// A memory with a secret that a person wrote into it by hand: it is held, with the reason; the user's word lets it through. And pausing.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataPaths } from '../../src/system/paths.ts';
import { setRedactionPolicy } from '../../src/system/redaction/policy.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { placeOf, putMemory } from '../support/publishing.ts';
import { runCommand } from '../support/run-command.ts';

let repo: TestRepo;
let dataDir: string;
beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  setRedactionPolicy(undefined);
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (name: string, words: readonly string[] = [], options = {}) =>
  runCommand(repo, dataDir, name, words, options);
const SECRET = 'Juniper!997RmTY4';

describe('a memory that was edited by hand', () => {
  it('is not published with a secret in it, until the user says that it is none', async () => {
    const path = putMemory(placeOf(repo), 'The staging machine');
    appendFileSync(
      join(placeOf(repo).stateDir, 'outbox', path.replace(/^\.claude-mem\//, '')),
      `\npassword: "${SECRET}"\n`,
    );
    const held = await run('publish', [], { 'dry-run': true, now: true });
    expect(held.text).toContain('password');
    expect(held.text).not.toContain(SECRET);
    await run('publish', [], { now: true });
    expect(repo.tryGit('log', '-p', '--all').stdout).not.toContain(SECRET);

    const allowed = await run('allow', [SECRET]);
    expect(allowed.text).toMatch(/^Allowed, as hash [0-9a-f]{32}/);
    expect(readFileSync(dataPaths({ CLAUDE_MEM_DATA_DIR: dataDir }).allowedFile, 'utf8')).not.toContain(SECRET);
    expect((await run('publish', [], { now: true })).json).toMatchObject({ committed: 1 });
    expect(repo.git('show', `HEAD:${path}`)).toContain(SECRET);

    expect((await run('allow', [], { list: true })).text).toMatch(/^[0-9a-f]{32} {2}since \d{4}-\d\d-\d\d$/);
    await run('allow', [SECRET], { remove: true });
    expect((await run('allow', [], { list: true })).text).toMatch(/^Nothing is allowed/);
    await expect(run('allow', [SECRET], { remove: true })).rejects.toThrow('was not allowed');
  });
});

describe('pausing', () => {
  it('is said by status until it ends, and resuming ends what holds here', async () => {
    expect((await run('pause', [])).text).toContain('nothing of project');
    expect((await run('pause', [])).text).toContain('is paused already');
    expect((await run('status')).text).toMatch(/Capture +off: nothing is kept \(paused since /);
    expect((await run('resume', [])).text).toContain('is kept again');
    expect((await run('resume', [])).text).toBe('Nothing was paused here.');
    expect((await run('status')).text).not.toContain('Capture ');
  });

  it('takes a session by its id, and refuses what is none', async () => {
    expect((await run('pause', [], { session: 'abc-123' })).text).toContain('nothing of this session');
    await expect(run('pause', [], { session: 'a b' })).rejects.toThrow('no session id');
    await expect(run('pause', [], { session: 'abc', project: true })).rejects.toThrow('exclude each other');
  });
});
