// What a publish is asked to do, and by whom.

import type { Clock, Logger } from '../../model/ports.ts';
import type { SecondLook } from '../../system/redaction/second-look.ts';
import type { Environment } from './runner.ts';

/** Points that a publish passes, in order; a crash after any of them leaves nothing that the next publish cannot mend. */
export const PUBLISH_STEPS = [
  'locked',
  'planned',
  'objects',
  'commit',
  'noted',
  'index',
  'files',
  'branch',
  'recorded',
] as const;
export type PublishStep = (typeof PUBLISH_STEPS)[number];

export interface PublishOptions {
  /** Asked for by the user: skips the quiet time and the hold on the default branch, keeps every other gate. */
  readonly now: boolean;
  /** A session just ended: no quiet time is needed, signing may be tried. */
  readonly atSessionEnd: boolean;
  /** The agent is about to push: no quiet time is needed, its own turn is no hindrance, signing is not tried. */
  readonly beforePush?: boolean;
  /** A session is inside a turn in this work tree: waits, unless asked for. */
  readonly inTurn?: boolean;
  /** Milliseconds since the epoch: what has not reached the index by then is given up, with nothing changed. */
  readonly deadline?: number;
  readonly mode: 'branch' | 'manual' | 'off';
  readonly defaultBranch: 'auto' | 'hold' | 'commit';
  /** Branch names; `*` stands for any run of characters. */
  readonly protectedBranches: readonly string[];
  /** Subject of the commit; `{count}` becomes `3 memories`. */
  readonly message: string;
  /** For the trailers; the sessions that the memories name when left out. */
  readonly sessionIds?: readonly string[];
  readonly batchIds?: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** So long nothing may have moved in Git, in milliseconds; 60 s when left out. */
  readonly quietMs?: number;
  /** Says what would happen and changes nothing. */
  readonly dryRun?: boolean;
  /** Commits the fixed files of a new vault also when no memory waits. */
  readonly makeVault?: boolean;
  /** 0 to 1, for the waits between tries. */
  readonly random?: () => number;
  /** Where git's environment is taken from; this process' own when left out. */
  readonly env?: Environment;
  /** Other rules for secrets than our own, over each memory before it is committed; secretlint's when left out. */
  readonly secondLook?: Pick<SecondLook, 'find'>;
  /** Called after each step; for tests that crash or interfere there. */
  readonly onStep?: (step: PublishStep) => void | Promise<void>;
}
