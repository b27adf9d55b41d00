// The spool on a real disk: nothing lost, nothing twice, everything private, whatever lies in the way.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendEvent } from '../../src/capture/spool-writer.ts';
import { openSpool } from '../../src/capture/spool.ts';
import type { Spool } from '../../src/capture/spool.ts';
import type { HookEvent } from '../../src/model/hook-event.ts';
import { ORIGIN } from './payloads.ts';

interface Place {
  readonly dir: string;
  readonly dead: string;
  readonly spool: Spool;
}

function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), 'memvault-spool-'));
  const [dir, dead] = [join(home, 'a', 'spool'), join(home, 'a', 'dead-letter')];
  return { dir, dead, spool: openSpool(dir, dead) };
}

function event(number: number): HookEvent {
  const id = `${1795338000000 + number}-42-0011aabb`;
  return { v: 1, ...ORIGIN, id, sessionId: 's', type: 'stop', reply: `reply ${number}` };
}

const ids = (events: readonly HookEvent[]): string[] => events.map((one) => one.id);

describe('the spool', () => {
  it('gives events in order of their ids, again until they are acknowledged', () => {
    const { spool, dir, dead } = makePlace();
    expect(spool.claim()).toEqual({ events: [], rejected: 0 });
    for (const number of [3, 1, 2]) spool.append(event(number));
    expect(spool.counts()).toEqual({ waiting: 3, claimed: 0, deadLetters: 0 });
    expect(spool.claim().events).toEqual([event(1), event(2), event(3)]);
    spool.append(event(0));
    // A worker that died after its claim finds the same again, and what came since.
    const after = openSpool(dir, dead);
    expect(ids(after.claim().events)).toEqual(ids([event(0), event(1), event(2), event(3)]));
    after.acknowledge(ids([event(0), event(2)]));
    after.acknowledge(ids([event(2)]));
    after.acknowledge(['../../../etc/passwd']);
    expect(ids(after.claim().events)).toEqual(ids([event(1), event(3)]));
    expect(after.counts()).toEqual({ waiting: 0, claimed: 2, deadLetters: 0 });
  });

  it('takes the oldest first when there are more than the limit', () => {
    const { spool } = makePlace();
    for (const number of [5, 4, 3, 2, 1]) spool.append(event(number));
    expect(ids(spool.claim({ limit: 2 }).events)).toEqual(ids([event(1), event(2)]));
    spool.acknowledge(ids([event(1), event(2)]));
    expect(ids(spool.claim({ limit: 2 }).events)).toEqual(ids([event(3), event(4)]));
  });

  it.each([0o000, 0o022, 0o077])('keeps folders and files to the user under umask %o', (mask) => {
    const before = process.umask(mask);
    try {
      const { spool, dir, dead } = makePlace();
      spool.append(event(1));
      spool.append(event(2));
      const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
      expect([dir, join(dir, 'tmp'), join(dir, 'new')].map(mode)).toEqual(['700', '700', '700']);
      expect(mode(join(dir, 'new', `${event(1).id}.json`))).toBe('600');
      spool.claim();
      spool.giveUp(event(2).id, 'tried five times');
      expect([join(dir, 'cur'), dead].map(mode)).toEqual(['700', '700']);
      expect(readdirSync(dead).map((name) => mode(join(dead, name)))).toEqual(['600', '600']);
    } finally {
      process.umask(before);
    }
  });

  it('sends what is no event to the dead letters, with a reason beside it', () => {
    const { spool, dir, dead } = makePlace();
    spool.append(event(1));
    const put = (number: number, content: string): void =>
      writeFileSync(join(dir, 'new', `${event(number).id}.json`), content);
    put(2, JSON.stringify(event(2)).slice(0, 40));
    put(3, '');
    put(4, '\0'.repeat(100));
    put(5, JSON.stringify({ ...event(5), v: 2 }));
    put(6, JSON.stringify(event(7)));
    put(8, JSON.stringify({ ...event(8), type: 'odd' }));
    put(9, `"${'x'.repeat(3 * 1024 * 1024)}"`);
    writeFileSync(join(dir, 'new', 'notes.txt'), 'x');
    symlinkSync('/etc/passwd', join(dir, 'new', `${event(10).id}.json`));
    mkdirSync(join(dir, 'new', `${event(11).id}.json`));

    expect(spool.claim()).toEqual({ events: [event(1)], rejected: 10 });
    expect(spool.counts()).toEqual({ waiting: 0, claimed: 1, deadLetters: 10 });
    const reason = (number: number): string =>
      (JSON.parse(readFileSync(join(dead, `${event(number).id}.json.reason`), 'utf8')) as { reason: string }).reason;
    expect([2, 3, 4, 5, 6, 8, 9, 10, 11].map(reason)).toEqual([
      'not JSON: the file is torn or was not written by memvault',
      'not JSON: the file is torn or was not written by memvault',
      'not JSON: the file is torn or was not written by memvault',
      'event version 2, this memvault reads version 1',
      'the id in the file is not the one in its name',
      'event type odd is not known',
      'too large: 3145730 bytes, at most 2097152',
      'not a regular file',
      'not a regular file',
    ]);
    expect(spool.claim()).toEqual({ events: [event(1)], rejected: 0 });
  });

  it('moves an event that is given up to the dead letters', () => {
    const { spool, dead } = makePlace();
    spool.append(event(1));
    spool.claim();
    spool.giveUp(event(1).id, 'its project is gone');
    expect(spool.claim().events).toEqual([]);
    expect(JSON.parse(readFileSync(join(dead, `${event(1).id}.json`), 'utf8'))).toEqual(event(1));
    expect(readFileSync(join(dead, `${event(1).id}.json.reason`), 'utf8')).toContain('its project is gone');
  });

  it('leaves nothing behind when the disk refuses, and keeps what another hook is writing', () => {
    const { spool, dir } = makePlace();
    spool.append(event(1));
    expect(() => appendEvent('/dev/null/spool', event(2))).toThrow();
    writeFileSync(join(dir, 'blocked'), '');
    expect(() => appendEvent(join(dir, 'blocked'), event(2))).toThrow();

    const [fresh, old] = [join(dir, 'tmp', 'fresh.json'), join(dir, 'tmp', 'old.json')];
    writeFileSync(fresh, '{');
    writeFileSync(old, '{');
    utimesSync(old, 1, 1);
    spool.claim();
    expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
  });

  it('never writes over an event that is there', () => {
    const { spool, dir } = makePlace();
    spool.append(event(1));
    spool.claim();
    chmodSync(join(dir, 'cur'), 0o700);
    spool.append(event(1));
    // The same id twice is the same event: one claim, one event.
    expect(ids(spool.claim().events)).toEqual(ids([event(1)]));
  });
});
