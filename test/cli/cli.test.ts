// The command line as a person uses it: the built command in real repositories.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_RULES } from '../../src/model/errors.ts';
import { COMMAND_NAMES } from '../../src/cli/commands.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';

const CLI = resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');
let repo: TestRepo;
let dataDir: string;

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('every command', () => {
  it.each(COMMAND_NAMES)('%s explains itself with --help', (name) => {
    const { code, stdout } = run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: memvault ${name}`);
    expect(run(['help', name]).stdout).toBe(stdout);
    expect(stdout).toContain('Examples:');
  });

  it('is listed by the bare command', () => {
    const { code, stdout } = run([]);
    expect(code).toBe(0);
    for (const name of COMMAND_NAMES) expect(stdout).toContain(`  ${name}`);
  });
});

describe('wrong input', () => {
  it.each([
    [['serch'], 2, 'there is no command "serch"', 'memvault search'],
    [['--debug', 'status'], 2, 'a command before the options, got "--debug"', 'memvault status --json'],
    [['help', 'serch'], 2, 'there is no command "serch"', 'memvault search'],
    [['timeline', '--at', '2026', '--before', '-1'], 2, '--before', 'memvault timeline --help'],
    [['search', 'x', '--kind', 'all'], 2, 'one of observation, summary, note, got', ''],
    [['search', '--limt', '3'], 2, '--limt', 'memvault search --help'],
    [['search'], 2, 'expects words or a filter', 'memvault search token'],
    [['search', '-verbose'], 2, "Unknown option '-v'", 'goes after `--`'],
    [['search', '--batch', 'token'], 2, '--batch reads its words from standard input, got "token"', '--batch'],
    [['search', '--batch', '--everywhere'], 2, 'standard input, got --everywhere', '--batch'],
    [['search', '--batch', '--limit', '0'], 2, '--limit expects a whole number from 1 to 100', ''],
    [['search', 'x', '--limit', '0'], 2, '--limit expects a whole number from 1 to 100', ''],
    [['search', 'x', '--type', 'bug'], 2, '--type expects one of', ''],
    [['search', 'x', '--since', 'yesterday'], 2, '--since expects a date', ''],
    [['show'], 2, 'expects <id…>', 'memvault show 7k2m9qx'],
    [['show', 'zzzz'], 3, 'there is no memory "zzzz"', 'memvault search'],
    [['timeline'], 2, 'expects an id or --at', 'memvault timeline --at'],
    [['config', 'get', 'modle'], 2, 'there is no setting "modle"', 'memvault config list'],
    [['config', 'set', 'port', 'http'], 2, 'port: expected a whole number', ''],
    [['worker', 'restart'], 2, 'start, stop, status or logs', ''],
    [['init', '--personal', '--off'], 2, 'exclude each other', ''],
    [['status', '--vault', '/nowhere'], 3, '/nowhere', ''],
  ] as const)('%j ends with %i and says what to type', (args, code, message, hint) => {
    const result = run([...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(hint);
    if (args[0] !== '--debug') expect(result.stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(result.stdout).toBe('');
    const json = run([...args, '--json']);
    expect(json.code).toBe(code);
    const error = (
      JSON.parse(json.stdout) as { error: { code: keyof typeof ERROR_RULES; message: string; hint: string } }
    ).error;
    expect(ERROR_RULES[error.code].exit).toBe(code);
    expect(error.hint).not.toBe('');
  });
});

describe('search, show, timeline', () => {
  beforeEach(() => {
    put({
      id: '7k2m9qx4hd3a',
      title: 'Two parallel refreshes could rotate one token',
      created: '2026-11-20T10:00:00Z',
      tags: ['auth'],
    });
    put({
      id: '7k2m0000000b',
      title: 'Why the cache is written twice',
      created: '2026-11-21T10:00:00Z',
      type: 'decision',
    });
    put({ id: 'c4hd7k2m9qxa', title: 'Deploys need REDIS_URL', created: '2026-11-22T10:00:00Z', type: 'gotcha' });
  });

  it('find, show whole, and tell what was around', () => {
    expect(run(['search', 'parallel', 'refresh']).stdout).toContain('7k2m9qx  2026-11-20  bugfix');
    expect(run(['show', 'c4hd']).stdout).toContain('Deploys need REDIS_URL');
    const rows = run(['timeline', '7k2m0', '--before', '1', '--after', '1']).stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/^> .*Why the cache is written twice$/);
  });

  it('ask whether near titles were meant when nothing is found', () => {
    const { code, stdout } = run(['search', 'paralel', 'refrsh']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing found for "paralel refrsh". Did you mean:\n7k2m9qx  2026-11-20  bugfix');
    expect(stdout).toContain('memvault show 7k2m9qx');
    expect(JSON.parse(run(['search', 'paralel', 'refrsh', '--json']).stdout)).toMatchObject({
      total: 0,
      hits: [],
      didYouMean: [{ id: '7k2m9qx4hd3a' }],
    });
    const nothing = run(['search', 'asdfgh']).stdout;
    expect(nothing).toContain('Fewer or other words may help');
    expect(nothing).not.toContain('Did you mean');
  });

  it('take a year or a month, and times without a zone as UTC wherever the person is', () => {
    expect(run(['search', '--since', '2026-11']).stdout).toContain('c4hd7k2');
    expect(run(['search', '--until', '2025']).stdout).toMatch(/^Nothing found\. /);
    for (const TZ of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      const around = run(['timeline', '--at', '2026-11-21T10:30', '--before', '1', '--after', '0'], '', { TZ }).stdout;
      expect(around).toContain('Why the cache is written twice');
    }
  });

  it('name the candidates of an ambiguous id', () => {
    const { code, stderr } = run(['show', '7k2m']);
    expect(code).toBe(3);
    expect(stderr).toContain('7k2m9qx4hd3a');
    expect(stderr).toContain('7k2m0000000b');
  });

  it('answers a batch of queries line by line, also past a wrong one', () => {
    const input = '{"q": "refresh", "limit": 1}\nnot json\n\n{"q": "redis_url"}\n{"q": "x", "type": "decision"}\n';
    const { code, stdout } = run(['search', '--batch'], input);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { q?: string; results?: { id: string }[]; error?: { code: string } });
    expect(code).toBe(0);
    expect(lines).toHaveLength(4);
    expect(lines[0]?.results?.map((hit) => hit.id)).toEqual(['7k2m9qx4hd3a']);
    expect(lines[1]?.error?.code).toBe('invalid_input');
    expect(lines[2]?.results?.[0]?.id).toBe('c4hd7k2m9qxa');
    expect(lines[3]?.results).toEqual([]);
    const wrong = run(['search', '--batch'], '{"q": "x", "typ": "decision"}\n').stdout;
    expect(wrong).toContain('It takes q, limit, type');
    expect(run(['search', '--batch'], '{"q": "x", "toString": "decision"}\n').stdout).toMatch(/no .*toString/);
  });

  it('takes the limit and the filters beside --batch for its lines, and what PowerShell pipes', () => {
    const ask = (options: readonly string[], input: string): readonly (readonly string[] | undefined)[] =>
      run(['search', '--batch', ...options], input)
        .stdout.trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { results?: { id: string }[] }).results?.map((hit) => hit.id));
    const all = ['c4hd7k2m9qxa', '7k2m0000000b', '7k2m9qx4hd3a'];
    expect(ask([], '\uFEFF{"q": ""}\r\n{"q": "*"}\r\n')).toEqual([all, all]);
    expect(ask(['--limit', '1'], '{"q": ""}\n{"q": "", "limit": 2}')).toEqual([all.slice(0, 1), all.slice(0, 2)]);
    expect(ask(['--type', 'decision'], '{"q": ""}\n{"q": "", "type": "gotcha"}')).toEqual([['7k2m0000000b'], []]);
  });

  it('mark what was replaced', () => {
    put({
      id: '5f5f5f5f5f5f',
      title: 'Deploys read the vault',
      created: '2026-11-23T10:00:00Z',
      supersedes: ['c4hd7k2m9qxa'],
    });
    for (const args of [
      ['search', 'REDIS_URL'],
      ['timeline', '5f5f'],
    ])
      expect(run(args).stdout).toMatch(/c4hd7k2.*Deploys need REDIS_URL \(replaced by 5f5f5f5\)/m);
  });

  it('take a file by its absolute path as well', () => {
    put({ id: '5f5f5f5f5f5f', title: 'Of a file', files: [{ path: 'src/auth/refresh.ts' }] });
    for (const file of ['src/auth/refresh.ts', 'src/auth', 'src/auth/'])
      expect(run(['search', '--file', join(repo.root, file)]).stdout).toContain('5f5f5f5');
    expect(run(['search', '--file', repo.root]).stdout).toContain('5f5f5f5');
    expect(run(['search', '--file', `${repo.root}-other/src/auth`]).stdout).not.toContain('5f5f5f5');
  });

  it('take as many words as are pasted', () => {
    const words = Array.from({ length: 500 }, (_, at) => `word${at}`);
    expect(run(['search', 'REDIS_URL', ...words]).stdout).toContain('c4hd7k2');
  });

  it('serves a folder with a vault and no Git', () => {
    const folder = mkdtempSync(join(tmpdir(), 'memvault-folder-'));
    const memory = memoryOf({ id: 'abcd0000000e', title: 'A folder without Git' });
    const file = join(folder, '.claude-mem', memoryPath(memory));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, serializeMemory(memory));
    const rebuilt = JSON.parse(run(['rebuild', '--json', '--vault', folder]).stdout) as { added: number };
    expect(rebuilt.added).toBe(1);
    expect(run(['search', 'folder', '--vault', folder]).stdout).toContain('abcd000');
    expect(JSON.parse(run(['publish', '--now', '--vault', folder]).stdout)).toEqual({
      committed: 0,
      held: 0,
      reason: 'no-git',
    });
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('a disk that refuses', () => {
  it('is named, with a way out, and is no fault of memvault', () => {
    writeFileSync(join(dataDir, 'file'), '');
    const env = { CLAUDE_MEM_DATA_DIR: join(dataDir, 'file', 'data') };
    for (const args of [['config', 'set', 'offline', 'true'], ['worker', 'start'], ['init']]) {
      const { code, stderr } = run(args, '', env);
      expect(code).toBe(ERROR_RULES.unavailable.exit);
      expect(stderr).toMatch(/cannot use \S*file\S*: a part of the path is no folder\n {2}\S/);
    }
  });

  it('does not keep a repository that can only be read from being searched', () => {
    put({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes' });
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'a vault');
    const linked = repo.worktree('feature');
    // Rights do not hold for root, so a file stands where the index would lie.
    repo.write('.git/worktrees/feature/claude-mem', '');
    expect(runIn(linked.root, ['search', 'parallel']).stdout).toContain('7k2m9qx');
    expect(runIn(linked.root, ['status']).stdout).toContain('1 observation');
    expect(runIn(linked.root, ['doctor']).code).toBe(0);
    expect(JSON.parse(runIn(linked.root, ['rebuild', '--json']).stdout)).toMatchObject({ added: 1 });
  });
});

describe('publish --now', () => {
  it('commits what waits, with one JSON line, and has nothing to do the second time', () => {
    putOutbox({ id: '7k2m9qx4hd3a', title: 'A waiting memory' });
    const first = run(['publish', '--now']);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ committed: 1, held: 0, reason: null, branch: 'main' });
    expect(JSON.parse(run(['publish', '--now']).stdout)).toMatchObject({
      committed: 0,
      held: 0,
      reason: 'nothing-to-publish',
    });
    expect(repo.status()).toBe('');
    expect(run(['status']).stdout).toContain('Outbox       empty');
  });

  it('says so when its folder was deleted meanwhile', () => {
    const gone = join(repo.root, 'gone');
    const script = `mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" publish`;
    const args = ['-c', script, 'sh', gone, process.execPath, CLI];
    const { status, stderr } = spawnSync('sh', args, { env: repo.env, encoding: 'utf8' });
    expect(stderr).toBe(
      'memvault: the folder in which this was started is not there any more\n  Go to a folder that is: `cd`.\n',
    );
    expect(status).toBe(ERROR_RULES.not_found.exit);
  });

  it('says why it holds', () => {
    putOutbox({ id: '7k2m9qx4hd3a', title: 'A waiting memory' });
    repo.git('checkout', '-q', '--detach');
    const { code, stdout } = run(['publish', '--now']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ committed: 0, held: 1, reason: 'detached-head' });
    expect(run(['status']).stdout).toMatch(/held: .+\n.+way out: .+/);
    expect(run(['doctor']).stdout).toContain('outbox');
  });

  it('commits on the default branch of a repository with a remote, where plain publish holds', () => {
    addRemote(repo);
    repo.git(
      '-c',
      'user.email=else@example.org',
      'commit',
      '-q',
      '--allow-empty',
      '--author=Else <else@example.org>',
      '-m',
      'by somebody else',
    );
    repo.git('push', '-q', 'origin', 'main');
    putOutbox({ id: '7k2m9qx4hd3a', title: 'A waiting memory' });
    expect(run(['publish', '--dry-run']).stdout).toMatch(/held/);
    expect(JSON.parse(run(['publish', '--now']).stdout)).toMatchObject({ committed: 1, reason: null });
  });
});

