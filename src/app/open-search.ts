// What searches a vault: its index, the branch and the code it stands on, and whose word each memory is. A process that searches once loads no more.

import { join } from 'node:path';
import type { QueryVector } from '../model/embedder.ts';
import type { VaultPlace } from '../model/place.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import { openIndexLibrary } from '../index/library.ts';
import type { IndexLibrary } from '../index/library.ts';
import { openVectorIndex } from '../index/vectors/vector-index.ts';
import { dataPaths } from '../system/paths.ts';
import { readBranch } from '../system/project.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { openCodeChanges } from '../vault/code-changes.ts';
import { branchesOf } from '../vault/elsewhere.ts';
import { locate } from '../vault/location.ts';
import type { Location } from '../vault/location.ts';
import { branchSource } from '../vault/memory-sources.ts';
import { openOutbox } from '../vault/outbox.ts';
import { indexFolder } from '../vault/place.ts';
import { filesBelow } from './files-below.ts';
import { meantPlace } from './find-vault.ts';
import { levelledLibrary } from './levelled-library.ts';
import type { OpenVault, Whereabouts } from './open-vault.ts';
import { LOOK_AGAIN_MS, openPlaceIndex } from './place-index.ts';
import type { PlaceIndex } from './place-index.ts';
import { readSignalNames } from './signal-names.ts';
import { openVaultTrust } from './vault-trust.ts';

/** What an open vault is made of where it is searched; each part means what it means there. */
export interface SearchedVault extends Pick<
  OpenVault,
  'place' | 'library' | 'trust' | 'branchLibrary' | 'branchesOf' | 'queryVector' | 'vectors' | 'vectorFile'
> {
  readonly location: Location;
  readonly index: PlaceIndex;
  /** Answers as `library` does, and knows nothing of levels. */
  readonly unlevelled: IndexLibrary;
  /** The same of `branchLibrary`. */
  readonly unlevelledBranches: () => MemoryLibrary;
  readonly branch: () => string | undefined;
  readonly settings: () => SettingValues;
  takeSettings(settings: SettingValues): void;
  close(): void;
}

/** The vault that a command means, opened for searching. Nothing is made or read before it is needed. */
export function openSearchHere(where: Whereabouts): SearchedVault {
  const location = locate(where);
  return openSearch(meantPlace(location, where), where, location);
}

/** The same at a known place. */
export function openSearch(place: VaultPlace, where: Whereabouts, location = locate(where)): SearchedVault {
  const { env } = where;
  const clock = where.clock ?? { now: () => Date.now() };
  const now = (): number => clock.now();
  const paths = dataPaths(env);
  let settings = location.settings.values;
  let settingsAt = now();
  const vectorFile = join(place.stateDir, 'vectors.sqlite');
  const vectors = openVectorIndex(vectorFile);
  const index = openPlaceIndex({ place, paths, outboxRoot: openOutbox(place.stateDir).root, now, vectors });
  let onBranches: IndexLibrary | undefined;
  const unlevelledBranches = (): MemoryLibrary =>
    (onBranches ??= openIndexLibrary({
      file: join(indexFolder(place, paths), 'branches.sqlite'),
      lockFile: join(indexFolder(place, paths), 'branches.lock'),
      sources: [branchSource(place)],
      maxAgeMs: LOOK_AGAIN_MS,
      now,
    }));
  const branch = (): string | undefined =>
    place.kind === 'repository' && place.gitDir !== undefined ? readBranch(place.gitDir) : undefined;
  const code = place.kind === 'repository' ? openCodeChanges(place.root, { now }) : undefined;
  const queryVector = async (text: string): Promise<QueryVector | undefined> => {
    // A server lives long: a model that is set meanwhile counts soon.
    if (now() - settingsAt > SETTINGS_MS) {
      settings = locate(where).settings.values;
      settingsAt = now();
    }
    const model = settings['search.embedding'];
    if (model === 'none' || text.trim() === '') return undefined;
    if (where.embedQuery !== undefined) return where.embedQuery({ text, model });
    // Loaded here, so that a session's start does not pay for what only a search by meaning needs.
    const { askQueryVector } = await import('../system/query-vector.ts');
    return askQueryVector(paths.workerFile, {
      text,
      model,
      ...(where.vaultFlag === undefined ? { project: location.project } : {}),
    });
  };
  const unlevelled: IndexLibrary = {
    ...index.library,
    queryVector,
    // Whoever searches stands somewhere: on a branch, over code that has moved on.
    search: (query) =>
      index.library.search({
        ...filesBelow(place.root, query),
        context: { branch: branch(), hasChanged: code?.hasChanged, ...query.context },
        without: query.without ?? readSignalNames(settings['search.without']),
      }),
    recent: (filters, limit, after) => index.library.recent(filesBelow(place.root, filters), limit, after),
  };
  const trust = openVaultTrust({ place, paths, env, clock, library: unlevelled });
  return {
    place,
    location,
    index,
    unlevelled,
    unlevelledBranches,
    library: levelledLibrary(unlevelled, trust.levels),
    trust,
    branchLibrary: () => levelledLibrary(unlevelledBranches(), trust.levels),
    branchesOf: (path) => branchesOf(place.stateDir, path),
    queryVector,
    vectors,
    vectorFile,
    branch,
    settings: () => settings,
    takeSettings: (values) => void (settings = values),
    close() {
      vectors.close();
      index.library.close();
      onBranches?.close();
    },
  };
}

/** How long the settings of an open vault are believed. */
const SETTINGS_MS = 5_000;
