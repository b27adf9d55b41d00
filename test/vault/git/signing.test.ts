// Where commits are signed, ours is signed or not made.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory, userWork } from '../../support/publishing.ts';

function signingRepo(program: string): TestRepo {
  const repo = makeRepo();
  const gpg = join(repo.home, 'gpg');
  repo.write('../home/gpg', `#!/bin/sh\n${program}\n`);
  chmodSync(gpg, 0o755);
  repo.git('config', 'commit.gpgsign', 'true');
  repo.git('config', 'gpg.program', gpg);
  putMemory(placeOf(repo), 'one');
  return repo;
}

const SIGNS =
  'cat > /dev/null; printf "\n[GNUPG:] SIG_CREATED \n" >&2; echo "-----BEGIN PGP SIGNATURE-----"; echo "-----END PGP SIGNATURE-----"';

describe('publish where commits are signed', () => {
  it('signs at a session’s end', async () => {
    const repo = signingRepo(SIGNS);
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expect(repo.git('cat-file', 'commit', 'HEAD')).toContain('BEGIN PGP SIGNATURE');
    repo.dispose();
  });

  it('does not even ask for the key in the middle of the day', async () => {
    const repo = signingRepo(`touch "$HOME/asked"; ${SIGNS}`);
    expect(await publishIn(repo, { atSessionEnd: false, quietMs: 0 })).toMatchObject({ held: 1, reason: 'signing' });
    expect(repo.tryGit('hash-object', join(repo.home, 'asked')).code).toBe(128);
    repo.dispose();
  });

  it('ends a signing program that waits for somebody, and leaves no trace', async () => {
    const repo = signingRepo('sleep 600 & echo $! > "$HOME/waiting"; wait');
    const before = [repo.head(), userWork(repo), repo.status()];
    const started = performance.now();
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'signing' });
    expect(performance.now() - started).toBeLessThan(120_000);
    expect([repo.head(), userWork(repo), repo.status()]).toEqual(before);
    const pid = Number(repo.git('cat-file', 'blob', repo.git('hash-object', '-w', join(repo.home, 'waiting'))));
    await expect
      .poll(() => repo.tryGit('-c', `alias.alive=!kill -0 ${pid}`, 'alive').code, { timeout: 60_000 })
      .not.toBe(0);
    repo.dispose();
  });
});
