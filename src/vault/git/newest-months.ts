// Keeps only the newest months of a large vault repository checked out; the history and the rest stay with the host.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { GitRunner } from './runner.ts';

const KEY = 'memvault.months';

/** From now on so many months are checked out, and contents are fetched only when they are needed. */
export async function limitToMonths(git: GitRunner, months: number, now: number): Promise<void> {
  await git.run(['config', '--local', KEY, String(months)]);
  await git.run(['config', '--local', 'extensions.partialClone', 'origin']);
  await git.run(['config', '--local', 'remote.origin.promisor', 'true']);
  await git.run(['config', '--local', 'remote.origin.partialclonefilter', 'blob:none']);
  await keepNewestMonths(git, now);
}

/** Moves the window on as months pass; does nothing where all are checked out. */
export async function keepNewestMonths(git: GitRunner, now: number): Promise<void> {
  const known = await git.run(['config', '--local', '--get', KEY], { okCodes: [0, 1] });
  const months = Number(known.text);
  if (!Number.isInteger(months) || months < 1) return;
  const folders = monthFolders(months, now)
    .map((folder) => `${folder}\n`)
    .join('');
  // The patterns are folders of ours; set --cone also makes the checkout sparse the first time.
  await git.run(['sparse-checkout', 'set', '--cone', '--stdin'], {
    stdin: folders,
    env: { GIT_NO_LAZY_FETCH: '0' },
    timeoutMs: 120_000,
  });
}

/** The folders of the last months, the running one and the next: a clock may be ahead. Pure. */
export function monthFolders(months: number, now: number): string[] {
  const today = new Date(now);
  return Array.from({ length: months + 1 }, (_, back) => {
    const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1 - back, 1));
    const path = `${month.getUTCFullYear()}/${String(month.getUTCMonth() + 1).padStart(2, '0')}`;
    return [`${VAULT_FOLDER}/memories/${path}`, `${VAULT_FOLDER}/sessions/${path}`];
  }).flat();
}
