// Keeps what V8 compiled of a CommonJS file of ours, so that the next short-lived process need not compile it again.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import { Script } from 'node:vm';

export interface CompiledCodeOptions {
  /** Where the compiled code is kept: this user's alone. Made when something is written, unless the folder above is not there either. */
  readonly folder: string;
  /** A number from 0 to below 1, drawn anew at each call. */
  readonly draw: () => number;
}

/**
 * The exports of a CommonJS file, as `require` gives them, with the functions that earlier processes compiled. What is kept is taken
 * only as it was written, by this user, for this very file and Node; anything else, and any fault, means compiling as ever. At its end
 * the process keeps what it compiled itself: in the first runs, and seldom afterwards. A file runs once in a process. Throws what the
 * file throws.
 *
 * V8's code cache made after the run also holds functions that were compiled late (https://v8.dev/blog/code-caching-for-devs).
 */
export function loadCompiled(file: string, options: CompiledCodeOptions): unknown {
  const before = loaded.get(file);
  if (before !== undefined) return before.exports;
  const compiled = compile(file, options);
  if (compiled === undefined) return createRequire(file)(file);
  const module: { exports: unknown } = { exports: {} };
  loaded.set(file, module);
  const folder = dirname(file);
  const requireNear = (id: string): unknown =>
    id.startsWith('./') ? loadCompiled(folder + sep + id.slice(2), options) : (builtIn(id) ?? createRequire(file)(id));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what WRAPPER makes
  const run = compiled.runInThisContext() as (...parts: readonly unknown[]) => void;
  run(module.exports, requireNear, module, file, folder);
  return module.exports;
}

/** One of Node's own modules, without the way round by a file; undefined for others, and where Node has no such door (before 22). */
function builtIn(id: string): unknown {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  return id.startsWith('node:') ? getBuiltinModule?.(id) : undefined;
}

/** What ran in this process, as far as it came: files may ask for each other. */
const loaded = new Map<string, { readonly exports: unknown }>();

/** As Node's own loader wraps such a file. */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'] as const;
/** So many runs keep what they compiled: events of other kinds come to other functions. */
const EAGER_RUNS = 6;
/** Later one run in so many does. */
const SELDOM = 64;
/** Compiled code of so many Nodes and versions of a file is kept. */
const MOST_KEPT = 4;

function compile(file: string, { folder, draw }: CompiledCodeOptions): Script | undefined {
  try {
    const stat = lstatSync(file);
    const source = WRAPPER[0] + readFileSync(file, 'utf8') + WRAPPER[1];
    // V8 checks its own version and flags, but of the source only the length. The time of change is the system's: no archive sets it.
    const name = basename(file);
    const written = `${stat.size}-${stat.ino}-${Math.trunc(stat.ctimeMs * 1000).toString(36)}`;
    // Not `join`, which walks it character by character.
    const kept = `${folder}${sep}${name}-${written}-${process.version}-${process.arch}`;
    const known = readKept(kept);
    const script = new Script(source, { filename: file, ...(known === undefined ? {} : { cachedData: known.data }) });
    const isUsed = known !== undefined && script.cachedDataRejected !== true;
    const runs = isUsed ? known.runs : 0;
    // Code that V8 refuses is of another processor or of other flags, which may take turns with these: replaced seldom.
    if (known === undefined || (isUsed && runs < EAGER_RUNS) || draw() < 1 / SELDOM)
      atExit(() => keep(script, kept, { name, runs: runs + 1, size: isUsed ? known.data.length : 0, draw }));
    return script;
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly data: Buffer;
  readonly runs: number;
}

/**
 * A file holds its data twice and the number of runs that it comes from: V8 does not check its data, and a byte that changed on the disk
 * would end the process. Comparing two copies takes a hundredth of what a checksum in JavaScript would.
 */
function readKept(file: string): Kept | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const { mode, uid } = fstatSync(descriptor);
    // On Windows there are neither owners nor modes: there the user's folder is theirs alone.
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o077) !== 0)) return undefined;
    const bytes = readFileSync(descriptor);
    const half = (bytes.length - 1) / 2;
    if (!Number.isInteger(half) || half <= 0) return undefined;
    const data = bytes.subarray(1, 1 + half);
    return bytes.compare(data, 0, data.length, 1 + half) === 0 ? { data, runs: bytes[0] ?? 0 } : undefined;
  } finally {
    closeSync(descriptor);
  }
}

interface Keeping {
  readonly name: string;
  readonly runs: number;
  /** Bytes that were kept before. */
  readonly size: number;
  readonly draw: () => number;
}

let endings: (() => void)[] | undefined;

/** One listener for all files: Node warns of many. */
function atExit(ending: () => void): void {
  if (endings === undefined) {
    const all: (() => void)[] = [];
    process.once('exit', () => all.forEach((one) => one()));
    endings = all;
  }
  endings.push(ending);
}

/** Never throws: the process has done its work. Code that is no more than what is kept is not written again. */
function keep(script: Script, file: string, { name, runs, size, draw }: Keeping): void {
  try {
    const data = script.createCachedData();
    if (data.length <= size && runs > EAGER_RUNS) return;
    const folder = dirname(file);
    const temporary = join(folder, `.${name}.${process.pid}.${draw().toString(36).slice(2)}`);
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    // Nobody waits for the disk: the second copy tells what a power cut tore.
    const bytes = Buffer.concat([Buffer.from([Math.min(runs, 255)]), data, data]);
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, file);
    if (runs === 1) forgetOld(folder, name);
  } catch {
    // A full or read-only disk: it is compiled again.
  }
}

function forgetOld(folder: string, name: string): void {
  const old = readdirSync(folder)
    .filter((one) => one.startsWith(`${name}-`) || one.startsWith(`.${name}.`))
    .map((one) => ({ file: join(folder, one), at: lstatSync(join(folder, one)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { file } of old.slice(MOST_KEPT)) rmSync(file, { force: true });
}
