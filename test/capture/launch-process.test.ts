// The launcher as a process: on a Node that is new enough, on one that is not, and where there is none.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPlugin, runNode } from './built-plugin.ts';
import type { BuiltPlugin, Ended } from './built-plugin.ts';

let plugin: BuiltPlugin;
beforeAll(async () => {
  plugin = await buildPlugin();
  const show = 'process.stdout.write(JSON.stringify(process.argv.slice(2)));';
  plugin.target('cli', `import 'node:sqlite'; ${show} process.exitCode = 3;`);
  plugin.target('mcp', `process.stdin.pipe(process.stdout);`);
  plugin.target('hooks/recall.cjs', show);
  plugin.target('worker', `import { writeFileSync } from 'node:fs'; writeFileSync(process.env.MARK, process.version);`);
});
afterAll(() => rmSync(plugin.root, { recursive: true, force: true }));

interface Place {
  readonly home: string;
  readonly env: Record<string, string>;
  /** Runs the launcher in a process that takes itself for Node 20. */
  runOld(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Ended>;
}

function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'memvault-launch-'));
  const old = join(home, 'old.cjs');
  writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });`);
  const env = { HOME: home, PATH: join(home, 'bin') };
  return {
    home,
    env,
    runOld: (args, more = {}, input = '') =>
      runNode(['--require', old, plugin.launcher, ...args], { env: { ...env, ...more }, input }),
  };
}

/** A `node` that is the one of this test. */
function linkNode(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  chmodSync(join(folder, 'node'), 0o755);
}

describe('the launcher', () => {
  it('runs the target in its own process when that is new enough, and keeps its exit code', async () => {
    const { env } = makePlace();
    expect(await runNode([plugin.launcher, 'cli', 'search', 'a b'], { env })).toEqual({
      code: 3,
      signal: null,
      stdout: '["search","a b"]',
      stderr: '',
    });
  });

  it('runs it on a newer Node that it finds, with streams and exit code passed on', async () => {
    const place = makePlace();
    linkNode(join(place.home, 'bin'));
    expect(await place.runOld(['cli', 'search', 'a b'])).toEqual({
      code: 3,
      signal: null,
      stdout: '["search","a b"]',
      stderr: '',
    });
    expect(await place.runOld(['mcp'], {}, 'ping')).toMatchObject({ code: 0, stdout: 'ping', stderr: '' });
    expect(await place.runOld(['recall'])).toMatchObject({ code: 0, stdout: '[]' });
  });

  it('finds one in the runtime folder, and remembers it', async () => {
    const place = makePlace();
    linkNode(join(place.home, '.claude-mem', 'memvault', 'runtime', 'bin'));
    expect(await place.runOld(['recall'])).toMatchObject({ code: 0, stdout: '[]', stderr: '' });
    const known = readFileSync(join(place.home, '.claude-mem', 'memvault', 'node.json'), 'utf8');
    expect(known).toContain(join('runtime', 'bin', 'node'));
  });

  it('starts the worker detached and does not wait for it', async () => {
    const place = makePlace();
    linkNode(join(place.home, 'bin'));
    const mark = join(place.home, 'mark');
    expect(await place.runOld(['worker'], { MARK: mark })).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    while (!existsSync(mark)) await new Promise((next) => setTimeout(next, 20));
  });

  it('says in one line what is missing where there is none, and fails nobody', async () => {
    const place = makePlace();
    const recall = await place.runOld(['recall']);
    expect(recall).toMatchObject({ code: 0, stderr: '' });
    const answer = JSON.parse(recall.stdout) as { systemMessage: string };
    expect(Object.keys(answer)).toEqual(['systemMessage']);
    expect(answer.systemMessage).toMatch(
      /^memvault: only Node\.js 20\.20\.2 was found, 22\.22 or newer is needed.*npm install --prefix.*Capture goes on/,
    );
    expect(answer.systemMessage).not.toContain('\n');
    expect(await place.runOld(['worker'])).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    for (const target of ['cli', 'mcp']) {
      const ended = await place.runOld([target]);
      expect(ended).toMatchObject({ code: 5, stdout: '' });
      expect(ended.stderr).toMatch(/^memvault: only Node\.js 20\.20\.2 was found.*\n$/);
    }
  });

  it('refuses a target that it does not know', async () => {
    const { env } = makePlace();
    expect(await runNode([plugin.launcher, '../../etc/x'], { env })).toMatchObject({ code: 2, stdout: '' });
    expect(await runNode([plugin.launcher], { env })).toMatchObject({ code: 2 });
  });
});
