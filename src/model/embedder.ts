// The port to an embedding model: texts in, vectors of unit length out.

/** Some models read a question differently from what may answer it. */
export type EmbeddingKind = 'query' | 'document';

/** A vector with the model that made it; vectors of different models mean nothing to each other. */
export interface QueryVector {
  readonly model: string;
  readonly vector: Float32Array;
}

export interface Embedder {
  /** Name and hash of the model's files: equal ids give equal vectors. */
  readonly id: string;
  readonly dimensions: number;
  /**
   * One vector a text, in order, of length 1; all zeros for a text in which the model knows nothing. The same text gives
   * the same vector, whatever stands beside it. Throws `unavailable` when the model cannot run.
   */
  embed(texts: readonly string[], kind: EmbeddingKind): Promise<readonly Float32Array[]>;
  /** Gives back files and memory; a second call does nothing. */
  close(): Promise<void>;
}
