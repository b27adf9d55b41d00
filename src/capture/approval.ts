// Approves memvault's own read-only MCP tools, which the host would otherwise ask about or refuse.

import { isRecord } from './fields.ts';

const READ_ONLY = /^mcp__plugin_memvault_[A-Za-z0-9-]+__(?:search|timeline|get_observations|recall_file|decisions)$/;

/** The answer to a PreToolUse payload of such a tool, as JSON for stdout; undefined for everything else: the host decides. */
export function approval(payload: unknown): string | undefined {
  if (!isRecord(payload) || payload['hook_event_name'] !== 'PreToolUse') return undefined;
  const tool = payload['tool_name'];
  if (typeof tool !== 'string' || !READ_ONLY.test(tool)) return undefined;
  return JSON.stringify({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
      permissionDecisionReason: 'reads memories of this repository, changes nothing',
    },
  });
}
