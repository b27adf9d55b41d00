// Loaded before a process's own code (`node --import`): at the Nth call that touches our files the process dies, or the call fails.
//
// FAULT_AT: which call, from 1; none when left out. FAULT: `kill`, `remove` (the folder FAULT_REMOVE goes), or an error code such as ENOSPC. FAULT_FROM=1: this call and all
// after it fail. FAULT_UNDER: folders that count, separated by `:`. FAULT_COUNT: a file that gets the number of calls at the end.

import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Call = (...args: unknown[]) => unknown;

const { env } = process;
const at = Number(env['FAULT_AT'] ?? '0');
const fault = env['FAULT'] ?? 'kill';
const isLasting = env['FAULT_FROM'] === '1';
const folders = (env['FAULT_UNDER'] ?? '').split(':').filter(Boolean);
const countFile = env['FAULT_COUNT'];
const descriptors = new Set<number>();
let calls = 0;

/** What a full or read-only disk refuses; a kill comes at any of them and at reads too. */
const WRITES = [
  'writeSync',
  'writeFileSync',
  'appendFileSync',
  'openSync',
  'renameSync',
  'mkdirSync',
  'fsyncSync',
  'linkSync',
  'copyFileSync',
] as const;
const OTHERS = ['rmSync', 'unlinkSync', 'rmdirSync', 'utimesSync', 'readFileSync', 'readdirSync'] as const;
const isDisk = ['ENOSPC', 'EROFS', 'EDQUOT'].includes(fault);

const whole = { ...fs };
for (const name of isDisk ? WRITES : [...WRITES, ...OTHERS]) wrap(fs as unknown as Record<string, Call>, name);
if (fault === 'kill') {
  wrap(childProcess as unknown as Record<string, Call>, 'spawn', true);
  wrap(childProcess as unknown as Record<string, Call>, 'spawnSync', true);
}
syncBuiltinESMExports();
if (countFile !== undefined) process.on('exit', () => whole.writeFileSync(countFile, String(calls)));

function wrap(module: Record<string, Call>, name: string, always = false): void {
  const original = module[name] as Call;
  module[name] = (...args) => {
    const [target, content] = args;
    if (always || concerns(target)) {
      calls++;
      if (calls === at || (isLasting && at > 0 && calls > at)) strike(name, target, content, args);
    }
    const result = original(...args);
    if (name === 'openSync' && typeof result === 'number') {
      if (concerns(target)) descriptors.add(result);
      else descriptors.delete(result);
    }
    return result;
  };
}

function concerns(target: unknown): boolean {
  if (typeof target === 'number') return descriptors.has(target);
  const path = String(target);
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** A folder goes; or half of what was to be written is on the disk when the fault comes. */
function strike(name: string, target: unknown, content: unknown, args: readonly unknown[]): void {
  if (fault === 'remove') {
    whole.rmSync(env['FAULT_REMOVE'] ?? '', { recursive: true, force: true });
    return;
  }
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (fault !== 'EROFS' && bytes instanceof Uint8Array) {
    const half = bytes.subarray(0, bytes.length >> 1);
    if (name === 'writeSync') whole.writeSync(target as number, half);
    if (name === 'writeFileSync') whole.writeFileSync(target as string, half, args[2] as fs.WriteFileOptions);
    if (name === 'appendFileSync') whole.appendFileSync(target as string, half, args[2] as fs.WriteFileOptions);
  }
  if (fault === 'kill') process.kill(process.pid, 'SIGKILL');
  const named = typeof target === 'string' ? { path: target } : {};
  throw Object.assign(new Error(`${fault}: made by a test, ${name}`), { code: fault, syscall: name, ...named });
}
