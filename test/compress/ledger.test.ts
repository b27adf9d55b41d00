// The ledger: sums by day, project and model, what it costs, and a broken file.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/compress/breaker.ts';
import { openLedger } from '../../src/compress/ledger.ts';
import type { Spending } from '../../src/compress/ledger.ts';
import { estimateCost } from '../../src/compress/prices.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-ledger-'));
  file = join(folder, 'private', 'ledger.sqlite');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spending = (parts: Partial<Spending> = {}): Spending => ({
  at: new Date(2026, 10, 22, 12).getTime(),
  project: '/home/dev/shop',
  model: 'claude-haiku-4-5',
  provider: 'api',
  host: 'api.anthropic.com',
  batch: 'b',
  calls: 1,
  inputTokens: 10_000,
  outputTokens: 1_000,
  ...parts,
});

describe('the ledger', () => {
  it('sums by day, by month and by project, across processes', () => {
    const ledger = openLedger(file);
    ledger.add(spending());
    ledger.add(spending({ at: new Date(2026, 10, 22, 23, 59).getTime(), project: '/home/dev/other' }));
    ledger.add(spending({ at: new Date(2026, 10, 1, 0, 1).getTime(), calls: 2 }));
    ledger.close();
    const again = openLedger(file);
    expect(again.totals({ from: '2026-11-22', to: '2026-11-22' })).toMatchObject({ calls: 2, inputTokens: 20_000 });
    expect(again.totals({ from: '2026-11-01', to: '2026-11-30' }).calls).toBe(4);
    expect(again.totals({ project: '/home/dev/other' }).calls).toBe(1);
    expect(again.rows({}).map(({ day, project }) => `${day} ${project}`)).toEqual([
      '2026-11-22 /home/dev/other',
      '2026-11-22 /home/dev/shop',
      '2026-11-01 /home/dev/shop',
    ]);
    again.close();
  });

  it('is private, and a broken file is set aside for a new one', () => {
    openLedger(file).close();
    expect(statSync(file).mode & 0o077).toBe(0);
    writeFileSync(file, 'not a database at all, but long enough to look like one '.repeat(40));
    const ledger = openLedger(file);
    ledger.add(spending());
    expect(ledger.totals({}).calls).toBe(1);
    ledger.close();
    expect(readdirSync(join(folder, 'private'))).toContain('ledger.sqlite.broken');
  });

  it('tells calls without a known price apart from money', () => {
    const ledger = openLedger(file);
    ledger.add(spending());
    ledger.add(spending({ model: 'some-local-model', calls: 3 }));
    expect(ledger.totals({})).toMatchObject({ calls: 4, unpriced: 3 });
    expect(ledger.totals({}).dollars).toBeCloseTo(0.015);
    ledger.close();
  });
});

describe('the estimate', () => {
  it('counts cached input at its own price', () => {
    const tokens = { inputTokens: 1_000_000, outputTokens: 0 };
    expect(estimateCost('claude-haiku-4-5', tokens)).toBeCloseTo(1);
    expect(estimateCost('claude-haiku-4-5', { ...tokens, cacheReadTokens: 1_000_000 })).toBeCloseTo(0.1);
    expect(estimateCost('global.anthropic.claude-haiku-4-5-20251001-v1:0', tokens)).toBeCloseTo(1);
    expect(estimateCost('llama', tokens)).toBeUndefined();
  });
});

describe('the breaker', () => {
  it('opens after three failures in a row, for longer each time, and closes with a success', () => {
    const breaker = createBreaker();
    breaker.fail('h', 0);
    breaker.fail('h', 0);
    expect(breaker.closedUntil('h', 1)).toBeUndefined();
    breaker.fail('h', 0);
    expect(breaker.closedUntil('h', 1)).toBe(60_000);
    expect(breaker.closedUntil('other', 1)).toBeUndefined();
    breaker.fail('h', 60_000);
    expect(breaker.closedUntil('h', 60_001)).toBe(180_000);
    breaker.succeed('h');
    expect(breaker.closedUntil('h', 60_001)).toBeUndefined();
  });

  it('waits as long as the server asks, within an hour', () => {
    const breaker = createBreaker();
    breaker.fail('h', 0, 30_000);
    expect(breaker.closedUntil('h', 1)).toBe(30_000);
    breaker.fail('h', 0, 86_400_000);
    expect(breaker.closedUntil('h', 1)).toBe(3_600_000);
  });
});
