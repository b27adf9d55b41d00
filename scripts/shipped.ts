// What ships: the tree of the branch `plugin`, from which the plugin is installed and a build takes the command.

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIPPED = [
  '.claude-plugin',
  '.mcp.json',
  'LICENSE',
  'README.md',
  'bin',
  'commands',
  'dist',
  'hooks/hooks.json',
  'skills',
  'templates',
];

/** Copies what ships from a built tree into an empty folder. */
export function copyShipped(root: string, folder: string, version: string): void {
  for (const path of SHIPPED) cpSync(join(root, path), join(folder, path), { recursive: true });
  // A marketplace that points to itself would install itself again and again.
  rmSync(join(folder, '.claude-plugin', 'marketplace.json'), { force: true });
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: 'memvault', version, type: 'module', license: 'MIT', bin: { memvault: 'dist/cli.js' } }, null, 2)}\n`,
  );
}
