// The hostile vault: every file that an attacker thought of, read as a vault is read, does what its manifest says.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../src/model/diagnostic.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Memory } from '../../src/model/memory.ts';
import { drawMemoryId } from '../../src/model/memory.ts';
import { cleanText } from '../../src/system/clean-text.ts';
import { diagnoseVault } from '../../src/vault/diagnose.ts';
import { parseMemoryFile } from '../../src/vault/memory-file.ts';
import { listVaultFiles, readVaultFile } from '../../src/vault/store.ts';

interface Entry {
  readonly file: string;
  readonly threat: string;
  readonly expect: 'skip' | 'plain' | 'clean';
  readonly probe?: string;
  readonly absent?: readonly string[];
}

const FIXTURE = resolve(import.meta.dirname, '../fixtures/hostile-vault');
const manifest: { files: readonly Entry[] } = JSON.parse(readFileSync(join(FIXTURE, 'manifest.json'), 'utf8'));
const skipped = manifest.files.filter((entry) => entry.expect === 'skip');
const read = manifest.files.filter((entry) => entry.expect !== 'skip');
const folder = mkdtempSync(join(tmpdir(), 'memvault-hostile-'));
const vaultDir = join(folder, '.claude-mem');
const marker = join(folder, 'PWNED');
const reported: Diagnostic[] = [];
const memories = new Map<string, Memory>();
const prototypeBefore = Reflect.ownKeys(Object.prototype);

beforeAll(() => {
  writeFileSync(join(folder, 'base.yaml'), 'id: "000000000000"\nkind: note\ncreated: "2026-11-22T14:32:05Z"\n');
  process.env['HOSTILE_MARKER'] = marker;
  const target = join(vaultDir, 'memories');
  execFileSync(process.execPath, [join(FIXTURE, 'materialize.mjs'), target, '--base', join(folder, 'base.yaml')]);
  giveEachItsOwnId(target);
  for (const { path } of listVaultFiles(vaultDir, (diagnostic) => reported.push(diagnostic))) {
    const read = readVaultFile(vaultDir, path);
    const parsed = read.ok ? parseMemoryFile(path, read.bytes) : { ok: false as const, diagnostics: [read.diagnostic] };
    if (parsed.ok) memories.set(path, parsed.memory);
    else reported.push(...parsed.diagnostics);
  }
});

describe('a hostile vault', () => {
  it.each(skipped)('leaves out $file ($threat), with one error', ({ file }) => {
    const path = `memories/${file}`;
    expect(memories.has(path)).toBe(false);
    expect(reported.filter((diagnostic) => diagnostic.path === path)).toMatchObject([{ severity: 'error' }]);
  });

  it.each(read)('reads $file ($threat)', ({ file, probe, absent = [] }) => {
    const path = `memories/${file}`;
    expect(reported.filter((diagnostic) => diagnostic.path === path)).toEqual([]);
    const text = textOf(path);
    expect(text).toContain(probe);
    // A tag of ours in a text is escaped where the text is shown, not here.
    const hidden = absent.filter((part) => part !== '' && !part.startsWith('<'));
    expect(hidden.filter((part) => cleanText(text).includes(part))).toEqual([]);
  });

  it('says what is wrong with each file in words that a person can act on', () => {
    const lines = reported.map(renderDiagnostic).sort();
    expect(lines).toMatchInlineSnapshot(`
      [
        "memories/bytes/invalid-utf8.md not-utf8 the file is not UTF-8",
        "memories/bytes/nul.md:7 nul-byte a NUL character: the file is not text",
        "memories/exec/coffee-engine.md:1 frontmatter-opening the first line must be \`---\` alone: other languages than YAML are not read",
        "memories/exec/javascript-engine.md:1 frontmatter-opening the first line must be \`---\` alone: other languages than YAML are not read",
        "memories/exec/js-engine.md:1 frontmatter-opening the first line must be \`---\` alone: other languages than YAML are not read",
        "memories/exec/js-function-tag.md:5 frontmatter-broken not readable YAML: unknown scalar tag !<tag:yaml.org,2002:js/function>",
        "memories/path/folder.md not-a-file a folder; expected a regular Markdown file",
        "memories/path/id-traversal.md:2 field-invalid id: expected 12 characters of 0-9 and a-z without i, l, o, u; kind: is missing, expected one of observation, summary, note, tombstone; created: is missing",
        "memories/path/link-dir not-a-file a link: memvault follows none; expected a regular Markdown file",
        "memories/path/link-file.md not-a-file a link: memvault follows none; expected a regular Markdown file",
        "memories/path/loop not-a-file a link: memvault follows none; expected a regular Markdown file",
        "memories/size/huge.md file-too-large 19531 KiB: a memory has at most 256 KiB",
        "memories/size/long-line.md file-too-large 488 KiB: a memory has at most 256 KiB",
        "memories/yaml/billion-laughs.md:6 frontmatter-broken not readable YAML: aliases exceeded maxAliases (0)",
        "memories/yaml/broken.md:5 frontmatter-broken not readable YAML: unexpected end of the stream within a flow collection",
        "memories/yaml/deep-flow.md:1 frontmatter-too-large the frontmatter is larger than 16 KiB",
        "memories/yaml/duplicate-keys.md:6 frontmatter-broken not readable YAML: duplicated mapping key",
        "memories/yaml/many-keys.md:1 frontmatter-too-large the frontmatter is larger than 16 KiB",
        "memories/yaml/no-front-matter.md:1 frontmatter-missing no frontmatter: the first line must be \`---\`",
        "memories/yaml/self-reference.md:5 frontmatter-broken not readable YAML: aliases exceeded maxAliases (0)",
        "memories/yaml/wrong-types.md:2 field-invalid id: expected 12 characters of 0-9 and a-z without i, l, o, u; kind: is missing, expected one of observation, summary, note, tombstone; title: expected a text; created: expected a time in UTC such as "2026-11-22T14:32:05Z"",
      ]
    `);
  });

  it('is told by doctor with every file counted', () => {
    const diagnosis = diagnoseVault(vaultDir);
    expect(diagnosis).toMatchObject({ memories: read.length, refused: skipped.length });
  });

  it('ran nothing, changed no prototype and left the outside alone', () => {
    expect(existsSync(marker)).toBe(false);
    expect(existsSync(join(vaultDir, 'PWNED'))).toBe(false);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeBefore);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const outside = [...memories.values()].filter((memory) => memory.body.includes('outside-canary-text'));
    expect(outside).toEqual([]);
  });
});

function textOf(path: string): string {
  const memory = memories.get(path);
  return `${memory?.title}\n${memory?.body}`;
}

/** The fixture gives all files one id; the manifest speaks of what else is wrong with them. */
function giveEachItsOwnId(target: string): void {
  let count = 0;
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    const at = bytes.indexOf('000000000000');
    if (at === -1) continue;
    count++;
    bytes.write(drawMemoryId(new Uint8Array(12).fill(count)), at);
    writeFileSync(file, bytes);
  }
}
