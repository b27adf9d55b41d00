// Stands in the place of seldom.ts in the capture hook: the seldom rules are a file beside it, loaded where a text may need one.

import { gateText } from './credentials/gate.ts';
import type { SeldomRules } from './seldom.ts';

/** A name alone: the builder must not take the file in. */
const FILE = './capture-seldom.cjs';

/**
 * Throws when the file is missing, broken or of another build, since a text that may hold a secret must not pass without them: the
 * redactor drops what it cannot check.
 */
export function seldomRules(): SeldomRules {
  const rules = require(FILE) as SeldomRules;
  if (rules.gate !== gateText()) throw new Error(`${FILE} is of another build`);
  return rules;
}

/** Never: a hook asks the gate. */
export function rulesAtHand(): SeldomRules | undefined {
  return undefined;
}
