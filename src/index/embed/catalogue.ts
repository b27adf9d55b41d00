// The models that `memvault model install` knows by name: where they are, at which revision, how they want to be read.

import type { TransformerRecipe } from './transformer.ts';

export interface CatalogueEntry {
  readonly name: string;
  readonly kind: 'static' | 'transformer';
  readonly languages: string;
  readonly dimensions: number;
  readonly licence: string;
  /** One line for people who choose. */
  readonly summary: string;
  /** `<owner>/<name>` on the hub. */
  readonly repository: string;
  /** The commit of the repository: its files never change. */
  readonly revision: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** For transformers. */
  readonly recipe?: TransformerRecipe;
}

/**
 * Sizes are those of the pinned revisions, for the progress shown and the room needed. What arrives is checked against the hash
 * that the hub sends with it; the hash of what was installed is kept and checked at each load.
 */
export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'potion-base-8m',
    kind: 'static',
    languages: 'English',
    dimensions: 256,
    licence: 'MIT',
    summary: 'A small table: next to no memory, thousands of memories a second.',
    repository: 'minishlab/potion-base-8M',
    revision: 'bf8b056651a2c21b8d2565580b8569da283cab23',
    files: [
      { path: 'config.json', bytes: 202 },
      { path: 'tokenizer.json', bytes: 683_666 },
      { path: 'model.safetensors', bytes: 30_236_760 },
    ],
  },
  {
    name: 'potion-retrieval-32m',
    kind: 'static',
    languages: 'English',
    dimensions: 512,
    licence: 'MIT',
    summary: 'A larger table, made for search: as fast, twice the vectors.',
    repository: 'minishlab/potion-retrieval-32M',
    revision: '6fc8051fab2a1e0ee76689cf08c853792ac285e7',
    files: [
      { path: 'config.json', bytes: 202 },
      { path: 'tokenizer.json', bytes: 1_493_150 },
      { path: 'model.safetensors', bytes: 129_210_456 },
    ],
  },
  {
    name: 'potion-multilingual-128m',
    kind: 'static',
    languages: '101 languages',
    dimensions: 256,
    licence: 'MIT',
    summary: 'A table for many languages: a large download, fast all the same.',
    repository: 'minishlab/potion-multilingual-128M',
    revision: '73908c3438cf03b6a01bcb9611d62b23d0726f08',
    files: [
      { path: 'config.json', bytes: 271 },
      { path: 'tokenizer.json', bytes: 18_616_131 },
      { path: 'model.safetensors', bytes: 512_361_560 },
    ],
  },
  {
    name: 'bge-small-en',
    kind: 'transformer',
    languages: 'English',
    dimensions: 384,
    licence: 'MIT',
    summary: 'A transformer: reads sentences, and needs a runtime, memory and time.',
    repository: 'Xenova/bge-small-en-v1.5',
    revision: 'ea104dacec62c0de699686887e3f920caeb4f3e3',
    files: [
      { path: 'config.json', bytes: 683 },
      { path: 'tokenizer.json', bytes: 711_396 },
      { path: 'tokenizer_config.json', bytes: 366 },
      { path: 'onnx/model_quantized.onnx', bytes: 34_014_426 },
    ],
    recipe: {
      pooling: 'cls',
      queryPrefix: 'Represent this sentence for searching relevant passages: ',
      documentPrefix: '',
    },
  },
  {
    name: 'multilingual-e5-small',
    kind: 'transformer',
    languages: '94 languages',
    dimensions: 384,
    licence: 'MIT',
    summary: 'A transformer for many languages, also across them.',
    repository: 'Xenova/multilingual-e5-small',
    revision: '761b726dd34fb83930e26aab4e9ac3899aa1fa78',
    files: [
      { path: 'config.json', bytes: 658 },
      { path: 'tokenizer.json', bytes: 17_082_730 },
      { path: 'tokenizer_config.json', bytes: 443 },
      { path: 'onnx/model_quantized.onnx', bytes: 118_308_185 },
    ],
    recipe: { pooling: 'mean', queryPrefix: 'query: ', documentPrefix: 'passage: ' },
  },
];

export function findInCatalogue(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === name);
}

/** What is downloaded for a model, in bytes. */
export function downloadBytes(entry: CatalogueEntry): number {
  return entry.files.reduce((sum, file) => sum + file.bytes, 0);
}
