// Which shell commands count as a push, and from which folders they push.

import { describe, expect, it } from 'vitest';
import { pushFolders } from '../../src/capture/push-command.ts';

describe('pushFolders', () => {
  it.each([
    'git push',
    'git push -u origin feature',
    'git add -A && git commit -m "x" && git push',
    'git -c push.default=current push origin HEAD',
    'git --no-pager push',
    'git \\\n  push',
    '/usr/bin/git push',
    'git.exe push',
    'gh pr create --fill',
    'gh pr new',
    'gh -R owner/name pr create',
    '(git push)',
    'GIT_TRACE=1 git push',
    'env A=b git push',
    'timeout 60 git push',
    'bash -c "git push"',
    "sh -ec 'true; git push'",
    'if git diff --quiet; then git push; fi',
    'for remote in a b; do git push $remote; done',
    'git push 2>&1 | tail -3',
    'sleep 1 & git push',
    'OUT=$(git push 2>&1); echo $OUT',
    'git push "$(git remote)" ${BRANCH}',
  ])('knows %s', (command) => {
    expect(pushFolders(command, '/repo')).toEqual(['/repo']);
  });

  it.each([
    'git status',
    'git stash push',
    'git subtree push --prefix x origin main',
    'git commit -qam "git push it"',
    'git log -- push',
    'git pushx',
    'echo digit push',
    'gh pr view',
    'gh pr created',
    'gh pr checks --watch',
    'npm run push',
    'echo $(date)',
    '',
  ])('lets %s pass', (command) => {
    expect(pushFolders(command, '/repo')).toEqual([]);
  });

  it.each([
    ['cd /other && git push', ['/other']],
    ['cd sub; git push', ['/repo/sub']],
    ['git -C ../tree push', ['/tree']],
    ['git -C .. -C tree push', ['/tree']],
    ['git -C "/with blank" push', ['/with blank']],
    ["cd '/with blank' && git push", ['/with blank']],
    ['cd /with\\ blank && git push', ['/with blank']],
    ['git --work-tree=/tree push', ['/tree']],
    ['(cd /other && git push); git push', ['/other', '/repo']],
    ['cd /other && gh pr create', ['/other']],
    ['cd /a && git push && cd /b && git push && gh pr create', ['/a', '/b']],
    ['bash -c "cd /other && git push"', ['/other']],
    ['pushd /other && git push', ['/other']],
    // Where only the shell knows the folder, the one before stands.
    ['cd "$DIR" && git push', ['/repo']],
    ['git -C $(pwd) push', ['/repo']],
    ['cd ~/x && git push', ['/repo']],
    ['cd - && git push', ['/repo']],
  ])('%s pushes from %j', (command, folders) => {
    expect(pushFolders(command, '/repo')).toEqual(folders);
  });

  it('looks at a hostile command for a moment only', () => {
    const before = process.cpuUsage();
    expect(pushFolders(`git ${'-a b '.repeat(700)}`, '/repo')).toEqual([]);
    expect(pushFolders(`${'git -c a=b '.repeat(10_000)}push`, '/repo')).toEqual([]);
    expect(pushFolders('bash -c "'.repeat(400), '/repo')).toEqual([]);
    expect(pushFolders(`${'('.repeat(3_900)}git push`, '/repo')).toEqual(['/repo']);
    expect(pushFolders(`${'$('.repeat(1_900)}git push`, '/repo')).toEqual([]);
    // Microseconds of the processor's, whatever else it does.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
