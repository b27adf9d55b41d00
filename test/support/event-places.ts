// Where each event is: read from the files alone, so that the product's own view of them is not what is tested by itself.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type EventPlace = 'spool' | 'dead letter' | 'dropped' | 'batch';

export interface Whereabouts {
  /** `<data folder>/memvault`. */
  readonly home: string;
  /** State folders of the clones and personal vaults, the ones that hold `journal/` and `outbox/`. */
  readonly stateDirs: readonly string[];
  /** Vault folders with published memories. */
  readonly vaultDirs: readonly string[];
}

/** The places of each event, by its id. A file in the spool counts first: what the journal says of it then is work under way. */
export function placesOfEvents(where: Whereabouts): ReadonlyMap<string, readonly EventPlace[]> {
  const places = new Map<string, EventPlace[]>();
  const add = (id: string, place: EventPlace): void => {
    const known = places.get(id);
    if (known === undefined) places.set(id, [place]);
    else if (known[0] !== 'spool') known.push(place);
  };
  for (const folder of ['new', 'cur'])
    for (const name of list(join(where.home, 'spool', folder))) add(idOf(name), 'spool');
  for (const name of list(join(where.home, 'dead-letter'))) if (name.endsWith('.json')) add(idOf(name), 'dead letter');
  for (const id of new Set(dropsIn(where.home))) add(id, 'dropped');
  for (const entry of where.stateDirs.flatMap(journalIn)) for (const id of entry.eventIds) add(id, 'batch');
  return places;
}

/**
 * What breaks the invariant, in words; nothing when each accepted event is in exactly one place and no memory's id stands for two
 * files of one folder. `drained`: nothing may wait any more.
 */
export function brokenInvariants(
  where: Whereabouts,
  accepted: readonly string[],
  options: { readonly drained?: boolean } = {},
): readonly string[] {
  const places = placesOfEvents(where);
  const faults: string[] = [];
  for (const id of accepted) {
    const found = places.get(id) ?? [];
    if (found.length !== 1) faults.push(`${id} is in ${found.length === 0 ? 'no place' : found.join(' and ')}`);
    else if (options.drained === true && found[0] === 'spool') faults.push(`${id} still waits`);
  }
  for (const id of places.keys()) if (!accepted.includes(id)) faults.push(`${id} was never accepted`);
  for (const folder of [...where.vaultDirs, ...where.stateDirs.map((dir) => join(dir, 'outbox'))]) {
    const ids = memoryFiles(folder).map((name) => /([0-9a-z]{12})\.md$/.exec(name)?.[1] ?? name);
    for (const id of new Set(ids))
      if (ids.filter((one) => one === id).length > 1) faults.push(`memory ${id} twice in ${folder}`);
  }
  return faults;
}

/** Paths of memories below a vault or an outbox. */
export function memoryFiles(folder: string): readonly string[] {
  return ['memories', 'sessions'].flatMap((part) => {
    const at = join(folder, part);
    if (!existsSync(at)) return [];
    return readdirSync(at, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(at, name));
  });
}

function journalIn(stateDir: string): readonly { readonly eventIds: readonly string[] }[] {
  const folder = join(stateDir, 'journal');
  return list(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .flatMap((name) => {
      const entry = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { eventIds: string[]; step: string };
      return entry.step === 'answered' ? [] : [entry];
    });
}

function dropsIn(home: string): readonly string[] {
  const file = join(home, 'drops.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return (JSON.parse(line) as { eventIds?: string[] }).eventIds ?? [];
      } catch {
        return [];
      }
    });
}

function list(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function idOf(name: string): string {
  return name.replace(/\.json$/, '');
}
