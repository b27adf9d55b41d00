// What a publish would do: which memories go into the commit, which stay behind and why. Pure.

import type { HeldReason } from '../../model/publication.ts';
import { idOf } from '../file-name.ts';
import { blobId } from './entries.ts';
import type { GitEntries } from './entries.ts';
import type { WaitingMemory } from './waiting.ts';
import type { WorkFile } from './work-files.ts';

export interface PlanInput {
  readonly waiting: readonly WaitingMemory[];
  /** The vault in HEAD, and in the user's index. */
  readonly head: GitEntries;
  readonly index: GitEntries;
  /** Entries that an earlier try of ours staged: path → object id. */
  readonly ours: Readonly<Record<string, string>>;
  /** Memories (paths below the vault) whose deletion the branch's history holds. */
  readonly deleted: ReadonlySet<string>;
  /** Memories that are committed on another living branch. */
  readonly elsewhere: ReadonlySet<string>;
  /** Branches (short names) that another work tree has checked out and may publish on. */
  readonly otherWorktrees: ReadonlySet<string>;
  /** Written to the work tree once, in mode `manual`, and gone from it since. */
  readonly writtenBefore: ReadonlySet<string>;
  /** What stands at a path of the work tree. */
  readonly workFile: (vaultPath: string) => WorkFile;
  /** Kinds of secrets in a text; empty when it is clean. */
  readonly findSecrets: (text: string) => readonly string[];
  /** Files that a new vault gets; given only when HEAD has no vault. */
  readonly fixed: readonly { readonly vaultPath: string; readonly bytes: Buffer }[];
  /** The fixed files go also without a memory. */
  readonly makeVault?: boolean;
  /** Any object id of the repository: shows its format. */
  readonly like: string;
}

export interface PlannedFile {
  readonly vaultPath: string;
  readonly bytes: Buffer;
  readonly oid: string;
  /** Absent for the fixed files of a vault. */
  readonly memory?: WaitingMemory;
}

interface LeftOut {
  readonly path: string;
  readonly reason: HeldReason;
  readonly detail?: string;
}

export interface PublishPlan {
  /** In order of path; empty when no memory can go and no vault is to be made. */
  readonly files: readonly PlannedFile[];
  readonly leftOut: readonly LeftOut[];
  /** Deleted by a person after they were published: to be taken from the outbox. */
  readonly forgotten: readonly string[];
  /** Left to the work tree of their own branch. */
  readonly reserved: readonly string[];
}

export function planPublish(input: PlanInput): PublishPlan {
  const inHead = new Set([...input.head.keys()].map(idOf).filter((id) => id !== undefined));
  const files: PlannedFile[] = [];
  const leftOut: LeftOut[] = [];
  const forgotten: string[] = [];
  const reserved: string[] = [];
  for (const memory of input.waiting) {
    if (inHead.has(memory.id)) continue;
    if (input.deleted.has(memory.path)) forgotten.push(memory.path);
    else if (input.elsewhere.has(memory.path) || input.writtenBefore.has(memory.path)) continue;
    else if (isReserved(memory, input)) reserved.push(memory.path);
    else {
      const oid = blobId(memory.bytes, input.like);
      const held = holdMemory(memory, oid, input);
      if (held === undefined) files.push({ vaultPath: memory.vaultPath, bytes: memory.bytes, oid, memory });
      else leftOut.push({ path: memory.path, ...held });
    }
  }
  if (files.length > 0 || input.makeVault === true) files.unshift(...planFixed(input));
  return { files, leftOut, forgotten, reserved };
}

function isReserved({ memory }: WaitingMemory, input: PlanInput): boolean {
  return memory?.branch !== undefined && input.otherWorktrees.has(memory.branch);
}

function holdMemory(memory: WaitingMemory, oid: string, input: PlanInput): Omit<LeftOut, 'path'> | undefined {
  if (memory.memory === undefined) return { reason: 'memory-broken', detail: memory.fault ?? 'not in the format' };
  const secrets = input.findSecrets(memory.bytes.toString('utf8'));
  if (secrets.length > 0) return { reason: 'secret-found', detail: secrets.join(', ') };
  const reason = holdPlace(memory.vaultPath, memory.bytes, oid, input);
  return reason === undefined ? undefined : { reason };
}

/** Whether the user's index and work tree leave the place free. */
function holdPlace(vaultPath: string, bytes: Buffer, oid: string, input: PlanInput): HeldReason | undefined {
  const staged = input.index.get(vaultPath);
  if (staged !== undefined && !(staged.oid === oid && input.ours[vaultPath] === oid)) return 'user-staged';
  const found = input.workFile(vaultPath);
  if (found.kind === 'absent') return undefined;
  if (found.kind === 'file' && isOurs(found.bytes, bytes, input.ours[vaultPath] === oid)) return undefined;
  return 'file-exists';
}

/** The same bytes; after a crash of ours also their beginning. */
function isOurs(found: Buffer, bytes: Buffer, wasOurs: boolean): boolean {
  return found.equals(bytes) || (wasOurs && found.equals(bytes.subarray(0, found.length)));
}

function planFixed(input: PlanInput): PlannedFile[] {
  return input.fixed
    .map(({ vaultPath, bytes }) => ({ vaultPath, bytes, oid: blobId(bytes, input.like) }))
    .filter(({ vaultPath, bytes, oid }) => holdPlace(vaultPath, bytes, oid, input) === undefined);
}
