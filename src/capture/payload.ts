// Reads a payload that the host gave a hook: a validated, cleaned event, or why it is not kept.

import { EVENT_VERSION } from '../model/hook-event.ts';
import type { EventOrigin, HookEvent, SessionStartEvent } from '../model/hook-event.ts';
import { filePath } from './file-detail.ts';
import { isRecord, present, readNumber, readRecord, readString } from './fields.ts';
import type { Fields } from './fields.ts';
import { startsWithMarker } from './own-run.ts';
import { promptAuthor } from './prompt-author.ts';
import { createScrub } from './scrub.ts';
import type { Scrub, ScrubContext } from './scrub.ts';
import { failureDetail, toolDetail } from './tool-detail.ts';

export interface Ignored {
  /** Why the payload is not kept. */
  readonly ignored: string;
}

const MAX_PROMPT = 16_000;
const MAX_REPLY = 16_000;
const MAX_SUMMARY = 24_000;
const MAX_SHORT = 300;
const SOURCES: readonly string[] = ['startup', 'resume', 'clear', 'compact', 'fork'];
/** Tools of memvault's own MCP server: what they answer is remembered already. */
const OWN_TOOL = /^mcp__plugin_memvault_/;
/** Tools of the host's own machinery. */
const IGNORED_TOOLS = new Set(['ToolSearch']);

/** The event of a payload; all its texts are cleaned of private spans and secrets, then cut. Never throws on any payload. */
export function parsePayload(payload: unknown, origin: EventOrigin, context: ScrubContext = {}): HookEvent | Ignored {
  if (!isRecord(payload)) return { ignored: 'not a JSON object' };
  const sessionId = readString(payload, 'session_id');
  if (sessionId === undefined || !/^[\w.:-]{1,128}$/.test(sessionId)) return { ignored: 'no session id' };
  const scrub = createScrub(context);
  const body = eventBody(payload, origin, scrub);
  if ('ignored' in body) return body;
  const event = {
    v: EVENT_VERSION,
    ...origin,
    sessionId,
    promptId: readId(payload, 'prompt_id'),
    agentId: readId(payload, 'agent_id'),
    agentType: shortText(payload, 'agent_type', scrub),
    cwd: shortText(payload, 'cwd', scrub, 1000),
    ...body,
    redactions: scrub.counts(),
  };
  return present(event) as HookEvent;
}

type Shared = keyof EventOrigin | 'v' | 'sessionId' | 'promptId' | 'agentId' | 'agentType' | 'cwd' | 'redactions';
type WithoutShared<E> = E extends HookEvent ? Omit<E, Shared> : never;
/** What an event of each type has beside the fields that all events share. */
type EventBody = WithoutShared<HookEvent> | Ignored;

function eventBody(payload: Fields, origin: EventOrigin, scrub: Scrub): EventBody {
  const name = readString(payload, 'hook_event_name');
  switch (name) {
    case 'SessionStart':
      return sessionStart(payload, scrub);
    case 'UserPromptSubmit':
      return prompt(payload, scrub);
    case 'PostToolUse':
    case 'PostToolUseFailure':
      return toolUse(payload, name === 'PostToolUse', origin, scrub);
    case 'Stop':
      return present({ type: 'stop', reply: reply(payload, scrub) });
    case 'StopFailure':
      return { type: 'stop', error: stopError(payload, scrub) };
    case 'SubagentStop':
      // The host's compaction runs as an agent without a type; its summary comes with PostCompact.
      return payload['agent_type'] === ''
        ? { ignored: 'the compaction worker' }
        : present({ type: 'subagent-stop', reply: reply(payload, scrub) });
    case 'PreCompact':
      return { type: 'pre-compact', trigger: shortText(payload, 'trigger', scrub) ?? 'unknown' };
    case 'PostCompact':
      return { type: 'post-compact', summary: scrub.text(readString(payload, 'compact_summary') ?? '', MAX_SUMMARY) };
    case 'SessionEnd':
      return { type: 'session-end', reason: shortText(payload, 'reason', scrub) ?? 'unknown' };
    default:
      return { ignored: name === undefined ? 'no event name' : `events of type ${name.slice(0, 60)} are not kept` };
  }
}

function sessionStart(payload: Fields, scrub: Scrub): EventBody {
  const source = readString(payload, 'source') ?? '';
  return present({
    type: 'session-start',
    source: (SOURCES.includes(source) ? source : 'startup') as SessionStartEvent['source'],
    model: shortText(payload, 'model', scrub),
  });
}

function prompt(payload: Fields, scrub: Scrub): EventBody {
  const text = readString(payload, 'prompt');
  if (text === undefined) return { ignored: 'a prompt without text' };
  if (startsWithMarker(text)) return { ignored: "memvault's own compression" };
  return { type: 'prompt', prompt: scrub.text(text, MAX_PROMPT), author: promptAuthor(text) };
}

function toolUse(payload: Fields, ok: boolean, origin: EventOrigin, scrub: Scrub): EventBody {
  const tool = readString(payload, 'tool_name');
  if (tool === undefined) return { ignored: 'a tool use without a tool' };
  if (OWN_TOOL.test(tool)) return { ignored: "memvault's own tool" };
  if (IGNORED_TOOLS.has(tool)) return { ignored: `uses of ${tool} are not kept` };
  const input = readRecord(payload, 'tool_input');
  const path = filePath(input);
  if (path !== undefined && scrub.isExcluded?.(path) === true) return { ignored: 'the file is excluded' };
  const detail = ok
    ? toolDetail({ tool, input, response: payload['tool_response'] }, origin, scrub)
    : failureDetail(
        { tool, input, error: readString(payload, 'error') ?? '', interrupted: payload['is_interrupt'] === true },
        origin,
        scrub,
      );
  return present({
    type: 'tool-use',
    toolUseId: readId(payload, 'tool_use_id') ?? '',
    tool: scrub.head(tool, MAX_SHORT),
    ok,
    detail,
    durationMs: readNumber(payload, 'duration_ms'),
  });
}

function reply(payload: Fields, scrub: Scrub): string | undefined {
  const text = readString(payload, 'last_assistant_message');
  return text === undefined ? undefined : scrub.text(text, MAX_REPLY);
}

function stopError(payload: Fields, scrub: Scrub): string {
  const parts = ['error', 'error_details', 'last_assistant_message'].map((name) => readString(payload, name));
  return scrub.text(parts.filter((part) => part !== undefined).join(': ') || 'unknown', 2000);
}

function readId(payload: Fields, name: string): string | undefined {
  const id = readString(payload, name);
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}

function shortText(payload: Fields, name: string, scrub: Scrub, max: number = MAX_SHORT): string | undefined {
  const text = readString(payload, name);
  return text === undefined ? undefined : scrub.head(text, max);
}
