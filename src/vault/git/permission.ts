// Whether a repository may hold a vault, or its memories belong into the user's personal one. Pure.

import type { GitFacts } from './facts.ts';

/**
 * A vault that is there stays in use. A new one is made only where there is no remote, or where the user's own e-mail has a
 * commit in the default branch: nobody's repository gets a folder by surprise.
 */
export function mayHoldVault(
  facts: GitFacts,
  vault: 'auto' | 'repository' | 'personal' | 'off',
  vaultExists: boolean,
): 'repository' | 'personal' {
  if (vault === 'personal' || vault === 'off') return 'personal';
  if (vault === 'repository' || vaultExists || facts.vaultInHead === 'folder') return 'repository';
  // Nothing to decide by: memories must not go where nobody can commit them.
  if (facts.problem !== undefined) return 'personal';
  return !facts.hasRemote || facts.hasOwnCommit ? 'repository' : 'personal';
}
