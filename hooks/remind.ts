// The hook at a prompt and before a file is read or changed: shows up to three memories that belong there, or nothing. It never fails a session.

import { readFileSync, writeSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { promptAuthor } from '../src/capture/prompt-author.ts';
import { openRecallIndex } from '../src/index/recall-index.ts';
import type { RecallIndex } from '../src/index/recall-index.ts';
import { fenceNonce } from '../src/inject/fence.ts';
import { rankForFile } from '../src/inject/file-relevance.ts';
import { gistOf } from '../src/inject/gist.ts';
import { rankForPrompt, selectRelevant } from '../src/inject/prompt-relevance.ts';
import { idsOf, renderReminder, selectReminder } from '../src/inject/reminder.ts';
import type { ReminderInput } from '../src/inject/reminder.ts';
import { appendReceipt, claim, readSession, sessionFile } from '../src/inject/session-file.ts';
import type { RecallRow } from '../src/model/recall.ts';
import type { VaultPlace } from '../src/model/place.ts';
import type { Standings } from '../src/model/standing.ts';
import { loadOs } from '../src/system/builtin.ts';
import { dataPaths } from '../src/system/paths.ts';
import type { DataPaths } from '../src/system/paths.ts';
import { mainFolder, readCloneId } from '../src/system/project.ts';
import { cutPrivate } from '../src/system/redaction/private-spans.ts';
import { readSettings } from '../src/system/settings.ts';
import { openCodeReader } from '../src/vault/code-state.ts';
import { looksNewer } from '../src/vault/fixed-files.ts';
import { readOthers } from '../src/vault/git/others-file.ts';
import type { OthersMemories } from '../src/vault/git/others-file.ts';
import { idOf } from '../src/vault/file-name.ts';
import { openLevels } from '../src/vault/levels.ts';
import { readTrust } from '../src/vault/trust.ts';
import { choosePlace, indexFile, resolvePlace, wantedVault } from '../src/vault/place.ts';

const HOST_EVENTS = { prompt: 'UserPromptSubmit', file: 'PreToolUse' } as const;
/** A session's first prompt may come before anything is in the index; a file has seldom more memories than these. */
const BY_FILE = 40;
const NEAR_MISSES = 3;
/** Some of the best were given before. */
const WITH_GIST = 8;
/** Words with less than this cannot say what they are about. */
const SHORTEST_PROMPT = 8;
const REFRESH_MS = 300;

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
  if (found === undefined || !found.isOn[event]) return;
  const { place } = found;
  const file = event === 'file' ? filePath(payload, place) : undefined;
  if (event === 'file' && file === undefined) return;
  const index = openRecallIndex(indexFile(place, paths));
  if (index === undefined) return;
  try {
    const record = sessionFile(paths.sessions, sessionId);
    const agent = textOf(payload, 'agent_id');
    const given = readSession(record).given(agent);
    if (file !== undefined && given.has(`file:${file}`)) return;
    const asked =
      file === undefined
        ? await askByPrompt(index, cutPrivate(textOf(payload, 'prompt') ?? '').text, place, env)
        : await askByFile(index, file, place, env);
    if (asked.candidates.length === 0) return;
    const request: ReminderInput = { event, file, given, sessionId, ...asked };
    const wanted = selectReminder(request);
    if (wanted.chosen.length === 0) return;
    const by = `${process.pid}-${process.hrtime.bigint()}`;
    const marks = file === undefined ? [] : [`file:${file}`];
    const claimed = new Set(claim(record, [...marks, ...idsOf(wanted.chosen)], { by, agent }));
    if (marks.some((mark) => !claimed.has(mark))) return;
    const chosen = wanted.chosen.filter(({ row }) => claimed.has(row.id));
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

type Asked = Pick<ReminderInput, 'candidates' | 'below' | 'standings'>;

async function askByPrompt(
  index: RecallIndex,
  prompt: string,
  place: VaultPlace,
  env: NodeJS.ProcessEnv,
): Promise<Asked> {
  const matches = index.matchPrompt(prompt, doubted(place, env));
  if (matches.matches.length === 0) return { candidates: [], below: [], standings: new Map() };
  const likely = selectRelevant(rankForPrompt(matches, new Map()));
  const standings = await standingsOf(
    index,
    likely.map(({ row }) => row),
    place,
    env,
  );
  const ranking = rankForPrompt(matches, standings);
  const relevant = selectRelevant(ranking);
  const gists = relevant.slice(0, WITH_GIST).map(({ row, score }) => ({
    row,
    score,
    gist: gistOf(row.title, index.readBody(row.id)),
  }));
  const below = ranking.filter((one) => !relevant.includes(one) && one.score > 0).slice(0, NEAR_MISSES);
  return { candidates: gists, below, standings };
}

async function askByFile(index: RecallIndex, file: string, place: VaultPlace, env: NodeJS.ProcessEnv): Promise<Asked> {
  const rows = index.findByFile(file, BY_FILE, doubted(place, env));
  if (rows.length === 0) return { candidates: [], below: [], standings: new Map() };
  // Of this file alone: whether the others have changed is no matter here.
  const ofFile = rows.map((row) => ({ ...row, references: row.references.filter(({ path }) => path === file) }));
  const standings = await standingsOf(index, ofFile, place, env);
  return { candidates: rankForFile(rows, standings), below: [], standings };
}

/** Memories that hide no other by saying that they replace it, by what is known without Git. */
function doubted(place: VaultPlace, env: NodeJS.ProcessEnv): readonly string[] {
  const pending = [...(readOthers(place, env)?.pending.keys() ?? [])].flatMap((path) => idOf(path) ?? []);
  return [...pending, ...Object.keys(readTrust(dataPaths(env).trustFile).quarantined)];
}

async function standingsOf(
  index: RecallIndex,
  rows: readonly RecallRow[],
  place: VaultPlace,
  env: NodeJS.ProcessEnv,
): Promise<Standings> {
  if (rows.length === 0) return new Map();
  const levels = openLevels({
    place,
    others: await readOthersNow(place, env),
    env,
    trust: readTrust(dataPaths(env).trustFile),
    textOf: (id) => index.readBody(id),
    rowOf: (id) => index.readRow(id),
  });
  const code = openCodeReader(place.root);
  return new Map(
    rows.map((row) => {
      const { trust, author } = levels.of(row);
      return [
        row.id,
        {
          trust,
          code: place.kind === 'personal' ? 'unknown' : code.stateOf(row.references),
          ...(author === undefined ? {} : { author }),
        },
      ] as const;
    }),
  );
}

/** Git is asked only after a switch, a pull or a merge, and then once. */
async function readOthersNow(place: VaultPlace, env: NodeJS.ProcessEnv): Promise<OthersMemories | undefined> {
  const kept = readOthers(place, env);
  if (kept !== undefined) return kept;
  const { lookUpOthers } = await import('../src/vault/git/others.ts');
  return lookUpOthers(place, { env, timeoutMs: REFRESH_MS });
}

/** Looks at the payload alone: most of them are over here. */
function mayMatter(payload: Payload, event: ReminderInput['event']): boolean {
  if (event === 'file') return namedFile(payload) !== undefined;
  const prompt = textOf(payload, 'prompt') ?? '';
  return prompt.length >= SHORTEST_PROMPT && promptAuthor(prompt) === 'user';
}

function findPlace(
  payload: Payload,
  paths: DataPaths,
  env: NodeJS.ProcessEnv,
): { readonly place: VaultPlace; readonly isOn: Readonly<Record<ReminderInput['event'], boolean>> } | undefined {
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
function filePath(payload: Payload, place: VaultPlace): string | undefined {
  const file = namedFile(payload) ?? '';
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
