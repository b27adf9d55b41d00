// The steps of a batch: what was run and changed, in order, with the outcome that can be read from it.

import type { ToolDetail, ToolUseEvent } from '../../model/hook-event.ts';
import type { Batch } from '../../model/turn.ts';
import { cleanText } from '../../system/clean-text.ts';
import { repositoryPath } from '../batch-files.ts';

export interface CommandStep {
  readonly kind: 'command';
  readonly turn: number;
  readonly command: string;
  readonly description?: string;
  readonly output: string;
  /** `unknown`: it ran and nothing tells how. */
  readonly outcome: 'failed' | 'passed' | 'unknown';
}

export interface ChangeStep {
  readonly kind: 'change';
  readonly turn: number;
  /** Relative to the repository. */
  readonly path: string;
  readonly created: boolean;
  readonly added: number;
  readonly removed: number;
  /** Lines that came in, without their mark. */
  readonly addedLines: readonly string[];
}

/** An edit, read or call that did not work. */
interface MissStep {
  readonly kind: 'miss';
  readonly turn: number;
  readonly tool: string;
  readonly path?: string;
  readonly error: string;
}

/** Something that was looked at: a file, a search, a page, a subagent's task. */
interface LookStep {
  readonly kind: 'look';
  readonly turn: number;
  readonly path?: string;
  readonly about?: string;
  readonly found?: string;
}

/** What the user chose when the agent asked. */
export interface AnswerStep {
  readonly kind: 'answer';
  readonly turn: number;
  readonly question: string;
  readonly answer: string;
}

/** A plan that the agent laid before the user. */
export interface ProposalStep {
  readonly kind: 'proposal';
  readonly turn: number;
  readonly text: string;
}

export type Step = CommandStep | ChangeStep | MissStep | LookStep | AnswerStep | ProposalStep;

/** The steps of all turns in order, without the changes that were taken back before anybody committed them. */
export function readSteps(batch: Batch): readonly Step[] {
  const steps = batch.turns.flatMap((turn, index) =>
    turn.toolUses.flatMap((event): readonly Step[] => {
      if (event.tool === 'AskUserQuestion') return readAnswers(event, index);
      const step = readStep(event, index, batch);
      return step === undefined ? [] : [step];
    }),
  );
  return withoutWithdrawn(steps);
}

function withoutWithdrawn(steps: readonly Step[]): readonly Step[] {
  const kept: Step[] = [];
  let committed = 0;
  for (const step of steps) {
    kept.push(step);
    if (step.kind !== 'command' || step.outcome === 'failed') continue;
    if (/\bgit\b[^;&|]*\bcommit\b/.test(step.command)) committed = kept.length;
    const withdrawn = withdrawnPaths(step.command);
    for (let at = kept.length - 1; at >= committed && withdrawn.length > 0; at--) {
      const before = kept[at];
      if (before?.kind === 'change' && withdrawn.some((path) => covers(path, before.path))) kept.splice(at, 1);
    }
  }
  return kept;
}

/** What a command puts back or takes away: `.` stands for everything. */
function withdrawnPaths(command: string): readonly string[] {
  return command.split(/\s*(?:&&|\|\||;|\n)\s*/).flatMap((part) => {
    if (/^git (?:reset --hard|stash(?: push)?(?:\s+-\S+)*)\s*$/.test(part)) return ['.'];
    const listed = /^(?:git (?:checkout|restore)(?: (?:--|HEAD|-\S+))*|rm(?: -\S+)*) (.+)$/.exec(part)?.[1];
    return listed?.split(/\s+/).filter((path) => path.includes('/') || path.includes('.')) ?? [];
  });
}

/** Whether a command puts the whole work tree back to the last commit. */
export function takesAllBack(command: string): boolean {
  return withdrawnPaths(command).some((path) => path === '.' || path === './');
}

