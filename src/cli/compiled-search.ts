// Loads what searches in this process, with what V8 compiled of it in earlier ones: compiling takes longer than the search.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadCompiled } from '../system/compiled-code.ts';
import { dataPaths } from '../system/paths.ts';
import { packageRoot } from '../system/templates.ts';
import type * as OwnSearchModule from './own-search.ts';

/** Built to a file of its own; from a checkout's source it is the source. */
export function loadOwnSearch(env: Readonly<Record<string, string | undefined>>): typeof OwnSearchModule {
  const isSource = import.meta.url.endsWith('.ts');
  const file = join(packageRoot(), isSource ? 'src/cli/own-search.ts' : 'dist/lazy/own-search.cjs');
  const loaded: unknown = isSource
    ? createRequire(import.meta.url)(file)
    : loadCompiled(file, { folder: dataPaths(env).compiled, draw: Math.random });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what that file exports
  return loaded as typeof OwnSearchModule;
}
