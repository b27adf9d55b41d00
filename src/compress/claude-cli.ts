// The compressor over the user's own `claude` command, headless: for subscriptions, which have no key.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../model/errors.ts';
import type { Clock, Compressor, Logger } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { runProgram } from '../system/exec.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { readAnswer } from './answer.ts';
import { buildPrompt, nonceOf, readToolDefinition } from './prompt.ts';
import { addUsage } from './usage.ts';
import type { Usage } from './usage.ts';

export interface CliCompressorOptions {
  /** Absolute path of `claude`. */
  readonly command: string;
  readonly model: string;
  /** memvault's private data folder (0700); the command works in an empty folder below it. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** The worker's environment; what names a session, an account or a plugin is taken out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 120 s when left out. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly language?: string;
}

/** What the prompt begins with, and what the environment carries: the capture hook knows its own runs by both. */
const MARKER = 'memvault-compress:';
const VARIABLE = 'CLAUDE_MEM_COMPRESSING';
const TIMEOUT_MS = 120_000;
const MAX_BYTES = 2 * 1024 * 1024;
/** Whatever goes wrong elsewhere, no more runs than this in an hour. */
const MOST_RUNS_AN_HOUR = 60;
const HOUR_MS = 3_600_000;

/**
 * Compresses by `claude -p` with hooks, plugins, MCP servers, settings, tools and session files off. The prompt goes by
 * stdin. Throws `unavailable` when the command fails or takes too long, `invalid_input` when its answer does not fit
 * after one repair try, `denied` when it is asked from inside such a run.
 */
export function createCliCompressor(options: CliCompressorOptions): Compressor {
  return {
    name: 'cli',
    async compress(batch, state, signal) {
      if (batch.turns.length === 0 && batch.compactSummaries.length === 0) return { observations: [], by: 'cli' };
      if (options.env[VARIABLE] === '1')
        throw new MemvaultError('denied', 'a compression run does not start another one');
      const prompt = buildPrompt(batch, state, options.language);
      const schema = readToolDefinition().input_schema;
      const ask = (extra: string): Promise<CliAnswer> =>
        runClaude(
          options,
          prompt.system,
          cliPrompt(batch, `${prompt.user}${extra}`, JSON.stringify(schema)),
          schema,
          signal,
        );

      const first = await ask('');
      let usage = usageOf(first, options.model);
      let answer = readAnswer(first.value, batch, state);
      if (!answer.ok) {
        options.logger.warn('the answer does not fit, asking once more', { batch: batch.id, problem: answer.problem });
        const second = await ask(`\n${fillTemplate(readTemplate('compress-repair.md'), { problem: answer.problem })}`);
        usage = addUsage(usage, usageOf(second, options.model));
        answer = readAnswer(second.value, batch, state);
      }
      if (!answer.ok)
        throw new MemvaultError(
          'invalid_input',
          `the answer of \`claude\` does not fit the schema: ${answer.problem}`,
          {
            data: { usage },
          },
        );
      const { observations, summary } = answer;
      return { observations, ...(summary === undefined ? {} : { summary }), by: 'cli', usage };
    },
  };
}

/** Arguments of a run that touches nothing of the user's: no hooks, plugins, servers, settings, tools, session files. */
export function cliArguments(model: string, system: string, schema: object): readonly string[] {
  return [
    '-p',
    '--output-format',
    'json',
    '--model',
    model,
    '--system-prompt',
    system,
    '--json-schema',
    JSON.stringify(schema),
    '--setting-sources',
    '',
    '--settings',
    '{"disableAllHooks":true}',
    '--strict-mcp-config',
    '--tools',
    '',
    '--disable-slash-commands',
    '--no-session-persistence',
  ];
}

/** The worker's environment without keys (the subscription is asked for), sessions and plugins; with the mark of our own runs. */
export function cliEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !FOREIGN.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    [VARIABLE]: '1',
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_CODE_SAFE_MODE: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  };
}

