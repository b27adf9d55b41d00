// Compresses one batch: by the chosen compressor, and by rules when that one fails.

import type { Compression, SessionState } from '../model/draft.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Compressor, Logger } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import type { ChosenCompressor } from './choose.ts';
import { readUsage } from './usage.ts';

export interface CompressBatchOptions {
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
}

/**
 * The batch's compression. A failure of the chosen compressor is no failure of the batch: the extractive one answers and
 * `fallbackReason` says why; what the failed calls cost is kept.
 */
export async function compressBatch(
  batch: Batch,
  state: SessionState,
  chosen: ChosenCompressor,
  extractive: Compressor,
  options: CompressBatchOptions = {},
): Promise<Compression> {
  const { compressor, fallbackReason } = chosen;
  try {
    const compression = await compressor.compress(batch, state, options.signal);
    return fallbackReason === undefined ? compression : { ...compression, fallbackReason };
  } catch (error) {
    const known = toMemvaultError(error);
    options.logger?.warn('compression fell back to rules', {
      batch: batch.id,
      by: compressor.name,
      code: known.code,
      reason: known.message,
    });
    const compression = await extractive.compress(batch, state);
    const usage = readUsage(known.data['usage']);
    return { ...compression, fallbackReason: known.message, ...(usage === undefined ? {} : { usage }) };
  }
}
