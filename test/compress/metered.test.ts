// What holds for every call to a model, whoever makes it: one at a time, within the cap, and all of them in the ledger.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/compress/breaker.ts';
import { noteAnnounced } from '../../src/compress/destination.ts';
import type { Destination } from '../../src/compress/destination.ts';
import { openLedger } from '../../src/compress/ledger.ts';
import { meterCompressor } from '../../src/compress/metered.ts';
import type { MeterParts } from '../../src/compress/metered.ts';
import type { Compressor } from '../../src/model/ports.ts';
import { takeLock } from '../../src/system/lock.ts';
import { silentLog } from '../../src/system/log.ts';
import { NOTHING_KNOWN, wordyBatch } from '../contracts/compressor.ts';

const destination: Destination = { provider: 'api', host: 'api.example', account: 'settings' };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-meter-'));
  noteAnnounced(join(folder, 'announced.json'), destination, '2026-11-22T14:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('two that ask at once', () => {
  it('are asked one after the other, though neither knows of the other', async () => {
    const flight = { now: 0, most: 0, calls: 0 };
    const both = [meter(flight, {}), meter(flight, {})];
    const answers = await Promise.all(both.flatMap((one) => [one.ask(), one.ask()]));
    expect(answers.map(({ by }) => by)).toEqual(['api', 'api', 'api', 'api']);
    expect(flight).toEqual({ now: 0, most: 1, calls: 4 });
    expect(both[0]?.ledger.totals({}).calls).toBe(4);
    for (const { ledger } of both) ledger.close();
  });

  it('do not pass the cap together', async () => {
    const flight = { now: 0, most: 0, calls: 0 };
    // Room for one call of 9,000 tokens and not for a second one.
    const both = [meter(flight, { dailyInputTokens: 10_000 }), meter(flight, { dailyInputTokens: 10_000 })];
    const outcomes = await Promise.allSettled(both.map((one) => one.ask()));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(flight.calls).toBe(1);
    for (const { ledger } of both) ledger.close();
  });

  it('do not wait for ever: rules do it, and the endpoint is not to blame', async () => {
    const flight = { now: 0, most: 0, calls: 0 };
    const lock = takeLock(join(folder, 'call.lock'), 0);
    const { ask, ledger, breaker } = meter(flight, { lockWaitMs: 0 });
    for (let time = 0; time < 4; time++)
      await expect(ask()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('another process') as unknown,
      });
    expect(breaker.closedUntil(destination.host, 0)).toBeUndefined();
    lock?.release();
    expect((await ask()).by).toBe('api');
    expect(flight.calls).toBe(1);
    ledger.close();
  });
});

/** A meter of its own, as another process would have it: only files are shared. */
function meter(flight: { now: number; most: number; calls: number }, parts: Partial<MeterParts>) {
  const ledger = openLedger(join(folder, 'ledger.sqlite'));
  const breaker = createBreaker();
  const model: Compressor = {
    name: 'api',
    async compress() {
      flight.most = Math.max(flight.most, ++flight.now);
      flight.calls++;
      await new Promise((resolve) => setImmediate(resolve));
      flight.now--;
      const usage = { calls: 1, model: 'm', inputTokens: 9_000, outputTokens: 10 };
      return { observations: [], by: 'api', usage };
    },
  };
  const metered = meterCompressor(model, destination, {
    ledger,
    breaker,
    clock: { now: () => 0 },
    log: silentLog,
    project: '/home/dev/shop',
    announcedFile: join(folder, 'announced.json'),
    callLock: join(folder, 'call.lock'),
    dailyInputTokens: 1_000_000,
    ...parts,
  });
  return { ledger, breaker, ask: () => metered.compress(wordyBatch(), NOTHING_KNOWN) };
}
