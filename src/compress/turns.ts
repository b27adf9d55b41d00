// Groups hook events into turns: one user prompt with the tool uses and the reply that followed.

import type { HookEvent, PromptEvent, SubagentStopEvent, ToolUseEvent } from '../model/hook-event.ts';
import type { Turn } from '../model/turn.ts';

/**
 * The turns that the events make up, in order of their prompts. Events before the first prompt form a turn without one
 * (the batch continues a turn). What comes after a Stop without a new prompt (late asynchronous hooks, work that a
 * notification woke up) belongs to the turn that stopped; a prompt before the Stop closes the earlier turn as interrupted.
 */
export function groupTurns(events: readonly HookEvent[]): readonly Turn[] {
  const drafts: TurnDraft[] = [];
  const latest = new Map<string, TurnDraft>();
  for (const event of events) {
    const current = latest.get(event.sessionId);
    if (isUserPrompt(event)) {
      interrupt(current);
      const turn = newTurn(event.sessionId, event);
      drafts.push(turn);
      latest.set(event.sessionId, turn);
      continue;
    }
    if (event.type === 'session-end' || isNewStart(event)) {
      interrupt(current);
      continue;
    }
    if (!isPartOfTurn(event)) continue;
    let turn = findTurn(drafts, event) ?? current;
    if (turn === undefined) {
      turn = newTurn(event.sessionId);
      drafts.push(turn);
      latest.set(event.sessionId, turn);
    }
    addToTurn(turn, event);
  }
  return drafts.filter(holdsAnything).map(finishTurn);
}

/** A prompt that a person typed; the host's own notifications are none. */
function isUserPrompt(event: HookEvent): event is PromptEvent {
  return event.type === 'prompt' && event.author !== 'notification';
}

/** Whether the batch's last turn goes on in the next batch of the session (its value for `continuesTurn`). */
export function endsInsideTurn(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.end === 'open';
}

interface TurnDraft {
  readonly sessionId: string;
  readonly prompt?: PromptEvent;
  readonly toolUses: ToolUseEvent[];
  readonly subagentReplies: SubagentStopEvent[];
  readonly replies: string[];
  error?: string;
  end: Turn['end'];
}

function newTurn(sessionId: string, prompt?: PromptEvent): TurnDraft {
  const draft = { sessionId, toolUses: [], subagentReplies: [], replies: [], end: 'open' as const };
  return prompt === undefined ? draft : { ...draft, prompt };
}

function interrupt(turn: TurnDraft | undefined): void {
  if (turn?.end === 'open') turn.end = 'interrupted';
}

/** A session that starts or resumes leaves no turn open; after a compaction the turn goes on. */
function isNewStart(event: HookEvent): boolean {
  return event.type === 'session-start' && event.source !== 'compact';
}

function isPartOfTurn(event: HookEvent): boolean {
  return (
    event.type === 'tool-use' || event.type === 'stop' || (event.type === 'subagent-stop' && !isCompactionWorker(event))
  );
}

/** The host compacts with a nameless subagent, whose reply is the summary that PostCompact brings again. */
function isCompactionWorker(event: SubagentStopEvent): boolean {
  return event.agentType === '';
}

function findTurn(drafts: readonly TurnDraft[], event: HookEvent): TurnDraft | undefined {
  if (event.promptId === undefined) return undefined;
  return drafts.findLast((turn) => turn.sessionId === event.sessionId && turn.prompt?.promptId === event.promptId);
}

function addToTurn(turn: TurnDraft, event: HookEvent): void {
  switch (event.type) {
    case 'tool-use':
      turn.toolUses.push(event);
      return;
    case 'subagent-stop':
      turn.subagentReplies.push(event);
      return;
    case 'stop':
      if (event.reply !== undefined && event.reply !== '' && !turn.replies.includes(event.reply))
        turn.replies.push(event.reply);
      if (event.error !== undefined) turn.error = event.error;
      turn.end = event.error === undefined ? 'stop' : 'error';
      return;
    default:
  }
}

/** A Stop alone, without words (`!command` typed by the user), is no turn. */
function holdsAnything(turn: TurnDraft): boolean {
  return (
    turn.prompt !== undefined ||
    turn.toolUses.length > 0 ||
    turn.subagentReplies.length > 0 ||
    turn.replies.length > 0 ||
    turn.error !== undefined
  );
}

function finishTurn(draft: TurnDraft): Turn {
  const reply = draft.replies.join('\n\n');
  return {
    sessionId: draft.sessionId,
    ...(draft.prompt === undefined ? {} : { prompt: draft.prompt }),
    toolUses: draft.toolUses,
    subagentReplies: draft.subagentReplies,
    ...(reply === '' ? {} : { reply }),
    ...(draft.error === undefined ? {} : { error: draft.error }),
    end: draft.end,
  };
}
