// Payloads as the host sends them: every recorded one, and whatever else may come.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePayload } from '../../src/capture/payload.ts';
import { promptAuthor } from '../../src/capture/prompt-author.ts';
import type { HookEvent } from '../../src/model/hook-event.ts';
import { ORIGIN, parseKept, payloadNames, readPayload, readSession } from './payloads.ts';

const FAKE_SECRETS = [
  ['AKIAIOSFODNN7', 'EXAMPLE'].join(''),
  ['wJalrXUtnFEMI/', 'K7MDENG'].join(''),
  'not-a-real-password',
  ['ghp_FAKE', 'fakeFAKE'].join(''),
  'fake-signing-key-0123456789abcdef',
];
const PRIVATE_WORDS = ['Globex', 'jane.roe', '480k', 'correct-horse-battery'];

describe('parsePayload on recorded payloads', () => {
  it('keeps the wanted events of each type and ignores the others, with a reason', () => {
    const told = payloadNames('events').map((name) => {
      const event = parsePayload(readPayload(`events/${name}`), ORIGIN);
      return `${name}: ${'ignored' in event ? `ignored, ${event.ignored}` : event.type}`;
    });
    expect(told).toMatchSnapshot();
  });

  it('makes the events of a session in order', () => {
    const types = (name: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const payload of readSession(name)) {
        const event = parsePayload(payload, ORIGIN);
        if (!('ignored' in event)) counts[event.type] = (counts[event.type] ?? 0) + 1;
      }
      return counts;
    };
    expect(types('session-auth-race')).toEqual({
      'session-start': 2,
      prompt: 6,
      'tool-use': 30,
      stop: 5,
      'subagent-stop': 1,
      'pre-compact': 1,
      'post-compact': 1,
      'session-end': 1,
    });
    expect(types('session-auth-followup')).toMatchObject({ 'session-start': 1, 'session-end': 1 });
  });

  it('writes nothing private or secret of a session', () => {
    const events = readSession('session-auth-race').map((payload) => JSON.stringify(parsePayload(payload, ORIGIN)));
    for (const word of [...FAKE_SECRETS, ...PRIVATE_WORDS])
      expect(
        events.filter((event) => event.includes(word)),
        word,
      ).toEqual([]);
    const counts = readSession('session-auth-race').flatMap((payload) => {
      const event = parsePayload(payload, ORIGIN);
      return 'ignored' in event || event.redactions === undefined ? [] : [event.redactions];
    });
    expect(counts).toEqual([{ private: 1 }, { secret: 2 }, { private: 1 }]);
  });

  it('says who wrote a prompt', () => {
    const author = (name: string): unknown => {
      const event = parseKept(readPayload(`events/UserPromptSubmit.${name}.json`));
      return event.type === 'prompt' ? event.author : event.type;
    };
    expect(author('plain')).toBe('user');
    expect(author('private-tag')).toBe('user');
    expect(author('slash-command')).toBe('command');
    expect(author('task-notification')).toBe('notification');
    expect(promptAuthor('/home/dev/acme-api/src/auth.js is broken')).toBe('user');
    expect(promptAuthor('<command-name>/init</command-name>')).toBe('command');
    expect(promptAuthor('  <local-command-stdout>x</local-command-stdout>')).toBe('notification');
    expect(promptAuthor('<div> is not closed, see /tmp')).toBe('user');
  });

  it('keeps what a subagent did as its own', () => {
    expect(parseKept(readPayload('tools/Bash.in-subagent.json'))).toMatchObject({
      agentId: 'a4558f80303c1ca7a',
      agentType: 'Explore',
    });
    expect(parsePayload(readPayload('events/SubagentStop.compaction.json'), ORIGIN)).toEqual({
      ignored: 'the compaction worker',
    });
  });

  it('takes the closing reply of a turn, or its error', () => {
    expect(parseKept(readPayload('events/Stop.plain.json'))).toMatchObject({
      type: 'stop',
      reply: expect.stringMatching(/^Not the same bug\./) as string,
    });
    const failed = parseKept(readPayload('events/StopFailure.json'));
    expect(failed).toMatchObject({ type: 'stop', error: 'unknown: API Error: 400 scripted: prompt is not acceptable' });
    expect(failed).not.toHaveProperty('reply');
    expect(parseKept(readPayload('events/PostCompact.auto.json'))).toMatchObject({
      type: 'post-compact',
      summary: expect.stringContaining('FAKE-COMPACT-SUMMARY') as string,
    });
  });
});

