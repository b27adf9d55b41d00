// The hook at a prompt and before a file is read or changed: shows up to three memories that belong there, or nothing. It never fails a session.

import { readFileSync, statSync, writeSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { askByFile, askByPrompt, joinAsked, NOTHING_ASKED } from '../src/app/asked-memories.ts';
import { promptAuthor } from '../src/capture/prompt-author.ts';
import { openRecallIndex } from '../src/index/recall-index.ts';
import { fenceNonce } from '../src/inject/fence.ts';
import { mentionedFiles } from '../src/inject/mentioned-files.ts';
import { idsOf, renderReminder, selectReminder } from '../src/inject/reminder.ts';
import type { ReminderInput } from '../src/inject/reminder.ts';
import { appendReceipt, claim, readSession, sessionFile } from '../src/inject/session-file.ts';
import type { VaultPlace } from '../src/model/place.ts';
import { loadOs } from '../src/system/builtin.ts';
import { dataPaths } from '../src/system/paths.ts';
import type { DataPaths } from '../src/system/paths.ts';
import { mainFolder, readCloneId } from '../src/system/project.ts';
import { cutPrivate } from '../src/system/redaction/private-spans.ts';
import { readSettings } from '../src/system/settings.ts';
import { looksNewer } from '../src/vault/fixed-files.ts';
import { choosePlace, indexFile, resolvePlace, wantedVault } from '../src/vault/place.ts';

const HOST_EVENTS = { prompt: 'UserPromptSubmit', file: 'PreToolUse' } as const;
/** Words with less than this cannot say what they are about. */
const SHORTEST_PROMPT = 8;

type Payload = Readonly<Record<string, unknown>>;

/** Answers one payload from standard input. */
export async function remind(input: string, env: NodeJS.ProcessEnv): Promise<void> {
  const payload: unknown = JSON.parse(input);
  if (!isRecord(payload)) return;
  const sessionId = textOf(payload, 'session_id');
  const event = payload['hook_event_name'] === 'UserPromptSubmit' ? 'prompt' : 'file';
  if (sessionId === undefined || !mayMatter(payload, event)) return;
  const paths = dataPaths(env);
  const found = findPlace(payload, paths, env);
  if (found === undefined || !(found.isOn.file || (event === 'prompt' && found.isOn.prompt))) return;
  const { place } = found;
  const file = event === 'file' ? filePath(namedFile(payload) ?? '', place) : undefined;
  if (event === 'file' && file === undefined) return;
  const index = openRecallIndex(indexFile(place, paths));
  if (index === undefined) return;
  try {
    const record = sessionFile(paths.sessions, sessionId);
    const agent = textOf(payload, 'agent_id');
    const given = readSession(record).given(agent);
    const prompt = event === 'prompt' ? cutPrivate(textOf(payload, 'prompt') ?? '').text : '';
    const files = (file === undefined ? mentionsOf(prompt, payload, found) : [file]).filter(
      (path) => !given.has(markOf(path)),
    );
    const parts = { index, place, env };
    const asked = joinAsked([
      event === 'prompt' && found.isOn.prompt ? await askByPrompt(prompt, parts) : NOTHING_ASKED,
      ...(await Promise.all(files.map((path) => askByFile(path, parts)))),
    ]);
    if (asked.candidates.length === 0) return;
    const request: ReminderInput = { event, file, given, sessionId, ...asked };
    const wanted = selectReminder(request);
    if (wanted.chosen.length === 0) return;
    const by = `${process.pid}-${process.hrtime.bigint()}`;
    const marks = [...new Set(wanted.chosen.flatMap((one) => (one.file === undefined ? [] : [markOf(one.file)])))];
    const claimed = new Set(claim(record, [...marks, ...idsOf(wanted.chosen)], { by, agent }));
    const chosen = wanted.chosen.filter(
      (one) => claimed.has(one.row.id) && (one.file === undefined || claimed.has(markOf(one.file))),
    );
    const secret = place.commonDir === undefined ? place.root : readCloneId(place.commonDir, noId);
    const reminder = renderReminder(
      request,
      { ...wanted, chosen },
      {
        nonce: fenceNonce(secret ?? place.root, sessionId),
        at: new Date().toISOString(),
        root: place.root,
        agent,
      },
    );
    if (reminder === undefined) return;
    const answer = { hookEventName: HOST_EVENTS[event], additionalContext: reminder.text };
    writeSync(1, JSON.stringify({ hookSpecificOutput: answer }));
    appendReceipt(record, reminder.receipt);
  } finally {
    index.close();
  }
}

/** Looks at the payload alone: most of them are over here. */
function mayMatter(payload: Payload, event: ReminderInput['event']): boolean {
  if (event === 'file') return namedFile(payload) !== undefined;
  const prompt = textOf(payload, 'prompt') ?? '';
  return (prompt.length >= SHORTEST_PROMPT || prompt.includes('@')) && promptAuthor(prompt) === 'user';
}

interface Found {
  readonly place: VaultPlace;
  readonly isOn: Readonly<Record<ReminderInput['event'], boolean>>;
}

/** The files that the host reads with the prompt, without a Read that a hook would hear of. */
function mentionsOf(prompt: string, payload: Payload, { place, isOn }: Found): readonly string[] {
  if (!isOn.file || !prompt.includes('@')) return [];
  // The working directory follows the agent's `cd`; people go on naming files as before.
  const folders = [textOf(payload, 'cwd') ?? place.root, place.root];
  return mentionedFiles(prompt).flatMap((mention) => {
    const file = folders.map((folder) => resolve(folder, mention)).find(isFile);
    return (file === undefined ? undefined : filePath(file, place)) ?? [];
  });
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // No name that a file can have.
    return false;
  }
}

