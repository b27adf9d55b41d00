// The second look for secrets by this user's word, for the worker and for commands that publish.

import type { Logger } from '../model/ports.ts';
import { redactionPolicyOf } from '../system/capture-rules.ts';
import type { DataPaths } from '../system/paths.ts';
import { createSecondLook } from '../system/redaction/second-look.ts';
import type { SecondLook } from '../system/redaction/second-look.ts';

/** What the user allows while it is open counts too. */
export function openSecondLook(paths: DataPaths, log: Pick<Logger, 'warn'>): SecondLook {
  return createSecondLook({ log, isAllowed: (text) => redactionPolicyOf(paths, []).isAllowed(text) });
}
