// Puts a session's start block together: asks the library, looks how the memories stand, selects, renders, notes what went in.

import type { SessionStartEvent } from '../model/hook-event.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { Receipt } from '../model/receipt.ts';
import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import { isInjectable } from '../model/standing.ts';
import type { CodeStanding, Standing, Standings } from '../model/standing.ts';
import { fenceNonce } from './fence.ts';
import { startNotice } from './notice.ts';
import { rankForStart, tellingWords } from './rank.ts';
import { renderStart } from './render.ts';
import { isShowable, selectForStart } from './select.ts';
import type { Selection } from './select.ts';
import type { HeldNotice } from './start-lines.ts';

export interface StartRequest {
  readonly sessionId: string;
  readonly source: SessionStartEvent['source'];
}

/** What is known of memories beside their text; see `Standing`. */
export interface StandingReader {
  trustOf(row: MemoryRow): Pick<Standing, 'trust' | 'author'>;
  /** Whether what the memory of this id replaces is replaced: a memory that nobody vouches for hides no other. */
  isInForce?(id: string): boolean;
  /** How many memories of the vault are pending; those among the candidates when nobody knows. */
  readonly pending?: number | undefined;
  /** The state of the code that memories speak of; a memory that is left out is `unknown`. */
  codeOf(rows: readonly MemoryRow[]): Promise<ReadonlyMap<string, CodeStanding>>;
}

/** What the library answers too, only not as fast. */
export interface QuickLookup {
  /** Rows that share rare words with the text. */
  findByWords(text: string): readonly MemoryRow[];
  /** All visible memories. */
  count(): number;
}

export interface StartContext {
  readonly library: MemoryLibrary;
  readonly lookup?: QuickLookup | undefined;
  readonly budgetTokens: number;
  readonly projectName: string;
  /** Random secret of this clone: with the session's id it names the fence, which no memory's author can know. */
  readonly secret: string;
  /** Both may come later: what does not depend on them is looked up first. */
  readonly situation?: Partial<Situation> | Promise<Partial<Situation>> | undefined;
  readonly standing?: StandingReader | Promise<StandingReader> | undefined;
  /** What the situation most likely is: while it is still asked for, the block is chosen for this one. */
  readonly expected?: Partial<Situation> | undefined;
  readonly held?: HeldNotice | undefined;
  readonly recurring?: readonly AnsweredQuestion[] | Promise<readonly AnsweredQuestion[]> | undefined;
  /** Looks at the files of memories that are about to be shown; true when one had changed and the library knows it now. */
  readonly lookAgain?: ((rows: readonly MemoryRow[]) => boolean) | undefined;
  /** A further word for the person, such as where the memories are kept. */
  readonly remark?: string | undefined | Promise<string | undefined>;
  /** For the receipt only: the block itself holds no clock and no folder. */
  readonly at: string;
  readonly root: string;
}

export interface StartAnswer {
  /** For the model; empty when only the person is told something. */
  readonly text: string;
  /** One line for the person. */
  readonly notice: string;
  readonly receipt: Receipt;
}

/** How many of the newest rows are looked at for what is relevant. */
const CANDIDATES = 120;
const BY_SITUATION = 60;
/** Of each of these at most: names of files in a query. */
const FILES_ASKED = 40;
/** Whose code is looked at: those that may be shown, and some that come up when others go down. */
const LOOKED_AT = 60;

/** The block for a session's start, or undefined when there is nothing to say. */
export async function composeStart(request: StartRequest, context: StartContext): Promise<StartAnswer | undefined> {
  const { held, budgetTokens } = context;
  if (request.source === 'resume' || request.source === 'fork' || budgetTokens === 0) return undefined;
  const { expected } = context;
  const early = expected === undefined ? undefined : await choose(request, context, expected);
  const situation = (await context.situation) ?? {};
  const isAsExpected = expected !== undefined && JSON.stringify(situation) === JSON.stringify(expected);
  const first = isAsExpected ? early : await choose(request, context, situation);
  const isChanged = first !== undefined && context.lookAgain?.(first.shown) === true;
  const selection = (isChanged ? await choose(request, context, situation) : first)?.selection;
  if (selection === undefined) return undefined;
  const block = renderStart(selection, { nonce: fenceNonce(context.secret, request.sessionId) });
  const { pending } = selection;
  return {
    text: block.text,
    notice: startNotice({ ...block, held, pending, remark: await context.remark }),
    receipt: {
      sessionId: request.sessionId,
      at: context.at,
      event: request.source,
      root: context.root,
      items: block.items,
      cut: block.cut,
      tokens: block.tokens,
      budgetTokens,
      leftOut: block.leftOut,
      ...(pending === 0 ? {} : { pending }),
    },
  };
}

