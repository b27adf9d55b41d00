// Entry of everything that needs a new Node: finds one and runs `dist/<target>.js` on it, in this process when it is new enough.

import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCompiled } from '../src/system/compiled-code.ts';
import { missingNodeLine, runDetached, runOnCapableNode, runThere, searchNode } from '../src/system/node-runtime.ts';
import { isCapable } from '../src/system/capable-node.ts';
import { dataPaths } from '../src/system/paths.ts';

const TARGETS: readonly string[] = ['worker', 'recall', 'remind', 'before-push', 'mcp', 'cli'];
/** Hooks and the worker: they never fail, and never say what only a person can change. */
const SILENT: readonly string[] = ['worker', 'recall', 'remind', 'before-push'];
/** Hooks that somebody waits for: one file each, of what they need. */
const ALONE: readonly string[] = ['recall', 'remind', 'before-push'];

const { env } = process;
const dist = dirname(process.argv[1] ?? '.');
const [target = '', ...rest] = process.argv.slice(2);

launch(target).catch((error: unknown) => {
  // A hook and the worker never fail; a server and the command line say so.
  if (SILENT.includes(target)) return;
  process.stderr.write(`memvault: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function launch(name: string): Promise<void> {
  if (!TARGETS.includes(name)) {
    process.stderr.write(`memvault: launch what? One of ${TARGETS.join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  const argv = [join(dist, ALONE.includes(name) ? `hooks/${name}.cjs` : `${name}.js`), ...rest];
  if (!isCapable(process.versions.node) && SILENT.includes(name)) {
    const search = searchNode(dirname(dist), env);
    if (search.node === undefined) {
      if (name === 'recall')
        process.stdout.write(`${JSON.stringify({ systemMessage: missingNodeLine(search, dataPaths(env).runtime) })}\n`);
      return;
    }
    // The worker outlives whoever starts it: nothing waits for it.
    if (name === 'worker') {
      runDetached(search.node.path, argv);
      return;
    }
    process.exitCode = await runThere(search.node.path, argv);
    return;
  }
  const elsewhere = runOnCapableNode(argv, env);
  if (elsewhere !== undefined) {
    process.exitCode = await elsewhere;
    return;
  }
  process.argv = [process.execPath, ...argv];
  // A process that loads no ES module is spared their loader.
  if (ALONE.includes(name)) loadCompiled(argv[0] ?? '', { folder: dataPaths(env).compiled, draw: Math.random });
  else await import(pathToFileURL(argv[0] ?? '').href);
}
