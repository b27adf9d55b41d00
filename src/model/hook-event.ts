// A hook event: one validated and redacted payload of a Claude Code hook, as it lies in the spool.

/** Bumped when the shape below changes; a worker sends other versions to the dead letters. */
export const EVENT_VERSION = 1;

/** Where an event came from: set by memvault's hook, not by the payload. */
export interface EventOrigin {
  /** `<milliseconds>-<pid>-<8 hex>`, unique, sorts by time. */
  readonly id: string;
  /** UTC with milliseconds. */
  readonly at: string;
  /** Absolute path from CLAUDE_PROJECT_DIR (never from the payload's cwd). */
  readonly project: string;
  /** Git top level that holds the project, absent outside Git. */
  readonly worktree?: string;
  /** Absolute Git common directory of the clone, absent outside Git. */
  readonly commonDir?: string;
  /** Random id of the clone, absent outside Git. */
  readonly clone?: string;
  /** First 16 hex of a hash over API endpoint and key of the session: equal means same account; the key cannot be read from it. */
  readonly account: string;
  /** How the account is reached: an API key, a subscription login, or unknown. */
  readonly accountKind: 'api-key' | 'auth-token' | 'subscription' | 'cloud';
  /** The session's API endpoint, origin only (`https://api.anthropic.com`), never with user, path or query. */
  readonly endpoint: string;
}

interface EventBase extends EventOrigin {
  readonly v: typeof EVENT_VERSION;
  readonly sessionId: string;
  readonly promptId?: string;
  /** Present for what a subagent did. */
  readonly agentId?: string;
  readonly agentType?: string;
  readonly cwd?: string;
  /** Kinds of secrets that were cut from this event, with counts. */
  readonly redactions?: Readonly<Record<string, number>>;
}

export interface SessionStartEvent extends EventBase {
  readonly type: 'session-start';
  readonly source: 'startup' | 'resume' | 'clear' | 'compact' | 'fork';
  readonly model?: string;
}
export interface PromptEvent extends EventBase {
  readonly type: 'prompt';
  readonly prompt: string;
  /** `user`: typed by a person. `notification`: written by the host itself. `command`: a slash command. */
  readonly author: 'user' | 'notification' | 'command';
}
export interface ToolUseEvent extends EventBase {
  readonly type: 'tool-use';
  readonly toolUseId: string;
  readonly tool: string;
  readonly ok: boolean;
  readonly detail: ToolDetail;
  readonly durationMs?: number;
}
export interface StopEvent extends EventBase {
  readonly type: 'stop';
  /** The closing reply of the turn; absent when the host sent none. */
  readonly reply?: string;
  /** Set when the turn ended by an API error. */
  readonly error?: string;
}
export interface SubagentStopEvent extends EventBase {
  readonly type: 'subagent-stop';
  readonly reply?: string;
}
export interface PreCompactEvent extends EventBase {
  readonly type: 'pre-compact';
  readonly trigger: string;
}
export interface PostCompactEvent extends EventBase {
  readonly type: 'post-compact';
  readonly summary: string;
}
export interface SessionEndEvent extends EventBase {
  readonly type: 'session-end';
  readonly reason: string;
}

export type HookEvent =
  | SessionStartEvent
  | PromptEvent
  | ToolUseEvent
  | StopEvent
  | SubagentStopEvent
  | PreCompactEvent
  | PostCompactEvent
  | SessionEndEvent;

export type HookEventType = HookEvent['type'];

/** What is kept of a tool use, cut by meaning. Texts are redacted first and cut after. */
export type ToolDetail =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly description?: string;
      readonly exitCode?: number;
      readonly output: string;
      readonly background?: boolean;
    }
  | {
      readonly kind: 'edit';
      readonly path: string;
      readonly patch: string;
      readonly added: number;
      readonly removed: number;
      readonly blob?: string;
    }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly created: boolean;
      readonly patch: string;
      readonly added: number;
      readonly removed: number;
      readonly blob?: string;
    }
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly startLine?: number;
      readonly lines?: number;
      readonly blob?: string;
    }
  | { readonly kind: 'search'; readonly pattern: string; readonly path?: string; readonly matches: readonly string[] }
  | { readonly kind: 'agent'; readonly description: string; readonly prompt: string; readonly result: string }
  | { readonly kind: 'task'; readonly subject: string; readonly status: string }
  | { readonly kind: 'fetch'; readonly url: string; readonly result: string }
  | {
      readonly kind: 'failure';
      readonly input: string;
      readonly error: string;
      readonly path?: string;
      readonly interrupted?: boolean;
    }
  | { readonly kind: 'other'; readonly input: string; readonly result: string };
