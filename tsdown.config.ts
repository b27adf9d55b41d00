// How the shipped JavaScript is built: the hook path as single CommonJS files for any Node 18 or newer, the rest as ESM.

import { defineConfig } from 'tsdown';

const base = {
  outDir: 'dist',
  platform: 'node',
  dts: false,
  sourcemap: false,
  hash: false,
  report: false,
  logLevel: 'warn',
} as const;

export default defineConfig([
  {
    ...base,
    entry: { 'hooks/record': 'hooks/record.ts' },
    format: 'cjs',
    target: 'node18',
    minify: true,
    clean: false,
  },
  { ...base, entry: { launch: 'hooks/launch.ts' }, format: 'cjs', target: 'node18', minify: true, clean: false },
  {
    ...base,
    entry: {
      cli: 'src/cli/main.ts',
      mcp: 'hooks/mcp.ts',
      recall: 'hooks/recall.ts',
      worker: 'src/worker/main.ts',
    },
    format: 'esm',
    target: 'node22',
    minify: 'dce-only',
    clean: false,
    external: ['@huggingface/transformers'],
  },
]);
