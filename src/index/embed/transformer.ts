// A transformer as an embedder: runs by @huggingface/transformers from the data folder's runtime, on the CPU, with 8-bit weights.

import { createRequire } from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import type * as Transformers from '@huggingface/transformers';
import type { Embedder } from '../../model/embedder.ts';
import { MemvaultError } from '../../model/errors.ts';
import { normalize } from './unit-vector.ts';

export const TRANSFORMER_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model_quantized.onnx',
] as const;

/** How a model wants to be read, as its card says. */
export interface TransformerRecipe {
  /** The mean of all tokens, or the first token alone. */
  readonly pooling: 'mean' | 'cls';
  /** Put before a question; empty for none. */
  readonly queryPrefix: string;
  /** Put before what may answer it. */
  readonly documentPrefix: string;
}

export interface TransformerOptions {
  readonly id: string;
  readonly recipe: TransformerRecipe;
  /** The folder whose `node_modules` has @huggingface/transformers. */
  readonly runtimeDir: string;
  readonly threads: number;
}

/**
 * Opens a folder with TRANSFORMER_FILES. Nothing is downloaded: the runtime may read local files only. Texts are run one by
 * one, so that others get their turn in between; a batch would be hardly faster on a CPU. Throws `unavailable` when the runtime
 * is missing, `corrupt` when it cannot load the model.
 */
export async function openTransformer(folder: string, options: TransformerOptions): Promise<Embedder> {
  const { id, recipe } = options;
  const runtime = loadRuntime(options.runtimeDir);
  runtime.env.allowRemoteModels = false;
  runtime.env.localModelPath = dirname(folder) + sep;
  let pipe: Transformers.FeatureExtractionPipeline | undefined;
  try {
    pipe = await runtime.pipeline('feature-extraction', basename(folder), {
      local_files_only: true,
      device: 'cpu',
      dtype: 'q8',
      session_options: { intraOpNumThreads: options.threads, interOpNumThreads: 1, logSeverityLevel: 3 },
    });
    const [first] = await run(pipe, ['memory'], recipe, '');
    if (first === undefined || first.length === 0) throw new Error('it gives no vector');
    return wrap(pipe, { id, recipe, dimensions: first.length });
  } catch (error) {
    await pipe?.dispose();
    throw new MemvaultError('corrupt', `cannot run the model in ${folder}: ${messageOf(error)}`, {
      hint: 'Run `memvault model install` for the model again.',
      cause: error,
    });
  }
}

/** Whether the runtime is there; reads no more than its package.json. */
export function hasRuntime(runtimeDir: string): boolean {
  try {
    requireFrom(runtimeDir).resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}

const PACKAGE = '@huggingface/transformers';

type Runtime = typeof Transformers;

/** Loaded here and only when a transformer is opened: it takes a third of a second and a hundred megabytes. */
function loadRuntime(runtimeDir: string): Runtime {
  if (!hasRuntime(runtimeDir))
    throw new MemvaultError('unavailable', `the runtime for transformer models is not installed in ${runtimeDir}`, {
      hint: 'Run `memvault model install` for the model again: it installs the runtime too.',
    });
  return requireFrom(runtimeDir)(PACKAGE) as Runtime;
}

function requireFrom(runtimeDir: string): NodeJS.Require {
  return createRequire(join(runtimeDir, 'package.json'));
}

function wrap(
  pipe: Transformers.FeatureExtractionPipeline,
  { id, recipe, dimensions }: { id: string; recipe: TransformerRecipe; dimensions: number },
): Embedder {
  let open = true;
  return {
    id,
    dimensions,
    embed: (texts, kind) => run(pipe, texts, recipe, kind === 'query' ? recipe.queryPrefix : recipe.documentPrefix),
    async close() {
      if (!open) return;
      open = false;
      await pipe.dispose();
    },
  };
}

async function run(
  pipe: Transformers.FeatureExtractionPipeline,
  texts: readonly string[],
  recipe: TransformerRecipe,
  prefix: string,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const output = await pipe(prefix + text.toWellFormed(), { pooling: recipe.pooling, normalize: true });
    vectors.push(normalize(Float32Array.from(output.data as ArrayLike<number>)));
    output.dispose();
  }
  return vectors;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
