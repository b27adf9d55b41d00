// A compressor under the rules for what leaves the machine: named before, one call at a time, within the day's cap, not while the
// endpoint is ill; and everything that was asked stands in the ledger.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Compression } from '../model/draft.ts';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { Clock, Compressor, Logger } from '../model/ports.ts';
import { takeLock } from '../system/lock.ts';
import type { HeldLock } from '../system/lock.ts';
import type { Breaker } from './breaker.ts';
import { isAnnounced } from './destination.ts';
import type { Destination } from './destination.ts';
import { localDay } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { estimatePrompt } from './prompt.ts';
import { readUsage } from './usage.ts';

export interface MeterParts {
  readonly ledger: Ledger;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly log: Logger;
  /** The folder that the ledger knows the project by. */
  readonly project: string;
  readonly announcedFile: string;
  /** File of the lock that is held while a model is asked. */
  readonly callLock: string;
  /** How long to wait for it, in milliseconds; five minutes when left out. */
  readonly lockWaitMs?: number;
  /** Most input tokens of one local day, over all projects. */
  readonly dailyInputTokens: number;
}

/**
 * The compressor, held back by `unavailable` when it may not be asked now; the caller then compresses by rules. Its calls go
 * into the ledger, those that failed too. Whoever asks holds a lock of the operating system, from the look at what was spent until
 * the ledger has the call: whatever runs beside the worker, two calls are never in flight, and the cap is never passed by two at once.
 */
export function meterCompressor(compressor: Compressor, destination: Destination, parts: MeterParts): Compressor {
  const { ledger, breaker, clock } = parts;
  return {
    name: compressor.name,
    async compress(batch, state, signal) {
      const lock = await waitForTurn(parts, signal);
      try {
        return await askOnce(batch, state, signal);
      } finally {
        lock.release();
      }
    },
  };

  async function askOnce(...[batch, state, signal]: Parameters<Compressor['compress']>): Promise<Compression> {
    const held = reasonToHold(destination, parts, estimatePrompt(batch, state));
    if (held !== undefined) throw new MemvaultError('unavailable', held);
    const note = (usage: ReturnType<typeof readUsage>, failure?: string): void => {
      if (usage === undefined) return;
      record(parts, {
        ...usage,
        at: clock.now(),
        project: parts.project,
        provider: destination.provider,
        host: destination.host,
        batch: batch.id,
        ...(failure === undefined ? {} : { failure }),
      });
    };
    try {
      const compression = await compressor.compress(batch, state, signal);
      breaker.succeed(destination.host);
      note(compression.usage);
      return compression;
    } catch (thrown) {
      const error = toMemvaultError(thrown);
      const retryAfterMs = error.data['retryAfterMs'];
      // An answer that does not fit is the model's fault, not the endpoint's.
      if (error.code === 'unavailable')
        breaker.fail(destination.host, clock.now(), typeof retryAfterMs === 'number' ? retryAfterMs : undefined);
      note(readUsage(error.data['usage']), error.message);
      throw error;
    }
  }

  function record(to: MeterParts, spending: Parameters<Ledger['add']>[0]): void {
    try {
      ledger.add(spending);
    } catch (error) {
      to.log.error('the ledger could not be written', { message: toMemvaultError(error).message });
    }
  }
}

/** Looks again and again: the lock itself would stop everything else in this process while it waits. */
async function waitForTurn(parts: MeterParts, signal: AbortSignal | undefined): Promise<HeldLock> {
  const end = performance.now() + (parts.lockWaitMs ?? LOCK_WAIT_MS);
  for (;;) {
    const lock = takeLock(parts.callLock, 0);
    if (lock !== undefined) return lock;
    if (performance.now() >= end || signal?.aborted === true)
      throw new MemvaultError('unavailable', 'another process of yours is asking a model at this moment');
    await sleep(LOOK_AGAIN_MS);
  }
}

const LOCK_WAIT_MS = 300_000;
const LOOK_AGAIN_MS = 100;

/** Why nothing may be sent now, as a sentence; undefined when it may. */
function reasonToHold(destination: Destination, parts: MeterParts, tokens: number): string | undefined {
  const { ledger, breaker, clock, announcedFile, dailyInputTokens } = parts;
  if (!isAnnounced(announcedFile, destination))
    return `no session's start has named ${destination.host} yet; the next one does`;
  const until = breaker.closedUntil(destination.host, clock.now());
  if (until !== undefined)
    return `${destination.host} failed several times; it is asked again at ${new Date(until).toLocaleTimeString('en-GB')}`;
  const today = localDay(clock.now());
  const spent = ledger.totals({ from: today, to: today }).inputTokens;
  if (spent + tokens > dailyInputTokens)
    return `today's cap of ${dailyInputTokens.toLocaleString('en')} input tokens is reached (${spent.toLocaleString('en')} used)`;
  return undefined;
}
