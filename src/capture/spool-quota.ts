// Keeps the spool and the dead letters within the quota, each event that goes counted in the drop record. Of the spool the oldest tool uses go first; prompts and replies stay.

import { lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { recordDrop } from '../system/drops.ts';
import type { DataPaths } from '../system/paths.ts';

export interface QuotaOptions {
  readonly maxBytes: number;
  /** UTC, for the record. */
  readonly at: string;
  /** The folders of the spool to look at: a hook leaves alone what a worker may have claimed. */
  readonly folders: readonly ('new' | 'cur')[];
  /** Ids that must stay: their batch is about to be finished. */
  readonly except?: ReadonlySet<string>;
}

/** Trimmed to this share, so that the next event does not start it all again. */
const TRIM_TO = 0.9;

/**
 * Drops what is over the quota and gives how many events went. They are moved aside first, recorded then, deleted last: whatever
 * interrupts it, the next call finishes it, and no event is ever both waiting and dropped.
 */
export function keepQuota(paths: DataPaths, options: QuotaOptions): number {
  const waiting = options.folders.flatMap((folder) => eventsIn(join(paths.spool, folder)));
  let bytes = waiting.reduce((sum, file) => sum + file.bytes, 0);
  const aside = join(paths.spool, 'drop');
  if (bytes > options.maxBytes) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const file of waiting.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      if (bytes <= options.maxBytes * TRIM_TO) break;
      if (options.except?.has(idOf(file.name)) === true || !isToolUse(file.path)) continue;
      if (move(file.path, join(aside, file.name))) bytes -= file.bytes;
    }
  }
  return drop(aside, paths, {
    at: options.at,
    reason: `more than ${megabytes(options)} MB of events waited: the oldest tool uses went`,
  });
}

/** The same for dead letters, whatever they are: nobody may look at them for months. The oldest go. */
export function keepDeadLetters(paths: DataPaths, options: Pick<QuotaOptions, 'maxBytes' | 'at'>): number {
  const letters = filesIn(paths.deadLetter).filter(({ name }) => !name.endsWith(REASON));
  let bytes = letters.reduce((sum, file) => sum + file.bytes, 0);
  const aside = join(paths.spool, 'drop-letters');
  if (bytes > options.maxBytes) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const { name, path, bytes: size } of letters.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      if (bytes <= options.maxBytes * TRIM_TO) break;
      if (!move(path, join(aside, name))) continue;
      bytes -= size;
      rmSync(`${path}${REASON}`, { force: true });
    }
  }
  return drop(aside, paths, {
    at: options.at,
    reason: `more than ${megabytes(options)} MB of dead letters: the oldest went`,
  });
}

/** The ending of the note beside a dead letter. */
const REASON = '.reason';

/**
 * A hook's part where no worker lives: without it the spool would grow as long as there is none (no new enough Node, say). One hook
 * in some dozens looks, by chance; none of the others pays for it.
 */
export function mindQuota(look: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: DataPaths;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Draws so many hex characters. */
  readonly draw: (length: number) => string;
}): number {
  if (Number.parseInt(look.draw(2), 16) >= SHARE) return 0;
  const maxBytes = readQuota(look.env, look.paths.settingsFile) * 1024 * 1024;
  return keepQuota(look.paths, { maxBytes, at: new Date(look.now).toISOString(), folders: ['new'] });
}

/** Of 256 hooks so many look. */
const SHARE = 4;
const KEY = 'spool.quotaMegabytes';
/** As in the table of settings, which the hook does not load. */
const DEFAULT_QUOTA = 200;

function readQuota(env: Readonly<Record<string, string | undefined>>, settingsFile: string): number {
  const given = [env['CLAUDE_MEM_SPOOL_QUOTA_MEGABYTES'] || undefined, quotaIn(settingsFile)].map(Number);
  return given.find((value) => Number.isInteger(value) && value >= 1) ?? DEFAULT_QUOTA;
}

function quotaIn(settingsFile: string): unknown {
  try {
    const { memvault } = JSON.parse(readFileSync(settingsFile, 'utf8')) as {
      memvault?: { spool?: { quotaMegabytes?: unknown }; [KEY]?: unknown };
    };
    return memvault?.[KEY] ?? memvault?.spool?.quotaMegabytes;
  } catch {
    // No file yet, or one that is not valid: the default holds.
    return undefined;
  }
}

function megabytes({ maxBytes }: Pick<QuotaOptions, 'maxBytes'>): number {
  return Math.round(maxBytes / 1024 / 1024);
}

function drop(
  aside: string,
  paths: DataPaths,
  { at, reason }: { readonly at: string; readonly reason: string },
): number {
  const names = filesIn(aside).map(({ name }) => name);
  if (names.length === 0) return 0;
  recordDrop(paths.dropsFile, { at, eventIds: names.map(idOf), reason });
  for (const name of names) unlinkSync(join(aside, name));
  return names.length;
}

interface SpoolFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

function filesIn(folder: string): readonly SpoolFile[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    // Nothing was ever put there.
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ name, path, bytes: stat.size }] : [];
  });
}

function eventsIn(folder: string): readonly SpoolFile[] {
  return filesIn(folder).filter(({ name }) => name.endsWith('.json'));
}

/** What cannot be read as one stays: the worker says what is wrong with it. */
function isToolUse(file: string): boolean {
  try {
    const event: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof event === 'object' && event !== null && 'type' in event && event.type === 'tool-use';
  } catch {
    return false;
  }
}

/** False when somebody else was first. */
function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function idOf(name: string): string {
  return name.replace(/\.json$/, '');
}
