// Hostile files of our own making, in a real vault, through every way out: terminal, model, session start, page, log.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import type { OpenVault } from '../../src/app.ts';
import { doctorCommand } from '../../src/cli/commands/doctor.ts';
import { searchCommand } from '../../src/cli/commands/search.ts';
import { showCommand } from '../../src/cli/commands/show.ts';
import { getObservationsTool } from '../../src/mcp/tools/get-observations.ts';
import { searchTool } from '../../src/mcp/tools/search.ts';
import { plainJson, withoutBlocks } from '../../src/system/clean-text.ts';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Viewer } from '../../src/viewer/server.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { BEARER, fakeSource, openViewer, send } from '../viewer/fake-viewer.ts';

interface Entry {
  readonly file: string;
  readonly threat: string;
  readonly expect: 'skip' | 'plain' | 'clean' | 'any';
  /** A word of the body by which the memory is found. */
  readonly probe?: string;
  readonly absent?: readonly string[];
  /** What the diagnostic names, where that is not the file itself. */
  readonly reported?: string;
  /** A query that must do no harm. */
  readonly search?: string;
  readonly text?: string;
  readonly hex?: string;
  readonly make?: 'symlink' | 'behind-link' | 'fifo' | 'socket' | 'sparse' | 'long' | 'unreadable';
  readonly to?: string;
  readonly bytes?: number;
}

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const FIRST = 'first';
const readManifest = (name: string): readonly Entry[] =>
  (JSON.parse(readFileSync(join(FIXTURES, name, 'manifest.json'), 'utf8')) as { files: readonly Entry[] }).files;
const second = readManifest('hostile-second');
/** Those of the first set lie in a folder of their own, made by its own program. */
const first = readManifest('hostile-vault').map((entry) => ({ ...entry, file: `${FIRST}/${entry.file}` }));
const files = [...second, ...first];
const skipped = files.filter((entry) => entry.expect === 'skip');
const read = files.filter((entry) => entry.expect === 'plain' || entry.expect === 'clean');
const NONCE = '6f3a9c0d';
/** Whatever steers a terminal or hides from the eye, but tab and line feed. */
const STEERING =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E0FFF}]/u;

let repo: TestRepo;
let vault: OpenVault;
let viewer: Viewer;
let diagnostics: readonly Diagnostic[];
let marker: string;
const servers: Server[] = [];
const prototypeBefore = Reflect.ownKeys(Object.prototype);
const ids = new Map<string, string>();

beforeAll(async () => {
  repo = makeRepo();
  marker = join(repo.home, 'PWNED');
  process.env['HOSTILE_MARKER'] = marker;
  const memories = join(repo.root, '.claude-mem', 'memories');
  const base = join(repo.home, 'base.yaml');
  writeFileSync(base, 'id: "000000000000"\nkind: note\ncreated: "2026-11-22T14:32:05Z"\n');
  const program = join(FIXTURES, 'hostile-vault', 'materialize.mjs');
  execFileSync(process.execPath, [program, join(memories, FIRST), '--base', base]);
  for (const [order, entry] of files.entries()) {
    ids.set(
      entry.file,
      drawMemoryId(
        new Uint8Array(12)
          .fill(10)
          .fill(order % 32, 6)
          .fill(order >> 5, 0, 3),
      ),
    );
    if (second.includes(entry)) await make(entry, ids.get(entry.file) ?? '');
    else giveId(join(memories, entry.file), ids.get(entry.file) ?? '');
  }
  vault = openVaultHere({ cwd: repo.root, env: repo.env });
  vault.sync();
  diagnostics = vault.diagnostics();
  viewer = await openViewer({ ...fakeSource().source, library: () => vault.library });
});

afterAll(async () => {
  vault.close();
  await viewer.close();
  for (const server of servers) server.close();
  repo.dispose();
});

