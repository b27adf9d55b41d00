// What Git answered at an earlier start and would answer again, as long as neither HEAD nor Git's index has moved.

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultPlace } from '../../model/place.ts';
import type { RecentCommit } from '../../model/situation.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import type { GitCode } from '../code-state.ts';
import { treeStateDir } from '../place.ts';
import { readRefId } from './ref-id.ts';

export interface KeptAnswers {
  /** The last commits where they are known without asking. */
  readonly knownCommits: readonly RecentCommit[] | undefined;
  /** The last commits: what is kept for this HEAD, else what `ask` gives; undefined is no answer, and not kept. */
  recentCommits(ask: () => Promise<readonly RecentCommit[] | undefined>): Promise<readonly RecentCommit[]>;
  /** Answers what is known and asks `git` for the rest. */
  code(git: GitCode): GitCode;
  /** Writes down what is new. */
  keep(): void;
}

interface Kept {
  /** HEAD's commit, of `commits`. */
  readonly head: string;
  readonly commits: readonly RecentCommit[];
  /** The state of Git's index, of everything below. */
  readonly index: string;
  /** Blob ids by path and state of the file. */
  readonly hashes: Readonly<Record<string, string>>;
  /** The tracked path of a blob; null where none is tracked. */
  readonly places: Readonly<Record<string, string | null>>;
}

/** So many answers are kept; what a start asks for is far less. */
const MOST_KEPT = 1_000;

/** Of one work tree. */
export function openKeptAnswers(place: VaultPlace): KeptAnswers {
  const file = join(treeStateDir(place), 'git-answers.json');
  const head = headOf(place);
  const index = place.gitDir === undefined ? '' : stateOf(join(place.gitDir, 'index'));
  const before = readKept(file);
  const isSameIndex = before?.index === index && index !== '';
  let commits = before?.head === head && head !== '' ? before.commits : undefined;
  const hashes = new Map(Object.entries(isSameIndex ? before.hashes : {}));
  const places = new Map(Object.entries(isSameIndex ? before.places : {}));
  let isNew = false;
  return {
    knownCommits: commits,
    async recentCommits(ask) {
      if (commits !== undefined) return commits;
      const answer = await ask();
      if (answer === undefined) return [];
      isNew = true;
      commits = answer;
      return answer;
    },
    code: (git) => ({
      async hash(paths) {
        const keys = new Map(paths.map((path) => [path, `${path}\0${stateOf(join(place.root, path))}`]));
        const unknown = paths.filter((path) => !hashes.has(keys.get(path) ?? ''));
        const asked = unknown.length === 0 ? {} : await git.hash(unknown);
        for (const [path, blob] of Object.entries(asked)) hashes.set(keys.get(path) ?? '', blob);
        isNew ||= unknown.length > 0;
        return Object.fromEntries(
          paths.flatMap((path) => {
            const blob = hashes.get(keys.get(path) ?? '');
            return blob === undefined ? [] : [[path, blob]];
          }),
        );
      },
      async locate(blobs) {
        const unknown = blobs.filter((blob) => !places.has(blob));
        const asked = unknown.length === 0 ? undefined : await git.locate(unknown);
        for (const blob of unknown) places.set(blob, asked?.get(blob) ?? null);
        isNew ||= unknown.length > 0;
        return new Map(blobs.flatMap((blob) => ((path) => (path == null ? [] : [[blob, path]]))(places.get(blob))));
      },
    }),
    keep() {
      if (!isNew) return;
      const kept: Kept = {
        head,
        commits: commits ?? [],
        index,
        hashes: Object.fromEntries([...hashes].slice(-MOST_KEPT)),
        places: Object.fromEntries([...places].slice(-MOST_KEPT)),
      };
      try {
        writeFileAtomic(file, `${JSON.stringify(kept)}\n`);
      } catch {
        // Git is asked again next time.
      }
    },
  };
}

function headOf({ gitDir, commonDir }: VaultPlace): string {
  return gitDir === undefined || commonDir === undefined ? '' : (readRefId('HEAD', { gitDir, commonDir }) ?? '');
}

/** Another text when a file changed; empty where there is none. */
function stateOf(file: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = lstatSync(file);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

function readKept(file: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    const isWhole =
      typeof kept.head === 'string' &&
      typeof kept.index === 'string' &&
      Array.isArray(kept.commits) &&
      typeof kept.hashes === 'object' &&
      typeof kept.places === 'object';
    return isWhole ? kept : undefined;
  } catch {
    return undefined;
  }
}
