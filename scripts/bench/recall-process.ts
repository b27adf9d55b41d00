// Runs the hooks that hand memories over, in a vault of many, beside `node -e 0` in turns, and takes their wall time.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawMemoryId } from '../../src/model/memory.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';

export interface RecallFigure {
  readonly name: string;
  /** Median wall time in milliseconds; and the least, which other work on the machine disturbs least. */
  readonly hookMs: number;
  readonly floorMs: number;
  readonly ratio: number;
  readonly ratioOfLeast: number;
  readonly limit: number;
}

export interface RecallBench {
  readonly node: string;
  /** `dist/` of the plugin. */
  readonly dist: string;
  /** A folder that may be filled. */
  readonly folder: string;
  readonly rounds: number;
  readonly memories: number;
}

/** Words of many memories, and not enough of any. */
const ABOUT_NONE =
  'why does the token12 refresh of the session lose a write when the cache99 is rebuilt after a deploy?';
/** Whose title is asked for. */
const ASKED_FOR = 4321;

/** Every session is a new one, so that nothing was given before. */
export function benchRecall(bench: RecallBench): RecallFigure[] {
  const project = join(bench.folder, 'project');
  const home = join(bench.folder, 'home');
  makeProject(project, home, bench.memories);
  const env = { PATH: process.env['PATH'], HOME: home, CLAUDE_PROJECT_DIR: project, CLAUDE_MEM_NO_WORKER: '1' };
  let answer = '';
  const run = (args: readonly string[], payload: object = {}): number => {
    const started = performance.now();
    const input = JSON.stringify({ session_id: `s${started}`, cwd: project, ...payload });
    const done = spawnSync(bench.node, args, { input, env, cwd: project });
    if (done.status !== 0) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr.toString()}`);
    answer = done.stdout.toString();
    return performance.now() - started;
  };
  const launch = join(bench.dist, 'launch.cjs');
  const read = (path: string) => ({
    hook_event_name: 'PreToolUse',
    tool_name: 'Read',
    tool_input: { file_path: join(project, path) },
  });
  const remind = (payload: object) => () => run([launch, 'remind'], payload);
  const prompt = (text: string) => remind({ hook_event_name: 'UserPromptSubmit', prompt: text });
  const cases = [
    { name: 'session start', limit: 2.5, brings: true, hook: () => run([launch, 'recall'], { source: 'startup' }) },
    {
      name: 'prompt that brings a memory',
      limit: 2.5,
      brings: true,
      hook: prompt(`why did ${titleOf(ASKED_FOR)} fail after the last deploy, and who knows more?`),
    },
    { name: 'prompt that brings none', limit: 2.5, brings: false, hook: prompt(ABOUT_NONE) },
    { name: 'file that brings memories', limit: 1.8, brings: true, hook: remind(read('src/token/token.ts')) },
    { name: 'file that brings none', limit: 1.8, brings: false, hook: remind(read('src/none.ts')) },
  ];
  // Makes the index and warms the caches of the disk.
  for (const { name, brings, hook } of cases) {
    hook();
    if (answer.includes('additionalContext') !== brings)
      throw new Error(`${name}: it was to bring ${brings ? 'something' : 'nothing'}, and answered "${answer}"`);
  }
  const hooks: number[][] = cases.map(() => []);
  const floors: number[][] = cases.map(() => []);
  for (let round = 0; round < bench.rounds; round++)
    for (const [at, one] of cases.entries()) {
      floors[at]?.push(run(['-e', '0']));
      hooks[at]?.push(one.hook());
    }
  return cases.map(({ name, limit }, at) => {
    const [hook, floor] = [sorted(hooks[at]), sorted(floors[at])];
    const [hookMs, floorMs] = [middle(hook), middle(floor)];
    const ratioOfLeast = (hook[0] ?? 0) / (floor[0] ?? 1);
    return { name, hookMs, floorMs, ratio: hookMs / floorMs, ratioOfLeast, limit };
  });
}

const WORDS =
  'token session refresh store cache index parser router invoice payment queue worker thread lock mutex layout page button theme color widget schema migration column table query planner socket stream buffer header cookie proxy gateway deploy script build bundle module loader config setting flag metric trace log alert retry timeout backoff budget quota limit shard replica leader election snapshot backup restore archive'.split(
    ' ',
  );

function makeProject(project: string, home: string, count: number): void {
  mkdirSync(join(project, 'src', 'token'), { recursive: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(project, 'src', 'token', 'token.ts'), 'export const token = 1;\n');
  for (let n = 0; n < count; n++) {
    const word = wordsOf(n);
    const id = drawMemoryId(bytesOf(n));
    const month = String(1 + (n % 12)).padStart(2, '0');
    const folder = join(project, '.claude-mem', 'memories', '2026', month);
    if (n < 12) mkdirSync(folder, { recursive: true });
    const text = serializeMemory({
      id,
      kind: 'observation',
      type: 'bugfix',
      title: titleOf(n),
      created: `2026-${month}-${String(1 + (n % 28)).padStart(2, '0')}T10:00:00Z`,
      session: `s${n % 900}`,
      files: [{ path: `src/${WORDS[n % WORDS.length]}/${WORDS[(n * 7) % WORDS.length]}.ts`, blob: '0123456789ab' }],
      tags: [],
      supersedes: [],
      deletes: [],
      body: `${Array.from({ length: 90 }, (_, at) => word(at + 4)).join(' ')}.\n`,
    });
    writeFileSync(join(folder, `${String(1 + (n % 28)).padStart(2, '0')}-made-${id}.md`), text);
  }
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], {
      cwd: project,
      env: { ...process.env, HOME: home },
    });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'made');
}

function titleOf(n: number): string {
  const word = wordsOf(n);
  return `The ${word(0)} of ${word(1)} ${word(2)} ${word(3)}`;
}

/** The words of a made memory, by their place in it; some have a number behind. */
function wordsOf(n: number): (at: number) => string {
  const bytes = bytesOf(n);
  return (at) => {
    const byte = bytes[at % bytes.length] ?? 0;
    return `${WORDS[(byte * 7 + at * 13 + n) % WORDS.length]}${byte % 2 === 0 ? '' : (byte * 31 + at * 17 + n) % 300}`;
  };
}

function bytesOf(n: number): Buffer {
  return createHash('sha256').update(`memory ${n}`).digest();
}

function sorted(values: readonly number[] = []): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function middle(values: readonly number[]): number {
  return values[values.length >> 1] ?? 0;
}
