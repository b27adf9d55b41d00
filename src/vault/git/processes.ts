// Finds a git command that the user runs in a work tree right now: a plain `git commit` holds no lock while its editor is open.

import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../../system/exec.ts';

/** The user's running git command in this work tree, such as `commit`; undefined when there is none or nobody can tell. */
export async function findUserGit(worktree: string): Promise<string | undefined> {
  try {
    const found = process.platform === 'linux' ? fromProc() : process.platform === 'win32' ? [] : await fromPs();
    return found.find(({ folder }) => folder !== undefined && nearestWorktree(folder) === worktree)?.command;
  } catch {
    return undefined;
  }
}

interface GitProcess {
  readonly command: string;
  readonly folder: string | undefined;
}

/** Commands that read HEAD or the index, take their time, and fail or go wrong when either moves meanwhile. */
const MOVING = new Set([
  'am',
  'bisect',
  'checkout',
  'cherry-pick',
  'citool',
  'commit',
  'filter-branch',
  'merge',
  'pull',
  'rebase',
  'reset',
  'revert',
  'stash',
  'switch',
]);
/** Options before the command that take the next word as their value. */
const WITH_VALUE = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--config-env']);

/** The command of a git process if it is one of those that must not be disturbed. Pure. */
export function movingCommand(argv: readonly string[]): string | undefined {
  const program = (argv[0] ?? '').split('/').at(-1) ?? '';
  const direct = /^git-(.+)$/.exec(program)?.[1];
  if (direct !== undefined) return MOVING.has(direct) ? direct : undefined;
  if (program !== 'git') return undefined;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (WITH_VALUE.has(word)) i++;
    else if (!word.startsWith('-')) return MOVING.has(word) ? word : undefined;
  }
  return undefined;
}

/** The nearest folder at or above a path that has a `.git`: a nested clone or work tree is not this one. */
function nearestWorktree(path: string): string | undefined {
  for (let dir = path; ; dir = dirname(dir)) {
    if (lstatSync(join(dir, '.git'), { throwIfNoEntry: false }) !== undefined) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

function fromProc(): GitProcess[] {
  const found: GitProcess[] = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = movingCommand((readText(`/proc/${pid}/cmdline`) ?? '').split('\0'));
    if (command !== undefined) found.push({ command, folder: readLink(`/proc/${pid}/cwd`) });
  }
  return found;
}

async function fromPs(): Promise<GitProcess[]> {
  const listed = await runProgram('ps', ['-axo', 'pid=,command='], { timeoutMs: 2_000 });
  const found = new Map<string, string>();
  for (const line of listed.stdout.toString('utf8').split('\n')) {
    const [, pid, words] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const command = movingCommand((words ?? '').split(' '));
    if (pid !== undefined && command !== undefined) found.set(pid, command);
  }
  if (found.size === 0) return [];
  const folders = await runProgram('lsof', ['-a', '-d', 'cwd', '-Fpn', '-p', [...found.keys()].join(',')], {
    timeoutMs: 2_000,
  });
  const processes: GitProcess[] = [];
  let pid = '';
  for (const line of folders.stdout.toString('utf8').split('\n')) {
    if (line.startsWith('p')) pid = line.slice(1);
    const command = found.get(pid);
    if (line.startsWith('n') && command !== undefined) processes.push({ command, folder: line.slice(1) });
  }
  return processes;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
