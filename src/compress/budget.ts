// Fits a batch into a budget of tokens by meaning: what went wrong, diffs, decisions and replies first, repeated output once.

import { estimateTokens } from '../model/tokens.ts';
import type { ToolUseEvent } from '../model/hook-event.ts';
import type { Batch, Turn } from '../model/turn.ts';

/** The batch as a model reads it: plain values, made to be encoded as JSON. */
export interface FittedBatch {
  readonly turns: readonly FittedTurn[];
  readonly compactionSummaries?: readonly string[];
  /** So many steps were left out for want of room. */
  readonly leftOut?: number;
}

interface FittedTurn {
  readonly prompt?: string;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly subagentReplies?: readonly string[];
  readonly reply?: string;
  readonly end: Turn['end'];
}

/** How much of each kind is kept, in characters; one row per squeeze, the last one is the tightest. */
interface Room {
  readonly said: number;
  readonly summary: number;
  readonly failure: number;
  readonly patch: number;
  readonly result: number;
  readonly output: number;
}

const ROOMS: readonly Room[] = [
  { said: 8000, summary: 12_000, failure: 3000, patch: 4000, result: 2500, output: 2500 },
  { said: 6000, summary: 9000, failure: 2000, patch: 2000, result: 1500, output: 1000 },
  { said: 5000, summary: 7000, failure: 1400, patch: 1200, result: 900, output: 500 },
  { said: 4000, summary: 5000, failure: 900, patch: 700, result: 500, output: 250 },
  { said: 3000, summary: 4000, failure: 500, patch: 400, result: 300, output: 120 },
];
const TIGHTEST: Room = { said: 1500, summary: 2000, failure: 250, patch: 200, result: 120, output: 0 };

/** The fullest form of the batch whose JSON stays within so many tokens; steps of least meaning are left out last. */
export function fitBatch(batch: Batch, budgetTokens: number): FittedBatch {
  for (const room of [...ROOMS, TIGHTEST]) {
    const fitted = buildBatch(batch, room);
    if (estimateTokens(JSON.stringify(fitted)) <= budgetTokens) return fitted;
  }
  return dropSteps(buildBatch(batch, TIGHTEST), budgetTokens);
}

/** Keeps the lines that tell (errors, figures, ids) and both ends of a text. */
export function cutByMeaning(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 40) return '';
  const lines = text.split('\n');
  const telling = lines.filter((line) => TELLING.test(line));
  const kept: string[] = [];
  let left = Math.floor(max * 0.6);
  for (const line of new Set(telling)) {
    const cut = line.slice(0, 240);
    if (cut.length + 1 > left) break;
    kept.push(cut);
    left -= cut.length + 1;
  }
  const ends = max - kept.join('\n').length - 12;
  const head = text.slice(0, Math.floor(ends * 0.4));
  const tail = text.slice(text.length - Math.floor(ends * 0.6));
  return [head, ...(kept.length === 0 ? ['[…]'] : ['[…]', ...kept, '[…]']), tail].join('\n');
}