function covers(given: string, path: string): boolean {
  const clean = given.replace(/^\.\//, '').replace(/\/$/, '');
  return clean === '.' || path === clean || path.startsWith(`${clean}/`) || clean.endsWith(`/${path}`);
}

function readStep(event: ToolUseEvent, turn: number, batch: Batch): Step | undefined {
  const detail = event.detail;
  switch (detail.kind) {
    case 'command':
      return commandStep(event, turn, detail);
    case 'edit':
    case 'write': {
      const path = repositoryPath(detail.path, batch);
      if (path === undefined) return undefined;
      const created = detail.kind === 'write' && detail.created;
      return {
        kind: 'change',
        turn,
        path,
        created,
        added: detail.added,
        removed: detail.removed,
        addedLines: addedLines(detail.patch),
      };
    }
    case 'failure':
      return failureStep(event, turn, detail, batch);
    case 'read': {
      const path = repositoryPath(detail.path, batch);
      return path === undefined ? undefined : { kind: 'look', turn, path };
    }
    case 'agent':
      return { kind: 'look', turn, about: detail.description, found: detail.result };
    case 'fetch':
      return { kind: 'look', turn, about: detail.url, found: detail.result };
    case 'other':
      return event.tool === 'ExitPlanMode' && event.ok ? readProposal(detail.input, turn) : undefined;
    default:
      return undefined;
  }
}

/** The result names each question with its answer: `"Which database?"="Postgres"`, or as fields of JSON. */
function readAnswers(event: ToolUseEvent, turn: number): readonly AnswerStep[] {
  if (event.detail.kind !== 'other' || !event.ok) return [];
  const text = cleanText(event.detail.result).replaceAll('\\"', '"');
  return [...text.matchAll(/"([^"\n]{8,300}?[?？])"\s*[=:]\s*"([^"\n]{2,300})"/g)].flatMap(([, question, answer]) =>
    question === undefined || answer === undefined ? [] : [{ kind: 'answer' as const, turn, question, answer }],
  );
}

/** The plan stands in the call's input, as JSON that may be cut. */
function readProposal(input: string, turn: number): ProposalStep | undefined {
  const found = /"plan":\s*"((?:[^"\\]|\\.)*)/.exec(input)?.[1];
  if (found === undefined || found.length < 80) return undefined;
  return { kind: 'proposal', turn, text: cleanText(found.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1')) };
}

type Detail<Kind extends ToolDetail['kind']> = Extract<ToolDetail, { kind: Kind }>;

function commandStep(event: ToolUseEvent, turn: number, detail: Detail<'command'>): Step {
  const output = cleanText(detail.output);
  return {
    kind: 'command',
    turn,
    command: cleanText(detail.command),
    ...(detail.description === undefined ? {} : { description: detail.description }),
    output,
    outcome: detail.background === true ? 'unknown' : readOutcome(event.ok, detail.exitCode, output, detail.command),
  };
}

/** A failed Bash call is a failed command; a refusal by the user is nothing that happened. */
function failureStep(event: ToolUseEvent, turn: number, detail: Detail<'failure'>, batch: Batch): Step | undefined {
  if (detail.interrupted === true || detail.error.startsWith("The user doesn't want to proceed")) return undefined;
  if (event.tool === 'Bash') {
    return {
      kind: 'command',
      turn,
      ...commandOf(detail.input),
      output: cleanText(detail.error),
      outcome: 'failed',
    };
  }
  const path = detail.path === undefined ? undefined : repositoryPath(detail.path, batch);
  return {
    kind: 'miss',
    turn,
    tool: event.tool,
    error: cleanText(detail.error),
    ...(path === undefined ? {} : { path }),
  };
}

/** The input of a failed call is kept as text: the command itself or the JSON around it. */
function commandOf(input: string): { readonly command: string; readonly description?: string } {
  if (!input.trimStart().startsWith('{')) return { command: cleanText(input) };
  const field = (name: string): string | undefined => {
    const found = new RegExp(`"${name}":\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(input)?.[1];
    return found?.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
  };
  const description = field('description');
  return {
    command: cleanText(field('command') ?? input),
    ...(description === undefined ? {} : { description: cleanText(description) }),
  };
}

const FAILED_OUTPUT =
  /^not ok \d|^# fail [1-9]|\b[1-9]\d* (?:failures?|failed|errors? found)\b|\bFAIL(?:ED)?\b(?!.*\b0\b)|^error(?:\[\w+\])?: |^\s+error: |\*\* \(\w+(?:\.\w+)*Error\)|Traceback \(most recent call last\)|^npm (?:ERR!|error)|panicked at/m;
const PASSED_OUTPUT =
  /^# fail 0$|(?<!\d)0 (?:failures|failed|errors)\b|found no issues|passed successfully|Total errors: 0|test result: ok|BUILD SUCCESS/im;
const CHECKS =
  /\b(?:tests?|spec|check|lint|credo|dialyzer|compile|build|tsc|typecheck|pytest|jest|vitest|mocha|rspec|cargo|clippy|mypy|ruff|eslint|oxlint|audit|verify|make|deploy)\b/;

/** Output piped through `tail` exits with 0 though the tests failed: what the output says counts, for commands that check. */
function readOutcome(
  ok: boolean,
  exitCode: number | undefined,
  output: string,
  command: string,
): CommandStep['outcome'] {
  if (!ok || (exitCode !== undefined && exitCode !== 0)) return 'failed';
  if (!CHECKS.test(command) || /^\s*(?:cat|grep|rg|sed|head|ls|git (?:log|show|diff|status))\b/.test(command))
    return 'unknown';
  return FAILED_OUTPUT.test(output) && !PASSED_OUTPUT.test(output) ? 'failed' : 'passed';
}

function addedLines(patch: string): readonly string[] {
  return patch
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
    .map((line) => line.slice(1));
}
