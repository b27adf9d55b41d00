#!/usr/bin/env node
// The `memvault` command's first file: sees to it that a new enough Node runs, then hands over to the command line.

import { fileURLToPath } from 'node:url';
import { isCapable, silenceExperimentalWarnings } from '../system/capable-node.ts';

if (isCapable(process.versions.node)) {
  silenceExperimentalWarnings();
  const { runCli } = await import('./main.ts');
  const { exit, isAll } = await runCli(process.argv.slice(2));
  process.exitCode = exit;
  // Else Node would first collect the garbage of the whole search, for as long as a third of its own start takes.
  if (isAll) process.exit();
} else {
  // All that is loaded above is made for a new one; the launcher runs on any, and starts this file again.
  const launcher = new URL('launch.cjs', import.meta.url);
  process.argv.splice(1, 1, fileURLToPath(launcher), 'cli');
  await import(launcher.href);
}