describe('config', () => {
  it('sets for the user and for one project, and says where each value comes from', () => {
    expect(run(['config', 'set', 'offline', 'true']).code).toBe(0);
    expect(run(['config', 'set', 'provider', 'extractive', '--project']).code).toBe(0);
    const list = JSON.parse(run(['config', 'list', '--json']).stdout) as {
      settings: { key: string; value: unknown; origin: string }[];
    };
    expect(list.settings).toContainEqual({ key: 'offline', value: true, origin: 'user' });
    expect(list.settings).toContainEqual({ key: 'provider', value: 'extractive', origin: 'project' });
    expect(run(['config', 'get', 'offline'], '', { CLAUDE_MEM_OFFLINE: 'false' }).stdout).toContain(
      'offline = false  (environment)',
    );
  });

  it('keeps everything else in the settings file, and never prints a key', () => {
    writeFileSync(
      join(dataDir, 'settings.json'),
      '{"theirs": {"a": 1}, "memvault": {"projects": {"/x": {"vault": "off"}}}}',
    );
    run(['config', 'set', 'api.key', 'sk-ant-something-secret']);
    const file = JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')) as Record<string, unknown>;
    expect(file['theirs']).toEqual({ a: 1 });
    expect(file['memvault']).toMatchObject({
      projects: { '/x': { vault: 'off' } },
      api: { key: 'sk-ant-something-secret' },
    });
    expect(run(['config', 'list']).stdout).not.toContain('something-secret');
  });

  it('leaves a settings file that is not JSON alone', () => {
    writeFileSync(join(dataDir, 'settings.json'), '{ half');
    expect(run(['config', 'set', 'offline', 'true']).code).toBe(2);
    expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toBe('{ half');
    expect(run(['config', 'list']).stdout).toContain('settings-unreadable');
  });
});

