// The models in the data folder: each a folder with its files and a manifest that says what they are and their hashes.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import type { TransformerRecipe } from './transformer.ts';

export const MANIFEST = 'model.json';

export interface ModelManifest {
  readonly v: 1;
  readonly name: string;
  readonly kind: 'static' | 'transformer';
  /** `<owner>/<name>@<revision>` of the hub, or the folder that it came from. */
  readonly source: string;
  readonly recipe?: TransformerRecipe;
  readonly files: readonly ModelFile[];
  /** SHA-256 over the files' paths and hashes. */
  readonly hash: string;
  /** UTC. */
  readonly installedAt: string;
}

export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a vector's owner is called: the same files under the same name give the same vectors, wherever they came from. */
export function modelId({ name, hash }: Pick<ModelManifest, 'name' | 'hash'>): string {
  return `${name}@${hash.slice(0, 12)}`;
}

/** Lower-case letters, digits, dots and dashes; `none` means no model. */
export function isModelName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(name) && name !== 'none';
}

/** The manifest of an installed model; undefined when there is none, or none that can be read. Looks at no other file. */
export function readInstalled(modelsDir: string, name: string): ModelManifest | undefined {
  if (!isModelName(name)) return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(modelsDir, name, MANIFEST), 'utf8'));
    return isManifest(manifest) && manifest.name === name ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** All installed models by name. */
export function listInstalled(modelsDir: string): readonly ModelManifest[] {
  if (!existsSync(modelsDir)) return [];
  return readdirSync(modelsDir)
    .sort()
    .flatMap((name) => readInstalled(modelsDir, name) ?? []);
}

export function installedBytes(manifest: ModelManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.bytes, 0);
}

/** Takes the model away. Throws `not_found`. */
export function removeInstalled(modelsDir: string, name: string): ModelManifest {
  const manifest = readInstalled(modelsDir, name);
  if (manifest === undefined) throw notInstalled(name);
  rmSync(join(modelsDir, name), { recursive: true, force: true });
  return manifest;
}

export function hashFiles(files: readonly ModelFile[]): string {
  const lines = files.map((file) => `${file.path}\0${file.sha256}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

export function notInstalled(name: string): MemvaultError {
  return new MemvaultError('not_found', `the model "${name}" is not installed`, {
    hint: `Run \`memvault model install ${name}\`; without it searches go by words.`,
  });
}

function isManifest(value: unknown): value is ModelManifest {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof ModelManifest, unknown>>;
  return (
    fields.v === 1 &&
    typeof fields.name === 'string' &&
    (fields.kind === 'static' || fields.kind === 'transformer') &&
    typeof fields.source === 'string' &&
    typeof fields.hash === 'string' &&
    Array.isArray(fields.files) &&
    fields.files.every(isModelFile)
  );
}

/** A path that leads out of the model's folder is none of ours. */
function isModelFile(value: unknown): value is ModelFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, bytes, sha256 } = value as Partial<Record<keyof ModelFile, unknown>>;
  return (
    typeof path === 'string' &&
    /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) &&
    !path.split('/').includes('..') &&
    typeof bytes === 'number' &&
    typeof sha256 === 'string'
  );
}
