// The spool within its quota: what goes is the oldest tool use, counted; what people and the model said stays.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReasons } from '../../src/capture/dead-letters.ts';
import { openSpool } from '../../src/capture/spool.ts';
import { appendEvent } from '../../src/capture/spool-writer.ts';
import { keepDeadLetters, keepQuota, mindQuota } from '../../src/capture/spool-quota.ts';
import { foldDrops, readDrops, recordDrop } from '../../src/system/drops.ts';
import { dataPaths } from '../../src/system/paths.ts';
import type { DataPaths } from '../../src/system/paths.ts';
import { makeEvents, prompt, ran, stop } from '../support/hook-events.ts';

const AT = '2026-11-22T10:00:00.000Z';
const KB = 1024;

/** Ten turns of a prompt, two tool uses of 10 KB and a reply, in a spool of their own. */
function filled(): {
  readonly paths: DataPaths;
  readonly waiting: () => readonly string[];
  readonly ids: readonly string[];
} {
  const paths = dataPaths({ CLAUDE_MEM_DATA_DIR: mkdtempSync(join(tmpdir(), 'memvault-quota-')) });
  const output = 'x'.repeat(10 * KB);
  const events = makeEvents(
    Array.from({ length: 10 }, (_, turn) => [
      prompt(`why ${turn}?`),
      ran('a', output),
      ran('b', output),
      stop('so'),
    ]).flat(),
  );
  for (const event of events) appendEvent(paths.spool, event);
  const waiting = (): readonly string[] =>
    readdirSync(join(paths.spool, 'new'))
      .toSorted()
      .map((name) => (JSON.parse(readFileSync(join(paths.spool, 'new', name), 'utf8')) as { type: string }).type);
  return { paths, waiting, ids: events.map((event) => event.id) };
}

const count = (types: readonly string[], type: string): number => types.filter((one) => one === type).length;

describe('a spool over its quota', () => {
  it('loses its oldest tool uses, and nothing that was said', () => {
    const { paths, waiting, ids } = filled();
    const dropped = keepQuota(paths, { maxBytes: 110 * KB, at: AT, folders: ['new'] });
    expect(dropped).toBeGreaterThanOrEqual(10);
    expect([count(waiting(), 'prompt'), count(waiting(), 'stop'), count(waiting(), 'tool-use')]).toEqual([
      10,
      10,
      20 - dropped,
    ]);
    const [record] = readDrops(paths.dropsFile);
    expect(record).toEqual({ reason: expect.stringContaining('tool uses') as string, events: dropped, last: AT });
    const oldest = ids.filter((_, at) => at % 4 === 1 || at % 4 === 2).slice(0, dropped);
    expect(JSON.parse(readFileSync(paths.dropsFile, 'utf8'))).toMatchObject({ eventIds: oldest });
    expect(keepQuota(paths, { maxBytes: 110 * KB, at: AT, folders: ['new'] })).toBe(0);
  });

  it('stays over it where only prompts and replies are left', () => {
    const { paths, waiting } = filled();
    expect(keepQuota(paths, { maxBytes: 1, at: AT, folders: ['new'] })).toBe(20);
    expect(keepQuota(paths, { maxBytes: 1, at: AT, folders: ['new'] })).toBe(0);
    expect(waiting()).toHaveLength(20);
  });

  it('loses nothing while there is room', () => {
    const { paths, waiting } = filled();
    expect(keepQuota(paths, { maxBytes: 1024 * KB, at: AT, folders: ['new', 'cur'] })).toBe(0);
    expect(waiting()).toHaveLength(40);
    expect(existsSync(paths.dropsFile)).toBe(false);
  });

  it('finishes what a killed process had moved aside, and counts each event once', () => {
    const { paths, ids } = filled();
    const aside = join(paths.spool, 'drop');
    mkdirSync(aside);
    const [, first = '', second = ''] = ids;
    renameSync(join(paths.spool, 'new', `${first}.json`), join(aside, `${first}.json`));
    renameSync(join(paths.spool, 'new', `${second}.json`), join(aside, `${second}.json`));
    // It died between the record and the removal, and tore its line.
    recordDrop(paths.dropsFile, { at: AT, eventIds: [first], reason: 'r' });
    writeFileSync(paths.dropsFile, `${readFileSync(paths.dropsFile, 'utf8')}{"at":"20`);
    expect(keepQuota(paths, { maxBytes: 1024 * KB, at: AT, folders: ['new'] })).toBe(2);
    expect(readdirSync(aside)).toEqual([]);
    expect(readDrops(paths.dropsFile).reduce((sum, { events }) => sum + events, 0)).toBe(2);
  });

  it('is minded by hooks where no worker lives, one in many', () => {
    const { paths, waiting } = filled();
    const look = { paths, now: Date.parse(AT), env: {} };
    mkdirSync(paths.dataDir, { recursive: true });
    writeFileSync(paths.settingsFile, '{"memvault":{"spool":{"quotaMegabytes":1}}}');
    const output = 'y'.repeat(600 * KB);
    for (const event of makeEvents([ran('c', output), ran('d', output)]))
      appendEvent(paths.spool, { ...event, id: `9${event.id}` });
    expect(mindQuota({ ...look, draw: () => 'ff' })).toBe(0);
    expect(mindQuota({ ...look, draw: () => '00' })).toBeGreaterThan(0);
    expect(count(waiting(), 'prompt')).toBe(10);
    expect(mindQuota({ ...look, env: { CLAUDE_MEM_SPOOL_QUOTA_MEGABYTES: 'many' }, draw: () => '00' })).toBe(0);
  });
});

