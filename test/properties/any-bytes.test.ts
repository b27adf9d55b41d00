// Laws of the doors: any bytes as a hook's payload, any bytes as a memory file; no throw, nothing half kept, nothing that the next reader refuses.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../../src/capture/record.ts';
import { openSpool } from '../../src/capture/spool.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { isMemoryId } from '../../src/model/memory.ts';
import { parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';
import { readVaultFile } from '../../src/vault/store.ts';
import { payloadNames, readPayload } from '../capture/payloads.ts';
import { memoryOf } from '../support/memories.ts';

const HOOK = resolve(import.meta.dirname, '..', '..', 'dist', 'hooks', 'record.cjs');
const RUNS = process.env['FAULTS'] === 'long' ? 5000 : 400;
let folder: string;
let env: Record<string, string>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-bytes-'));
  mkdirSync(join(folder, 'project'));
  env = { HOME: folder, CLAUDE_MEM_NO_WORKER: '1', CLAUDE_PROJECT_DIR: join(folder, 'project') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Records one input; what is kept the worker can read, and it is the only trace. */
function expectWhole(input: string): void {
  const paths = dataPaths(env);
  let drawn = 0;
  const recording = record(input, {
    env,
    paths,
    home: folder,
    hookFile: HOOK,
    now: 1_795_338_000_000,
    pid: 7,
    draw: (length) => (++drawn).toString(16).padStart(length, '0'),
  });
  const spool = openSpool(paths.spool, paths.deadLetter);
  const { events, rejected } = spool.claim();
  expect(rejected).toBe(0);
  expect(events.map(({ id }) => id)).toEqual('recorded' in recording ? [recording.recorded] : []);
  spool.acknowledge(events.map(({ id }) => id));
  expect(existsSync(join(paths.spool, 'tmp')) ? readdirSync(join(paths.spool, 'tmp')) : []).toEqual([]);
}

/** Recorded payloads, so that what is changed in them is something that the host does send. */
const recorded = [
  ...payloadNames('events').map((name) => readPayload(`events/${name}`)),
  ...payloadNames('tools').map((name) => readPayload(`tools/${name}`)),
];
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '<private>',
    '\u001B]52;c;AAAA\u0007',
    '\uD800',
    '\0',
    '../../etc/passwd',
    'x'.repeat(300_000),
    -1,
    1e308,
    null,
  ),
);

describe('a hook', () => {
  it('takes any bytes: an event or a reason, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => expectWhole(Buffer.from(bytes).toString('utf8'))),
      { numRuns: RUNS },
    );
  });

  it('takes any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (json) => expectWhole(json)),
      { numRuns: RUNS },
    );
  });

  it("takes the host's payloads with anything in any of their fields", () => {
    const changed = fc
      .tuple(fc.constantFrom(...recorded), fc.nat(), fc.nat(), anything)
      .map(([payload, at, inner, value]) => {
        const keys = Object.keys(payload);
        const key = keys[at % keys.length] ?? 'prompt';
        const old = payload[key];
        if (typeof old !== 'object' || old === null || inner % 2 === 0) return { ...payload, [key]: value };
        const names = Object.keys(old);
        return { ...payload, [key]: { ...old, [names[inner % Math.max(1, names.length)] ?? 'x']: value } };
      });
    fc.assert(
      fc.property(changed, (payload) => expectWhole(JSON.stringify(payload))),
      { numRuns: RUNS },
    );
  });

  it('takes a payload that was cut or hit by noise anywhere, as a process: exit 0 and no word', () => {
    const input = Buffer.from(JSON.stringify(readPayload('tools/Edit.json')));
    const hit = fc
      .tuple(fc.nat({ max: input.length - 1 }), fc.uint8Array({ maxLength: 8 }), fc.boolean())
      .map(([at, noise, cut]) =>
        Buffer.concat([input.subarray(0, at), noise, cut ? Buffer.alloc(0) : input.subarray(at + noise.length)]),
      );
    fc.assert(
      fc.property(hit, (bytes) => {
        const { status, signal, stdout, stderr } = spawnSync(process.execPath, [HOOK], { input: bytes, env });
        expect({ status, signal, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
          status: 0,
          signal: null,
          stdout: '',
          stderr: '',
        });
      }),
      { numRuns: RUNS / 40 },
    );
  });
});

describe('a memory file', () => {
  const whole = Buffer.from(
    serializeMemory(
      memoryOf({
        id: '7k2m9qx4hd3a',
        title: 'Two refreshes: "one" token',
        tags: ['auth'],
        files: [{ path: 'src/a.ts' }],
      }),
    ),
  );

  function expectAnswer(bytes: Uint8Array): void {
    const root = join(folder, 'vault');
    mkdirSync(join(root, 'memories'), { recursive: true });
    writeFileSync(join(root, 'memories', 'any.md'), bytes);
    const read = readVaultFile(root, 'memories/any.md');
    if (!read.ok) {
      expect(read.diagnostic.message).not.toBe('');
      return;
    }
    const parsed = parseMemoryFile('memories/any.md', read.bytes);
    if (!parsed.ok) {
      expect(parsed.diagnostics.length).toBeGreaterThan(0);
      return;
    }
    expect(isMemoryId(parsed.memory.id)).toBe(true);
    // What one reader takes, the next one takes too.
    const again = parseMemoryFile('memories/any.md', serializeMemory(parsed.memory));
    expect(again).toMatchObject({ ok: true, memory: { id: parsed.memory.id, title: parsed.memory.title } });
  }

  it('may be any bytes: a memory or a diagnostic', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expectAnswer(bytes);
        expectAnswer(Buffer.concat([Buffer.from('---\n'), bytes, Buffer.from('\n---\nbody\n')]));
      }),
      { numRuns: RUNS },
    );
  });

  it('may be a good one that was hit anywhere', () => {
    const hit = fc
      .tuple(fc.nat({ max: whole.length - 1 }), fc.uint8Array({ maxLength: 12 }), fc.boolean())
      .map(([at, noise, replaces]) =>
        Buffer.concat([whole.subarray(0, at), noise, whole.subarray(replaces ? at + noise.length : at)]),
      );
    fc.assert(
      fc.property(hit, (bytes) => expectAnswer(bytes)),
      { numRuns: RUNS * 2 },
    );
  });
});