const TELLING =
  /\b(?:error|fail(?:ed|ure|s)?|exception|panic|fatal|cannot|can't|could not|not found|denied|refused|undefined|missing|invalid|timed out|assert|expected|not ok|warning|deprecated)\b|Error\b|✗|✕|^[+-](?![+-])|^\[[\w/.-]+ [0-9a-f]{7,}\]/i;

function buildBatch(batch: Batch, room: Room): FittedBatch {
  const seen = new Map<string, number>();
  let number = 0;
  const turns = batch.turns.map((turn) => ({
    ...(turn.prompt === undefined ? {} : { prompt: cutByMeaning(turn.prompt.prompt, room.said) }),
    steps: turn.toolUses.map((event) => ({ n: ++number, ...fitStep(event, room, seen, number) })),
    ...(turn.subagentReplies.length === 0
      ? {}
      : { subagentReplies: turn.subagentReplies.map((event) => cutByMeaning(event.reply ?? '', room.result)) }),
    ...(turn.reply === undefined ? {} : { reply: cutByMeaning(turn.reply, room.said) }),
    ...(turn.error === undefined ? {} : { error: turn.error.slice(0, 300) }),
    end: turn.end,
  }));
  return {
    turns,
    ...(batch.compactSummaries.length === 0
      ? {}
      : { compactionSummaries: batch.compactSummaries.map((summary) => cutByMeaning(summary, room.summary)) }),
  };
}

function fitStep(
  event: ToolUseEvent,
  room: Room,
  seen: Map<string, number>,
  number: number,
): Readonly<Record<string, unknown>> {
  const detail = event.detail;
  /** A text that came before is named, not repeated. */
  const once = (text: string, max: number): string => {
    const cut = cutByMeaning(withoutSeenLines(text, seen, number), max);
    return cut.trim() === '' && text.trim() !== '' && max > 0 ? '[as before]' : cut;
  };
  const base = { tool: event.tool, ...(event.agentId === undefined ? {} : { subagent: true }) };
  switch (detail.kind) {
    case 'command': {
      const failed = !event.ok || (detail.exitCode ?? 0) !== 0;
      return {
        ...base,
        command: cutByMeaning(detail.command, /\bgit\b.*\bcommit\b/s.test(detail.command) ? room.patch : 600),
        ...(detail.description === undefined ? {} : { purpose: detail.description }),
        ...(failed ? { failed: true, exitCode: detail.exitCode ?? 1 } : {}),
        output: once(detail.output, failed || TELLING.test(detail.output) ? room.failure : room.output),
      };
    }
    case 'edit':
    case 'write':
      return {
        ...base,
        path: detail.path,
        added: detail.added,
        removed: detail.removed,
        patch: once(detail.patch, room.patch),
      };
    case 'read':
      return { ...base, path: detail.path };
    case 'search':
      return { ...base, pattern: detail.pattern, matches: once(detail.matches.slice(0, 20).join('\n'), room.output) };
    case 'agent':
      return { ...base, task: detail.description, result: once(detail.result, room.result) };
    case 'task':
      return { ...base, subject: detail.subject, status: detail.status };
    case 'fetch':
      return { ...base, url: detail.url, result: once(detail.result, room.result) };
    case 'failure':
      return { ...base, failed: true, error: once(detail.error, room.failure), input: cutByMeaning(detail.input, 300) };
    default:
      return { ...base, input: cutByMeaning(detail.input, 300), result: once(detail.result, room.output) };
  }
}

/** Long lines that an earlier step brought are left out; short ones (brackets, `ok`) cost nothing and keep the sense. */
function withoutSeenLines(text: string, seen: Map<string, number>, number: number): string {
  return text
    .split('\n')
    .filter((raw) => {
      const line = raw.trim();
      if (line.length < 24) return true;
      const first = seen.get(line);
      if (first === undefined) seen.set(line, number);
      return first === undefined;
    })
    .join('\n');
}

/** The last resort: whole steps go, those that only looked first, then from the oldest on; replies and prompts stay. */
function dropSteps(fitted: FittedBatch, budgetTokens: number): FittedBatch {
  let current = fitted;
  let leftOut = 0;
  for (const rank of [0, 1, 2, 3]) {
    for (const [index, turn] of current.turns.entries()) {
      const steps = [...turn.steps];
      while (steps.length > 0 && estimateTokens(JSON.stringify(current)) > budgetTokens) {
        const found = steps.findIndex((step) => rankOf(step) <= rank);
        if (found === -1) break;
        // Many at once: measuring after each single step would cost too much.
        const many = Math.max(1, Math.floor(steps.length / 10));
        let dropped = 0;
        for (let at = found; at < steps.length && dropped < many;) {
          if (rankOf(steps[at] ?? {}) <= rank) {
            steps.splice(at, 1);
            dropped++;
          } else at++;
        }
        leftOut += dropped;
        const turns = current.turns.with(index, { ...turn, steps: [...steps] });
        current = { ...current, turns, leftOut };
      }
    }
  }
  return current;
}

function rankOf(step: Readonly<Record<string, unknown>>): number {
  if (step['failed'] === true) return 3;
  if ('patch' in step) return 2;
  if ('command' in step) return 1;
  return 0;
}
