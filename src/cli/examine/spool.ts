// Examines the spool and what left it: events that wait, dead letters, drops, leftovers of hooks that were killed.

import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSpool } from '../../capture/spool.ts';
import { readReasons } from '../../capture/dead-letters.ts';
import { countSpool } from '../../system/spool-count.ts';
import type { DataPaths } from '../../system/paths.ts';
import type { Finding } from '../finding.ts';
import { plural } from '../plural.ts';

const HOUR_MS = 3_600_000;
/** A hook lives two seconds at most; what it left behind after so long was never an event. */
const ABANDONED_MS = 10 * 60_000;

/** `now` in milliseconds since the epoch. */
export function examineSpool(paths: DataPaths, now: number): readonly Finding[] {
  const { events, deadLetters, drops } = countSpool(paths);
  return [
    examineWaiting(paths, events, now),
    ...(deadLetters === 0 ? [] : [examineDeadLetters(paths, deadLetters)]),
    ...drops.map(({ events: dropped, reason, last }): Finding => ({
      part: 'dropped',
      state: 'remark',
      text: `${plural(dropped, 'event')}, the last on ${last.slice(0, 10)}: ${reason}`,
      wayOut: `Their ids stand in ${paths.dropsFile}; what they said is gone.`,
    })),
    ...examineLeftovers(paths, now),
    ...examineClock(paths, now),
  ];
}

function examineWaiting(paths: DataPaths, events: number, now: number): Finding {
  const folder = join(paths.spool, 'new');
  const times = list(folder).map((name) => now - mtimeOf(join(folder, name)));
  const oldest = Math.floor(Math.max(0, ...times) / 60_000);
  if (oldest <= 10) return { part: 'spool', state: 'good', text: `${plural(events, 'event')} waiting` };
  return {
    part: 'spool',
    state: 'fault',
    text: `${plural(events, 'event')} waiting, the oldest for ${oldest} minutes`,
    wayOut: 'Run `memvault worker start`, then `memvault worker logs`.',
  };
}

function examineDeadLetters(paths: DataPaths, count: number): Finding {
  const spool = openSpool(paths.spool, paths.deadLetter);
  const reasons = [...Map.groupBy(readReasons(paths.deadLetter), (reason) => reason)]
    .map(([reason, all]) => ({ reason, count: all.length }))
    .toSorted((one, other) => other.count - one.count);
  const told = reasons.slice(0, 3).map((one) => `${one.count} × ${one.reason}`);
  const whole = spool.revivable().length;
  return {
    part: 'dead letters',
    state: 'remark',
    text: `${plural(count, 'event')} set aside${told.length === 0 ? '' : `: ${told.join('; ')}`}`,
    wayOut: `They lie in ${paths.deadLetter}, each with its reason beside it.`,
    ...(whole === 0
      ? {}
      : {
          fix: {
            does: `puts the ${plural(whole, 'one')} that can be read back into the spool`,
            run: () => `${plural(spool.revive(), 'dead letter')} back in the spool; the worker tries again`,
          },
        }),
  };
}

function examineLeftovers(paths: DataPaths, now: number): readonly Finding[] {
  const folder = join(paths.spool, 'tmp');
  const old = list(folder).filter((name) => now - mtimeOf(join(folder, name)) > ABANDONED_MS);
  if (old.length === 0) return [];
  return [
    {
      part: 'spool',
      state: 'remark',
      text: `${plural(old.length, 'half-written file')} of hooks that were killed; none was an event yet`,
      fix: {
        does: 'removes them',
        run() {
          for (const name of old) rmSync(join(folder, name), { force: true, recursive: true });
          return `${plural(old.length, 'half-written file')} removed`;
        },
      },
    },
  ];
}

/** An event's id begins with the time at which it was made. */
function examineClock(paths: DataPaths, now: number): readonly Finding[] {
  const ahead = ['new', 'cur'].flatMap((folder) =>
    list(join(paths.spool, folder)).filter((name) => Number.parseInt(name, 10) > now + HOUR_MS),
  );
  if (ahead.length === 0) return [];
  return [
    {
      part: 'clock',
      state: 'remark',
      text: `${plural(ahead.length, 'event')} from the future: the clock was set back since`,
      wayOut: 'Nothing to do: they are worked off when their sessions end or fall silent.',
    },
  ];
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function mtimeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}