/** What is to be shown, with the rows of it. */
async function choose(
  request: StartRequest,
  context: StartContext,
  situation: Partial<Situation>,
): Promise<{ readonly selection: Selection; readonly shown: readonly MemoryRow[] } | undefined> {
  const { library, held, budgetTokens, lookup = slowLookup(library) } = context;
  const always = findAlways(library);
  const newest = library.recent({ kind: ['summary'] }, 20);
  const total = lookup.count();
  const standing = await context.standing;
  const summaries = showableRows(newest, standing);
  const candidates = showableRows([...always, ...findForSituation(library, lookup, situation)], standing).filter(
    (row) => row.kind !== 'summary',
  );
  const recurring = (await context.recurring) ?? [];
  const answers = findAnswers(library, recurring);
  const standings = await readStandings([...candidates, ...summaries], { standing, situation, answers });
  const lastSummary = findLastSummary(library, summaries, standings, situation.branch);
  const selection = selectForStart({
    ...situation,
    source: request.source,
    projectName: context.projectName,
    budgetTokens,
    lastSummary,
    candidates,
    total,
    standings,
    pending: standing?.pending,
    held,
    recurring,
  });
  if (selection === undefined) return undefined;
  const ids = new Set(selection.summary === undefined ? [] : [selection.summary.memory.id]);
  const shown = [...selection.items.map(({ row }) => row), ...summaries.filter(({ id }) => ids.has(id))];
  return { selection, shown };
}

/** The newest, and those that hold always. */
function findAlways(library: MemoryLibrary): readonly MemoryRow[] {
  return [
    // Without a filter the newest are read by their date alone.
    ...library.recent({}, CANDIDATES),
    ...library.recent({ tags: ['pinned'] }, BY_SITUATION),
    ...library.recent({ type: ['convention'] }, BY_SITUATION),
  ];
}

/** Those that the branch, the changed files and the last commits name. */
function findForSituation(
  library: MemoryLibrary,
  lookup: QuickLookup,
  { branch, changedFiles = [], recentCommits = [] }: Partial<Situation>,
): readonly MemoryRow[] {
  const words = tellingWords(branch ?? '');
  const ofFiles = (files: readonly string[]): readonly MemoryRow[] =>
    files.length === 0 ? [] : library.recent({ files: files.slice(0, FILES_ASKED) }, BY_SITUATION);
  return [
    ...(words.length === 0 ? [] : lookup.findByWords(words.join(' '))),
    // On a branch where everything happens its name says nothing.
    ...(words.length === 0 ? [] : library.recent({ branch: branch ?? '' }, BY_SITUATION)),
    ...ofFiles(changedFiles),
    ...ofFiles([...new Set(recentCommits.flatMap((commit) => commit.files))]),
  ];
}

/** Each once, as far as it may be shown. A replacement that nobody vouches for replaces nothing. */
function showableRows(rows: readonly MemoryRow[], standing: StandingReader | undefined): readonly MemoryRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
    .map((row) => withoutFalseReplacement(row, standing))
    .filter(isShowable);
}

function withoutFalseReplacement(row: MemoryRow, standing: StandingReader | undefined): MemoryRow {
  const { supersededBy, ...rest } = row;
  return supersededBy === undefined || standing?.isInForce?.(supersededBy) !== false ? row : rest;
}

function slowLookup(library: MemoryLibrary): QuickLookup {
  return {
    findByWords: (text) => library.search({ text, limit: BY_SITUATION }).hits,
    count: () => library.search({ text: '', limit: 1 }).total,
  };
}

/** The memories that answer the questions, which need not be among the newest. */
function findAnswers(library: MemoryLibrary, questions: readonly AnsweredQuestion[]): readonly MemoryRow[] {
  const ids = questions.flatMap(({ answers }) => answers.map(({ id }) => id));
  if (ids.length === 0) return [];
  return library.get(ids).memories.map((memory) => ({ ...memory, files: memory.files.map(({ path }) => path) }));
}

interface StandingParts {
  readonly standing: StandingReader | undefined;
  readonly situation: Partial<Situation>;
  /** Rows whose code is looked at in any case. */
  readonly answers: readonly MemoryRow[];
}

async function readStandings(
  rows: readonly MemoryRow[],
  { standing, situation, answers }: StandingParts,
): Promise<Standings> {
  if (standing === undefined) return new Map();
  const trusted = new Map(
    [...rows, ...answers].map((row) => [row.id, { ...standing.trustOf(row), code: 'unknown' as const }]),
  );
  const likely = rankForStart(
    rows.filter((row) => isInjectable(trusted.get(row.id)?.trust)),
    situation,
  );
  const code = await standing.codeOf([...likely.slice(0, LOOKED_AT).map(({ row }) => row), ...answers]);
  return new Map([...trusted].map(([id, one]) => [id, { ...one, ...code.get(id) }]));
}

/** The newest of this branch, else the newest of all. */
function findLastSummary(
  library: MemoryLibrary,
  summaries: readonly MemoryRow[],
  standings: Standings,
  branch: string | undefined,
): Memory | undefined {
  const trusted = summaries.filter((row) => isInjectable(standings.get(row.id)?.trust));
  const row = trusted.find((candidate) => branch !== undefined && candidate.branch === branch) ?? trusted[0];
  return row === undefined ? undefined : library.get([row.id]).memories[0];
}

/** Without memories to hand back there may still be something to say to the person; `at` is UTC. */
export function noticeOnly(
  request: StartRequest,
  remarks: readonly string[],
  { at, root }: Pick<StartContext, 'at' | 'root'>,
): StartAnswer {
  return {
    text: '',
    notice: `memvault: ${remarks.join('; ')}`,
    receipt: {
      sessionId: request.sessionId,
      at,
      event: request.source,
      root,
      items: [],
      cut: [],
      tokens: 0,
      budgetTokens: 0,
      leftOut: 0,
    },
  };
}
