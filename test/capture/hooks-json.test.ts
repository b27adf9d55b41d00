// hooks/hooks.json: every hook runs a built file in exec form, and what must not be lost is not asynchronous.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { approval } from '../../src/capture/approval.ts';

interface HookEntry {
  readonly type: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly timeout: number;
  readonly async?: boolean;
}
interface HookGroup {
  readonly matcher?: string;
  readonly hooks: readonly HookEntry[];
}

const { hooks } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'hooks', 'hooks.json'), 'utf8')) as {
  hooks: Record<string, readonly HookGroup[]>;
};
const entries = Object.entries(hooks).flatMap(([event, groups]) =>
  groups.flatMap((group) => group.hooks.map((hook) => ({ event, hook }))),
);

describe('hooks.json', () => {
  it('runs only built files, without a shell, with a limit of time', () => {
    for (const { event, hook } of entries) {
      expect(hook.command, event).toBe('node');
      expect(hook.args[0], event).toMatch(/^\$\{CLAUDE_PLUGIN_ROOT\}\/dist\/(?:hooks\/record|launch)\.cjs$/);
      expect(hook.timeout, event).toBeLessThanOrEqual(10);
    }
  });

  it('is asynchronous only where a later event of the same turn is not', () => {
    expect(entries.filter(({ hook }) => hook.async === true).map(({ event }) => event)).toEqual([
      'PostToolUse',
      'PostToolUseFailure',
    ]);
  });

  it('asks before the tools that the hook approves, and no others', () => {
    const matcher = new RegExp(`^(?:${hooks['PreToolUse']?.[0]?.matcher ?? ''})$`);
    for (const tool of ['search', 'timeline', 'get_observations']) {
      const tool_name = `mcp__plugin_memvault_memory__${tool}`;
      expect(matcher.test(tool_name)).toBe(true);
      expect(approval({ hook_event_name: 'PreToolUse', tool_name })).toBeDefined();
    }
    expect(matcher.test('Bash')).toBe(false);
  });
});
