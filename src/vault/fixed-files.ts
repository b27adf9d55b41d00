// The four fixed files of a vault, the same bytes for one format version, and what its vault.yaml says.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { MemvaultError } from '../model/errors.ts';
import { loadLazily } from '../system/lazy-module.ts';
import { readTemplate } from '../system/templates.ts';
import type * as Engine from './yaml-engine.ts';
import { MAX_YAML_BYTES } from './yaml-limit.ts';

/** The version of the file format that this memvault reads and writes. */
const FORMAT_VERSION = 1;

export interface FixedFile {
  /** Relative to the vault. */
  readonly path: string;
  readonly content: string;
}

/** README.md, vault.yaml, .gitattributes and .gitignore: written when a vault is made, never rewritten. */
export function fixedFiles(): readonly FixedFile[] {
  return [
    { path: 'README.md', content: readTemplate('vault/README.md') },
    { path: 'vault.yaml', content: readTemplate('vault/vault.yaml') },
    { path: '.gitattributes', content: readTemplate('vault/gitattributes') },
    { path: '.gitignore', content: readTemplate('vault/gitignore') },
  ];
}

export interface VaultConfig {
  /** The keys of vault.yaml but `format`; anybody's commit may write them, so the settings take only a few. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads `vault.yaml` of a vault's folder; a missing file means no values. Throws `unsupported_version` when a newer memvault
 * wrote the vault. Everything else that is wrong is a diagnostic, and nothing of the file counts.
 */
export function readVaultConfig(vaultDir: string): VaultConfig {
  const read = readConfigText(join(vaultDir, 'vault.yaml'));
  if (!read.ok) return refused(read.message);
  // Without it, or as memvault wrote it, nothing but the format is said.
  if (read.text === '' || read.text === readTemplate('vault/vault.yaml')) return { values: {}, diagnostics: [] };
  const parsed = loadLazily<typeof Engine>('yaml-engine').parseYaml(read.text);
  if (!parsed.ok) return refused(parsed.message, parsed.line);
  if (parsed.value === null) return { values: {}, diagnostics: [] };
  if (typeof parsed.value !== 'object' || Array.isArray(parsed.value)) return refused('expected `key: value` lines');
  const values: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(parsed.value)) if (key !== 'format') values[key] = value;
  const format: unknown = Object.hasOwn(parsed.value, 'format') && 'format' in parsed.value ? parsed.value.format : 1;
  if (typeof format === 'number' && format > FORMAT_VERSION)
    throw new MemvaultError(
      'unsupported_version',
      `${vaultDir} has format ${format}; this memvault knows up to ${FORMAT_VERSION}`,
      { hint: 'Update memvault.', data: { vaultDir, format } },
    );
  if (format === FORMAT_VERSION) return { values, diagnostics: [] };
  return refused(`format: expected ${FORMAT_VERSION}`);
}

/** Whether vault.yaml says, in the line that memvault writes, that a newer one made the vault: a hook at every prompt loads no YAML. */
export function looksNewer(vaultDir: string): boolean {
  const read = readConfigText(join(vaultDir, 'vault.yaml'));
  const format = read.ok ? /^format: *(\d{1,6}) *(?:#.*)?\r?$/m.exec(read.text)?.[1] : undefined;
  return Number(format ?? FORMAT_VERSION) > FORMAT_VERSION;
}

type ConfigText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** No link is followed, no pipe waited for, nothing large read; a missing file is an empty one. */
function readConfigText(file: string): ConfigText {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { ok: true, text: '' };
    return { ok: false, message: 'a link, or not readable' };
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { ok: false, message: 'no regular file' };
    if (stats.size > MAX_YAML_BYTES) return { ok: false, message: `larger than ${MAX_YAML_BYTES / 1024} KiB` };
    return { ok: true, text: readFileSync(descriptor, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

function refused(message: string, line?: number): VaultConfig {
  const diagnostic: Diagnostic = {
    path: 'vault.yaml',
    ...(line === undefined ? {} : { line }),
    rule: 'vault-config-invalid',
    severity: 'warning',
    message: `${message}; nothing of it counts`,
    mend: 'Mend vault.yaml in an editor.',
  };
  return { values: {}, diagnostics: [diagnostic] };
}
