// Which shell commands count as a push.

import { describe, expect, it } from 'vitest';
import { isPushCommand } from '../../src/capture/push-command.ts';

describe('isPushCommand', () => {
  it.each([
    'git push',
    'git push -u origin feature',
    'git add -A && git commit -m "x" && git push',
    'git -C /repo -c push.default=current push origin HEAD',
    'cd /repo; git push --force-with-lease',
    'gh pr create --fill',
    '(git push)',
  ])('knows %s', (command) => {
    expect(isPushCommand(command)).toBe(true);
  });

  it.each([
    'git status',
    'git stash push',
    'git pushx',
    'echo digit push',
    'gh pr view',
    'gh pr created',
    'npm run push',
  ])('lets %s pass', (command) => {
    expect(isPushCommand(command)).toBe(false);
  });

  it('looks at a hostile command for a moment only', () => {
    const before = performance.now();
    expect(isPushCommand(`git ${'-a b '.repeat(800)}`)).toBe(false);
    expect(isPushCommand(`${'git -c a=b '.repeat(10_000)}push`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
