// Rules that few texts have a hint of. A hook has them in a file of its own, and loads it only where a text may need one.

import { CREDENTIAL_RULES } from './credentials/all.ts';
import { gateText } from './credentials/gate.ts';
import { makeLiteralScan } from './literals.ts';
import type { LiteralScan, Literals } from './literals.ts';
import { applyRules } from './rule.ts';
import type { Find } from './rule.ts';

export { findInserted } from './inserted.ts';
export { findKubernetesSecrets } from './kubernetes-secrets.ts';
export { findPrivateKeys } from './private-keys.ts';

/** The gate that these rules were built with: a file of rules beside another gate might leave something unfound. */
export const gate = gateText();

let scan: LiteralScan | undefined;

/** The literals that a scan must know for `findCredentials`. */
export function hints(): readonly string[] {
  return CREDENTIAL_RULES.flatMap((rule) => rule.hints);
}

/**
 * All rules of credentials in their order, the frequent ones too. `lower` is the text in lower case, `literals` what it holds of `hints`;
 * looked up here when left out.
 */
export function findCredentials(text: string, lower: string, find: Find, literals?: Literals): void {
  applyRules(text, lower, CREDENTIAL_RULES, literals ?? (scan ??= makeLiteralScan(hints, []))(lower), find);
}
