// The real Claude Code in print mode, with this plugin, a home of its own, and a model that is a script.

import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestRepo } from './git.ts';

const PLUGIN = resolve(import.meta.dirname, '..', '..');
const TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'mcp__plugin_memvault_memory'];

export interface ClientSession {
  /** In order: after `/clear` a session goes on under another id. */
  readonly ids: readonly string[];
  /** One a prompt, in order; a slash command has one too. */
  readonly failed: readonly boolean[];
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface ClientOptions {
  /** The binary. */
  readonly claude: string;
  readonly repo: TestRepo;
  /** Where its model listens. */
  readonly url: string;
}

/** Gives the prompts to one process, each when the one before it is answered; `args` are more of the command line's. */
export async function runClient(
  { claude, repo, url }: ClientOptions,
  prompts: readonly string[],
  args: readonly string[] = [],
): Promise<ClientSession> {
  const stream = '-p --verbose --input-format stream-json --output-format stream-json --permission-mode acceptEdits';
  const child = spawn(
    claude,
    [...stream.split(' '), '--plugin-dir', PLUGIN, '--allowedTools', TOOLS.join(','), ...args],
    { cwd: repo.root, env: clientEnv(repo, url), stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const failed: boolean[] = [];
  const ids = new Set<string>();
  const next = (): void => {
    const prompt = prompts[failed.length];
    if (prompt === undefined) child.stdin.end();
    else child.stdin.write(`${JSON.stringify({ type: 'user', message: { role: 'user', content: prompt } })}\n`);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { type?: string; session_id?: string; is_error?: boolean };
    if (event.session_id !== undefined) ids.add(event.session_id);
    if (event.type !== 'result') return;
    failed.push(event.is_error === true);
    next();
  });
  next();
  const exitCode = await new Promise<number | null>((ended, fails) => {
    child.on('error', fails);
    child.on('close', ended);
  });
  return { ids: [...ids], failed, exitCode, stderr };
}

/** Nothing leaves the machine but what goes to `url`. */
export function clientEnv(repo: TestRepo, url: string): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: repo.home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-ant-not-a-key-of-anybody',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '1',
    CLAUDE_MEM_PORT: '0',
  };
}
