// Runs a built file on a Node.js that is new enough: in this process when it is, else on the one that is found.

import { dirname } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { loadChildProcess } from './builtin.ts';
import { NEEDED_NODE, isCapable, silenceExperimentalWarnings } from './capable-node.ts';
import { findNode } from './node-search.ts';
import type { NodeSearch } from './node-search.ts';
import { dataPaths } from './paths.ts';
import { readSettings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Exit code of a program whose Node is missing: `unavailable` in the table of errors. */
const UNAVAILABLE = 5;
const QUIET = '--disable-warning=ExperimentalWarning';

/**
 * For a program that was started on any Node: undefined when this process may go on; otherwise the exit code of its run on
 * another Node. `argv` is the built file and its arguments. When there is no such Node, one line on stderr says so.
 */
export function runOnCapableNode(argv: readonly string[], env: Environment): Promise<number> | undefined {
  if (isCapable(process.versions.node)) {
    silenceExperimentalWarnings();
    return undefined;
  }
  const search = searchNode(dirname(dirname(argv[0] ?? '.')), env);
  if (search.node !== undefined) return runThere(search.node.path, argv);
  process.stderr.write(`${missingNodeLine(search, dataPaths(env).runtime)}\n`);
  return Promise.resolve(UNAVAILABLE);
}

/** Searches with the user's settings and remembers what it finds in the data folder. */
export function searchNode(pluginRoot: string, env: Environment): NodeSearch {
  const paths = dataPaths(env);
  return findNode(
    {
      running: { path: process.execPath, version: process.versions.node },
      env,
      setting: readSettings({ env, file: paths.settingsFile }).values.node,
      pluginRoot,
      runtimeDir: paths.runtime,
      nodeFile: paths.nodeFile,
      now: Date.now(),
    },
    (file, content) => {
      try {
        writeFileAtomic(file, content);
      } catch {
        // What was found is asked again next time.
      }
    },
  );
}

/** Runs a file on another Node with this process's streams, passes signals on, and answers with its exit code. */
export function runThere(node: string, argv: readonly string[]): Promise<number> {
  const child = loadChildProcess().spawn(node, [QUIET, ...argv], { stdio: 'inherit', windowsHide: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs a file on another Node and does not wait: it outlives this process. */
export function runDetached(node: string, argv: readonly string[]): void {
  const child = loadChildProcess().spawn(node, [QUIET, ...argv], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => {});
  child.unref();
}

/** One line for people: which Node was found, what is needed, what to type. */
export function missingNodeLine(search: NodeSearch, runtimeDir: string): string {
  const newest = search.older
    .map((found) => found.version)
    .sort(byVersion)
    .at(-1);
  const found = newest === undefined ? 'no Node.js was found' : `only Node.js ${newest} was found`;
  return (
    `memvault: ${found}, ${NEEDED_NODE} or newer is needed to write and recall memories. ` +
    `Type: npm install --prefix "${runtimeDir}" node@24 (or set CLAUDE_MEM_NODE to a newer node). Capture goes on meanwhile.`
  );
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
