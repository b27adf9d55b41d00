// The worker's cycle on real files: nothing lost, nothing twice, whatever kills it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import type { OpenVault } from '../../src/app.ts';
import { openSpool } from '../../src/capture/spool.ts';
import type { Compression } from '../../src/model/draft.ts';
import type { HookEvent, ToolDetail } from '../../src/model/hook-event.ts';
import type { Batch } from '../../src/model/turn.ts';
import { countAttempts } from '../../src/worker/attempts.ts';
import { createBatchWriter } from '../../src/worker/batch-writer.ts';
import { runCycle, writeDueSummaries } from '../../src/worker/cycle.ts';
import type { CycleParts } from '../../src/worker/cycle-parts.ts';
import { createLiveEvents } from '../../src/worker/live-events.ts';
import { openSessions } from '../../src/worker/sessions.ts';
import { silentLog } from '../../src/system/log.ts';
import { NO_SECOND_LOOK } from '../../src/system/redaction/second-look.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

const IDLE_MS = 600_000;
const DEPLOY: ToolDetail = {
  kind: 'command',
  command: 'npm run deploy:check',
  exitCode: 3,
  output: 'REDIS_URL MISSING',
};
let repo: TestRepo;
let dataDir: string;
let now: number;
let drawn: number;
let asked: number;
let sequence: number;
let noted: readonly string[];
let batches: Batch[];

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  now = Date.parse('2026-11-22T14:00:00Z');
  drawn = 0;
  asked = 0;
  sequence = 0;
  noted = [];
  batches = [];
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a cycle', () => {
  it('makes the memories of an ended session, commits them and acknowledges the events', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    spool().append(end());
    const report = await runCycle(parts());
    expect(report.batches).toBe(1);
    expect(asked).toBe(1);
    expect(titles()).toEqual(['what was learned', 'what the session did']);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
    expect(repo.git('log', '--format=%s')).toContain('chore(memory): record 2 memories');
    expect(repo.status()).toBe('');
  });

  it('leaves the events of an open turn where they are', async () => {
    spool().append(prompt('why?'));
    const report = await runCycle(parts());
    expect(report).toMatchObject({ batches: 0, memories: 0 });
    expect([...report.openSessions]).toEqual(['s1']);
    expect([...report.inTurn]).toEqual([repo.root]);
    expect(noted).toEqual([repo.root]);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 1, deadLetters: 0 });
  });

  it('works a turn off only when the late hooks of its tool uses have come in', async () => {
    const settling = { ...parts(), settleMs: 1500 };
    spool().append(prompt('why?'));
    const late = { ...base('s1'), type: 'tool-use', toolUseId: 't', tool: 'Bash', ok: true, detail: DEPLOY } as const;
    spool().append(stop('because'));
    spool().append(end());
    now += 1000;
    expect(await runCycle(settling)).toMatchObject({ batches: 0, settling: true });
    spool().append(late);
    now += 1000;
    expect(await runCycle(settling)).toMatchObject({ batches: 1, settling: false });
    expect(batches[0]?.turns).toHaveLength(1);
    expect(batches[0]?.turns[0]?.toolUses.map((use) => use.id)).toEqual([late.id]);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
  });

  it('does not commit while another session of the work tree is inside a turn', async () => {
    spool().append(prompt('other work', 's2'));
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    spool().append(end());
    await runCycle(parts());
    expect(titles()).toHaveLength(2);
    expect(repo.git('log', '--format=%s')).toBe('first');
    expect(repo.status()).toBe('');
  });

  it('writes the last summary of a session that only fell silent', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    await runCycle(parts());
    expect(titles()).toEqual(['what was learned']);
    expect(await writeDueSummaries(parts(), new Set())).toBe(0);
    now += IDLE_MS + 1000;
    expect(await writeDueSummaries(parts(), new Set())).toBe(1);
    expect(await writeDueSummaries(parts(), new Set())).toBe(0);
    expect(titles()).toEqual(['what was learned', 'what the session did']);
  });

  it('replaces the summary of a session that is resumed and ends again', async () => {
    for (const text of ['one', 'two']) {
      spool().append(prompt(text));
      spool().append(stop('done'));
      spool().append(end());
      await runCycle(parts());
    }
    const vault = openVault();
    const summaries = vault.library.recent({ kind: ['summary'] }, 10);
    expect(summaries).toHaveLength(2);
    expect(summaries.filter((row) => row.supersededBy === undefined)).toHaveLength(1);
    vault.close();
  });

  it('keeps a batch that fails for now, tries again after a pause, and gives up with a reason in the end', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    const writer = { ...parts().writer, compress: () => Promise.reject(new Error('no disk')) };
    const failing = { ...parts(), writer };
    for (let attempt = 0; attempt < 5; attempt++) {
      const { waiting, claimed, deadLetters } = spool().counts();
      expect({ kept: waiting + claimed, deadLetters }).toEqual({ kept: 2, deadLetters: 0 });
      await runCycle(failing);
      now += 3_600_000;
    }
    expect(spool().counts()).toMatchObject({ claimed: 0, deadLetters: 2 });
  });
});

