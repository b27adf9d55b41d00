// `memvault demo`: replays a recorded session in a throwaway repository and shows what memvault makes of it.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { estimateTokens } from '../../model/tokens.ts';
import { shortId } from '../../model/memory.ts';
import type { HookEvent } from '../../model/hook-event.ts';
import { silentLog } from '../../system/log.ts';
import { dataPaths } from '../../system/paths.ts';
import { packageRoot } from '../../system/templates.ts';
import { openVaultHere } from '../../app.ts';
import { openWorker } from '../../worker/worker.ts';
import { isSet } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';
import { actOut, openStage } from '../demo/stage.ts';
import type { Stage } from '../demo/stage.ts';

const QUERY = 'random logout token refresh';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Replay a recorded session in a throwaway repository and show what is remembered.',
  usage: '',
  options: { keep: { type: 'boolean', meaning: 'Keep the throwaway folder and say where it is.' } },
  positionals: { min: 0, max: 0 },
  examples: ['memvault demo', 'memvault demo --keep'],
  async run(input) {
    const stage = await openStage(input.env);
    try {
      return await play(stage, input);
    } finally {
      if (isSet(input, 'keep')) input.stderr.write(`Kept: ${stage.root}\n`);
      else stage.remove();
    }
  },
};

async function play(stage: Stage, input: CommandInput): Promise<CommandResult> {
  const say = (text: string): void =>
    void (input.options['json'] === true ? undefined : input.stdout.write(`${text}\n`));
  const started = Date.now();
  say('A recorded Claude Code session is replayed in a throwaway repository: five prompts, one bug, one fix.\n');

  for (const payload of stage.payloads) runHook(stage, await actOut(stage, payload));
  const events = readSpool(stage);
  const redactions = countRedactions(events);
  const cut = Object.entries(redactions)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(', ');
  say(heading('1. Captured by the hooks'));
  say(
    `${events.length} events: ${Object.entries(countTypes(events))
      .map(([type, count]) => `${count} ${type}`)
      .join(', ')}`,
  );
  say(`Cut before the first byte reached disk: ${cut === '' ? 'nothing' : cut}\n`);

  const by = await compress(stage);
  const vault = openVaultHere({ cwd: stage.repository, env: stage.env });
  try {
    const rows = vault.library.recent({}, 20).toReversed();
    const memories = vault.library.get(rows.map((row) => row.id)).memories;
    say(heading(`2. Remembered (compressed by ${by})`));
    for (const memory of memories)
      say(`${shortId(memory.id)}  ${(memory.type ?? memory.kind).padEnd(10)} ${memory.title}`);
    const bugfix = memories.find((memory) => memory.type === 'bugfix') ?? memories[0];
    if (bugfix !== undefined) say(`\n.claude-mem/${bugfix.path}\n\n${indent(readMemoryFile(stage, bugfix.path))}\n`);

    say(heading('3. Committed, and nothing else touched'));
    say(indent(await stage.git('log', '--oneline', '--stat=100', '-1')));
    say(`git status: ${(await stage.git('status', '--porcelain')) || 'clean'}\n`);

    const block = await vault.startBlock({ sessionId: 'demo-next-session', source: 'startup' });
    say(
      heading(`4. What the next session starts with (${block === undefined ? 0 : estimateTokens(block.text)} tokens)`),
    );
    say(`${indent(block?.text ?? 'nothing')}\n`);

    const result = vault.library.search({ text: QUERY, limit: 3 });
    say(heading(`5. memvault search "${QUERY}"`));
    for (const hit of result.hits)
      say(`${shortId(hit.id)}  ${(hit.type ?? hit.kind).padEnd(10)} ${hit.title}\n         ${hit.snippet}`);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const head = await stage.git('rev-parse', 'HEAD');
    return {
      text: `\nDone in ${seconds} s. In your own repository this happens by itself: install the plugin and work.`,
      json: {
        events: events.length,
        redactions,
        by,
        memories: memories.map(({ id, kind, type, title }) => ({ id, kind, type, title })),
        commit: head,
        block: block?.text ?? null,
        hits: result.hits,
      },
    };
  } finally {
    vault.close();
  }
}

/** Runs the shipped hook as Claude Code would: one process, the payload on standard input. */
function runHook(stage: Stage, payload: string): void {
  const result = spawnSync(process.execPath, [join(packageRoot(), 'dist', 'hooks', 'record.cjs')], {
    input: payload,
    env: stage.env,
    cwd: stage.repository,
    encoding: 'utf8',
  });
  if (result.status !== 0)
    throw new MemvaultError(
      'internal',
      `the capture hook ended with ${result.status ?? result.signal}: ${result.stderr}`,
    );
}

async function compress(stage: Stage): Promise<string> {
  const paths = dataPaths(stage.env);
  const worker = openWorker({
    paths,
    env: stage.env,
    clock: { now: () => Date.now() },
    log: silentLog,
    randomBytes: (length) => randomBytes(length),
  });
  try {
    const by = new Set<string>();
    while (worker.pending() > 0) {
      const report = await worker.cycle();
      for (const name of report.by) by.add(name);
      if (!report.busy) break;
    }
    return by.has('api') ? 'Claude' : by.has('cli') ? 'your claude command' : 'rules, without a network';
  } finally {
    await worker.close();
  }
}

function readSpool(stage: Stage): readonly HookEvent[] {
  const folder = join(dataPaths(stage.env).spool, 'new');
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as HookEvent);
}

function countTypes(events: readonly HookEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events) counts[event.type] = (counts[event.type] ?? 0) + 1;
  return counts;
}

function countRedactions(events: readonly HookEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events)
    for (const [kind, count] of Object.entries(event.redactions ?? {})) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

function readMemoryFile(stage: Stage, path: string): string {
  return readFileSync(join(stage.repository, '.claude-mem', path), 'utf8');
}

function heading(text: string): string {
  return `── ${text} ${'─'.repeat(Math.max(0, 76 - text.length))}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
