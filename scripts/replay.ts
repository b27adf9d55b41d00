// Replays hook payloads through the product in a throwaway home and repository: capture, spool, worker, vault. No network but
// what the given environment allows.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import type { OpenVault } from '../src/app.ts';
import { eventOrigin } from '../src/capture/origin.ts';
import { parsePayload } from '../src/capture/payload.ts';
import { appendEvent } from '../src/capture/spool-writer.ts';
import type { StartAnswer } from '../src/inject/compose-start.ts';
import type { SessionStartEvent } from '../src/model/hook-event.ts';
import type { Memory } from '../src/model/memory.ts';
import { silentLog } from '../src/system/log.ts';
import { dataPaths } from '../src/system/paths.ts';
import { openWorker } from '../src/worker/worker.ts';

export interface TimedPayload {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A memory with the text of its file. */
export interface WrittenMemory {
  readonly memory: Memory;
  readonly isSuperseded: boolean;
  readonly text: string;
}

export interface Replay {
  /** The throwaway repository; payloads name it as their working directory. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Sends the payloads at their times, with the worker at work meanwhile, as when people wait for the agent. `env` changes what
   * their session has in its environment; the worker keeps its own.
   */
  send(payloads: readonly TimedPayload[], options?: { readonly env: Readonly<Record<string, string>> }): Promise<void>;
  /** Lets so many milliseconds pass without an event, and the worker work. */
  wait(ms: number): Promise<void>;
  /** What the hooks cut, by kind. */
  redacted(): Readonly<Record<string, number>>;
  /** What the vault holds, oldest first. */
  memories(): readonly WrittenMemory[];
  /** What a session that starts now gets to know; as at every start, what is named here counts as named. */
  start(source?: SessionStartEvent['source']): Promise<StartAnswer | undefined>;
  openVault(): OpenVault;
  remove(): Promise<void>;
}

/** By time, then observations before summaries. */
function orderOf(memory: Memory): string {
  return `${memory.created} ${memory.kind} ${memory.id}`;
}

/** The worker looks in after so many events even when none of them ends anything. */
const EVENTS_A_CYCLE = 20;
/** Longer than the worker waits for the late hooks of a turn that ended. */
const SETTLE_MS = 10_000;
const ENDS = new Set(['Stop', 'StopFailure', 'PreCompact', 'PostCompact', 'SessionEnd', 'UserPromptSubmit']);

/** Opens a stage with one commit; `env` adds to the environment of hooks and worker, such as provider and key. */
export function openReplay(env: Readonly<Record<string, string>> = {}): Replay {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'memvault-replay-')));
  const home = join(folder, 'home');
  const root = join(folder, 'project');
  mkdirSync(home);
  mkdirSync(root);
  const whole: Record<string, string> = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    CLAUDE_MEM_DATA_DIR: join(home, '.claude-mem'),
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_MEM_VAULT: 'repository',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_PROJECT_DIR: root,
    GIT_CONFIG_NOSYSTEM: '1',
    ...env,
  };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, env: whole, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  git('init', '-q', '-b', 'work');
  git('config', 'user.name', 'Dev Example');
  git('config', 'user.email', 'dev@example.org');
  writeFileSync(join(root, 'README.md'), '# project\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');

  let now = 1;
  let drawn = 0;
  const redacted: Record<string, number> = {};
  const clock = { now: () => now };
  const paths = dataPaths(whole);
  // What fails in a replay is told: nobody reads its log.
  const loud = {
    ...silentLog,
    error: (message: string, data?: object) => console.error(message, JSON.stringify(data)),
  };
  // The same replay draws the same ids.
  let block = 0;
  const nextBytes = (length: number): Uint8Array =>
    createHash('sha256').update(`bytes ${++block}`).digest().subarray(0, length);
  const where = { env: whole, cwd: root, projectDir: root, clock };
  const worker = openWorker({ paths, env: whole, clock, log: loud, randomBytes: nextBytes });
  const work = async (): Promise<void> => {
    for (let round = 0; round < 20 && (await worker.cycle()).busy; round++);
  };
  const withVault = <T>(use: (vault: OpenVault) => T): T => {
    const vault = openVaultHere(where);
    try {
      vault.sync();
      return use(vault);
    } finally {
      vault.close();
    }
  };

  return {
    root,
    env: whole,
    async send(payloads, options) {
      let unseen = 0;
      for (const [index, { payload, at }] of payloads.entries()) {
        now = Math.max(now + 1, at);
        const draw = (length: number): string =>
          createHash('sha256').update(String(++drawn)).digest('hex').slice(0, length);
        const origin = eventOrigin({
          env: { ...whole, ...options?.env },
          home,
          dataDir: paths.dataDir,
          now,
          pid: 1,
          draw,
        });
        const event = parsePayload(payload, origin);
        if (!('ignored' in event)) {
          appendEvent(paths.spool, event);
          for (const [kind, count] of Object.entries(event.redactions ?? {}))
            redacted[kind] = (redacted[kind] ?? 0) + count;
        }
        if (++unseen < EVENTS_A_CYCLE && !ENDS.has(String(payload['hook_event_name']))) continue;
        // What ended has settled when the next event is that far away.
        now = Math.max(now, Math.min(now + SETTLE_MS, (payloads[index + 1]?.at ?? Number.POSITIVE_INFINITY) - 1));
        await work();
        unseen = 0;
      }
      now += SETTLE_MS;
      await work();
    },
    async wait(ms) {
      now += ms;
      await work();
    },
    redacted: () => redacted,
    memories: () =>
      withVault((vault) => {
        const rows = vault.library.recent({}, 1000);
        const found = vault.library.get(rows.map((row) => row.id)).memories;
        return found
          .map((memory) => ({
            memory,
            isSuperseded: memory.supersededBy !== undefined,
            text: readFileSync(
              join(memory.place === 'vault' ? vault.place.vaultDir : vault.outbox.root, memory.path),
              'utf8',
            ),
          }))
          .toSorted((one, other) => orderOf(one.memory).localeCompare(orderOf(other.memory)));
      }),
    async start(source = 'startup') {
      const vault = openVaultHere(where);
      try {
        vault.sync();
        const block = await vault.startBlock({ sessionId: 'the-next-one', source });
        if (block?.announces !== undefined) vault.noteAnnounced(block.announces);
        return block;
      } finally {
        vault.close();
      }
    },
    openVault: () => openVaultHere(where),
    async remove() {
      await worker.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
