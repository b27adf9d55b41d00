// A static table (the model2vec kind) as an embedder: one vector a token, looked up and averaged. No model runs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../../model/embedder.ts';
import { MemvaultError } from '../../model/errors.ts';
import { openTensors } from './safetensors.ts';
import type { TensorFile } from './safetensors.ts';
import { parseTokenizer } from './tokenizer/tokenizer.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { normalize } from './unit-vector.ts';

export const STATIC_FILES = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;

/** Rows that were read stay in memory up to so many bytes; the rest of the table stays on disk. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** How many texts are done before others get their turn. */
const TURN = 16;

/**
 * Opens a folder with STATIC_FILES. The vector of a text is the mean of its tokens' rows, each times its weight where the table
 * has weights; a table whose vocabulary is quantised names the row of each token in "mapping". Throws `corrupt` or
 * `invalid_input` when the files do not make such a table.
 */
export function openStaticTable(folder: string, id: string): Embedder {
  const tokenizer = readTokenizer(join(folder, 'tokenizer.json'));
  const tensors = openTensors(join(folder, 'model.safetensors'));
  try {
    const table = openTable(tensors, tokenizer.size, folder);
    return {
      id,
      dimensions: table.width,
      async embed(texts) {
        const vectors: Float32Array[] = [];
        for (const text of texts) {
          vectors.push(averageRows(table, tokenizer.encode(text)));
          if (vectors.length % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        return vectors;
      },
      close: () => Promise.resolve(tensors.close()),
    };
  } catch (error) {
    tensors.close();
    throw error;
  }
}

interface Table {
  readonly width: number;
  rowOf(token: number): Float32Array;
  weightOf(token: number): number;
}

function openTable(tensors: TensorFile, tokens: number, folder: string): Table {
  const embeddings = tensors.tensor('embeddings') ?? tensors.tensor('0');
  if (embeddings === undefined)
    throw new MemvaultError('invalid_input', `${join(folder, 'model.safetensors')} has no tensor "embeddings"`, {
      hint: 'Give a folder with a model of the model2vec kind.',
    });
  const mapping = tensors.tensor('mapping')?.readAll();
  const weights = tensors.tensor('weights')?.readAll();
  for (const [name, size] of [
    ['embeddings', mapping === undefined ? embeddings.rows : tokens],
    ['mapping', mapping?.length ?? tokens],
    ['weights', weights?.length ?? tokens],
  ] as const)
    if (size < tokens)
      throw new MemvaultError(
        'corrupt',
        `${folder}: the tensor "${name}" is shorter than the vocabulary of tokenizer.json`,
        {
          hint: 'The files belong to different models. Install the model again.',
        },
      );
  const rows = new Map<number, Float32Array>();
  const most = Math.ceil(KEPT_BYTES / (embeddings.width * 4));
  return {
    width: embeddings.width,
    weightOf: (token) => weights?.[token] ?? 1,
    rowOf(token) {
      const at = mapping?.[token] ?? token;
      let row = rows.get(at);
      if (row === undefined) {
        row = embeddings.readRow(at);
        if (rows.size >= most) rows.clear();
        rows.set(at, row);
      }
      return row;
    },
  };
}

function averageRows(table: Table, tokens: readonly number[]): Float32Array {
  const sum = new Float64Array(table.width);
  for (const token of tokens) {
    const row = table.rowOf(token);
    const weight = table.weightOf(token);
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + weight * (row[at] ?? 0);
  }
  return normalize(sum);
}

function readTokenizer(file: string): Tokenizer {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new MemvaultError('corrupt', `cannot read ${file}: it is not JSON`, {
      hint: 'Run `memvault model install` for the model again.',
      cause: error,
    });
  }
  return parseTokenizer(json);
}
