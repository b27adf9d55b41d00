// The store: which files of a vault are found, how one is read, and that no link and no name leads out.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { MAX_MEMORY_BYTES } from '../../src/vault/memory-file.ts';
import { listVaultFiles, readVaultFile } from '../../src/vault/store.ts';

describe('listing a vault', () => {
  it('finds every Markdown file below memories and sessions, sorted, with size, time and stamp', async () => {
    await using fixture = await createFixture({
      'README.md': 'x',
      'cache/a.md': 'x',
      'memories/2026/11/b.md': 'four',
      'memories/a.md': 'x',
      'memories/.hidden.md': 'x',
      'memories/.b.md.123.tmp': 'x',
      'memories/.obsidian/c.md': 'x',
      'memories/picture.png': 'x',
      'sessions/any name, Ü.md': 'x',
    });
    const files = listVaultFiles(fixture.path, fail);
    expect(files.map((file) => file.path)).toEqual([
      'memories/2026/11/b.md',
      'memories/a.md',
      'sessions/any name, Ü.md',
    ]);
    expect(files[0]).toMatchObject({ size: 4, changedMs: expect.any(Number), stamp: expect.any(Number) });
  });

  it('finds nothing where there is no vault', () => {
    expect(listVaultFiles('/nowhere/at/all', fail)).toEqual([]);
  });

  it('reports links, pipes and folders with the name of a memory, and follows none', async () => {
    await using fixture = await createFixture({ 'outside/secret.md': 'secret', 'vault/memories/d.md/inner.md': 'x' });
    const vault = fixture.getPath('vault');
    symlinkSync(fixture.getPath('outside'), join(vault, 'memories/link'));
    symlinkSync(fixture.getPath('outside/secret.md'), join(vault, 'memories/l.md'));
    symlinkSync(fixture.getPath('outside'), join(vault, 'sessions'));
    writeFileSync(join(vault, 'memories/a\u001b[2J.md'), 'x');
    execFileSync('mkfifo', [join(vault, 'memories/p.md')]);
    const reported: Diagnostic[] = [];
    expect(listVaultFiles(vault, (diagnostic) => reported.push(diagnostic))).toEqual([]);
    expect(reported.map(({ path, rule }) => `${path} ${rule}`).sort()).toEqual([
      'memories/a.md name-unsafe',
      'memories/d.md not-a-file',
      'memories/l.md not-a-file',
      'memories/link not-a-file',
      'memories/p.md not-a-file',
      'sessions not-a-file',
    ]);
  });

  it('refuses a vault folder that is a link', async () => {
    await using fixture = await createFixture({ 'real/memories/a.md': 'x' });
    symlinkSync(fixture.getPath('real'), fixture.getPath('.claude-mem'));
    expect(() => listVaultFiles(fixture.getPath('.claude-mem'))).toThrow(/is a link: not opened/);
  });
});

describe('reading a file of a vault', () => {
  it('gives its bytes and what the listing gave', async () => {
    await using fixture = await createFixture({ 'memories/2026/11/a.md': 'äb' });
    const [listed] = listVaultFiles(fixture.path);
    const read = readVaultFile(fixture.path, 'memories/2026/11/a.md');
    expect(read).toEqual({ ok: true, bytes: Buffer.from('äb'), file: listed });
  });

  it('does not wait for a pipe, follow a link in any segment, or read what is too large', async () => {
    await using fixture = await createFixture({
      'outside/a.md': 'secret',
      'v/memories/big.md': Buffer.alloc(MAX_MEMORY_BYTES + 1, 'x'),
      'v/memories/whole.md': Buffer.alloc(MAX_MEMORY_BYTES, 'x'),
    });
    const vault = fixture.getPath('v');
    execFileSync('mkfifo', [join(vault, 'memories/pipe.md')]);
    symlinkSync(fixture.getPath('outside/a.md'), join(vault, 'memories/link.md'));
    symlinkSync(fixture.getPath('outside'), join(vault, 'memories/dir'));
    symlinkSync('/dev/zero', join(vault, 'memories/zero.md'));
    const ruleOf = (path: string): string | undefined => {
      const read = readVaultFile(vault, path);
      return read.ok ? undefined : read.diagnostic.rule;
    };
    expect(
      ['pipe', 'link', 'dir/a', 'zero', 'big', 'gone', 'gone/a', 'whole'].map((name) => ruleOf(`memories/${name}.md`)),
    ).toEqual([
      'not-a-file',
      'not-a-file',
      'not-a-file',
      'not-a-file',
      'file-too-large',
      'file-missing',
      'file-missing',
      undefined,
    ]);
  });

  it.each([
    'memories/../../x.md',
    '../x.md',
    '/etc/passwd',
    'memories',
    'README.md',
    'memories//a.md',
    'memories/./a.md',
    'memories/a\0.md',
    'memories\\..\\x.md',
    '',
  ])('denies the path %j', (path) => {
    expect(() => readVaultFile('/tmp', path)).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  it('reads ten thousand files in a moment', async () => {
    await using fixture = await createFixture({});
    for (let folder = 0; folder < 10; folder++) {
      mkdirSync(fixture.getPath(`memories/2026/${folder}`), { recursive: true });
      for (let at = 0; at < 1000; at++) writeFileSync(fixture.getPath(`memories/2026/${folder}/${at}.md`), 'x');
    }
    const start = process.cpuUsage();
    const files = listVaultFiles(fixture.path);
    const checked = new Set<string>();
    for (const { path } of files) expect(readVaultFile(fixture.path, path, checked).ok).toBe(true);
    expect(files).toHaveLength(10_000);
    // A generous bound: a mistake of order, such as looking at each folder for each file, would break it.
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(10_000_000);
    rmSync(fixture.path, { recursive: true });
  });
});

function fail(diagnostic: Diagnostic): void {
  throw new Error(`unexpected: ${diagnostic.path} ${diagnostic.message}`);
}
