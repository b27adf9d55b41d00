// What compression has spent today and this month, and whether the day's cap is reached.

import { existsSync } from 'node:fs';
import type { Clock } from '../model/ports.ts';
import type { Spent, VaultStatus } from '../model/status.ts';
import type { DataPaths } from '../system/paths.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { INPUT_BUDGET_TOKENS } from './input-budget.ts';
import { localDay, openLedger } from './ledger.ts';
import { estimateCost } from './prices.ts';

const NOTHING: Spent = { calls: 0, inputTokens: 0, outputTokens: 0, dollars: 0, unpriced: 0 };

/** What was spent today and this month, and whether the day's cap leaves no room for one more batch. */
export function readSpending(
  settings: SettingValues,
  { paths, clock }: { readonly paths: DataPaths; readonly clock: Clock },
): NonNullable<VaultStatus['compression']['spending']> {
  const dailyInputTokens = settings['compress.dailyInputTokens'];
  const capDollars = estimateCost(settings.model, { inputTokens: dailyInputTokens, outputTokens: 0 });
  const cap = { dailyInputTokens, ...(capDollars === undefined ? {} : { capDollars }) };
  // Looking makes no file.
  if (!existsSync(paths.ledgerFile)) return { today: NOTHING, month: NOTHING, ...cap, isCapReached: false };
  const ledger = openLedger(paths.ledgerFile);
  try {
    const today = localDay(clock.now());
    const spent = ledger.totals({ from: today, to: today });
    return {
      today: spent,
      month: ledger.totals({ from: `${today.slice(0, 7)}-01`, to: today }),
      ...cap,
      isCapReached: spent.inputTokens + INPUT_BUDGET_TOKENS > dailyInputTokens,
    };
  } finally {
    ledger.close();
  }
}
