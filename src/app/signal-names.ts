// Names of ranking signals as settings and commands give them.

import { RANKING_SIGNALS } from '../model/search.ts';
import type { RankingSignal } from '../model/search.ts';

/** Those of the names that are signals. */
export function readSignalNames(names: readonly string[]): readonly RankingSignal[] {
  return RANKING_SIGNALS.filter((signal) => names.includes(signal));
}
