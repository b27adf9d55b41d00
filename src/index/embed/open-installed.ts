// Opens an installed model as an embedder, after a look at whether its files are still those that were installed.

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../../model/embedder.ts';
import { MemvaultError, toMemvaultError } from '../../model/errors.ts';
import { MANIFEST, hashFiles, modelId, notInstalled, readInstalled } from './installed.ts';
import type { ModelManifest } from './installed.ts';
import { openStaticTable } from './static-table.ts';
import { hasRuntime, openTransformer } from './transformer.ts';

/**
 * Opens an installed model, after it has checked that its files are those that were installed. Throws `not_found` when there is
 * no such model, `corrupt` when a file has changed, `unavailable` when its runtime is missing.
 */
export async function openInstalled(
  modelsDir: string,
  name: string,
  options: { readonly runtimeDir: string; readonly threads: number },
): Promise<Embedder> {
  const manifest = readInstalled(modelsDir, name);
  if (manifest === undefined) throw notInstalled(name);
  const folder = join(modelsDir, name);
  await verifyFiles(folder, manifest);
  const id = modelId(manifest);
  if (manifest.kind === 'static') return openStaticTable(folder, id);
  const recipe = manifest.recipe ?? { pooling: 'mean', queryPrefix: '', documentPrefix: '' };
  return openTransformer(folder, { id, recipe, ...options });
}

/** Why the worker could not open an installed model: a file that has changed, a runtime that is missing. Reads all of its files. */
export async function faultOfInstalled(
  modelsDir: string,
  name: string,
  runtimeDir: string,
): Promise<MemvaultError | undefined> {
  const manifest = readInstalled(modelsDir, name);
  if (manifest === undefined) return notInstalled(name);
  try {
    await verifyFiles(join(modelsDir, name), manifest);
  } catch (thrown) {
    return toMemvaultError(thrown);
  }
  if (manifest.kind === 'static' || hasRuntime(runtimeDir)) return undefined;
  return new MemvaultError('unavailable', `the runtime of the transformer "${name}" is missing`, {
    hint: `Run \`memvault model install ${name}\`; until then searches go by words.`,
  });
}

/** Throws `corrupt` for the first file that is not what the manifest says. */
export async function verifyFiles(folder: string, manifest: ModelManifest): Promise<void> {
  const hint = `Run \`memvault model install ${manifest.name}\` again.`;
  if (hashFiles(manifest.files) !== manifest.hash)
    throw new MemvaultError('corrupt', `${join(folder, MANIFEST)} was changed after the model was installed`, { hint });
  for (const file of manifest.files) {
    const path = join(folder, file.path);
    if (statSync(path, { throwIfNoEntry: false })?.size === file.bytes && (await hashFile(path)) === file.sha256)
      continue;
    throw new MemvaultError('corrupt', `${path} is not the file that was installed`, { hint });
  }
}

/** SHA-256 of a file in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(part as Buffer);
  return hash.digest('hex');
}
