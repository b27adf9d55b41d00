// Puts together what a session starts with: how the work and the memories stand, what the person must be told, the block itself.

import { homedir } from 'node:os';
import { basename } from 'node:path';
import { sessionAccount } from '../capture/origin.ts';
import { destinationOf } from '../compress/configured-way.ts';
import { announcementOf, isAnnounced } from '../compress/destination.ts';
import type { Destination } from '../compress/destination.ts';
import { readSpending } from '../compress/spending.ts';
import type { IndexLibrary } from '../index/library.ts';
import { composeStart, noticeOnly } from '../inject/compose-start.ts';
import type { StandingReader, StartAnswer, StartRequest } from '../inject/compose-start.ts';
import type { HeldNotice } from '../inject/start-lines.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { VaultPlace } from '../model/place.ts';
import type { Clock, MemoryLibrary } from '../model/ports.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import { readCaptureRules } from '../system/capture-rules.ts';
import type { DataPaths } from '../system/paths.ts';
import { loadCrypto } from '../system/builtin.ts';
import { levelledLibrary } from './levelled-library.ts';
import { readCloneId } from '../system/project.ts';
import { isInjectable } from '../model/standing.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { readHeld } from '../vault/held-file.ts';
import { openCodeReader, settleCode } from '../vault/code-state.ts';
import { hashFiles } from '../vault/git/blobs.ts';
import { readHeldText } from '../vault/git/held-text.ts';
import { locateBlobs } from '../vault/git/locate-blobs.ts';
import type { OthersMemories } from '../vault/git/others-file.ts';
import type { AskedAhead } from '../vault/git/asked-ahead.ts';
import { lookUpOthers } from '../vault/git/others.ts';
import { openKeptAnswers } from '../vault/git/kept-answers.ts';
import type { KeptAnswers } from '../vault/git/kept-answers.ts';
import { START_WAIT_MS, readChangedFiles, readRecentCommits } from '../vault/git/work-state.ts';
import { openLevels } from '../vault/levels.ts';
import type { Levels } from '../vault/levels.ts';
import { readTrust } from '../vault/trust.ts';

/** What a session starts with, and the destination of its events when that is named here for the first time. */
export interface StartBlock extends StartAnswer {
  readonly announces?: Destination;
}

export interface StartParts {
  readonly place: VaultPlace;
  readonly project: string;
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingValues;
  readonly library: IndexLibrary;
  readonly clock: Clock;
  readonly branch: string | undefined;
  /** What Git was asked before the vault was known. */
  readonly ahead?: AskedAhead | undefined;
  readonly held: HeldNotice | undefined;
  /** Whether the memories are in a personal vault only because the repository may not hold one. */
  readonly isKeptOut: boolean;
  /** Those that memories of this library answer. */
  readonly recurringQuestions: (library: MemoryLibrary) => readonly AnsweredQuestion[];
  readonly lookAgain?: ((rows: readonly MemoryRow[]) => boolean) | undefined;
}

/** Undefined when there is nothing to say. On `resume` and `fork` nothing is composed: the conversation has it already. */
export async function buildStartBlock(request: StartRequest, parts: StartParts): Promise<StartBlock | undefined> {
  const { place, paths, env, settings, clock } = parts;
  const isGivenAlready = request.source === 'resume' || request.source === 'fork';
  const asked = isGivenAlready ? undefined : askWhereWorkStands(parts);
  const destination = destinationOf(settings, sessionAccount(env), { paths, env });
  const isNew = destination !== undefined && !isAnnounced(paths.announcedFile, destination);
  const { off } = readCaptureRules({
    env,
    paths,
    home: env['HOME'] || homedir(),
    sessionId: request.sessionId,
    project: parts.project,
    worktree: place.kind === 'personal' ? undefined : place.root,
    commonDir: place.kind === 'personal' ? undefined : place.commonDir,
  });
  // While Git looks at the work tree, the index looks at its files.
  const remarks = [
    ...(off === undefined ? [] : [readTemplate('paused.txt').trim().replace('{why}', off)]),
    ...(parts.isKeptOut ? [readTemplate('kept-out.txt').trim()] : []),
    ...(asked === undefined ? [] : conflictRemark(parts.library.diagnostics())),
    ...(isNew ? [announcementOf(destination)] : []),
    ...(destination !== undefined && readSpending(settings, { paths, clock }).isCapReached
      ? [readTemplate('cap-reached.txt').trim()]
      : []),
  ];
  const told = { at: new Date(clock.now()).toISOString(), root: place.root };
  const said = withTrustRemark(remarks, asked);
  const remark = said.then((all) => (all.length === 0 ? undefined : all.join('; ')));
  const block = asked === undefined ? undefined : await compose(request, asked, parts, { ...told, remark });
  const all = await said;
  if (!isNew) return block ?? (all.length === remarks.length ? undefined : noticeOnly(request, all, told));
  return { ...(block ?? noticeOnly(request, all, told)), announces: destination };
}

/** Whose memories there are is known only when Git has answered. */
async function withTrustRemark(
  remarks: readonly string[],
  asked: ReturnType<typeof askWhereWorkStands> | undefined,
): Promise<readonly string[]> {
  return asked === undefined ? remarks : [...remarks, ...trustRemark((await asked.standing).others)];
}

