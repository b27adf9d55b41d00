// The outbox: memories go in once, stay private, come out again.

import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { parseMemoryFile } from '../../src/vault/memory-file.ts';
import { openOutbox } from '../../src/vault/outbox.ts';
import { memoryOf } from '../support/memories.ts';

const PATH = 'memories/2026/11/22-two-parallel-refreshes-could-both-rotate-the-same-token-7k2m9qx4hd3a.md';

describe('the outbox', () => {
  it('keeps a memory as a file of the format, private to the user', async () => {
    await using fixture = await createFixture({});
    const before = process.umask(0o000);
    try {
      const outbox = openOutbox(fixture.path);
      expect(outbox.list()).toEqual([]);
      expect(outbox.put(memoryOf())).toBe(PATH);
      expect(outbox.list().map((file) => file.path)).toEqual([PATH]);
      const read = outbox.read(PATH);
      expect(read.ok && parseMemoryFile(PATH, read.bytes)).toEqual({ ok: true, memory: memoryOf(), diagnostics: [] });
      expect(statSync(join(outbox.root, PATH)).mode & 0o777).toBe(0o600);
      expect(statSync(join(outbox.root, 'memories/2026')).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  it('changes nothing when the same memory is put again, not even what a person has edited since', async () => {
    await using fixture = await createFixture({});
    const outbox = openOutbox(fixture.path);
    outbox.put(memoryOf());
    writeFileSync(join(outbox.root, PATH), 'edited');
    expect(outbox.put(memoryOf())).toBe(PATH);
    const read = outbox.read(PATH);
    expect(read.ok && Buffer.from(read.bytes).toString()).toBe('edited');
  });

  it('lets go of memories and of the folders they leave empty', async () => {
    await using fixture = await createFixture({});
    const outbox = openOutbox(fixture.path);
    const first = outbox.put(memoryOf());
    const second = outbox.put(memoryOf({ id: '000000000000', created: '2026-10-01T00:00:00Z' }));
    outbox.remove([first, first]);
    expect(outbox.list().map((file) => file.path)).toEqual([second]);
    expect(await fixture.exists('outbox/memories/2026/11')).toBe(false);
    expect(outbox.read(first).ok).toBe(false);
  });

  it('refuses what its own reader would not take, and paths that lead out', async () => {
    await using fixture = await createFixture({});
    const outbox = openOutbox(fixture.path);
    expect(() => outbox.put(memoryOf({ body: 'a\0b' }))).toThrow(/not in the format: a NUL character/);
    expect(() => outbox.put(memoryOf({ created: '../../../../x' }))).toThrow(
      /is not a path inside the vault|not in the format/,
    );
    expect(() => outbox.remove(['../../x'])).toThrow(/is not a path inside the vault/);
    expect(outbox.list()).toEqual([]);
  });
});
