// The examination behind `memvault doctor`: one finding a part, each with its way out.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { EmbeddingStatus } from '../model/status.ts';
import { runProgram } from '../system/exec.ts';
import { dataPaths } from '../system/paths.ts';
import type { DataPaths } from '../system/paths.ts';
import { isWritable } from '../system/writable.ts';
import { readWorkerFile } from '../system/worker-file.ts';
import { openVaultHere, readSettingsHere } from '../app.ts';
import type { Whereabouts } from '../app.ts';
import { plural } from './plural.ts';

export interface Finding {
  readonly part: string;
  readonly state: 'good' | 'remark' | 'fault';
  readonly text: string;
  readonly wayOut?: string;
}

export interface Examination {
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks at each part on its own: a fault of one does not hide the others. Changes nothing but the index. */
export async function examine(where: Whereabouts): Promise<Examination> {
  const paths = dataPaths(where.env);
  const here = readSettingsHere(where);
  const findings = [
    { part: 'node', state: 'good', text: `${process.version} at ${process.execPath}` } satisfies Finding,
    await examineGit(where.cwd),
    examineSettings(here.settings.diagnostics.length, here.file),
    examineWorker(paths),
    examineSpool(paths),
    ...examineFallbacks(paths),
  ];
  const vault = await examineVault(where);
  return {
    findings: [...findings, ...vault.findings],
    diagnostics: [...here.settings.diagnostics, ...vault.diagnostics],
  };
}

async function examineGit(cwd: string): Promise<Finding> {
  try {
    const result = await runProgram('git', ['--version'], { cwd, timeoutMs: 5_000 });
    return { part: 'git', state: 'good', text: result.stdout.toString('utf8').trim() };
  } catch (error) {
    return {
      part: 'git',
      state: 'fault',
      text: toMemvaultError(error).message,
      wayOut: 'Install Git; until then memories wait in the outbox.',
    };
  }
}

function examineSettings(faults: number, file: string): Finding {
  if (faults === 0)
    return {
      part: 'settings',
      state: 'good',
      text: existsSync(file) ? file : `${file} (not made yet; every default holds)`,
    };
  return {
    part: 'settings',
    state: 'remark',
    text: `${plural(faults, 'wrong entry', 'wrong entries')}; the default holds instead`,
    wayOut: 'Run `memvault config list`.',
  };
}

function examineWorker(paths: DataPaths): Finding {
  const worker = readWorkerFile(paths.workerFile, Date.now());
  if (worker !== undefined)
    return { part: 'worker', state: 'good', text: `running, pid ${worker.pid}, version ${worker.version}` };
  return { part: 'worker', state: 'good', text: 'not running; it starts by itself with the next session' };
}

function examineSpool(paths: DataPaths): Finding {
  const dead = count(paths.deadLetter, /(?<!\.reason)\.json$/);
  const waiting = count(join(paths.spool, 'new'), /\.json$/) + count(join(paths.spool, 'cur'), /\.json$/);
  if (dead > 0)
    return {
      part: 'spool',
      state: 'remark',
      text: `${plural(waiting, 'event')} waiting, ${plural(dead, 'dead letter')}`,
      wayOut: `Their reasons lie beside them in ${paths.deadLetter}.`,
    };
  const oldest = oldestAgeMinutes(join(paths.spool, 'new'));
  if (oldest > 10)
    return {
      part: 'spool',
      state: 'fault',
      text: `${plural(waiting, 'event')} waiting, the oldest for ${oldest} minutes`,
      wayOut: 'Run `memvault worker start`, then `memvault worker logs`.',
    };
  return { part: 'spool', state: 'good', text: `${plural(waiting, 'event')} waiting` };
}

/** The newest reasons why another compressor than the wanted one answered. */
function examineFallbacks(paths: DataPaths): Finding[] {
  const file = join(paths.logs, 'worker.log');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-500);
  const reasons = lines.flatMap((line) => {
    try {
      const entry = JSON.parse(line) as { message?: string; fallbackReason?: string };
      return entry.fallbackReason === undefined ? [] : [entry.fallbackReason];
    } catch {
      return [];
    }
  });
  const last = reasons.at(-1);
  if (last === undefined) return [];
  return [
    {
      part: 'compression',
      state: 'remark',
      text: `by rules for the last ${plural(reasons.length, 'batch', 'batches')}: ${last}`,
      wayOut: 'Run `memvault config get provider`, or set api.key.',
    },
  ];
}

async function examineVault(where: Whereabouts): Promise<Examination> {
  try {
    const vault = openVaultHere(where);
    try {
      const status = await vault.status();
      const { stateDir } = vault.place;
      const findings: Finding[] = [
        {
          part: 'vault',
          state: 'good',
          text: `${vault.place.kind}: ${vault.place.root}, ${plural(status.vault.observations + status.vault.summaries + status.vault.notes, 'memory', 'memories')}`,
        },
      ];
      if (!isWritable(stateDir))
        findings.push({
          part: 'vault',
          state: 'fault',
          text: `${stateDir} cannot be written: no new memory can be kept there`,
          wayOut: 'Give yourself the right to it, or run `memvault init --personal`.',
        });
      if (status.outbox.held !== undefined)
        findings.push({
          part: 'outbox',
          state: 'remark',
          text: `${status.outbox.waiting} waiting: ${status.outbox.held.sentence}`,
          wayOut: status.outbox.held.wayOut,
        });
      else
        findings.push({
          part: 'outbox',
          state: 'good',
          text: status.outbox.waiting === 0 ? 'empty' : `${status.outbox.waiting} not yet in the default branch`,
        });
      if (status.embedding !== undefined) findings.push(examineEmbedding(status.embedding));
      return { findings, diagnostics: vault.diagnostics() };
    } finally {
      vault.close();
    }
  } catch (thrown) {
    const error = toMemvaultError(thrown);
    return { findings: [{ part: 'vault', state: 'fault', text: error.message, wayOut: error.hint }], diagnostics: [] };
  }
}

function examineEmbedding({ model, installed, memories, embedded }: EmbeddingStatus): Finding {
  if (installed)
    return { part: 'model', state: 'good', text: `${model}, ${embedded} of ${memories} memories embedded` };
  return {
    part: 'model',
    state: 'remark',
    text: `${model} is set but not installed; searches go by words alone`,
    wayOut: `Run \`memvault model install ${model}\`, or \`memvault model use none\`.`,
  };
}

function count(folder: string, pattern: RegExp): number {
  return list(folder).filter((name) => pattern.test(name)).length;
}

function oldestAgeMinutes(folder: string): number {
  const times = list(folder).flatMap((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? []);
  return times.length === 0 ? 0 : Math.floor((Date.now() - Math.min(...times)) / 60_000);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
