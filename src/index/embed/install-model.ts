// Installs a model into the data folder, from the hub or from a folder: staged beside, checked, then renamed into place.

import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import type { Clock } from '../../model/ports.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { takeLock } from '../../system/lock.ts';
import { downloadBytes, findInCatalogue } from './catalogue.ts';
import { diskFull, downloadFile, isFull } from './download.ts';
import { MANIFEST, hashFiles, isModelName, readInstalled } from './installed.ts';
import type { ModelFile, ModelManifest } from './installed.ts';
import { hashFile, verifyFiles } from './open-installed.ts';
import { RECOGNIZED, planOf, recognize } from './model-plan.ts';
import type { ModelPlan } from './model-plan.ts';
import { openStaticTable } from './static-table.ts';

export interface InstallParts {
  /** `<data folder>/models`. */
  readonly modelsDir: string;
  readonly clock: Clock;
  /** Hears one line at a time of what is done. */
  readonly say: (line: string) => void;
}

export interface HubParts extends InstallParts {
  /** Such as `https://huggingface.co`. */
  readonly hub: string;
  /** The setting that forbids every connection. */
  readonly offline: boolean;
  readonly fetch: typeof fetch;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Downloads a model of the catalogue at its pinned revision, unless it is there and whole. An interrupted download goes on at the next call. Throws `denied`
 * when the setting `offline` forbids it, `not_found` for an unknown name, else as `downloadFile` does.
 */
export async function installFromHub(name: string, parts: HubParts): Promise<ModelManifest> {
  const entry = findInCatalogue(name);
  if (entry === undefined) throw unknownModel(name);
  const source = `${entry.repository}@${entry.revision}`;
  const before = await findWhole(name, source, parts);
  if (before !== undefined) return before;
  if (parts.offline)
    throw new MemvaultError('denied', `cannot download ${name}: the setting offline forbids every connection`, {
      hint: `Run \`memvault config set offline false\`, or bring the files on a disk: \`memvault model install ${name} --from <folder>\`.`,
    });
  return underLock(parts, async () => {
    const stage = join(parts.modelsDir, `.${name}.partial`);
    const total = downloadBytes(entry);
    checkRoom(parts.modelsDir, total);
    parts.say(
      `Downloading ${name} (${megabytes(total)}) from ${parts.hub}/${entry.repository} at ${entry.revision.slice(0, 8)}`,
    );
    let before = 0;
    for (const { path, bytes } of entry.files) {
      const progress = sayProgress(parts, before, total);
      const url = `${parts.hub.replace(/\/+$/, '')}/${entry.repository}/resolve/${entry.revision}/${path}`;
      await downloadFile(
        { url, file: join(stage, path), bytes, revision: entry.revision },
        { fetch: parts.fetch, pause: parts.pause, onProgress: progress },
      );
      before += bytes;
    }
    return settle(stage, { ...planOf(entry), source }, parts);
  });
}

/** The model as it is installed from there already, when no file has changed since. */
async function findWhole(name: string, source: string, parts: InstallParts): Promise<ModelManifest | undefined> {
  const manifest = readInstalled(parts.modelsDir, name);
  if (manifest?.source !== source) return undefined;
  try {
    await verifyFiles(join(parts.modelsDir, name), manifest);
  } catch {
    // What is broken is installed again.
    return undefined;
  }
  parts.say(`${name} is there already, and whole.`);
  return manifest;
}

/**
 * Copies a model from a folder, without a network: one of the catalogue, or any other with the files of a static table or a
 * transformer. Throws `not_found` or `invalid_input` when the folder does not hold it.
 */
export async function installFromFolder(name: string, folder: string, parts: InstallParts): Promise<ModelManifest> {
  if (!isModelName(name))
    throw new MemvaultError('invalid_input', `"${name}" is no name for a model`, {
      hint: 'Use lower-case letters, digits, dots and dashes, such as my-model.',
    });
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new MemvaultError('not_found', `${folder} is no folder`, {
      hint: "Give the folder that holds the model's files.",
    });
  const entry = findInCatalogue(name);
  const plan = entry === undefined ? recognize(name, folder) : planOf(entry);
  const missing = plan.paths.filter((path) => !existsSync(join(folder, path)));
  if (missing.length > 0)
    throw new MemvaultError(
      'invalid_input',
      `${folder} does not hold the model ${name}: ${missing.join(', ')} missing`,
      {
        hint:
          entry === undefined ? RECOGNIZED : `It needs the files of ${entry.repository} at revision ${entry.revision}.`,
      },
    );
  return underLock(parts, async () => {
    const stage = join(parts.modelsDir, `.${name}.copy`);
    rmSync(stage, { recursive: true, force: true });
    checkRoom(
      parts.modelsDir,
      plan.paths.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0),
    );
    parts.say(`Copying ${name} from ${folder}`);
    try {
      for (const path of plan.paths) {
        mkdirSync(dirname(join(stage, path)), { recursive: true, mode: 0o700 });
        copyFileSync(join(folder, path), join(stage, path));
      }
      return await settle(stage, { ...plan, source: folder }, parts);
    } catch (error) {
      rmSync(stage, { recursive: true, force: true });
      throw isFull(error) ? diskFull(stage, error) : error;
    }
  });
}