describe('parsePayload', () => {
  const base = { session_id: 's-1', cwd: '/home/dev/acme-api' };

  it("ignores memvault's own tools and its own compression", () => {
    const tool = { ...base, hook_event_name: 'PostToolUse', tool_name: 'mcp__plugin_memvault_memory__search' };
    expect(parsePayload(tool, ORIGIN)).toEqual({ ignored: "memvault's own tool" });
    expect(parsePayload({ ...tool, tool_name: 'mcp__plugin_other_mem__search' }, ORIGIN)).toMatchObject({
      type: 'tool-use',
    });
    expect(
      parsePayload({ ...base, hook_event_name: 'UserPromptSubmit', prompt: 'memvault-compress: turn 1' }, ORIGIN),
    ).toEqual({ ignored: "memvault's own compression" });
  });

  it.each([
    [undefined, 'not a JSON object'],
    [[], 'not a JSON object'],
    ['text', 'not a JSON object'],
    [{}, 'no session id'],
    [{ session_id: '../../etc' }, 'no session id'],
    [{ session_id: 's' }, 'no event name'],
    [{ session_id: 's', hook_event_name: 'UserPromptSubmit' }, 'a prompt without text'],
    [{ session_id: 's', hook_event_name: 'PostToolUse' }, 'a tool use without a tool'],
  ])('ignores %j', (payload, ignored) => {
    expect(parsePayload(payload, ORIGIN)).toEqual({ ignored });
  });

  it('keeps long texts at both ends and says how much is missing', () => {
    const event = parseKept({
      ...base,
      hook_event_name: 'UserPromptSubmit',
      prompt: `begin ${'lorem ipsum '.repeat(5000)}end`,
    });
    if (event.type !== 'prompt') throw new Error(event.type);
    expect(event.prompt).toMatch(/^begin[^]+\[… \d+ characters cut …\][^]+end$/);
    expect(event.prompt.length).toBeLessThan(16_200);
  });

  it('finds a secret that stands where a text is cut', () => {
    const secret = ['gh', 'p_', 'k3Y9'.repeat(9)].join('');
    for (const before of [9_590, 9_600, 15_990, 262_130, 229_100]) {
      const prompt = `${'x '.repeat(before / 2)}${secret} ${'y '.repeat(200_000)}`;
      const text = JSON.stringify(parseKept({ ...base, hook_event_name: 'UserPromptSubmit', prompt }));
      expect(text, String(before)).not.toMatch(/k3Y9k3Y9/);
    }
  });

  it('takes any JSON value without throwing', () => {
    const names = [
      'SessionStart',
      'UserPromptSubmit',
      'PostToolUse',
      'PostToolUseFailure',
      'Stop',
      'StopFailure',
      'SubagentStop',
      'PreCompact',
      'PostCompact',
      'SessionEnd',
    ];
    const tools = [
      'Bash',
      'Edit',
      'MultiEdit',
      'Write',
      'Read',
      'Grep',
      'Glob',
      'Agent',
      'TaskCreate',
      'TaskList',
      'TodoWrite',
      'WebFetch',
      'WebSearch',
      'NotebookEdit',
      'mcp__x__y',
      'Odd',
    ];
    const any = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(...tools),
        any,
        any,
        any,
        (hook_event_name, tool_name, tool_input, tool_response, other) => {
          const event = parsePayload(
            {
              session_id: 's',
              hook_event_name,
              tool_name,
              tool_input,
              tool_response,
              prompt: other,
              error: other,
              source: other,
              last_assistant_message: other,
              compact_summary: other,
            },
            ORIGIN,
          );
          const isIgnored = 'ignored' in event;
          expect(isIgnored || (event satisfies HookEvent).v === 1).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
