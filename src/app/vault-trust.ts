// The user's word on a vault: which repository is trusted, which memories are approved or refused, which machines are the user's.

import { MemvaultError } from '../model/errors.ts';
import type { MemoryId } from '../model/memory.ts';
import type { VaultPlace } from '../model/place.ts';
import type { IndexLibrary } from '../index/library.ts';
import type { Clock } from '../model/ports.ts';
import type { FoundMemories } from '../model/search.ts';
import { isInjectable } from '../model/standing.ts';
import type { TrustState, WaitingMemory } from '../model/trust.ts';
import type { DataPaths } from '../system/paths.ts';
import { isVaultMemory } from '../vault/file-name.ts';
import { lookUpKept, lookUpOthers } from '../vault/git/others.ts';
import { readOthers } from '../vault/git/others-file.ts';
import { openLevels } from '../vault/levels.ts';
import type { Levels } from '../vault/levels.ts';
import { changeTrust, readTrust } from '../vault/trust.ts';

export interface VaultTrust {
  /** Asks Git where something moved. Never throws: without an answer everything of the vault is pending. */
  refresh(): Promise<void>;
  /** Levels by what is known; asks no Git. */
  readonly levels: () => Levels;
  state(): Promise<TrustState>;
  /** Trusts the default branch of this clone's remote, or takes that back. Throws `invalid_input` where there is nothing to trust. */
  setTrusted(isTrusted: boolean): Promise<TrustState>;
  /** E-mail addresses that the user's other machines commit with; replaces the earlier ones. */
  setMe(addresses: readonly string[]): void;
  /** What sessions are not shown, newest first. */
  waiting(): Promise<readonly WaitingMemory[]>;
  /** Lets sessions see exactly these texts. */
  approve(memories: FoundMemories['memories']): Promise<void>;
  /** Keeps memories from every session, also when they are edited later. */
  refuse(memories: FoundMemories['memories']): void;
  /** Takes a refusal back; gives the ids that were refused. */
  release(ids: readonly MemoryId[]): readonly MemoryId[];
}

interface TrustParts {
  readonly place: VaultPlace;
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The index as it is, without levels. */
  readonly library: Pick<IndexLibrary, 'get' | 'recent' | 'body'>;
}

/** Somebody waits for the answer. */
const REFRESH_MS = 3_000;
/** Of the newest so many, those that wait are listed. */
const LISTED = 5_000;

export function openVaultTrust({ place, paths, env, clock, library }: TrustParts): VaultTrust {
  const memoryOf = (id: string) => library.get([id]).memories[0];
  const now = (): string => new Date(clock.now()).toISOString();
  const levels = (): Levels =>
    openLevels({
      place,
      others: readOthers(place, env),
      env,
      trust: readTrust(paths.trustFile),
      textOf: (id) => library.body(id),
      rowOf: memoryOf,
    });
  const options = { env, timeoutMs: 10 * REFRESH_MS };
  const state = async (): Promise<TrustState> => {
    const { me, clones } = readTrust(paths.trustFile);
    if (place.kind !== 'repository') return { isTrusted: true, remote: '', pending: 0, people: [], me };
    const { isTrusted, remote, base, pending, authors } = await lookUpKept(place, options);
    const counts = new Map<string, number>();
    for (const [path, name] of Object.entries(authors))
      if (isVaultMemory(path)) counts.set(name, (counts.get(name) ?? 0) + 1);
    const said = clones[place.commonDir ?? place.root];
    const isMoved = said !== undefined && said.why !== 'withdrawn' && said.remote !== remote && !isTrusted;
    return {
      isTrusted,
      ...(isMoved ? { trustedBefore: said.remote } : {}),
      remote,
      ...(base === undefined ? {} : { defaultBranch: base.ref.replace(/^refs\/(?:heads|remotes)\//, '') }),
      pending: Object.keys(pending).length,
      people: [...counts].map(([name, memories]) => ({ name, memories })).sort((a, b) => b.memories - a.memories),
      me,
    };
  };
  return {
    async refresh() {
      await lookUpOthers(place, { env, timeoutMs: REFRESH_MS });
    },
    levels,
    state,
    async setTrusted(isTrusted) {
      const { remote } = await state();
      if (place.kind !== 'repository' || remote === '')
        throw new MemvaultError('invalid_input', 'there is nothing to trust here: this vault comes from no remote', {
          hint: '`memvault review` shows memories that wait for your word.',
        });
      const key = place.commonDir ?? place.root;
      const why = isTrusted ? 'said' : 'withdrawn';
      changeTrust(paths.trustFile, (record) => ({
        ...record,
        clones: { ...record.clones, [key]: { remote, why, at: now() } },
      }));
      return state();
    },
    setMe(addresses) {
      const me = addresses.map((address) => address.trim().toLowerCase());
      const wrong = me.find((address) => !/^[^\s<>@]+@[^\s<>@]+$/.test(address));
      if (wrong !== undefined)
        throw new MemvaultError('invalid_input', `"${wrong.slice(0, 80)}" is no e-mail address`, {
          hint: 'Give the address that `git config user.email` prints on your other machine.',
        });
      changeTrust(paths.trustFile, (record) => ({ ...record, me: [...new Set(me)] }));
    },
    async waiting() {
      await lookUpOthers(place, options);
      const { quarantined } = readTrust(paths.trustFile);
      const known = levels();
      return library.recent({}, LISTED).flatMap((row): WaitingMemory[] => {
        const { trust, author, orders = [] } = known.of(row);
        if (isInjectable(trust)) return [];
        const { id, title, path } = row;
        const isRefused = Object.hasOwn(quarantined, id);
        return [{ id, title, path, trust, ...(author === undefined ? {} : { author }), orders, isRefused }];
      });
    },
    async approve(memories) {
      const { hashVaultFiles } = await import('../vault/git/vault-blobs.ts');
      const blobs = await hashVaultFiles(
        place,
        memories.map(({ path }) => path),
        env,
      );
      changeTrust(paths.trustFile, (record) => {
        const approved = { ...record.approved };
        const quarantined = { ...record.quarantined };
        for (const [at, { id, title }] of memories.entries()) {
          const blob = blobs[at];
          if (blob !== undefined) approved[blob] = { at: now(), id, title };
          delete quarantined[id];
        }
        return { ...record, approved, quarantined };
      });
    },
    refuse(memories) {
      changeTrust(paths.trustFile, (record) => {
        const ids = new Set(memories.map(({ id }) => id));
        const approved = Object.fromEntries(Object.entries(record.approved).filter(([, { id }]) => !ids.has(id)));
        const quarantined = { ...record.quarantined };
        for (const { id, title } of memories) quarantined[id] = { at: now(), title };
        return { ...record, approved, quarantined };
      });
    },
    release(ids) {
      const { quarantined } = readTrust(paths.trustFile);
      const released = Object.keys(quarantined).filter((id) => ids.some((prefix) => id.startsWith(prefix)));
      changeTrust(paths.trustFile, (record) => ({
        ...record,
        quarantined: Object.fromEntries(Object.entries(record.quarantined).filter(([id]) => !released.includes(id))),
      }));
      return released;
    },
  };
}
