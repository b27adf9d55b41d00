// Scenarios: sessions written as text (test/fixtures/scenarios/README.md), turned into hook payloads.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TimedPayload } from '../../scripts/replay.ts';
import { RECORDED_PROJECT, recordedFixture } from './recorded-batches.ts';

const ROOT = join(import.meta.dirname, '../fixtures/scenarios');
const DAY_MS = 86_400_000;
const STEP_MS = 20_000;

export interface Checklist {
  readonly promise: string;
  /** Fewest and most in force at the end. */
  readonly observations: readonly [number, number];
  readonly summaries: readonly [number, number];
  readonly vault: Questions;
  readonly start: Questions;
  /** How many questions are known as recurring. */
  readonly recurring?: number;
}

interface Questions {
  readonly must: Readonly<Record<string, string>>;
  readonly mustNot: Readonly<Record<string, string>>;
}

export const SCENARIOS: readonly string[] = readdirSync(ROOT).filter((name) => !name.includes('.'));

export function readChecklist(scenario: string): Checklist {
  return JSON.parse(readFileSync(join(ROOT, scenario, 'checklist.json'), 'utf8')) as Checklist;
}

/** What a model answers, call by call. */
export function readAnswers(scenario: string): readonly unknown[] {
  return JSON.parse(readFileSync(join(ROOT, scenario, 'answers.json'), 'utf8')) as readonly unknown[];
}

/** The payloads of each session, a day apart, as if they had happened in the folder `cwd`. */
export function readScenario(scenario: string, cwd: string): readonly (readonly TimedPayload[])[] {
  const recorded = join(ROOT, scenario, 'recorded.json');
  if (existsSync(recorded)) {
    const names = JSON.parse(readFileSync(recorded, 'utf8')) as readonly string[];
    return names.map((name, day) => readRecorded(name, cwd, dayAt(day)));
  }
  return readdirSync(join(ROOT, scenario))
    .filter((name) => name.endsWith('.txt'))
    .toSorted()
    .map((name, day) => {
      const start = dayAt(day);
      const sessionId = `${scenario}-${name.replace('.txt', '')}`;
      return payloadsOf(readFileSync(join(ROOT, scenario, name), 'utf8'), { cwd, sessionId }).map((payload, at) => ({
        payload,
        at: start + at * STEP_MS,
      }));
    });
}

function dayAt(day: number): number {
  return Date.UTC(2026, 10, 2, 9) + day * DAY_MS;
}

/** A session that was recorded from the real client, at the pace that it had. */
function readRecorded(name: string, cwd: string, start: number): readonly TimedPayload[] {
  const pace = readLines(`${name}.timing.jsonl`) as readonly { readonly ms: number }[];
  return readLines(`${name}.jsonl`, (line) => line.replaceAll(RECORDED_PROJECT, cwd)).map((payload, index) => ({
    payload: payload as Payload,
    at: start + (pace[index]?.ms ?? 0),
  }));
}

function readLines(file: string, change = (line: string): string => line): readonly unknown[] {
  const lines = readFileSync(recordedFixture(file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(change(line)) as unknown);
}

/** Whatever of the questions has a wrong answer in the text. */
export function unanswered(questions: Questions, text: string): readonly string[] {
  return [
    ...Object.entries(questions.must)
      .filter(([, pattern]) => !new RegExp(pattern, 'i').test(text))
      .map(([question]) => `not found: ${question}`),
    ...Object.entries(questions.mustNot)
      .filter(([, pattern]) => new RegExp(pattern, 'i').test(text))
      .map(([question]) => `found: ${question}`),
  ];
}

interface Scene {
  readonly cwd: string;
  readonly sessionId: string;
}

type Payload = Readonly<Record<string, unknown>>;

function payloadsOf(text: string, scene: Scene): readonly Payload[] {
  const base = { session_id: scene.sessionId, cwd: scene.cwd };
  const payloads: Payload[] = [{ ...base, hook_event_name: 'SessionStart', source: 'startup' }];
  let turn = 0;
  for (const { mark, lines, below, exit } of splitActs(text)) {
    const first = lines[0] ?? '';
    const inTurn = { ...base, prompt_id: `${scene.sessionId}-${turn}` };
    const tool = { ...inTurn, hook_event_name: 'PostToolUse', tool_use_id: `toolu_${payloads.length}` };
    const path = `${scene.cwd}/${first}`;
    if (mark === '>') {
      turn++;
      payloads.push({
        ...base,
        prompt_id: `${scene.sessionId}-${turn}`,
        hook_event_name: 'UserPromptSubmit',
        prompt: lines.join('\n'),
      });
    } else if (mark === '<')
      payloads.push({ ...inTurn, hook_event_name: 'Stop', last_assistant_message: lines.join('\n') });
    else if (mark === '.') {
      if (first === 'end') payloads.push({ ...base, hook_event_name: 'SessionEnd', reason: 'other' });
    } else if (mark === '$') payloads.push(bash(tool, first, below.join('\n'), exit));
    else if (mark === 'r')
      payloads.push({
        ...tool,
        tool_name: 'Read',
        tool_input: { file_path: path },
        tool_response: {
          type: 'text',
          file: { filePath: path, content: '', numLines: 40, startLine: 1, totalLines: 40 },
        },
      });
    else if (mark === '+')
      payloads.push({
        ...tool,
        tool_name: 'Write',
        tool_input: { file_path: path, content: below.join('\n') },
        tool_response: {
          type: 'create',
          filePath: path,
          content: below.join('\n'),
          structuredPatch: [],
          originalFile: null,
        },
      });
    else if (mark === '~')
      payloads.push({
        ...tool,
        tool_name: 'Edit',
        tool_input: { file_path: path, old_string: 'x', new_string: 'y' },
        tool_response: {
          filePath: path,
          structuredPatch: [{ oldStart: 1, oldLines: 3, newStart: 1, newLines: 3, lines: below }],
        },
      });
  }
  return payloads;
}

function bash(tool: Payload, command: string, output: string, exit: number): Payload {
  const call = { ...tool, tool_name: 'Bash', tool_input: { command } };
  if (exit !== 0)
    return {
      ...call,
      hook_event_name: 'PostToolUseFailure',
      error: `Exit code ${exit}\n${output}`,
      is_interrupt: false,
    };
  return { ...call, tool_response: { stdout: output, stderr: '', interrupted: false, isImage: false } };
}

interface Act {
  readonly mark: string;
  readonly lines: string[];
  readonly below: string[];
  exit: number;
}

function splitActs(text: string): readonly Act[] {
  const acts: Act[] = [];
  for (const line of text.split('\n')) {
    const mark = line[0];
    const rest = line.slice(2);
    const last = acts.at(-1);
    if (mark === undefined || mark === '#') continue;
    if (mark === '|') last?.below.push(rest);
    else if (mark === '!') {
      if (last !== undefined) last.exit = Number(rest);
    } else if ((mark === '>' || mark === '<') && last?.mark === mark) last.lines.push(rest);
    else acts.push({ mark, lines: [rest], below: [], exit: 0 });
  }
  return acts;
}
