// Finds a Node.js that is new enough for the worker, the MCP server and recall, and remembers what it found. The hook asks it too.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { loadChildProcess } from './builtin.ts';
import { isCapable } from './capable-node.ts';

export interface NodeSources {
  /** The Node that runs this process. */
  readonly running: FoundNode;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The `node` setting: a path, or empty. */
  readonly setting: string;
  /** The plugin's root: its `node_modules/.bin/node` is tried. */
  readonly pluginRoot: string;
  /** `~/.claude-mem/memvault/runtime`. */
  readonly runtimeDir: string;
  /** Where the versions found are remembered. */
  readonly nodeFile: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface FoundNode {
  readonly path: string;
  readonly version: string;
}

export interface NodeSearch {
  /** The first that is new enough. */
  readonly node?: FoundNode;
  /** Those that are too old. */
  readonly older: readonly FoundNode[];
}

interface KnownVersion {
  readonly mtimeMs: number;
  readonly version: string;
  readonly asked: number;
}

interface NodeCache {
  readonly versions: Record<string, KnownVersion>;
  /** When the last search found none. */
  none?: number;
}

/** A version manager's shim keeps its time of change when its version changes, so a version too old is asked again. */
const ASK_AGAIN_MS = 600_000;
/** A search without a find is believed for so long by hooks. */
const NONE_MS = 24 * 3600_000;
const MAX_ON_PATH = 8;
const EXECUTABLE = process.platform === 'win32' ? 'node.exe' : 'node';

/** Whether the last search found no Node that is new enough. Reads one small file; used by the hook. */
export function knowsNoNode(nodeFile: string, now: number): boolean {
  if (isCapable(process.versions.node)) return false;
  const none = readCache(nodeFile).none;
  return none !== undefined && Math.abs(now - none) < NONE_MS;
}

/**
 * Looks, in this order, at the running Node, the setting, PATH, the plugin's own `node_modules/.bin`, and the data folder's
 * `runtime/`. Versions are remembered by path and time of change; `write` stores them.
 */
export function findNode(sources: NodeSources, write: (file: string, content: string) => void): NodeSearch {
  const cache = readCache(sources.nodeFile);
  const before = JSON.stringify(cache);
  const older: FoundNode[] = [];
  let node: FoundNode | undefined;
  for (const path of candidates(sources)) {
    const version = path === sources.running.path ? sources.running.version : versionOf(path, cache, sources.now);
    if (version === undefined) continue;
    if (isCapable(version)) {
      node = { path, version };
      break;
    }
    older.push({ path, version });
  }
  if (node === undefined) cache.none = sources.now;
  else delete cache.none;
  const after = JSON.stringify(cache);
  if (after !== before) write(sources.nodeFile, `${after}\n`);
  return node === undefined ? { older } : { node, older };
}

function* candidates(sources: NodeSources): Generator<string> {
  const wanted = sources.env['CLAUDE_MEM_NODE'] || sources.setting;
  const seen = new Set<string>();
  const places = [
    sources.running.path,
    ...(wanted === '' ? [] : [wanted]),
    ...nodesOnPath(sources.env['PATH'] ?? ''),
    join(sources.pluginRoot, 'node_modules', '.bin', EXECUTABLE),
    join(sources.runtimeDir, 'node_modules', '.bin', EXECUTABLE),
    join(sources.runtimeDir, 'bin', EXECUTABLE),
  ];
  for (const place of places) {
    if (seen.has(place)) continue;
    seen.add(place);
    yield place;
  }
}

function nodesOnPath(path: string): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, EXECUTABLE))
    .filter((file) => existsSync(file))
    .slice(0, MAX_ON_PATH);
}

/** The version that an executable tells, asked only when it is not known; undefined when it is no working Node. */
function versionOf(path: string, cache: NodeCache, now: number): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  const known = cache.versions[path];
  if (
    known !== undefined &&
    known.mtimeMs === stat.mtimeMs &&
    (isCapable(known.version) || Math.abs(now - known.asked) < ASK_AGAIN_MS)
  )
    return known.version;
  const asked = loadChildProcess().spawnSync(path, ['-p', 'process.versions.node'], {
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const version = /^\d+\.\d+\.\d+/.exec(asked.stdout ?? '')?.[0];
  if (version === undefined) return undefined;
  cache.versions[path] = { mtimeMs: stat.mtimeMs, version, asked: now };
  return version;
}

function readCache(file: string): NodeCache {
  try {
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<NodeCache>;
    const versions: Record<string, KnownVersion> = {};
    for (const [path, known] of Object.entries(parsed.versions ?? {}))
      if (typeof known.version === 'string' && typeof known.mtimeMs === 'number' && typeof known.asked === 'number')
        versions[path] = known;
    return typeof parsed.none === 'number' ? { versions, none: parsed.none } : { versions };
  } catch {
    return { versions: {} };
  }
}
