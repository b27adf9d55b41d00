// The compressor over the `claude` command, with a script in its place that answers well and badly.

import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnRun, startsWithMarker } from '../../src/capture/own-run.ts';
import { cliArguments, cliEnvironment, createCliCompressor } from '../../src/compress/claude-cli.ts';
import { silentLog } from '../../src/system/log.ts';
import { NOTHING_KNOWN, compressorContract } from '../contracts/compressor.ts';
import { goodInput } from '../support/fake-messages-api.ts';
import { makeBatch, prompt, ran, stop } from '../support/hook-events.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A `claude` that notes how it was called and runs the given shell lines. */
function fakeClaude(lines: string): string {
  const file = join(folder, 'claude');
  writeFileSync(
    file,
    [
      '#!/bin/sh',
      `log=${folder}/calls`,
      'mkdir -p "$log"',
      'n=$(ls "$log" | grep -c stdin)',
      'pwd > "$log/$n.cwd"; env > "$log/$n.env"; for a in "$@"; do printf "%s\\0" "$a"; done > "$log/$n.args"; cat > "$log/$n.stdin"',
      lines,
    ].join('\n'),
  );
  chmodSync(file, 0o755);
  return file;
}

const output = (value: object): string =>
  `cat <<'END_OF_ANSWER'\n${JSON.stringify({ type: 'result', subtype: 'success', is_error: false, usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 }, ...value })}\nEND_OF_ANSWER`;
const called = (name: string): string => readFileSync(join(folder, 'calls', name), 'utf8');
const compressorFor = (command: string, more: object = {}) =>
  createCliCompressor({
    command,
    model: 'claude-haiku-4-5',
    dataDir: join(folder, 'data'),
    logger: silentLog,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ANTHROPIC_API_KEY: 'secret-key',
      CLAUDECODE: '1',
      CLAUDE_PROJECT_DIR: '/x',
    },
    ...more,
  });
const work = makeBatch([
  prompt('Why are users logged out?'),
  ran('npm test', 'not ok 1 - x', 1),
  stop('It was a race in src/auth.js.'),
]);

describe('the CLI compressor', () => {
  compressorContract({
    name: 'cli',
    run: (work) =>
      work(compressorFor(fakeClaude(output({ structured_output: goodInput() })), { clock: { now: () => Date.now() } })),
  });

  it('takes the structured output and counts its tokens', async () => {
    const compression = await compressorFor(fakeClaude(output({ structured_output: goodInput() }))).compress(
      work,
      NOTHING_KNOWN,
    );
    expect(compression).toMatchObject({
      by: 'cli',
      observations: [{ type: 'bugfix' }],
      usage: { calls: 1, inputTokens: 15, outputTokens: 7 },
    });
  });

  it('reads JSON out of the text of a command that knows no schema', async () => {
    const text = `Here you are:\n\`\`\`json\n${JSON.stringify(goodInput())}\n\`\`\``;
    const compression = await compressorFor(fakeClaude(output({ result: text }))).compress(work, NOTHING_KNOWN);
    expect(compression.observations).toHaveLength(1);
  });

  it('gives the prompt by stdin, behind the mark of our own runs, and nothing of it on the command line', async () => {
    await compressorFor(fakeClaude(output({ structured_output: goodInput() }))).compress(work, NOTHING_KNOWN);
    expect(startsWithMarker(called('0.stdin'))).toBe(true);
    expect(called('0.stdin')).toContain('Why are users logged out?');
    expect(called('0.args')).not.toContain('logged out');
  });

  it('works in an empty private folder, marked, without keys and without the session around it', async () => {
    await compressorFor(fakeClaude(output({ structured_output: goodInput() }))).compress(work, NOTHING_KNOWN);
    const cwd = called('0.cwd').trim();
    expect(cwd).toMatch(/data\/compress\/empty$/);
    expect(readdirSync(cwd)).toEqual([]);
    const env = called('0.env');
    const seen = Object.fromEntries(env.split('\n').map((line) => [line.split('=')[0] ?? '', line.split('=')[1]]));
    // Environment and place are each enough for the capture hook to know the run as our own.
    expect(isOwnRun({}, { env: seen, dataDir: '/elsewhere', project: '/x' })).toBe(true);
    expect(isOwnRun({ cwd }, { env: {}, dataDir: join(folder, 'data'), project: '/x' })).toBe(true);
    expect(env).not.toMatch(/secret-key|^CLAUDECODE=|^CLAUDE_PROJECT_DIR=/m);
  });

  it('switches hooks, settings, servers, tools and session files off', () => {
    const args = cliArguments('m', 'system', {});
    const after = (name: string): string | undefined => args[args.indexOf(name) + 1];
    expect(after('--setting-sources')).toBe('');
    expect(after('--tools')).toBe('');
    expect(after('--settings')).toBe('{"disableAllHooks":true}');
    expect(args).toEqual(
      expect.arrayContaining(['-p', '--strict-mcp-config', '--no-session-persistence', '--disable-slash-commands']),
    );
    expect(cliEnvironment({})).toMatchObject({ CLAUDE_CODE_SAFE_MODE: '1', CLAUDE_MEM_NO_WORKER: '1' });
  });

  it('repairs once, then gives up with invalid_input', async () => {
    const compressor = compressorFor(fakeClaude(output({ result: 'I would rather not.' })));
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.toMatchObject({
      code: 'invalid_input',
      data: { usage: { calls: 2 } },
    });
    expect(called('1.stdin')).toContain('could not be used');
  });

  it.each([
    ['fails', 'exit 1'],
    ['is not logged in', output({ is_error: true, subtype: 'error', result: 'Please run /login' })],
    ['prints no JSON', 'echo hello'],
    ['writes without end', 'yes'],
  ])('is unavailable when the command %s', async (_, lines) => {
    await expect(compressorFor(fakeClaude(lines)).compress(work, NOTHING_KNOWN)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('is unavailable when there is no such command', async () => {
    await expect(compressorFor(join(folder, 'missing')).compress(work, NOTHING_KNOWN)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('ends a command that hangs, with everything it started', async () => {
    const compressor = compressorFor(fakeClaude(`sh -c 'echo $$ > ${folder}/child; sleep 60' & sleep 60`), {
      timeoutMs: 700,
    });
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.toMatchObject({ code: 'unavailable' });
    const pid = Number(readFileSync(join(folder, 'child'), 'utf8'));
    expect(isAlive(pid)).toBe(false);
  });

  it('starts no run from inside a run', async () => {
    const compressor = compressorFor(fakeClaude('exit 0'), { env: { CLAUDE_MEM_COMPRESSING: '1' } });
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.toMatchObject({ code: 'denied' });
    expect(existsSync(join(folder, 'calls'))).toBe(false);
  });

  it('runs no more than sixty times an hour, whatever else fails', async () => {
    let now = 1_000_000_000_000;
    const compressor = compressorFor(fakeClaude('exit 1'), { clock: { now: () => now } });
    const times = Array.from({ length: 60 }, (_, index) => now - index * 1000);
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.toMatchObject({ code: 'unavailable' });
    writeFileSync(join(folder, 'data/compress/runs.json'), JSON.stringify(times));
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.toThrow(/60 times within an hour/);
    now += 3_600_001;
    await expect(compressor.compress(work, NOTHING_KNOWN)).rejects.not.toThrow(/within an hour/);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A process that has ended but that nobody waited for yet still answers: its state tells.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