describe('a batch that failed', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

  /** Parts on a disk that is full once the answer is journaled. */
  const onFullDisk = (): CycleParts => ({
    ...parts(),
    vaultFor: () => {
      const vault = openVault();
      const put = (): never => {
        throw full;
      };
      return Promise.resolve({ ...vault, outbox: { ...vault.outbox, put } });
    },
  });

  it('is tried again as it was cut, whatever its session goes on to do: nothing is learned twice', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    await runCycle(onFullDisk());
    spool().append(prompt('and now?'));
    spool().append(stop('so'));
    spool().append(end());
    await runCycle(onFullDisk());
    now += 3_600_000;
    await runCycle(parts());
    await runCycle(parts());
    expect(batches.map((batch) => batch.eventIds.length)).toEqual([2, 3]);
    expect(asked).toBe(2);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
  });

  it('because its events could be deleted in part only is finished, and the rest is no second batch', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    const stuck = parts();
    let isStuck = true;
    const acknowledge = (given: readonly string[]): void => {
      stuck.spool.acknowledge(isStuck ? given.slice(0, 1) : given);
      if (isStuck) throw Object.assign(new Error('EACCES: permission denied, unlink'), { code: 'EACCES' });
    };
    const running = { ...stuck, spool: { ...stuck.spool, acknowledge } };
    await runCycle(running);
    now += 3_600_000;
    await runCycle(running);
    isStuck = false;
    now += 3_600_000;
    await runCycle(running);
    await runCycle(running);
    expect(asked).toBe(1);
    expect(titles()).toEqual(['what was learned']);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
  });

  it('by a full disk is never given up, however long that lasts', async () => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    for (let hour = 0; hour < 24; hour++) {
      await runCycle(onFullDisk());
      now += 3_600_000;
    }
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 2, deadLetters: 0 });
    await runCycle(parts());
    expect(titles()).toEqual(['what was learned']);
    expect(asked).toBe(1);
  });
});

describe('a broken project', () => {
  it('does not stop the others', async () => {
    spool().append({ ...prompt('lost?', 's2'), project: '/nowhere' });
    spool().append({ ...stop('lost', 's2'), project: '/nowhere' });
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    const whole = parts();
    await runCycle({
      ...whole,
      vaultFor: (project) => (project === '/nowhere' ? Promise.reject(new Error('a link')) : whole.vaultFor(project)),
    });
    expect(titles()).toEqual(['what was learned']);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 2, deadLetters: 0 });
  });
});

describe('a worker that is killed', () => {
  const steps = [
    'after the answer',
    'after the journal',
    'inside the outbox',
    'after the outbox',
    'after the commit',
    'inside the acknowledgement',
  ] as const;

  it.each(steps)('%s leaves the same memories, and no model is asked again', async (step) => {
    spool().append(prompt('why?'));
    spool().append(stop('because'));
    spool().append(end());
    await expect(runCycle(killedAt(step))).rejects.toThrow('killed');
    const idsBefore = ids();

    // A new process: new parts over the same files.
    await runCycle(parts());
    await runCycle(parts());
    expect(asked).toBe(1);
    expect(titles()).toEqual(['what was learned', 'what the session did']);
    for (const id of idsBefore) expect(ids()).toContain(id);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
    expect(repo.status()).toBe('');
  });

  it('recognises events that come again after their batch was closed', async () => {
    const events = [prompt('why?'), stop('because'), end()];
    for (const event of events) spool().append(event);
    await runCycle(parts());
    for (const event of events) spool().append(event);
    await runCycle(parts());
    expect(asked).toBe(1);
    expect(titles()).toHaveLength(2);
    expect(spool().counts()).toEqual({ waiting: 0, claimed: 0, deadLetters: 0 });
  });
});

class Killed extends Error {
  override readonly message = 'killed';
}

