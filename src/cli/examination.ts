// The examination behind `memvault doctor`: findings part by part, each with its way out.

import { existsSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { toMemvaultError } from '../model/errors.ts';
import { runProgram } from '../system/exec.ts';
import { dataPaths } from '../system/paths.ts';
import type { DataPaths } from '../system/paths.ts';
import { openVaultHere, readSettingsHere } from '../app.ts';
import type { OpenVault, Whereabouts } from '../app.ts';
import { examineFolder } from './examine/folder.ts';
import { examineSpool } from './examine/spool.ts';
import { examineVault } from './examine/vault.ts';
import { examineWorker } from './examine/worker.ts';
import type { Finding } from './finding.ts';
import { plural } from './plural.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks at each part on its own: a fault of one does not hide the others. Changes nothing but the index. The vault is open as long
 * as `use` has the findings: what they offer to fix may need it.
 */
export async function examine<T>(where: Whereabouts, use: (examination: Examination) => T | Promise<T>): Promise<T> {
  const now = (where.clock ?? { now: () => Date.now() }).now();
  const paths = dataPaths(where.env);
  const here = readSettingsHere(where);
  const findings: Finding[] = [
    { part: 'node', state: 'good', text: `${process.version} at ${process.execPath}` },
    await examineGit(where.cwd),
    examineSettings(here.settings.diagnostics.length, here.file),
    ...look('data folder', () => examineFolder(dataFolder(paths), now)),
    ...look('worker', () => examineWorker(paths, now)),
    ...look('spool', () => examineSpool(paths, now)),
  ];
  let vault: OpenVault | undefined;
  let diagnostics: readonly Diagnostic[] = [];
  try {
    vault = openVaultHere(where);
    findings.push(...(await examineVault(vault, now, paths)));
    diagnostics = vault.diagnostics();
  } catch (thrown) {
    const { message, hint } = toMemvaultError(thrown);
    findings.push({ part: 'vault', state: 'fault', text: message, wayOut: hint });
  }
  try {
    return await use({ findings, diagnostics: [...here.settings.diagnostics, ...diagnostics] });
  } finally {
    vault?.close();
  }
}

function look(part: string, examinePart: () => readonly Finding[]): readonly Finding[] {
  try {
    return examinePart();
  } catch (thrown) {
    const { message, hint } = toMemvaultError(thrown);
    return [{ part, state: 'fault', text: message, wayOut: hint }];
  }
}

function dataFolder(paths: DataPaths) {
  return {
    part: 'data folder',
    root: paths.home,
    refused: {
      text: `${paths.home} cannot be written: hooks keep no event`,
      wayOut: 'Give yourself the right to it, or move your data folder with CLAUDE_MEM_DATA_DIR.',
    },
    content: ['spool', 'dead-letter', 'quarantine', 'vaults', 'models', 'runtime', 'logs'],
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
