// Loads modules of ours at the moment they are needed and without a wait: what most runs never need must not slow their start.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from './templates.ts';

/** Each is built to a file of its own, `dist/lazy/<name>.cjs`. */
const SOURCES = { 'yaml-engine': 'src/vault/yaml-engine.ts' } as const;

/** The exports of such a module; the caller names their type. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function loadLazily<Exports>(name: keyof typeof SOURCES): Exports {
  const file = import.meta.url.endsWith('.ts') ? SOURCES[name] : join('dist', 'lazy', `${name}.cjs`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return createRequire(import.meta.url)(join(packageRoot(), file)) as Exports;
}
