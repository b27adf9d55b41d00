// The static files: a fixed map, read once. No address ever becomes a path.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../model/errors.ts';
import { packageRoot, readTemplate } from '../system/templates.ts';

export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** Address → file; whatever is not in it does not exist. Throws `corrupt` when the page's script was not built. */
export function readAssets(): ReadonlyMap<string, Asset> {
  return new Map([
    ['/assets/viewer.css', { type: 'text/css; charset=utf-8', text: readTemplate('viewer/viewer.css') }],
    ['/assets/viewer.js', { type: 'text/javascript; charset=utf-8', text: readPageScript() }],
    ['/assets/mark.svg', { type: 'image/svg+xml', text: readTemplate('viewer/mark.svg') }],
  ]);
}

/** The one file that the build makes of `browser/`. */
function readPageScript(): string {
  const file = join(packageRoot(), 'dist', 'page', 'viewer.js');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new MemvaultError('corrupt', `the plugin is incomplete: cannot read ${file}`, {
      hint: 'Install the plugin again; in a checkout, run `npm run build`.',
      cause: error,
    });
  }
}
