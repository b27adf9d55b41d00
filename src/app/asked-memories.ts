// What memories there are for a prompt or a file, and how they stand: what the hook asks the index, without ever waiting for a worker.

import type { RecallIndex } from '../index/recall-index.ts';
import { rankForFile } from '../inject/file-relevance.ts';
import { gistOf } from '../inject/gist.ts';
import { rankForPrompt, selectRelevant } from '../inject/prompt-relevance.ts';
import type { ReminderInput } from '../inject/reminder.ts';
import type { VaultPlace } from '../model/place.ts';
import type { RecallRow } from '../model/recall.ts';
import type { Standings } from '../model/standing.ts';
import { dataPaths } from '../system/paths.ts';
import { openCodeReader } from '../vault/code-state.ts';
import { idOf } from '../vault/file-name.ts';
import { readOthers } from '../vault/git/others-file.ts';
import type { OthersMemories } from '../vault/git/others-file.ts';
import { openLevels } from '../vault/levels.ts';
import { readTrust } from '../vault/trust.ts';

/** A file has seldom more memories than these. */
const BY_FILE = 40;
const NEAR_MISSES = 3;
/** Some of the best were given before. */
const WITH_GIST = 8;
const REFRESH_MS = 300;

export type Asked = Pick<ReminderInput, 'candidates' | 'below' | 'standings'>;

export interface AskingParts {
  readonly index: RecallIndex;
  readonly place: VaultPlace;
  readonly env: NodeJS.ProcessEnv;
}

export const NOTHING_ASKED: Asked = { candidates: [], below: [], standings: new Map() };

/** The memories that clear the threshold for a prompt, the best with a line of their text, and some near misses. */
export async function askByPrompt(prompt: string, parts: AskingParts): Promise<Asked> {
  const { index } = parts;
  const matches = index.matchPrompt(prompt, doubted(parts));
  if (matches.matches.length === 0) return NOTHING_ASKED;
  const likely = selectRelevant(rankForPrompt(matches, new Map()));
  const standings = await standingsOf(
    likely.map(({ row }) => row),
    parts,
  );
  const ranking = rankForPrompt(matches, standings);
  const relevant = selectRelevant(ranking);
  const gists = relevant.slice(0, WITH_GIST).map(({ row, score }) => ({
    row,
    score,
    gist: gistOf(row.title, index.readBody(row.id)),
  }));
  const below = ranking.filter((one) => !relevant.includes(one) && one.score > 0).slice(0, NEAR_MISSES);
  return { candidates: gists, below, standings };
}

/** The memories that speak of a file, by its repository-relative path. */
export async function askByFile(file: string, parts: AskingParts): Promise<Asked> {
  const rows = parts.index.findByFile(file, BY_FILE, doubted(parts));
  if (rows.length === 0) return NOTHING_ASKED;
  // Of this file alone: whether the others have changed is no matter here.
  const ofFile = rows.map((row) => ({ ...row, references: row.references.filter(({ path }) => path === file) }));
  const standings = await standingsOf(ofFile, parts);
  const candidates = rankForFile(rows, standings).map((one) => ({ ...one, file }));
  return { candidates, below: [], standings };
}

/** One list of several: what stands in an earlier one comes first, each memory once. */
export function joinAsked(all: readonly Asked[]): Asked {
  const candidates = all.flatMap((asked) => asked.candidates);
  return {
    candidates: candidates.filter(({ row }, at) => candidates.findIndex((one) => one.row.id === row.id) === at),
    below: all.flatMap(({ below }) => below),
    standings: new Map(all.toReversed().flatMap(({ standings }) => [...standings])),
  };
}

/** Memories that hide no other by saying that they replace it, by what is known without Git. */
function doubted({ place, env }: AskingParts): readonly string[] {
  const pending = [...(readOthers(place, env)?.pending.keys() ?? [])].flatMap((path) => idOf(path) ?? []);
  return [...pending, ...Object.keys(readTrust(dataPaths(env).trustFile).quarantined)];
}

async function standingsOf(rows: readonly RecallRow[], { index, place, env }: AskingParts): Promise<Standings> {
  if (rows.length === 0) return new Map();
  const levels = openLevels({
    place,
    others: await readOthersNow(place, env),
    env,
    trust: readTrust(dataPaths(env).trustFile),
    textOf: (id) => index.readBody(id),
    rowOf: (id) => index.readRow(id),
  });
  const code = openCodeReader(place.root);
  return new Map(
    rows.map((row) => {
      const { trust, author } = levels.of(row);
      return [
        row.id,
        {
          trust,
          code: place.kind === 'personal' ? 'unknown' : code.stateOf(row.references),
          ...(author === undefined ? {} : { author }),
        },
      ] as const;
    }),
  );
}

/** Git is asked only after a switch, a pull or a merge, and then once. */
async function readOthersNow(place: VaultPlace, env: NodeJS.ProcessEnv): Promise<OthersMemories | undefined> {
  const kept = readOthers(place, env);
  if (kept !== undefined) return kept;
  const { lookUpOthers } = await import('../vault/git/others.ts');
  return lookUpOthers(place, { env, timeoutMs: REFRESH_MS });
}