describe('init', () => {
  it('makes the vault in the repository and commits it', () => {
    const { code, stdout } = run(['init']);
    expect(code).toBe(0);
    expect(stdout).toContain('.claude-mem');
    expect(stdout).toMatch(/Committed as [0-9a-f]{8} on main/);
    expect(repo.git('show', '--format=%s', '--name-only', 'HEAD').split('\n').filter(Boolean)).toEqual([
      'chore(memory): make the vault',
      '.claude-mem/.gitattributes',
      '.claude-mem/.gitignore',
      '.claude-mem/README.md',
      '.claude-mem/vault.yaml',
    ]);
    expect(repo.status()).toBe('');
    expect(run(['init']).stdout).not.toContain('Committed');
  });

  it('keeps memories out of the repository with --personal', () => {
    run(['init', '--personal']);
    expect(run(['status']).stdout).toContain('in your personal vault');
    expect(repo.status()).toBe('');
  });

  it('says in words why the vault is not committed yet', () => {
    repo.git('checkout', '-q', '--detach');
    expect(run(['init']).stdout).toMatch(/Not committed yet: [A-Z][^\n]* [^\n]*\.\n[A-Z]/);
  });

  it('holds in all work trees of the clone', () => {
    const linked = repo.worktree('feature');
    run(['init', '--off']);
    expect(runIn(linked.root, ['config', 'get', 'vault']).stdout).toContain('vault = "off"  (project)');
    runIn(linked.root, ['config', 'set', 'provider', 'extractive', '--project']);
    expect(run(['config', 'get', 'provider']).stdout).toContain('"extractive"  (project)');
  });

  it('brings the memories of the personal vault over, also from a linked work tree', () => {
    const linked = repo.worktree('feature');
    putPersonal(repo.root, { id: '7k2m9qx4hd3a', title: 'Learned before' });
    const { stdout } = runIn(linked.root, ['init']);
    expect(stdout).toContain('1 memory came over');
    expect(stdout).toMatch(/Committed as [0-9a-f]{8} on feature/);
    expect(runIn(linked.root, ['search', 'learned']).stdout).toContain('7k2m9qx');
  });

  it('leaves the memories of a folder without Git where they are, and says what to do', () => {
    const folder = mkdtempSync(join(tmpdir(), 'memvault-plain-'));
    putPersonal(folder, { id: '7k2m9qx4hd3a', title: 'Learned without Git' });
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = runIn(folder, ['init']);
      expect(code).toBe(0);
      expect(stdout).toContain('stay in your personal vault');
      expect(stdout).toContain('git init');
    }
    expect(runIn(folder, ['search', 'learned']).stdout).toContain('7k2m9qx');
    rmSync(folder, { recursive: true, force: true });
  });
  it('leaves the choice as it was where it cannot be carried out', () => {
    for (const args of [
      ['--personal', '--remote', 'ext::sh -c true'],
      ['--repo', 'ext::sh -c true'],
    ]) {
      expect(run(['init', ...args]).code).not.toBe(0);
      expect(run(['config', 'get', 'vault']).stdout.trim()).toContain('vault = "auto"');
      expect(run(['config', 'get', 'publish.mode']).stdout.trim()).toContain('publish.mode = "branch"');
    }
  });
});