/** What claims a file: it comes once a session, whatever becomes of its memories. */
function markOf(path: string): string {
  return `file:${path}`;
}

function findPlace(payload: Payload, paths: DataPaths, env: NodeJS.ProcessEnv): Found | undefined {
  const cwd = env['CLAUDE_PROJECT_DIR'] || (textOf(payload, 'cwd') ?? process.cwd());
  const resolved = resolvePlace({ cwd, projectDir: cwd, home: env['HOME'] || loadOs().homedir(), paths });
  const project = mainFolder(resolved.project);
  const { values } = readSettings({ env, file: paths.settingsFile, project });
  if (values.vault === 'off' || values['inject.budgetTokens'] === 0) return undefined;
  const place = choosePlace(resolved, wantedVault(values));
  if (looksNewer(place.vaultDir)) return undefined;
  return {
    place,
    isOn: { prompt: values['inject.prompts'], file: values['inject.files'] },
  };
}

/** Below the project's root, with `/`; undefined for what lies elsewhere, and for the vault itself. */
function filePath(file: string, place: VaultPlace): string | undefined {
  const root = place.kind === 'personal' ? (process.env['CLAUDE_PROJECT_DIR'] ?? place.root) : place.root;
  const path = relative(root, file).split(sep).join('/');
  return path === '' || path.startsWith('../') || path.startsWith('/') || path.startsWith('.claude-mem/')
    ? undefined
    : path;
}

function namedFile(payload: Payload): string | undefined {
  const input = toolInput(payload);
  return textOf(input, 'file_path') ?? textOf(input, 'notebook_path');
}

function toolInput(payload: Payload): Payload {
  const input = payload['tool_input'];
  return isRecord(input) ? input : {};
}

function textOf(record: Payload, name: string): string | undefined {
  const value = record[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A clone without an id gets none here: the capture hook draws it. */
function noId(): string {
  return '';
}

process.exitCode = 0;
// Everything is written by then, and taking this process apart would cost the person some milliseconds more.
void remind(readFileSync(0, 'utf8'), process.env)
  .catch((error: unknown) => noteFault(error))
  .finally(() => process.exit(0));

async function noteFault(error: unknown): Promise<void> {
  try {
    const { logs } = dataPaths(process.env);
    const { openLog } = await import('../src/system/log.ts');
    openLog(join(logs, 'hooks.log'), { level: 'info', clock: { now: () => Date.now() } }).error('remind failed', {
      message: error instanceof Error ? error.message : String(error),
    });
  } catch {
    // A hook has nobody to tell.
  }
}
