// The demo's stage: a throwaway home and repository in which the recorded session happens again.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from '../../system/exec.ts';
import { packageRoot } from '../../system/templates.ts';

/** The folder in which the session was recorded. */
const RECORDED_ROOT = '/home/dev/acme-api';

export interface Stage {
  readonly root: string;
  readonly repository: string;
  readonly env: Record<string, string>;
  git(...args: string[]): Promise<string>;
  /** The recorded payloads, moved to this repository. */
  readonly payloads: readonly Payload[];
  remove(): void;
}

export interface Payload {
  readonly hook_event_name: string;
  readonly tool_name?: string;
  readonly tool_input?: {
    readonly command?: string;
    readonly file_path?: string;
    readonly content?: string;
    readonly old_string?: string;
    readonly new_string?: string;
  };
  readonly [key: string]: unknown;
}

/** Makes home and repository; the worker is kept off, so that the demo shows each step itself. */
export async function openStage(env: Readonly<Record<string, string | undefined>>): Promise<Stage> {
  const root = mkdtempSync(join(tmpdir(), 'memvault-demo-'));
  const home = join(root, 'home');
  const repository = join(root, 'acme-api');
  mkdirSync(home, { recursive: true });
  const source = join(packageRoot(), 'templates', 'demo');
  cpSync(join(source, 'acme-api'), repository, { recursive: true });
  const stageEnv: Record<string, string> = {
    HOME: home,
    PATH: env['PATH'] ?? '',
    CLAUDE_MEM_DATA_DIR: join(home, '.claude-mem'),
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_PROJECT_DIR: repository,
    GIT_CONFIG_NOSYSTEM: '1',
    ...(env['ANTHROPIC_API_KEY'] ? { ANTHROPIC_API_KEY: env['ANTHROPIC_API_KEY'] } : {}),
    ...(env['ANTHROPIC_BASE_URL'] ? { ANTHROPIC_BASE_URL: env['ANTHROPIC_BASE_URL'] } : {}),
  };
  const git = async (...args: string[]): Promise<string> =>
    (await runProgram('git', args, { cwd: repository, env: stageEnv, timeoutMs: 20_000 })).stdout
      .toString('utf8')
      .trim();
  await git('init', '-q', '-b', 'fix/auth-race');
  await git('config', 'user.name', 'Dev Example');
  await git('config', 'user.email', 'dev@acme.example');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'Session service with rotating refresh tokens');
  const payloads = readFileSync(join(source, 'session.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll(RECORDED_ROOT, repository)) as Payload);
  return {
    root,
    repository,
    env: stageEnv,
    git,
    payloads,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * Does to the repository what the recorded agent did at this payload (edits, writes, commits) and gives the payload back with
 * the ids of the commits that were really made.
 */
export async function actOut(stage: Stage, payload: Payload): Promise<string> {
  const text = JSON.stringify(payload);
  const input = payload.tool_input;
  if (payload.hook_event_name !== 'PostToolUse' || input === undefined) return text;
  if (payload.tool_name === 'Write' && input.file_path !== undefined) writeWhole(input.file_path, input.content ?? '');
  if (payload.tool_name === 'Edit' && input.file_path !== undefined) {
    const before = readFileSync(input.file_path, 'utf8');
    writeFileSync(
      input.file_path,
      before.replace(input.old_string ?? '', () => input.new_string ?? ''),
    );
  }
  const subject = /git commit .*-[a-z]*m "([^"]+)"/.exec(input.command ?? '')?.[1];
  if (payload.tool_name !== 'Bash' || subject === undefined) return text;
  await stage.git('add', '-A');
  await stage.git('commit', '-q', '-m', subject);
  const real = await stage.git('rev-parse', '--short=7', 'HEAD');
  return text.replaceAll(new RegExp(`[0-9a-f]{7}(?= ${subject})`, 'g'), real);
}

function writeWhole(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
