// Whether the user sends the vault through a filter of Git's, such as one that encrypts: what memvault writes would go past it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { GitRunner } from './runner.ts';

const MEMORY = 'memories/2026/01/01-probe-000000000000.md';
/** Beside the vault, with the same name but for the dot: what holds for all Markdown holds here as well. */
const BESIDE = VAULT_FOLDER.replace('.', 'not-');

/**
 * The name of the filter that memories would go through when they are added by hand; undefined when there is none. A vault's own
 * `.gitattributes` takes it out of what is said of all Markdown, so in a new vault only a filter that is meant for it counts, and
 * one that nothing overrides.
 */
export async function findVaultFilter(
  git: GitRunner,
  commonDir: string,
  settings: ReadonlyMap<string, string>,
  isNew: boolean,
): Promise<string | undefined> {
  if (![...settings.keys()].some(isDriver)) return undefined;
  const paths = [VAULT_FOLDER, BESIDE].map((folder) => `${folder}/${MEMORY}`);
  const asked = await git.run(['check-attr', '-z', 'filter', '--', ...paths]);
  const [, , name = '', , , beside] = asked.text.split('\0');
  const isSet = ['clean', 'process'].some((driver) => settings.has(`filter.${name}.${driver}`));
  if (!isSet) return undefined;
  return isNew && name === beside && !namesFilter(commonDir) ? undefined : name;
}

function isDriver(key: string): boolean {
  return /^filter\..+\.(?:clean|process)$/.test(key);
}

/** Of all places that name attributes only this one comes before the vault's. */
function namesFilter(commonDir: string): boolean {
  try {
    return /\sfilter=/.test(readFileSync(join(commonDir, 'info', 'attributes'), 'utf8'));
  } catch {
    return false;
  }
}
