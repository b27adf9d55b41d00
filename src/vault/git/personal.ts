// Makes the small repository of a personal vault: memvault's own, so nobody's identity, hooks or signing key is asked for.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { VaultPlace } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { newVaultFiles } from './survey.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment } from './runner.ts';

/** Only where the user has no name and e-mail of his own. */
const IDENTITY = { name: 'memvault', email: 'memvault@localhost' } as const;
const MODES = { mode: 0o600, folderMode: 0o700 } as const;

/**
 * Makes the repository and its first commit with the fixed files, or finishes what a crash left undone; does nothing when it
 * is there. Throws `unavailable` when git is missing or fails.
 */
export async function initPersonal(place: VaultPlace, options: { readonly env?: Environment } = {}): Promise<void> {
  mkdirSync(place.root, { recursive: true, mode: 0o700 });
  const git = openGit(place.root, options);
  if (!existsSync(join(place.root, '.git', 'HEAD'))) await git.run(['init', '-q', '-b', 'main', '--template=']);
  const head = await git.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes: [0, 1, GIT_FATAL] });
  if (head.code === 0) return;
  const known = await git.run(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], {
    okCodes: [0, 1, GIT_FATAL],
  });
  if (known.code !== 0) {
    await git.run(['config', '--local', 'user.name', IDENTITY.name]);
    await git.run(['config', '--local', 'user.email', IDENTITY.email]);
  }
  await git.run(['config', '--local', 'commit.gpgsign', 'false']);
  const files = newVaultFiles();
  for (const { vaultPath, bytes } of files) {
    const file = join(place.root, vaultPath);
    mkdirSync(dirname(file), { recursive: true, mode: MODES.folderMode });
    if (!existsSync(file)) writeFileAtomic(file, bytes, MODES);
  }
  // A person's own ignore rules are about other repositories.
  await git.run(['add', '-f', '--', ...files.map((file) => file.vaultPath)]);
  await git.run(['commit', '-q', '--no-verify', '--no-gpg-sign', '-m', 'chore(memory): make the personal vault']);
}