describe('hostile files', () => {
  it.each(skipped)('$file ($threat) is left out, with one error that names it', ({ file, reported = file }) => {
    const found = diagnostics.filter(({ path, severity }) => path === `memories/${reported}` && severity === 'error');
    expect(found).toHaveLength(1);
    expect(vault.library.get([ids.get(file) ?? '']).memories).toEqual([]);
  });

  it.each(read)('$file ($threat) is found and harms nobody', async ({ file, probe = '', absent = [] }) => {
    const id = ids.get(file) ?? '';
    const found = vault.library.search({ text: probe, limit: 3 }).hits.map((hit) => hit.id);
    expect(found).toContain(id);
    for (const [way, text] of Object.entries(await everyWayOut(id, probe))) {
      expect(text, way).not.toMatch(STEERING);
      for (const part of absent.filter((text) => text !== ''))
        expect(text.includes(part), `${way}: ${JSON.stringify(part)}`).toBe(false);
    }
  });

  it.each(read)('$file opens and closes no block that a model reads', async ({ file, probe = '' }) => {
    const { model, terminal, json, start } = await everyWayOut(ids.get(file) ?? '', probe);
    for (const text of [terminal, json])
      expect((text.match(TAG) ?? []).filter((tag) => RESERVED.test(tag))).toEqual([]);
    expect(start.match(/<\/memvault-/g)?.length ?? 0).toBeLessThanOrEqual(1);
    const blocks = model.match(TAG) ?? [];
    const ours = [`<memories-${NONCE}`, `</memories-${NONCE}`];
    expect(blocks.filter((block) => RESERVED.test(block) && !ours.includes(block))).toEqual([]);
    expect(blocks.filter((block) => block === ours[1])).toHaveLength(2);
  });

  it.each(read)('$file is text on the page, not markup', async ({ file, probe = '' }) => {
    const { page } = await everyWayOut(ids.get(file) ?? '', probe);
    const main = page.slice(page.indexOf('<main'));
    expect(main).not.toMatch(
      /<(?:script|img|svg|iframe|object|embed|style|link|form|base|meta|noscript|video|audio)\b/i,
    );
    expect(main).not.toMatch(/<[a-z][^>]*\son[a-z]+\s*=/i);
    expect(
      [...main.matchAll(/<a [^>]*href="([^"]*)"/g)]
        .map(([, href]) => href)
        .filter((href) => !SAFE_HREF.test(href ?? '')),
    ).toEqual([]);
  });

  it.each(files.filter((entry) => entry.search !== undefined))(
    'the query $search is words, nothing else',
    ({ search = '' }) => {
      for (const query of [search, `${search} ${search}`, `"${search}`, `${search}*`])
        expect(() => vault.library.search({ text: query, limit: 5 })).not.toThrow();
      expect(vault.library.search({ text: 'controlfirst', limit: 1 }).total).toBeGreaterThan(0);
    },
  );

  it('are told by doctor without an escape sequence or a line of their own', async () => {
    const { text } = await doctorCommand.run(input([]));
    expect(text).not.toMatch(STEERING);
    expect(text.split('\n').some((line) => line.startsWith('feed.md'))).toBe(false);
  });

  it('ran nothing, polluted nothing, and left what is outside alone', () => {
    expect(existsSync(marker)).toBe(false);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeBefore);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const rows = vault.library.recent({}, 500);
    expect(rows.length).toBeGreaterThan(read.length - 1);
    for (const { id } of rows) expect(vault.library.get([id]).memories[0]?.body).not.toContain('outside-canary');
  });

  it('make the same index when it is built anew', () => {
    const before = vault.library.recent({}, 500);
    vault.rebuild();
    expect(vault.library.recent({}, 500)).toEqual(before);
  });
});

const TAG = /<\s*\/?\s*[A-Za-z][\w:-]*/g;
const RESERVED =
  /^<\s*\/?\s*(?:memor|memvault|claude-mem|system|function_|invoke|antml|tool_|parameter|assistant|user|human)/i;
const SAFE_HREF = /^(?:\/|#|https?:\/\/|mailto:)/i;

/** The memory as each reader gets it. */
async function everyWayOut(
  id: string,
  probe: string,
): Promise<Readonly<Record<'terminal' | 'json' | 'model' | 'start' | 'page', string>>> {
  const context = { library: vault.modelLibrary, writer: vault.writer, nonce: NONCE };
  const search = await searchCommand.run(input([probe]));
  const show = await showCommand.run(input([id]));
  const rows = await searchTool.call({ query: probe }, context);
  const whole = await getObservationsTool.call({ ids: [id] }, context);
  const start = await vault.startBlock({ sessionId: 'fe0548c7-2487-4719-957b-715cd87e8307', source: 'startup' });
  const page = await send(viewer.port, `GET /memory/${id}`, BEARER);
  expect(page.status).toBe(200);
  return {
    terminal: withoutBlocks(`${search.text}\n${show.text}`),
    json: `${plainJson(search.json)}\n${plainJson(show.json)}`,
    model: `${rows}\n${whole}`,
    start: `${start?.text ?? ''}\n${start?.notice ?? ''}`,
    page: page.body,
  };
}

function input(positionals: readonly string[]) {
  return {
    positionals,
    options: {},
    env: repo.env,
    cwd: repo.root,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
  };
}

/** The first set gives all its files one id; its manifest speaks of what else is wrong with them. */
function giveId(file: string, id: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
  const bytes = readFileSync(file);
  const at = bytes.indexOf('000000000000');
  if (at !== -1) bytes.write(id, at);
  writeFileSync(file, bytes);
}

async function make(entry: Entry, id: string): Promise<void> {
  const path = join(repo.root, '.claude-mem', 'memories', entry.file);
  mkdirSync(entry.make === 'behind-link' ? dirname(dirname(path)) : dirname(path), { recursive: true });
  const body = `---\nid: ${id}\nkind: note\ncreated: "2026-11-22T14:32:05Z"\ntitle: made\n---\n${entry.probe ?? 'x'}\n`;
  switch (entry.make) {
    case 'symlink':
      return symlinkSync(entry.to ?? '', path);
    case 'behind-link': {
      const outside = join(repo.home, 'outside');
      mkdirSync(outside, { recursive: true });
      writeFileSync(join(outside, 'x.md'), `${body}outside-canary\n`);
      return symlinkSync(outside, dirname(path));
    }
    case 'fifo':
      return void execFileSync('mkfifo', [path]);
    case 'socket': {
      const server = createServer();
      servers.push(server);
      return new Promise((done, fail) => server.once('error', fail).listen(path, done));
    }
    case 'sparse': {
      const descriptor = openSync(path, 'w');
      ftruncateSync(descriptor, entry.bytes ?? 0);
      return closeSync(descriptor);
    }
    case 'long':
      return writeFileSync(path, body.padEnd(entry.bytes ?? 0, 'x'));
    case 'unreadable':
      writeFileSync(path, body);
      return chmodSync(path, 0);
    case undefined:
      return writeFileSync(
        path,
        entry.hex === undefined ? (entry.text ?? '').replace('{id}', id) : Buffer.from(entry.hex, 'hex'),
      );
  }
}
