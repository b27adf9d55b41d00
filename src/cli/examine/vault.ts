// Examines one vault: its place, its outbox, its batches, its index, a publish that did not end.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OpenVault } from '../../app.ts';
import { toMemvaultError } from '../../model/errors.ts';
import { faultOfInstalled } from '../../index/embed/open-installed.ts';
import type { EmbeddingStatus } from '../../model/status.ts';
import type { DataPaths } from '../../system/paths.ts';
import type { Finding } from '../finding.ts';
import { plural } from '../plural.ts';
import { examineFolder } from './folder.ts';

/** A batch that is worked off is done within minutes. */
const UNFINISHED_MS = 10 * 60_000;

/** `now` in milliseconds since the epoch. */
export async function examineVault(
  vault: OpenVault,
  now: number,
  paths: Pick<DataPaths, 'models' | 'runtime'>,
): Promise<readonly Finding[]> {
  const status = await vault.status();
  const { stateDir, kind, root } = vault.place;
  const { observations, summaries, notes } = status.vault;
  return [
    {
      part: 'vault',
      state: 'good',
      text: `${kind}: ${root}, ${plural(observations + summaries + notes, 'memory', 'memories')}`,
    },
    ...examineFolder(
      {
        part: 'vault',
        root: stateDir,
        refused: {
          text: `${stateDir} cannot be written: no new memory can be kept there`,
          wayOut: 'Give yourself the right to it, or run `memvault init --personal`.',
        },
        content: ['outbox', 'elsewhere', 'cache'],
      },
      now,
    ),
    examineOutbox(status.outbox),
    ...examineCutOff(vault),
    ...examineBatches(vault, now),
    examineIndex(vault, status.vault.exists),
    ...(status.embedding === undefined ? [] : [await examineEmbedding(status.embedding, paths)]),
  ];
}

function examineOutbox({ waiting, held }: Awaited<ReturnType<OpenVault['status']>>['outbox']): Finding {
  if (held !== undefined)
    return { part: 'outbox', state: 'remark', text: `${waiting} waiting: ${held.sentence}`, wayOut: held.wayOut };
  return {
    part: 'outbox',
    state: 'good',
    text: waiting === 0 ? 'empty' : `${waiting} not yet in the default branch`,
  };
}

function examineCutOff(vault: OpenVault): readonly Finding[] {
  if (!vault.git.isCutOff()) return [];
  return [
    {
      part: 'publish',
      state: 'remark',
      text: 'one was cut off: some memories may be staged or lie in the work tree without a commit',
      wayOut: 'The worker clears that up when it next runs; so does `memvault publish`.',
      fix: {
        does: 'finishes it or takes it back, as a publish would',
        async run() {
          const { committed } = await vault.publish({ now: false, atSessionEnd: false });
          if (vault.git.isCutOff()) return 'not yet: somebody is at work in the repository';
          return committed > 0 ? `finished: ${plural(committed, 'memory', 'memories')} committed` : 'cleared up';
        },
      },
    },
  ];
}

/** What the journal says became of the events, as long as it remembers: 30 days, or 2,000 batches. */
function examineBatches(vault: OpenVault, now: number): readonly Finding[] {
  const entries = vault.journal.list();
  const done = entries.filter(({ step }) => step === 'acknowledged');
  const late = entries.filter(({ step, at }) => step !== 'acknowledged' && now - Date.parse(at) > UNFINISHED_MS);
  const aside = corruptEntries(vault.place.stateDir);
  const events = done.reduce((sum, { eventIds }) => sum + eventIds.length, 0);
  const findings: Finding[] = [
    {
      part: 'batches',
      state: 'good',
      text:
        done.length === 0
          ? 'none yet'
          : `${plural(events, 'event')} worked off in ${plural(done.length, 'batch', 'batches')} of the last 30 days`,
    },
  ];
  if (late.length > 0)
    findings.push({
      part: 'batches',
      state: 'remark',
      text: `${plural(late.length, 'one', 'ones')} not finished: their answers are kept, no model is asked again`,
      wayOut:
        'They are finished when a worker next has an event of this project; see `memvault worker logs` if it fails.',
    });
  if (aside > 0)
    findings.push({
      part: 'batches',
      state: 'remark',
      text: `${plural(aside, 'entry', 'entries')} of the journal could not be read and lie aside (*.corrupt)`,
      wayOut: 'Nothing to do: events that waited were worked off anew.',
    });
  return findings;
}

function corruptEntries(stateDir: string): number {
  const folder = join(stateDir, 'journal');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.corrupt')).length : 0;
}

function examineIndex(vault: OpenVault, vaultExists: boolean): Finding {
  const fault = faultOf(vault.indexFile);
  if (fault === undefined)
    return {
      part: 'index',
      state: 'good',
      text: existsSync(vault.indexFile) ? 'whole' : vaultExists ? 'not made yet' : 'not needed yet',
    };
  return {
    part: 'index',
    state: 'fault',
    text: `${vault.indexFile} is damaged: ${fault}`,
    wayOut: 'Run `memvault rebuild`: it is made anew from the files alone.',
    fix: {
      does: 'makes it anew from the files',
      run: () => `made anew: ${plural(vault.rebuild().added, 'memory', 'memories')}`,
    },
  };
}

/** What SQLite's own quick look says, in its words; undefined when all is well, and when there is no index. */
function faultOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
    try {
      const [row] = database.prepare('PRAGMA quick_check(1)').all();
      const answer = String(row?.['quick_check'] ?? 'no answer');
      return answer === 'ok' ? undefined : answer;
    } finally {
      database.close();
    }
  } catch (error) {
    return toMemvaultError(error).message;
  }
}

async function examineEmbedding(
  { model, installed, memories, embedded }: EmbeddingStatus,
  { models, runtime }: Pick<DataPaths, 'models' | 'runtime'>,
): Promise<Finding> {
  if (!installed)
    return {
      part: 'model',
      state: 'remark',
      text: `${model} is set but not installed; searches go by words alone`,
      wayOut: `Run \`memvault model install ${model}\`, or \`memvault model use none\`.`,
    };
  const fault = await faultOfInstalled(models, model, runtime);
  if (fault === undefined)
    return { part: 'model', state: 'good', text: `${model}, ${embedded} of ${memories} memories embedded` };
  return {
    part: 'model',
    state: 'remark',
    text: `${model} cannot be used: ${fault.message}; searches go by words alone`,
    wayOut: fault.hint,
  };
}
