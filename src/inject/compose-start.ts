// Puts a session's start block together: asks the library, selects, renders, and notes what went in.

import type { SessionStartEvent } from '../model/hook-event.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow } from '../model/search.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { Receipt } from '../model/receipt.ts';
import { sha256Hex } from '../system/digest.ts';
import { renderStart } from './render.ts';
import { selectForStart } from './select.ts';
import type { HeldNotice } from './start-lines.ts';

export interface StartRequest {
  readonly sessionId: string;
  readonly source: SessionStartEvent['source'];
}

export interface StartContext {
  readonly library: MemoryLibrary;
  readonly budgetTokens: number;
  readonly projectName: string;
  /** Random secret of this clone: with the session's id it names the fence, which no memory's author can know. */
  readonly secret: string;
  readonly branch?: string | undefined;
  readonly held?: HeldNotice | undefined;
  readonly recurring?: readonly AnsweredQuestion[] | undefined;
  /** A further word for the person, such as where the memories are kept. */
  readonly remark?: string | undefined;
  /** UTC, for the receipt only: the block itself holds no clock. */
  readonly at: string;
}

export interface StartAnswer {
  /** For the model; empty when only the person is told something. */
  readonly text: string;
  /** One line for the person. */
  readonly notice: string;
  readonly receipt: Receipt;
}

/** How many of the newest rows are looked at for what is relevant. */
const CANDIDATES = 300;
const BY_BRANCH = 20;

/** The block for a session's start, or undefined when there is nothing to say. */
export function composeStart(request: StartRequest, context: StartContext): StartAnswer | undefined {
  const { library, branch, held, budgetTokens } = context;
  if (request.source === 'resume' || request.source === 'fork' || budgetTokens === 0) return undefined;
  const newest = library.recent({ kind: ['observation', 'note'] }, CANDIDATES);
  const named =
    branch === undefined
      ? []
      : library.search({
          text: branch.replace(/[^\p{L}\p{N}]+/gu, ' '),
          kind: ['observation', 'note'],
          limit: BY_BRANCH,
        }).hits;
  const pinned = library.recent({ tags: ['pinned'] }, BY_BRANCH);
  const candidates = [...new Map([...newest, ...named, ...pinned].map((row) => [row.id, row])).values()].filter(isHere);
  const selection = selectForStart({
    source: request.source,
    projectName: context.projectName,
    budgetTokens,
    lastSummary: findLastSummary(library),
    candidates,
    total: library.search({ text: '', limit: 1 }).total,
    branch,
    held,
    recurring: context.recurring,
  });
  if (selection === undefined) return undefined;
  const nonce = sha256Hex(Buffer.from(`${context.secret}\0${request.sessionId}`)).slice(0, 24);
  const block = renderStart(selection, { nonce });
  const heldPart = held === undefined ? undefined : `${held.count} held: ${held.sentence}`;
  const shown = new Set(block.items.map(({ id }) => id)).size;
  const count = shown === 1 ? '1 memory' : `${shown} memories`;
  return {
    text: block.text,
    notice: `memvault: ${[`${count}, ${block.tokens.toLocaleString('en')} tokens`, heldPart, context.remark].filter((part) => part !== undefined).join('; ')}`,
    receipt: {
      sessionId: request.sessionId,
      at: context.at,
      event: request.source,
      items: block.items,
      tokens: block.tokens,
      budgetTokens,
      leftOut: block.leftOut,
    },
  };
}

/** What was fetched and not pulled yet nobody has agreed to. */
function isHere(row: MemoryRow): boolean {
  return row.place === 'vault' || row.place === 'outbox';
}

function findLastSummary(library: MemoryLibrary): Memory | undefined {
  const row = library
    .recent({ kind: ['summary'] }, 20)
    .find((candidate) => candidate.supersededBy === undefined && isHere(candidate));
  return row === undefined ? undefined : library.get([row.id]).memories[0];
}

/** Without memories to hand back there may still be something to say to the person; `at` is UTC. */
export function noticeOnly(request: StartRequest, remarks: readonly string[], at: string): StartAnswer {
  return {
    text: '',
    notice: `memvault: ${remarks.join('; ')}`,
    receipt: {
      sessionId: request.sessionId,
      at,
      event: request.source,
      items: [],
      tokens: 0,
      budgetTokens: 0,
      leftOut: 0,
    },
  };
}
