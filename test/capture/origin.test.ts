// Where events come from, and how the account is told without the key.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/system/digest.ts';
import { eventId, eventOrigin, sessionAccount } from '../../src/capture/origin.ts';
import { isOwnRun } from '../../src/capture/own-run.ts';
import { makeRepo } from '../support/git.ts';

const fingerprint = (endpoint: string, key: string): string =>
  createHash('sha256').update(`${endpoint}\0${key}`).digest('hex').slice(0, 16);

describe('sessionAccount', () => {
  it('is the API key, the token, the cloud or the subscription, at the endpoint of the session', () => {
    expect(sessionAccount({})).toEqual({
      account: fingerprint('https://api.anthropic.com', 'subscription'),
      accountKind: 'subscription',
      endpoint: 'https://api.anthropic.com',
    });
    expect(
      sessionAccount({ ANTHROPIC_API_KEY: 'key-1', ANTHROPIC_BASE_URL: 'http://user:pw@127.0.0.1:8199/v1?x=1' }),
    ).toEqual({
      account: fingerprint('http://127.0.0.1:8199', 'key-1'),
      accountKind: 'api-key',
      endpoint: 'http://127.0.0.1:8199',
    });
    expect(sessionAccount({ ANTHROPIC_AUTH_TOKEN: 't' })).toMatchObject({ accountKind: 'auth-token' });
    expect(sessionAccount({ ANTHROPIC_API_KEY: 'k', CLAUDE_CODE_USE_BEDROCK: '1' })).toMatchObject({
      accountKind: 'cloud',
    });
    expect(sessionAccount({ ANTHROPIC_BASE_URL: 'file:///etc' })).toMatchObject({
      endpoint: 'https://api.anthropic.com',
    });
  });

  it('hashes as SHA-256 does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
  });
});

describe('eventOrigin', () => {
  const home = mkdtempSync(join(tmpdir(), 'memvault-origin-'));
  const draw = (length: number): string => 'abcdef0123456789'.slice(0, length);
  const bounds = { home, dataDir: join(home, '.claude-mem'), now: Date.UTC(2026, 10, 22), pid: 42, draw };

  it('goes by the project that the host names, not by the working directory', () => {
    const repo = makeRepo();
    mkdirSync(join(repo.root, 'src'), { recursive: true });
    const origin = eventOrigin({ ...bounds, env: { CLAUDE_PROJECT_DIR: repo.root }, cwd: '/somewhere/else' });
    expect(origin).toMatchObject({
      id: '1795305600000-42-abcdef01',
      at: '2026-11-22T00:00:00.000Z',
      project: repo.root,
      worktree: realpathSync(repo.root),
      commonDir: join(realpathSync(repo.root), '.git'),
      clone: 'abcdef0123456789',
    });
    const file = join(repo.root, '.git', 'claude-mem', 'clone');
    expect(readFileSync(file, 'utf8')).toBe('abcdef0123456789\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(
      eventOrigin({ ...bounds, env: {}, cwd: join(repo.root, 'src'), draw: () => 'ffffffffffffffff' }),
    ).toMatchObject({
      project: join(repo.root, 'src'),
      clone: 'abcdef0123456789',
    });
  });

  it('knows no clone outside Git', () => {
    const folder = mkdtempSync(join(tmpdir(), 'memvault-plain-'));
    expect(Object.keys(eventOrigin({ ...bounds, env: { CLAUDE_PROJECT_DIR: folder } }))).toEqual([
      'id',
      'at',
      'project',
      'account',
      'accountKind',
      'endpoint',
    ]);
  });

  it('draws ids that sort by time', () => {
    const times = [1, 999_999_999_999, 1_795_305_600_000, 1_795_305_600_001];
    const drawn = times.map((now) => eventId(now, 7, draw));
    expect(drawn.toSorted()).toEqual(drawn);
  });
});

describe('isOwnRun', () => {
  const data = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  const around = { env: {}, dataDir: data, project: '/home/dev/acme-api' };

  it('goes by environment, place and prompt, each by itself', () => {
    expect(isOwnRun({ cwd: '/home/dev/acme-api', prompt: 'fix it' }, around)).toBe(false);
    expect(isOwnRun({}, { ...around, env: { CLAUDE_MEM_COMPRESSING: '1' } })).toBe(true);
    expect(isOwnRun({ cwd: join(data, 'memvault', 'empty') }, around)).toBe(true);
    expect(isOwnRun({}, { ...around, project: data })).toBe(true);
    expect(isOwnRun({ cwd: `${data}-other` }, around)).toBe(false);
    expect(isOwnRun({ prompt: ' memvault-compress: x' }, around)).toBe(true);
    expect(isOwnRun({ prompt: 'what is memvault-compress: for?' }, around)).toBe(false);
  });
});