/** A repository that the user has not spoken about, and that brings memories of others, is asked about in one line. */
function trustRemark(others: OthersMemories | undefined): readonly string[] {
  if (others === undefined || others.isTrusted || others.pending.size === 0) return [];
  const people = new Set([...others.pending.keys()].map((path) => others.authors.get(path) ?? '')).size;
  const parts = {
    memories: others.pending.size === 1 ? '1 memory' : `${others.pending.size} memories`,
    people: people === 1 ? '1 person' : `${people} people`,
  };
  return [fillTemplate(readTemplate('trust-asked.txt').trim(), parts)];
}

type Standing = StandingReader & { readonly others: OthersMemories | undefined; readonly levels: Levels };

/** Git is asked at once, and the index meanwhile. */
function askWhereWorkStands(parts: StartParts) {
  const { place, branch, env, ahead } = parts;
  const answers = openKeptAnswers(place);
  const options = { env, timeoutMs: START_WAIT_MS };
  // Where Git answered the rest before, a work tree without changes is what it most likely finds.
  const { knownCommits: recentCommits } = answers;
  const expected = recentCommits === undefined ? undefined : { branch, changedFiles: [], recentCommits };
  return { answers, standing: readStanding(parts, answers), situation: readSituation(), expected };

  async function readSituation(): Promise<Partial<Situation>> {
    if (place.kind !== 'repository') return { branch };
    const [changedFiles, recentCommits] = await Promise.all([
      ahead?.changedFilesOf(place.root) ?? readChangedFiles(place.root, options),
      answers.recentCommits(() => readRecentCommits(place.root, options)),
    ]);
    return { branch, changedFiles, recentCommits };
  }
}

async function compose(
  request: StartRequest,
  { answers, standing, situation, expected }: ReturnType<typeof askWhereWorkStands>,
  { place, project, settings, library, held, recurringQuestions, lookAgain }: StartParts,
  told: { readonly at: string; readonly root: string; readonly remark: Promise<string | undefined> },
): Promise<StartAnswer | undefined> {
  const { observation, summary, note } = library.counts();
  const answer = await composeStart(request, {
    library,
    lookup: {
      findByWords: (text) => library.matchPrompt(text).matches.map(({ row }) => row),
      count: () => observation + summary + note,
    },
    budgetTokens: settings['inject.budgetTokens'],
    projectName: basename(project),
    secret: place.commonDir === undefined ? place.root : (readCloneId(place.commonDir, drawCloneId) ?? place.root),
    situation,
    expected,
    standing,
    held,
    recurring: standing.then(({ levels }) =>
      recurringQuestions(
        levelledLibrary(
          library,
          () => levels,
          (level) => !isInjectable(level),
        ),
      ),
    ),
    lookAgain,
    ...told,
  });
  answers.keep();
  return answer;
}

/** How the memories of a place stand. Where Git does not answer, nobody knows who brought them: those of the vault count as pending. */
async function readStanding({ place, paths, library, env }: StartParts, answers: KeptAnswers): Promise<Standing> {
  const others = await lookUpOthers(place, { env, timeoutMs: START_WAIT_MS });
  const memoryOf = (id: string) => library.get([id]).memories[0];
  const trust = readTrust(paths.trustFile);
  const levels = openLevels({ place, others, env, trust, textOf: (id) => library.body(id), rowOf: memoryOf });
  return {
    others,
    levels,
    pending: levels.pending,
    trustOf(row) {
      const { trust, author } = levels.of(row);
      return { trust, ...(author === undefined ? {} : { author }) };
    },
    isInForce(id) {
      const memory = memoryOf(id);
      return memory === undefined || isInjectable(levels.of(memory).trust);
    },
    async codeOf(rows) {
      if (place.kind === 'personal') return new Map();
      const references = library.references(rows.map(({ id }) => id));
      const memories = [...references].map(([id, files]) => ({ id, files }));
      const git = answers.code({
        hash: (paths) => hashFiles(place.root, paths, { env }),
        locate: (blobs) => locateBlobs(place.root, blobs, { env, timeoutMs: START_WAIT_MS }),
      });
      return settleCode(memories, openCodeReader(place.root), git);
    },
  };
}

/** The memories that publishing held back last, with the reason. */
export function heldNotice(place: VaultPlace): HeldNotice | undefined {
  const record = readHeld(place);
  return record === undefined ? undefined : { count: record.held, sentence: readHeldText(record.reason).sentence };
}

/** Files that a merge left with markers are out of the index: people should hear of it. */
function conflictRemark(diagnostics: readonly Diagnostic[]): readonly string[] {
  const count = diagnostics.filter((diagnostic) => diagnostic.rule === 'conflict-markers').length;
  if (count === 0) return [];
  const what = count === 1 ? '1 memory with conflict markers is' : `${count} memories with conflict markers are`;
  return [`${what} left out: run \`memvault resolve\``];
}

function drawCloneId(): string {
  return loadCrypto().randomBytes(8).toString('hex');
}
