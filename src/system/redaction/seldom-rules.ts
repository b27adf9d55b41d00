// Rules that few texts have a hint of. A hook has them in a file of its own, and loads it only where a text may need one.

import { CREDENTIAL_RULES } from './credentials/all.ts';
import { gateText } from './credentials/gate.ts';
import { makeLiteralScan } from './literals.ts';
import type { LiteralScan } from './literals.ts';
import { applyRules } from './rule.ts';
import type { Find } from './rule.ts';

export { findInserted } from './inserted.ts';
export { findKubernetesSecrets } from './kubernetes-secrets.ts';
export { findPrivateKeys } from './private-keys.ts';

/** The gate that these rules were built with: a file of rules beside another gate might leave something unfound. */
export const gate = gateText();

let scan: LiteralScan | undefined;

/** All rules of credentials in their order, the common ones too. `lower` is the text in lower case. */
export function findCredentials(text: string, lower: string, find: Find): void {
  scan ??= makeLiteralScan(() => CREDENTIAL_RULES.flatMap((rule) => rule.hints), []);
  applyRules(text, lower, CREDENTIAL_RULES, scan(lower), find);
}