/** Checks the staged files, writes the manifest beside them and puts them into place in one step. */
async function settle(stage: string, plan: ModelPlan, parts: InstallParts): Promise<ModelManifest> {
  const { paths, ...about } = plan;
  const files: ModelFile[] = [];
  for (const path of paths) {
    const file = join(stage, path);
    refusePointer(file);
    files.push({ path, bytes: statSync(file).size, sha256: await hashFile(file) });
  }
  if (plan.kind === 'static') {
    try {
      await openStaticTable(stage, plan.name).close();
    } catch (error) {
      rmSync(stage, { recursive: true, force: true });
      throw error;
    }
  }
  const manifest: ModelManifest = {
    v: 1,
    ...about,
    files,
    hash: hashFiles(files),
    installedAt: new Date(parts.clock.now()).toISOString(),
  };
  writeFileAtomic(join(stage, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  const place = join(parts.modelsDir, plan.name);
  const old = join(parts.modelsDir, `.${plan.name}.old`);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(stage, place);
  rmSync(old, { recursive: true, force: true });
  return manifest;
}

/** A clone without Git LFS has small texts in the place of large files. */
function refusePointer(file: string): void {
  if (statSync(file).size > 1024 || !readFileSync(file, 'utf8').startsWith('version https://git-lfs')) return;
  throw new MemvaultError('invalid_input', `${file} is only a pointer of Git LFS, not the file itself`, {
    hint: 'Run `git lfs pull` in the folder, or download the file.',
  });
}

async function underLock<T>({ modelsDir }: InstallParts, work: () => Promise<T>): Promise<T> {
  mkdirSync(modelsDir, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(modelsDir, '.lock'), 0);
  if (lock === undefined) throw new MemvaultError('busy', 'another command is installing a model');
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function checkRoom(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < needed * 1.05)
    throw new MemvaultError(
      'unavailable',
      `the disk is full: ${megabytes(needed)} are needed in ${folder}, ${megabytes(free)} are free`,
      {
        hint: 'Make room, or set CLAUDE_MEM_DATA_DIR to a folder on another disk.',
      },
    );
}

function unknownModel(name: string): MemvaultError {
  return new MemvaultError('not_found', `the catalogue has no model "${name}"`, {
    hint: `Run \`memvault model list\`, or give a folder with its files: \`memvault model install ${isModelName(name) ? name : 'my-model'} --from <folder>\`.`,
  });
}

/** One line at the beginning, at the end, and at most once a second in between. */
function sayProgress(parts: InstallParts, before: number, total: number): (done: number, ofFile: number) => void {
  let said = parts.clock.now();
  return (done, ofFile) => {
    const now = parts.clock.now();
    if (now - said < 1000 && done < ofFile) return;
    said = now;
    const all = Math.min(total, before + done);
    parts.say(`  ${megabytes(all)} of ${megabytes(total)} (${Math.floor((all / total) * 100)} %)`);
  };
}

/** `31 MB`, `0.5 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size >= 10 ? Math.round(size) : size.toFixed(1)} MB`;
}
