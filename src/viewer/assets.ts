// The static files: a fixed map, read once. No address ever becomes a path.

import { readTemplate } from '../system/templates.ts';

export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** Address → file; whatever is not in it does not exist. */
export function readAssets(): ReadonlyMap<string, Asset> {
  return new Map([
    ['/assets/viewer.css', { type: 'text/css; charset=utf-8', text: readTemplate('viewer/viewer.css') }],
    ['/assets/viewer.js', { type: 'text/javascript; charset=utf-8', text: readTemplate('viewer/viewer.js') }],
    ['/assets/mark.svg', { type: 'image/svg+xml', text: readTemplate('viewer/mark.svg') }],
  ]);
}