/** Parts whose process dies at a step: nothing after it happens, also no handling of the error. */
function killedAt(step: string): CycleParts {
  const whole = parts();
  const die = (): never => {
    throw new Killed();
  };
  const vaultFor = async (): Promise<OpenVault> => {
    const vault = openVault();
    return {
      ...vault,
      outbox: {
        ...vault.outbox,
        put: (memory) => (step === 'inside the outbox' && memory.kind === 'summary' ? die() : vault.outbox.put(memory)),
      },
      // The first thing that is asked once the answer is there.
      code: () => (step === 'after the answer' ? die() : vault.code()),
      syncInSlices: async () => (step === 'after the outbox' ? die() : vault.syncInSlices()),
    };
  };
  return {
    ...whole,
    vaultFor,
    writer: {
      ...whole.writer,
      compress: async (...args) => {
        const entry = await whole.writer.compress(...args);
        return step === 'after the journal' ? die() : entry;
      },
    },
    spool: {
      ...whole.spool,
      acknowledge(given) {
        if (step === 'after the commit') die();
        if (step === 'inside the acknowledgement') {
          whole.spool.acknowledge(given.slice(0, 1));
          die();
        }
        whole.spool.acknowledge(given);
      },
    },
    // A dead process counts no failure.
    attempts: { mayTry: () => true, fail: die, forget: () => undefined, failed: () => [] },
  };
}

function parts(): CycleParts {
  const clock = { now: () => now };
  const sessions = openSessions(dataPaths({ CLAUDE_MEM_DATA_DIR: dataDir }).sessions);
  return {
    spool: spool(),
    sessions,
    writer: createBatchWriter({
      sessions,
      clock,
      randomBytes,
      log: silentLog,
      secondLook: NO_SECOND_LOOK,
      questionsFile: join(dataDir, 'questions.sqlite'),
      questionMeaning: () => Promise.resolve(undefined),
      compress: answer,
    }),
    attempts,
    inHand: { deaths: () => 0, take: () => undefined, release: () => undefined },
    seen: new Set(),
    secondLook: NO_SECOND_LOOK,
    cleaned: new Map(),
    surveyed: new Set(),
    live: createLiveEvents(clock),
    clock,
    log: silentLog,
    sessionIdleMs: IDLE_MS,
    clones: new Map(),
    cutTurns: new Map(),
    noteTurns: (worktrees) => void (noted = [...worktrees]),
    settleMs: 0,
    vaultFor: () => Promise.resolve(openVault()),
    drop: () => undefined,
  };
}

let attempts = countAttempts();
beforeEach(() => {
  attempts = countAttempts();
});

function openVault(): OpenVault {
  return openVaultHere({
    env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir },
    cwd: repo.root,
    projectDir: repo.root,
    clock: { now: () => now },
  });
}

function spool() {
  const paths = dataPaths({ CLAUDE_MEM_DATA_DIR: dataDir });
  return openSpool(paths.spool, paths.deadLetter);
}

/** The fake model: one observation for each batch that was asked for. */
async function answer(batch: Batch): Promise<Compression> {
  asked++;
  batches.push(batch);
  const summary = {
    title: 'what the session did',
    request: ['why?'],
    investigated: [],
    learned: [],
    completed: [`answer number ${asked}`],
    nextSteps: [],
  };
  return {
    by: 'extractive',
    summary,
    observations: [
      { type: 'discovery', title: 'what was learned', narrative: 'A finding.', facts: [], files: [], tags: [] },
    ],
  };
}

function randomBytes(length: number): Uint8Array {
  drawn++;
  return Uint8Array.from({ length }, (_, at) => (drawn * 7 + at * 3) & 31);
}

function titles(): string[] {
  const vault = openVault();
  try {
    vault.sync();
    return vault.library
      .recent({}, 50)
      .map((row) => row.title)
      .sort()
      .reverse();
  } finally {
    vault.close();
  }
}

function ids(): string[] {
  const vault = openVault();
  try {
    return [...vault.outbox.list().map((file) => file.path), ...listTree()];
  } finally {
    vault.close();
  }
}

function listTree(): string[] {
  return readdirSync(repo.root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('.claude-mem/') && /\/\d\d-/.test(name))
    .map((name) => name.slice('.claude-mem/'.length));
}

function base(sessionId: string) {
  const at = new Date(now + ++sequence).toISOString();
  return {
    v: 1,
    id: `${now + sequence}-1-${String(sequence).padStart(8, '0')}`,
    at,
    sessionId,
    project: repo.root,
    worktree: repo.root,
    account: '0'.repeat(16),
    accountKind: 'subscription',
    endpoint: 'https://api.anthropic.com',
  } as const;
}

function prompt(text: string, sessionId = 's1'): HookEvent {
  return { ...base(sessionId), type: 'prompt', prompt: text, author: 'user' };
}

function stop(reply: string, sessionId = 's1'): HookEvent {
  return { ...base(sessionId), type: 'stop', reply };
}

function end(sessionId = 's1'): HookEvent {
  return { ...base(sessionId), type: 'session-end', reason: 'other' };
}
