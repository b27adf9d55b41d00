// Says of each memory in the outbox where it is committed, or why it waits: by the gates and the plan of a publish. Reads only.

import type { VaultPlace } from '../../model/place.ts';
import type { OutboxRow } from '../../model/outbox-row.ts';
import { basename } from 'node:path';
import { outboxState } from './outbox-state.ts';
import type { OutboxState } from './outbox-state.ts';
import type { PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { openGit } from './runner.ts';
import { makePlan, readSituation } from './survey.ts';
import type { Situation } from './survey.ts';
import { readWaiting } from './waiting.ts';
import type { WaitingMemory } from './waiting.ts';

/** Newest first. Throws `unavailable` when git fails in a repository that was readable a moment ago. */
export async function explainOutbox(place: VaultPlace, options: PublishOptions): Promise<readonly OutboxRow[]> {
  const waiting = readWaiting(place.stateDir);
  const { gitDir } = place;
  if (waiting.length === 0) return [];
  if (gitDir === undefined) return waiting.map((memory) => ({ ...head(memory), state: 'held', reason: 'no-git' }));
  const run = { git: openGit(place.root, options), gitDir, place, options };
  const situation = await readSituation(run);
  const state = await outboxState(place, { ...options, now: options.clock.now() });
  const plan = situation.gate === undefined ? await makePlan(run, situation) : undefined;
  return waiting
    .map((memory) => ({ ...head(memory), ...explain(memory, { situation, state, plan, options }) }))
    .sort((one, other) => ((one.created ?? '') < (other.created ?? '') ? 1 : -1));
}

interface Known {
  readonly situation: Situation;
  readonly state: OutboxState;
  readonly plan: PublishPlan | undefined;
  readonly options: PublishOptions;
}

function explain(
  { path, memory }: WaitingMemory,
  { situation, state, plan, options }: Known,
): Omit<OutboxRow, 'id' | 'path' | 'title'> {
  if (state.settled.includes(path) || plan?.forgotten.includes(path) === true) return { state: 'settled' };
  const committed = state.committed.find((row) => row.path === path);
  if (committed !== undefined) {
    const { branch, worktree } = committed;
    return { state: 'committed', branch, ...(worktree === undefined ? {} : { worktree }) };
  }
  if (options.mode === 'off') return { state: 'held', reason: 'mode-off' };
  const { gate } = situation;
  if (gate !== undefined)
    return { state: 'held', reason: gate.reason, ...(gate.detail === undefined ? {} : { detail: gate.detail }) };
  const left = plan?.leftOut.find((row) => row.path === path);
  if (left !== undefined)
    return { state: 'held', reason: left.reason, ...(left.detail === undefined ? {} : { detail: left.detail }) };
  if (plan?.reserved.includes(path) === true)
    return { state: 'reserved', ...(memory?.branch === undefined ? {} : { branch: memory.branch }) };
  if (options.mode === 'manual') return { state: 'held', reason: 'mode-manual' };
  const branch = situation.facts.branch?.replace(/^refs\/heads\//, '');
  return { state: 'next', ...(branch === undefined ? {} : { branch }) };
}

function head({ id, path, memory }: WaitingMemory): Pick<OutboxRow, 'id' | 'path' | 'title' | 'created'> {
  return {
    id,
    path,
    title: memory?.title ?? basename(path),
    ...(memory === undefined ? {} : { created: memory.created }),
  };
}
