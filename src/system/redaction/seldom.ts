// Where the seldom rules come from: here they are part of what is loaded anyway. The capture hook is built with seldom-beside.ts in this place.

import * as rules from './seldom-rules.ts';

export type SeldomRules = typeof rules;

export function seldomRules(): SeldomRules {
  return rules;
}

/** The rules, where having them costs nothing: then no gate is asked first. */
export function rulesAtHand(): SeldomRules | undefined {
  return rules;
}
