#!/usr/bin/env node
// The `memvault` command's first file: sees to it that a new enough Node runs, then hands over to the command line.

import { isCapable, silenceExperimentalWarnings } from '../system/capable-node.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (`memvault search … | head`).
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

if (isCapable(process.versions.node)) {
  silenceExperimentalWarnings();
  const { runCli } = await import('./main.ts');
  process.exitCode = await runCli(process.argv.slice(2));
} else {
  const { runOnCapableNode } = await import('../system/node-runtime.ts');
  process.exitCode = await runOnCapableNode(process.argv.slice(1), process.env);
}
