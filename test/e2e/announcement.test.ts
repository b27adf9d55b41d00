// The start hook names where events are sent, once, before anything is sent; as a process, with what the host gives it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';

const RECALL = join(import.meta.dirname, '../../hooks/recall.ts');

it('names host and account at the first start, not at the second, and again for another destination', async () => {
  const replay = openReplay({
    CLAUDE_MEM_PROVIDER: 'auto',
    ANTHROPIC_API_KEY: 'sk-test-of-the-session',
    PATH: '/usr/bin:/bin',
  });
  const start = (env: Readonly<Record<string, string>> = {}): string =>
    execFileSync(process.execPath, [RECALL], {
      env: { ...replay.env, ...env },
      input: JSON.stringify({ session_id: 's1', source: 'startup', cwd: replay.root }),
      encoding: 'utf8',
    });
  try {
    const first = JSON.parse(start()) as { readonly systemMessage: string };
    expect(first.systemMessage).toContain('api.anthropic.com with the API key of your session');
    expect(first).not.toHaveProperty('hookSpecificOutput');
    expect(start()).toBe('');
    expect(start({ ANTHROPIC_BASE_URL: 'https://gateway.example/v1' })).toContain('gateway.example');
    expect(start({ ANTHROPIC_BASE_URL: 'https://third.example', CLAUDE_MEM_OFFLINE: '1' })).toBe('');
    expect(start()).not.toContain('sk-test');
  } finally {
    await replay.remove();
  }
});
