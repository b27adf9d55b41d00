// What `memvault status` says of the vectors of a vault.

import type { EmbeddingStatus } from '../../model/status.ts';
import { countEmbedded } from '../vectors/vector-index.ts';
import { modelId, readInstalled } from './installed.ts';

export interface EmbeddingPlace {
  /** The setting `search.embedding`. */
  readonly model: string;
  readonly modelsDir: string;
  readonly vectorFile: string;
  /** How many memories the vault has. */
  readonly memories: number;
}

/** How far the vectors of the model in use are; undefined while searches go by words alone. Loads no model and no vector. */
export function describeEmbedding({
  model,
  modelsDir,
  vectorFile,
  memories,
}: EmbeddingPlace): EmbeddingStatus | undefined {
  if (model === 'none') return undefined;
  const manifest = readInstalled(modelsDir, model);
  const embedded = manifest === undefined ? 0 : countEmbedded(vectorFile, modelId(manifest));
  return { model, installed: manifest !== undefined, memories, embedded: Math.min(memories, embedded) };
}
