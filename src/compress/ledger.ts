// The ledger: what compression asked of models and what that cost, by day, project and model; on this user's side only.

import type { Spent } from '../model/status.ts';
import { openPrivateDatabase } from '../system/private-database.ts';
import { estimateCost } from './prices.ts';
import type { TokenCounts } from './prices.ts';

/** The calls of one batch to one model. */
export interface Spending extends TokenCounts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absolute path of the project. */
  readonly project: string;
  readonly model: string;
  /** `api`, `cli`, `bedrock` or `vertex`. */
  readonly provider: string;
  /** Where it went. */
  readonly host: string;
  readonly batch: string;
  readonly calls: number;
  /** Why the calls gave nothing. */
  readonly failure?: string;
}

export interface LedgerFilter {
  /** Local days, `YYYY-MM-DD`, inclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly project?: string;
}

export interface LedgerRow extends Spent {
  readonly day: string;
  readonly project: string;
  readonly model: string;
}

export interface Ledger {
  add(spending: Spending): void;
  totals(filter: LedgerFilter): Spent;
  /** One row for each day, project and model, the newest day first. */
  rows(filter: LedgerFilter): readonly LedgerRow[];
  close(): void;
}

const SCHEMA = `
CREATE TABLE spending (
  at INTEGER NOT NULL, day TEXT NOT NULL, project TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL,
  host TEXT NOT NULL, batch TEXT NOT NULL, calls INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
  dollars REAL, failure TEXT
);
CREATE INDEX spending_day ON spending (day)`;

const SUMS = `
  coalesce(sum(calls), 0) AS calls, coalesce(sum(input_tokens), 0) AS inputTokens,
  coalesce(sum(output_tokens), 0) AS outputTokens, coalesce(sum(dollars), 0) AS dollars,
  coalesce(sum(CASE WHEN dollars IS NULL THEN calls ELSE 0 END), 0) AS unpriced`;
const WHERE = `WHERE day >= ? AND day <= ? AND (? = '' OR project = ?)`;

/** The ledger's file, made when it is not there. Throws `unavailable` when the folder cannot be written. */
export function openLedger(file: string): Ledger {
  const database = openPrivateDatabase(file, { schema: SCHEMA, version: 1 });
  const bounds = (filter: LedgerFilter): readonly [string, string, string, string] => [
    filter.from ?? '',
    filter.to ?? '9999',
    filter.project ?? '',
    filter.project ?? '',
  ];
  return {
    add(spending) {
      database
        .prepare('INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          spending.at,
          localDay(spending.at),
          spending.project,
          spending.model,
          spending.provider,
          spending.host,
          spending.batch,
          spending.calls,
          spending.inputTokens,
          spending.outputTokens,
          spending.cacheWriteTokens ?? 0,
          spending.cacheReadTokens ?? 0,
          estimateCost(spending.model, spending) ?? null,
          spending.failure ?? null,
        );
    },
    totals: (filter) =>
      database.prepare(`SELECT ${SUMS} FROM spending ${WHERE}`).get(...bounds(filter)) as unknown as Spent,
    rows: (filter) =>
      database
        .prepare(
          `SELECT day, project, model, ${SUMS} FROM spending ${WHERE} GROUP BY day, project, model ORDER BY day DESC, dollars DESC`,
        )
        .all(...bounds(filter)) as unknown as readonly LedgerRow[],
    close: () => database.close(),
  };
}

/** The day as people on this machine call it, `YYYY-MM-DD`. */
export function localDay(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