describe('doctor', () => {
  it('names files that are no memories, ids that stand twice and links, each with a way out, and ends with 1', () => {
    put({ id: '7k2m9qx4hd3a', title: 'One' });
    repo.write(
      '.claude-mem/memories/copy.md',
      repo.read(`.claude-mem/${memoryPath(memoryOf({ id: '7k2m9qx4hd3a', title: 'One' }))}`),
    );
    repo.write('.claude-mem/memories/broken.md', '---\nid: [\n---\n');
    const { code, stdout } = run(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toContain('memories/broken.md');
    expect(stdout).toContain('memories/copy.md');
  });
});

describe('a .claude-mem that cannot be a vault', () => {
  it.each([
    ['a file', 7, () => repo.write('.claude-mem', 'mine')],
    ['of a newer format', 6, () => repo.write('.claude-mem/vault.yaml', 'format: 99\n')],
  ] as const)('%s stops every command but those that lead away from it', (_, code, make) => {
    make();
    for (const args of [['status'], ['search', 'x'], ['publish', '--now'], ['init']]) expect(run(args).code).toBe(code);
    expect(run(['doctor']).stdout).toMatch(/FAULT {2}vault/);
    expect(run(['config', 'list']).code).toBe(0);
    // What failed was not chosen.
    expect(run(['config', 'get', 'vault']).stdout.trim()).toContain('vault = "auto"');
    expect(run(['init', '--personal']).code).toBe(0);
    expect(run(['status']).stdout).toContain('in your personal vault');
  });
});

describe("a repository that is not the person's own", () => {
  it('is left alone, and a session start says so with the way out', () => {
    addRemote(repo);
    const env = { CLAUDE_PROJECT_DIR: repo.root };
    run(['config', 'set', 'vault', 'personal', '--project']);
    run(['config', 'set', 'vault', 'auto', '--project']);
    putPersonal(repo.root, { id: '7k2m9qx4hd3a', title: 'Kept out' });
    const recall = spawnSync(process.execPath, [join(CLI, '..', 'launch.cjs'), 'recall'], {
      cwd: repo.root,
      input: '{"session_id":"s","source":"startup"}',
      encoding: 'utf8',
      env: { ...repo.env, ...env, CLAUDE_MEM_DATA_DIR: dataDir },
    });
    expect(JSON.parse(recall.stdout)).toMatchObject({
      systemMessage: expect.stringContaining('memvault init') as unknown,
    });
  });
});

describe('adopt', () => {
  it('makes a note of a file that a person wrote, without changing a byte of their text', () => {
    repo.write('.claude-mem/memories/release.md', '# How we release\n\nBy hand, on Fridays.\n');
    expect(run(['doctor']).stdout).toContain('memvault adopt');
    expect(run(['adopt', '.claude-mem/memories/release.md']).code).toBe(0);
    expect(repo.read('.claude-mem/memories/release.md')).toMatch(
      /^---\nid: [\s\S]+\n---\n# How we release\n\nBy hand, on Fridays\.\n$/,
    );
    expect(run(['search', 'fridays']).stdout).toContain('How we release');
  });
});

describe('the documentation of errors', () => {
  it('has a heading for each code, and no other', () => {
    const page = readFileSync(resolve(import.meta.dirname, '..', '..', 'docs', 'troubleshooting.md'), 'utf8');
    const headings = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
    expect(new Set(headings)).toEqual(new Set(Object.keys(ERROR_RULES)));
    expect(headings).toHaveLength(Object.keys(ERROR_RULES).length);
  });
});

function run(
  args: readonly string[],
  input = '',
  env: Record<string, string> = {},
  cwd = repo.root,
): { code: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir, ...env },
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** As from another folder than the repository's. */
function runIn(cwd: string, args: readonly string[]): ReturnType<typeof run> {
  return run(args, '', {}, cwd);
}

type Given = Parameters<typeof memoryOf>[0];

/** A memory in the personal vault of a folder. */
function putPersonal(folder: string, given: Given): void {
  const status = run(['status', '--json'], '', { CLAUDE_MEM_VAULT: 'personal' }, folder).stdout;
  const { root } = (JSON.parse(status) as { vault: { root: string } }).vault;
  const memory = memoryOf(given);
  const file = join(root, '.claude-mem', memoryPath(memory));
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, serializeMemory(memory));
}

function put(given: Given): void {
  const memory = memoryOf(given);
  repo.write(`.claude-mem/${memoryPath(memory)}`, serializeMemory(memory));
}

function putOutbox(given: Given): void {
  const memory = memoryOf(given);
  repo.write(`.git/claude-mem/outbox/${memoryPath(memory)}`, serializeMemory(memory));
}
