// What there is to install: a model of the catalogue, or what a folder holds, told by its files.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { CATALOGUE } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { ModelManifest } from './installed.ts';
import { STATIC_FILES } from './static-table.ts';
import { TRANSFORMER_FILES } from './transformer.ts';
import type { TransformerRecipe } from './transformer.ts';

/** What stands for a model before it is installed. */
export type ModelPlan = Pick<ModelManifest, 'name' | 'kind' | 'source' | 'recipe'> & {
  readonly paths: readonly string[];
};

export function planOf(entry: CatalogueEntry): ModelPlan {
  return {
    name: entry.name,
    kind: entry.kind,
    source: '',
    ...(entry.recipe === undefined ? {} : { recipe: entry.recipe }),
    paths: entry.files.map((file) => file.path),
  };
}

/** For people whose folder is something else. */
export const RECOGNIZED = `A static table has ${STATIC_FILES.join(', ')}; a transformer has ${TRANSFORMER_FILES.join(', ')}.`;

/** What kind of model an unknown folder holds, by its files; how it wants to be read, by what sentence-transformers writes beside. Throws `invalid_input`. */
export function recognize(name: string, folder: string): ModelPlan {
  const holds = (paths: readonly string[]): boolean => paths.every((path) => existsSync(join(folder, path)));
  if (holds(TRANSFORMER_FILES))
    return { name, kind: 'transformer', source: '', recipe: readRecipe(folder), paths: TRANSFORMER_FILES };
  if (holds(STATIC_FILES)) return { name, kind: 'static', source: '', paths: STATIC_FILES };
  const known = CATALOGUE.map((entry) => entry.name).join(', ');
  throw new MemvaultError('invalid_input', `${folder} holds no model that memvault can read`, {
    hint: `${RECOGNIZED} Known by name: ${known}.`,
  });
}

function readRecipe(folder: string): TransformerRecipe {
  const pooling = readFields(join(folder, '1_Pooling', 'config.json'));
  const prompts = readFields(join(folder, 'config_sentence_transformers.json'))['prompts'];
  const prompt = (...names: readonly string[]): string => {
    const given = typeof prompts === 'object' && prompts !== null ? Object.entries(prompts) : [];
    const found: unknown = given.find(([key]) => names.includes(key))?.[1];
    return typeof found === 'string' ? found : '';
  };
  return {
    pooling: pooling['pooling_mode_cls_token'] === true ? 'cls' : 'mean',
    queryPrefix: prompt('query'),
    documentPrefix: prompt('document', 'passage'),
  };
}

function readFields(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
