// One file for each session: which memories it was given, and the receipts. Lines of JSON, only ever added to.

import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '../model/receipt.ts';

/** A hook's word, before it shows something, that it will: of hooks that run at once, the first one to write has it. */
interface Claim {
  readonly claim: readonly string[];
  readonly by: string;
  readonly agent?: string;
}

/** The context was emptied, and the start after that had nothing to give. */
interface Emptied {
  readonly emptied: true;
}

export interface SessionRecord {
  readonly receipts: readonly Receipt[];
  /** What the session, or one of its subagents, was given since its context was last emptied. */
  given(agent?: string): ReadonlySet<string>;
}

/** `<sessions>/<session id>/receipts.jsonl`. */
export function sessionFile(sessionsDir: string, sessionId: string): string {
  return join(sessionsDir, sessionId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100) || '_', 'receipts.jsonl');
}

/** What is in the file; lines that cannot be read (a crash in the middle of one) are passed over. */
export function readSession(file: string): SessionRecord {
  const lines = readLines(file);
  return {
    receipts: lines.filter(isReceipt),
    given: (agent) => givenBy(lines, agent),
  };
}

/**
 * Claims these for one hook and answers those that nobody had claimed before it. `by` is unique to the hook; `agent` keeps the
 * context of a subagent apart. An item is a memory's id, or another text that must come only once.
 */
export function claim(
  file: string,
  items: readonly string[],
  { by, agent }: { readonly by: string; readonly agent?: string | undefined },
): readonly string[] {
  if (items.length === 0) return [];
  append(file, { claim: items, by, ...(agent === undefined ? {} : { agent }) } satisfies Claim);
  const lines = readLines(file);
  const mine = lines.findIndex((line) => isClaim(line) && line.by === by);
  const before = givenBy(lines.slice(0, Math.max(0, mine)), agent);
  return items.filter((item) => !before.has(item));
}

/** Says that a session lost what it was given, where no receipt says so; nothing for a session without a file. */
export function noteEmptied(file: string): void {
  if (existsSync(file)) append(file, { emptied: true } satisfies Emptied);
}

/** A fork has what the session that it goes on with was given: it counts as given to it too. Both are files of sessions. */
export function inheritGiven(file: string, parent: string): void {
  const given = [...readSession(parent).given()];
  if (given.length > 0) append(file, { claim: given, by: 'fork' } satisfies Claim);
}

export function appendReceipt(file: string, receipt: Receipt): void {
  append(file, receipt);
}

/**
 * What the files of all sessions say, the one written last first; sessions without a receipt are left out, and so are those that
 * were given nothing from the vault at `root`, where one is named. At most `most`, if that is given.
 */
export function listSessions(
  sessionsDir: string,
  { root, most = Number.POSITIVE_INFINITY }: { readonly root?: string | undefined; readonly most?: number } = {},
): readonly (readonly Receipt[])[] {
  if (!existsSync(sessionsDir)) return [];
  const found: (readonly Receipt[])[] = [];
  const newestFirst = readdirSync(sessionsDir)
    .flatMap((name) => {
      const file = join(sessionsDir, name, 'receipts.jsonl');
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ file, at: stats.mtimeMs }];
    })
    .sort((a, b) => b.at - a.at);
  for (const { file } of newestFirst) {
    if (found.length >= most) break;
    const { receipts } = readSession(file);
    if (receipts.some((receipt) => root === undefined || receipt.root === root)) found.push(receipts);
  }
  return found;
}

function givenBy(lines: readonly unknown[], agent: string | undefined): Set<string> {
  const given = new Set<string>();
  for (const line of lines) {
    if (isEmptied(line)) {
      if (agent === undefined) given.clear();
    } else if (isReceipt(line) && line.agent === agent) {
      // What was there before a compaction is not in the context any more.
      if (EMPTIED.includes(line.event)) given.clear();
      for (const { id } of line.items) given.add(id);
    } else if (isClaim(line) && line.agent === agent) for (const id of line.claim) given.add(id);
  }
  return given;
}

const EMPTIED: readonly string[] = ['startup', 'clear', 'compact'];

/** Whether a session that starts so has nothing left of what it was given. */
export function isEmptiedBy(source: string): boolean {
  return EMPTIED.includes(source);
}

function append(file: string, line: Claim | Emptied | Receipt): void {
  const folder = join(file, '..');
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/** Every line that can be read. */
export function readLines(file: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): unknown[] => {
    if (line === '') return [];
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

export function isReceipt(line: unknown): line is Receipt {
  return isRecord(line) && typeof line['event'] === 'string' && Array.isArray(line['items']);
}

function isClaim(line: unknown): line is Claim {
  return isRecord(line) && Array.isArray(line['claim']) && typeof line['by'] === 'string';
}

function isEmptied(line: unknown): line is Emptied {
  return isRecord(line) && line['emptied'] === true;
}

function isRecord(line: unknown): line is Readonly<Record<string, unknown>> {
  return typeof line === 'object' && line !== null;
}
