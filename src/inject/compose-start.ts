// Puts a session's start block together: asks the library, looks how the memories stand, selects, renders, notes what went in.

import type { SessionStartEvent } from '../model/hook-event.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { Receipt } from '../model/receipt.ts';
import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import { isInjectable } from '../model/standing.ts';
import type { CodeState, Standing, Standings } from '../model/standing.ts';
import { fenceNonce } from './fence.ts';
import { startNotice } from './notice.ts';
import { rankForStart } from './rank.ts';
import { renderStart } from './render.ts';
import { isShowable, selectForStart } from './select.ts';
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
  codeOf(rows: readonly MemoryRow[]): Promise<ReadonlyMap<string, CodeState>>;
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
  readonly situation?: Partial<Situation> | undefined;
  readonly standing?: StandingReader | undefined;
  readonly held?: HeldNotice | undefined;
  readonly recurring?: readonly AnsweredQuestion[] | undefined;
  /** A further word for the person, such as where the memories are kept. */
  readonly remark?: string | undefined;
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
const CANDIDATES = 400;
const BY_SITUATION = 60;
/** Of each of these at most: names of files in a query. */
const FILES_ASKED = 40;
/** Whose code is looked at: those that may be shown, and some that come up when others go down. */
const LOOKED_AT = 60;

/** The block for a session's start, or undefined when there is nothing to say. */
export async function composeStart(request: StartRequest, context: StartContext): Promise<StartAnswer | undefined> {
  const { library, held, budgetTokens, situation = {}, lookup = slowLookup(library) } = context;
  if (request.source === 'resume' || request.source === 'fork' || budgetTokens === 0) return undefined;
  const inForce = (row: MemoryRow): MemoryRow => withoutFalseReplacement(row, context.standing);
  const candidates = findCandidates(library, lookup, situation).map(inForce).filter(isShowable);
  const summaries = library
    .recent({ kind: ['summary'] }, 20)
    .map(inForce)
    .filter(isShowable);
  const standings = await readStandings([...candidates, ...summaries], context);
  const lastSummary = findLastSummary(library, summaries, standings, situation.branch);
  const selection = selectForStart({
    ...situation,
    source: request.source,
    projectName: context.projectName,
    budgetTokens,
    lastSummary,
    candidates,
    total: lookup.count(),
    standings,
    pending: context.standing?.pending,
    held,
    recurring: context.recurring,
  });
  if (selection === undefined) return undefined;
  const block = renderStart(selection, { nonce: fenceNonce(context.secret, request.sessionId) });
  const { pending } = selection;
  return {
    text: block.text,
    notice: startNotice({ ...block, held, pending, remark: context.remark }),
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

/** The newest, those that the situation names, and those that hold always. */
function findCandidates(
  library: MemoryLibrary,
  lookup: QuickLookup,
  situation: Partial<Situation>,
): readonly MemoryRow[] {
  const { branch, changedFiles = [], recentCommits = [] } = situation;
  const words = (branch ?? '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  const ofFiles = (files: readonly string[]): readonly MemoryRow[] =>
    files.length === 0 ? [] : library.recent({ files: files.slice(0, FILES_ASKED) }, BY_SITUATION);
  const found = [
    // Without a filter the newest are read by their date alone.
    ...library.recent({}, CANDIDATES),
    ...(words === '' ? [] : lookup.findByWords(words)),
    ...ofFiles(changedFiles),
    ...ofFiles([...new Set(recentCommits.flatMap((commit) => commit.files))]),
    ...library.recent({ tags: ['pinned'] }, BY_SITUATION),
    ...library.recent({ type: ['convention'] }, BY_SITUATION),
  ];
  return [...new Map(found.map((row) => [row.id, row])).values()].filter((row) => row.kind !== 'summary');
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

async function readStandings(
  rows: readonly MemoryRow[],
  { standing, situation = {} }: StartContext,
): Promise<Standings> {
  if (standing === undefined) return new Map();
  const trusted = new Map(rows.map((row) => [row.id, { ...standing.trustOf(row), code: 'unknown' as const }]));
  const likely = rankForStart(
    rows.filter((row) => isInjectable(trusted.get(row.id)?.trust)),
    situation,
  );
  const code = await standing.codeOf(likely.slice(0, LOOKED_AT).map(({ row }) => row));
  return new Map([...trusted].map(([id, one]) => [id, { ...one, code: code.get(id) ?? 'unknown' }]));
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