const FOREIGN =
  /^(?:ANTHROPIC_(?:API_KEY|AUTH_TOKEN|BASE_URL|MODEL|CUSTOM_HEADERS|SMALL_FAST_MODEL)|CLAUDECODE|CLAUDE_PID|CLAUDE_PROJECT_DIR|CLAUDE_ENV_FILE|CLAUDE_PLUGIN_\w+|CLAUDE_CODE_(?:SESSION_\w+|ENTRYPOINT|MESSAGING_\w+|USE_BEDROCK|USE_VERTEX|SSE_PORT)|AI_AGENT)$/;

interface CliAnswer {
  /** What stands where the answer should be. */
  readonly value: unknown;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

async function runClaude(
  options: CliCompressorOptions,
  system: string,
  prompt: string,
  schema: object,
  signal: AbortSignal | undefined,
): Promise<CliAnswer> {
  if (signal?.aborted === true) throw new MemvaultError('unavailable', 'the compression was stopped');
  const folder = join(options.dataDir, 'compress', 'empty');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  countRun(options);
  const result = await runProgram(options.command, cliArguments(options.model, system, schema), {
    cwd: folder,
    env: cliEnvironment(options.env),
    stdin: prompt,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (result.timedOut) throw new MemvaultError('unavailable', '`claude -p` took too long and was ended');
  if (result.truncated) throw new MemvaultError('unavailable', '`claude -p` wrote too much and was ended');
  return readOutput(result.stdout.toString('utf8'), result.code);
}

/** `--output-format json` prints one object: `structured_output` by schema, else the text in `result`. */
function readOutput(stdout: string, code: number): CliAnswer {
  const output = parseJson(stdout.trim());
  if (!isRecord(output))
    throw new MemvaultError('unavailable', `\`claude -p\` ended with ${code} and printed no JSON`, {
      hint: 'Run `claude -p hello` to see whether it is logged in.',
    });
  if (code !== 0 || output['is_error'] === true)
    throw new MemvaultError(
      'unavailable',
      `\`claude -p\` failed: ${typeof output['subtype'] === 'string' ? output['subtype'] : `exit code ${code}`}`,
      {
        hint: 'Run `claude -p hello` to see whether it is logged in.',
      },
    );
  const usage = isRecord(output['usage']) ? output['usage'] : {};
  const number = (name: string): number => (typeof usage[name] === 'number' ? usage[name] : 0);
  const text = typeof output['result'] === 'string' ? output['result'] : '';
  return {
    value: isRecord(output['structured_output']) ? output['structured_output'] : parseJson(withoutFence(text)),
    inputTokens: number('input_tokens') + number('cache_creation_input_tokens') + number('cache_read_input_tokens'),
    outputTokens: number('output_tokens'),
  };
}

function cliPrompt(batch: Batch, prompt: string, schema: string): string {
  return fillTemplate(readTemplate('compress-cli.md'), { marker: MARKER, nonce: nonceOf(batch), prompt, schema });
}

/** Writes each run down and refuses when there were too many: an environment variable can be lost, this file cannot. */
function countRun(options: CliCompressorOptions): void {
  const file = join(options.dataDir, 'compress', 'runs.json');
  const now = (options.clock ?? Date).now();
  const before = readTimes(file).filter((time) => now - time < HOUR_MS && time <= now);
  if (before.length >= MOST_RUNS_AN_HOUR)
    throw new MemvaultError('unavailable', `\`claude\` was run ${before.length} times within an hour; no more for now`);
  writeFileAtomic(file, JSON.stringify([...before, now]));
}

function readTimes(file: string): readonly number[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(parsed) ? parsed.filter((time): time is number => typeof time === 'number') : [];
  } catch {
    return [];
  }
}

function usageOf(answer: CliAnswer, model: string): Usage {
  const { inputTokens, outputTokens } = answer;
  return { calls: 1, inputTokens, outputTokens, model };
}

function withoutFence(text: string): string {
  const inner = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1] ?? text;
  return inner.slice(Math.max(0, inner.indexOf('{'))).trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