describe('the drop record', () => {
  it('keeps its counts when old lines are folded', () => {
    const { paths } = filled();
    for (let at = 0; at < 300; at++)
      recordDrop(paths.dropsFile, {
        at: `2026-11-22T10:00:00.${String(at).padStart(4, '0')}Z`,
        eventIds: Array.from({ length: 100 }, (_, n) => `${at}-${n}-${'0'.repeat(30)}`),
        reason: at % 3 === 0 ? 'one' : 'two',
      });
    const before = readDrops(paths.dropsFile);
    const size = readFileSync(paths.dropsFile).length;
    foldDrops(paths.dropsFile);
    expect(readDrops(paths.dropsFile)).toEqual(before);
    expect(before.map(({ events }) => events).toSorted((one, other) => one - other)).toEqual([10_000, 20_000]);
    expect(readFileSync(paths.dropsFile).length).toBeLessThan(size * 0.6);
  });
});

describe('dead letters over the quota', () => {
  it('lose the oldest with their reasons, each counted once', () => {
    const { paths, ids } = filled();
    const spool = openSpool(paths.spool, paths.deadLetter);
    spool.claim();
    for (const id of ids) spool.giveUp(id, 'tried in vain');
    writeFileSync(join(paths.deadLetter, '0000-torn'), 'x'.repeat(20 * KB));
    expect(keepDeadLetters(paths, { maxBytes: 1024 * KB, at: AT })).toBe(0);
    const dropped = keepDeadLetters(paths, { maxBytes: 110 * KB, at: AT });
    expect(dropped).toBeGreaterThan(10);
    expect(readDrops(paths.dropsFile)).toEqual([
      { reason: expect.stringContaining('dead letters') as string, events: dropped, last: AT },
    ]);
    const { eventIds } = JSON.parse(readFileSync(paths.dropsFile, 'utf8')) as { readonly eventIds: readonly string[] };
    expect(eventIds).toEqual(['0000-torn', ...ids.slice(0, dropped - 1)]);
    expect(spool.revivable()).toEqual(ids.slice(dropped - 1));
    expect(readReasons(paths.deadLetter)).toHaveLength(ids.length + 1 - dropped);
    expect(readdirSync(paths.deadLetter).filter((name) => eventIds.some((id) => name.startsWith(id)))).toEqual([]);
    expect(keepDeadLetters(paths, { maxBytes: 110 * KB, at: AT })).toBe(0);
  });
});
