// What the hook at a session's start does: opens a place's index and nothing else, because people wait for it, and notes what it gave.

import { join } from 'node:path';
import type { Clock } from '../model/ports.ts';
import { answeredQuestions } from '../compress/answered-questions.ts';
import { noteAnnounced } from '../compress/destination.ts';
import type { StartRequest } from '../inject/compose-start.ts';
import type { ForkStart } from '../inject/fork-parent.ts';
import { appendReceipt, inheritGiven, isEmptiedBy, noteEmptied, sessionFile } from '../inject/session-file.ts';
import { toMemvaultError } from '../model/errors.ts';
import { dataPaths } from '../system/paths.ts';
import { readBranch } from '../system/project.ts';
import type { AskedAhead } from '../vault/git/asked-ahead.ts';
import { locate } from '../vault/location.ts';
import { openOutbox } from '../vault/outbox.ts';
import { choosePlace, wantedVault } from '../vault/place.ts';
import { openPlaceIndex } from './place-index.ts';
import { buildStartBlock, heldNotice } from './start-block.ts';
import type { StartBlock } from './start-block.ts';

export interface SessionStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** CLAUDE_PROJECT_DIR of the session. */
  readonly projectDir: string;
  readonly clock: Clock;
  /** What Git was asked before this file was loaded. */
  readonly ahead?: AskedAhead | undefined;
  /** By what a fork's parent is found. */
  readonly fork?: ForkStart | undefined;
}

/**
 * Hands the block of a session's start to `give`; nothing when there is nothing to say, or memories are switched off. What it holds
 * counts as given when `give` is back. Never throws: a fault is in the log.
 */
export async function startSession(
  request: StartRequest,
  start: SessionStart,
  give: (block: StartBlock) => void,
): Promise<void> {
  const { env, clock, fork } = start;
  const paths = dataPaths(env);
  const record = sessionFile(paths.sessions, request.sessionId);
  let isNoted = !isEmptiedBy(request.source);
  try {
    await giveBlock(request, start, (block) => {
      give(block);
      if (block.text === '') return;
      appendReceipt(record, block.receipt);
      isNoted = true;
    });
    if (!isNoted) noteEmptied(record);
    if (fork === undefined) return;
    const { findForkParent } = await import('../inject/fork-parent.ts');
    const parent = findForkParent(fork, clock.now());
    if (parent !== undefined) inheritGiven(record, sessionFile(paths.sessions, parent));
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    // With all the rules for secrets: only a fault needs it.
    const { openLog } = await import('../system/log.ts');
    openLog(join(paths.logs, 'hooks.log'), { level: 'info', clock }).error('recall failed', { code, message });
  }
}

async function giveBlock(
  request: StartRequest,
  { env, projectDir, clock, ahead }: SessionStart,
  give: (block: StartBlock) => void,
): Promise<void> {
  const paths = dataPaths(env);
  const { resolved, settings, project } = locate({ env, cwd: projectDir, projectDir });
  const { values } = settings;
  const wanted = wantedVault(values);
  if (wanted === 'off') return;
  const place = choosePlace(resolved, wanted);
  const outboxRoot = openOutbox(place.stateDir).root;
  const index = openPlaceIndex({ place, paths, outboxRoot, now: () => clock.now(), isHurried: true });
  const { library } = index;
  try {
    const block = await buildStartBlock(request, {
      place,
      project,
      paths,
      env,
      settings: values,
      library,
      clock,
      branch: place.kind === 'repository' && place.gitDir !== undefined ? readBranch(place.gitDir) : undefined,
      ahead,
      held: heldNotice(place),
      isKeptOut: place.kind === 'personal' && resolved.place.kind === 'repository' && wanted === 'auto',
      recurringQuestions: (vouched) => answeredQuestions(paths.questionsFile, project, vouched),
      lookAgain: (rows) => index.lookAgain(rows),
    });
    if (block === undefined) return;
    give(block);
    if (block.announces !== undefined)
      noteAnnounced(paths.announcedFile, block.announces, new Date(clock.now()).toISOString());
  } finally {
    library.close();
  }
}
