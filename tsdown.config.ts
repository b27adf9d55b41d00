// How the shipped JavaScript is built: the hook path as single CommonJS files for any Node 18 or newer, the rest as ESM.

import { dirname, join } from 'node:path';
import { defineConfig } from 'tsdown';

const base = {
  outDir: 'dist',
  platform: 'node',
  dts: false,
  sourcemap: false,
  hash: false,
  report: false,
  logLevel: 'warn',
  // On a busy machine it would tell everybody who builds how long plugins took.
  inputOptions: { checks: { pluginTimings: false } },
} as const;

/**
 * Writes a hook's code in ASCII alone: V8 keeps a text with one other character in two bytes each, and a hook reads its code at every
 * event. A character's escape means the same in a string, a template and an expression.
 */
const ascii = {
  name: 'ascii',
  generateBundle(_options: unknown, bundle: Readonly<Record<string, { readonly type: string; code?: string }>>) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk' && file.code !== undefined)
        file.code = file.code.replace(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
  },
};

/** The capture hook has the rules that few texts need in a file of its own (docs/decisions/0011-seldom-rules.md). */
const seldomBeside = {
  name: 'seldom-beside',
  resolveId: (id: string, importer: string | undefined) =>
    id === './seldom.ts' && importer !== undefined ? join(dirname(importer), 'seldom-beside.ts') : null,
};

/**
 * Takes Node's own modules in chunks by a call: for an `import`, Node makes a second module that shows all that the first one has, and loads
 * for it what nobody asked for (streams and promises of `node:fs`, threads for `node:util`). The entries stay: an old Node must read them.
 */
const builtinsByCall = {
  name: 'builtins-by-call',
  generateBundle(_options: unknown, bundle: Readonly<Record<string, { readonly fileName: string; code?: string }>>) {
    for (const file of Object.values(bundle)) {
      if (!file.fileName.startsWith('chunks/') || file.code === undefined) continue;
      // What is not at the head of the file is a text.
      const head = /^(?:(?:import .*)?\n)*/.exec(file.code)?.[0] ?? '';
      const called = head.replace(
        /^import \{(.*)\} from ("node:[^"]+");$/gm,
        (_, names: string, name: string) =>
          `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule(${name});`,
      );
      file.code = called + file.code.slice(head.length);
    }
  },
};

export default defineConfig([
  {
    ...base,
    entry: { 'hooks/record': 'hooks/record.ts' },
    plugins: ascii,
    format: 'cjs',
    target: 'node18',
    minify: true,
    clean: false,
  },
  {
    ...base,
    entry: { 'hooks/capture': 'hooks/capture.ts' },
    plugins: [ascii, seldomBeside],
    format: 'cjs',
    target: 'node18',
    minify: true,
    clean: false,
  },
  {
    ...base,
    entry: { 'hooks/capture-seldom': 'src/system/redaction/seldom-rules.ts' },
    plugins: ascii,
    format: 'cjs',
    target: 'node18',
    minify: true,
    clean: false,
  },
  {
    ...base,
    entry: { launch: 'hooks/launch.ts' },
    plugins: ascii,
    format: 'cjs',
    target: 'node18',
    minify: true,
    clean: false,
  },
  // Loaded with `require`, and only when needed (src/system/lazy-module.ts).
  {
    ...base,
    entry: { 'lazy/yaml-engine': 'src/vault/yaml-engine.ts' },
    format: 'cjs',
    target: 'node22',
    minify: 'dce-only',
    // gray-matter's JavaScript engine is never reached: src/vault/yaml-engine.ts brings its own engines.
    inputOptions: { checks: { eval: false, pluginTimings: false } },
    clean: false,
  },
  // A search in a process of its own: with it is kept what V8 compiled of it (src/cli/compiled-search.ts).
  {
    ...base,
    entry: { 'lazy/own-search': 'src/cli/own-search.ts' },
    plugins: ascii,
    format: 'cjs',
    target: 'node22',
    minify: true,
    outputOptions: {
      chunkFileNames: 'lazy/own-search-[name].cjs',
      // All but what comes from elsewhere and few searches load.
      codeSplitting: { groups: [{ name: 'all', test: /^(?!.*node_modules)/ }] },
    },
    clean: false,
  },
  // Each alone, so that it loads nothing that other entries share: they run at every
  // start, prompt and file, and before every push.
  ...['recall', 'remind', 'before-push'].map(
    (name) =>
      ({
        ...base,
        entry: { [`hooks/${name}`]: `hooks/${name}.ts` },
        plugins: ascii,
        format: 'cjs',
        target: 'node22',
        minify: true,
        outputOptions: { chunkFileNames: `hooks/${name}-[name].cjs` },
        clean: false,
      }) as const,
  ),
  {
    ...base,
    entry: {
      cli: 'src/cli/entry.ts',
      mcp: 'hooks/mcp.ts',
      worker: 'hooks/worker.ts',
    },
    plugins: builtinsByCall,
    format: 'esm',
    fixedExtension: false,
    // What one entry loads late may belong to what another loads at once.
    inputOptions: { checks: { ineffectiveDynamicImport: false, pluginTimings: false } },
    outputOptions: {
      chunkFileNames: 'chunks/[name].js',
      // Each file that a process loads costs it a millisecond: what the command line needs is one, what an open vault needs is another.
      codeSplitting: {
        groups: [
          { name: 'ask', test: /src[\\/]cli[\\/](?:main|commands[\\/]search)\.ts$/, priority: 2 },
          { name: 'app', test: /src[\\/]app\.ts$/, priority: 1 },
        ],
      },
    },
    target: 'node22',
    minify: 'dce-only',
    clean: false,
    deps: { neverBundle: ['@huggingface/transformers'] },
  },
  {
    ...base,
    entry: { viewer: 'src/viewer/browser/entry.ts' },
    platform: 'browser',
    format: 'iife',
    // A plain script: `defer` in the page's head needs no more.
    outputOptions: { entryFileNames: 'page/[name].js' },
    target: 'es2023',
    minify: true,
    clean: false,
  },
]);
