// The table of settings: every key, its kind, default, limits and meaning. docs/configuration.md is made from it.

export type SettingKind =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'text'; readonly secret?: boolean }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'list' };

export interface SettingRow {
  readonly type: SettingKind;
  readonly default: boolean | number | string | readonly string[];
  readonly meaning: string;
  /** Whether `vault.yaml`, which anybody with commit rights writes, may set it. */
  readonly inVault?: 'yes' | 'quieter';
  /** Whether what all sources say holds together, not the first one's alone. Lists only. */
  readonly addsUp?: boolean;
}

export const SETTING_TABLE = {
  provider: {
    type: { kind: 'choice', values: ['auto', 'api', 'cli', 'bedrock', 'vertex', 'extractive'] },
    default: 'auto',
    meaning:
      'Who compresses: the Claude API, your own `claude` command, Claude on Bedrock or Vertex, or rules without a network. `auto` takes the first of API, command and rules that is there.',
  },
  model: { type: { kind: 'text' }, default: 'claude-haiku-4-5', meaning: 'The Claude model that compresses.' },
  'api.key': {
    type: { kind: 'text', secret: true },
    default: '',
    meaning: 'An API key for compression only. Empty: the key of the session itself.',
  },
  'api.baseUrl': {
    type: { kind: 'text' },
    default: '',
    meaning: 'An Anthropic-compatible endpoint. Empty: the endpoint of the session itself.',
  },
  'api.timeoutSeconds': {
    type: { kind: 'integer', min: 1, max: 600 },
    default: 60,
    meaning: 'How long one request to the API may take; slow gateways and local servers need more.',
  },
  'compress.dailyInputTokens': {
    type: { kind: 'integer', min: 0, max: 1_000_000_000 },
    default: 1_000_000,
    meaning:
      'Most input tokens that compression may send in one day, over all projects; then rules do it until midnight. `memvault status` shows it as money.',
  },
  language: {
    type: { kind: 'text' },
    default: 'auto',
    meaning: 'Language of the memories, such as `de` or `English`. `auto` follows the prompts of the session.',
    inVault: 'yes',
  },
  offline: {
    type: { kind: 'boolean' },
    default: false,
    meaning: 'Forbids every network connection; compression goes by rules.',
  },
  port: {
    type: { kind: 'integer', min: 0, max: 65535 },
    default: 37777,
    meaning: 'First port that the viewer tries on 127.0.0.1; 0 lets the system choose.',
  },
  viewer: { type: { kind: 'boolean' }, default: true, meaning: 'Whether the worker serves the viewer.' },
  'log.level': {
    type: { kind: 'choice', values: ['debug', 'info', 'warn', 'error', 'silent'] },
    default: 'info',
    meaning: 'What the worker writes to its log.',
  },
  'worker.idleSeconds': {
    type: { kind: 'integer', min: 1, max: 86400 },
    default: 1800,
    meaning: 'The worker ends itself after so many seconds without work.',
  },
  'session.idleSeconds': {
    type: { kind: 'integer', min: 10, max: 86400 },
    default: 600,
    meaning:
      'A session without events for so long counts as paused: its batch is closed and its memories may be published.',
  },
  'spool.quotaMegabytes': {
    type: { kind: 'integer', min: 1, max: 100_000 },
    default: 200,
    meaning:
      'Most room for events that wait to be worked off. Beyond it the oldest tool uses go first, counted in `memvault status`; prompts, replies and summaries stay.',
  },
  'inject.budgetTokens': {
    type: { kind: 'integer', min: 0, max: 2500 },
    default: 1500,
    meaning: 'Most tokens that a session start adds; 0 switches injection off.',
  },
  'search.without': {
    type: { kind: 'list' },
    default: [],
    meaning:
      'Signals that must not move hits: `freshness` of the code, same `branch`, same `files`, `recency`, `kind`, `type` of memory asked for, `topics` learned from the vault, `vectors` of a model.',
  },
  'search.embedding': {
    type: { kind: 'text' },
    default: 'none',
    meaning:
      'The installed model that finds memories by meaning, beside the words; `none` for words alone. `memvault model use <name>` sets it, docs/models.md tells what each costs.',
  },
  'search.modelHub': {
    type: { kind: 'text' },
    default: 'https://huggingface.co',
    meaning:
      'Where `memvault model install` downloads from: the Hugging Face hub or a mirror of it. While it is not set, HF_ENDPOINT counts.',
  },
  'search.threads': {
    type: { kind: 'integer', min: 1, max: 16 },
    default: 1,
    meaning: 'How many processor threads a transformer model may use in the worker.',
  },
  'inject.prompts': {
    type: { kind: 'boolean' },
    default: true,
    meaning: 'Whether a prompt brings up to three memories that clearly belong to it.',
  },
  'inject.files': {
    type: { kind: 'boolean' },
    default: true,
    meaning: 'Whether reading or changing a file brings up to three memories that speak of it.',
  },
  vault: {
    type: { kind: 'choice', values: ['auto', 'repository', 'personal', 'off'] },
    default: 'auto',
    meaning:
      'Where memories go: the repository, a personal vault under the home folder, or nowhere. `auto` decides as docs/vault.md says.',
  },
  'publish.mode': {
    type: { kind: 'choice', values: ['branch', 'manual', 'repo', 'off'] },
    default: 'branch',
    meaning:
      '`branch` commits memories on your branch in quiet moments; `manual` leaves files for you to commit; `repo` commits to a vault repository of its own (`memvault init --repo <url>`); `off` keeps them in the outbox.',
    inVault: 'quieter',
  },
  'publish.defaultBranch': {
    type: { kind: 'choice', values: ['auto', 'hold', 'commit'] },
    default: 'auto',
    meaning:
      'What to do on the default branch of a repository with a remote. `auto` commits when its last 50 commits are all yours.',
  },
  'publish.message': {
    type: { kind: 'text' },
    default: 'chore(memory): record {count}',
    meaning: 'Subject of the commit; `{count}` becomes `3 memories`.',
    inVault: 'yes',
  },
  'sync.fetchMinutes': {
    type: { kind: 'integer', min: 0, max: 10080 },
    default: 0,
    meaning:
      'The worker fetches from the remote by itself after so many minutes; 0 leaves it to you and to `memvault sync`.',
  },
  protectedBranches: {
    type: { kind: 'list' },
    default: [],
    meaning: 'Further branches that are never committed to; `*` stands for any run of characters.',
    inVault: 'yes',
  },
  capture: {
    type: { kind: 'choice', values: ['on', 'off'] },
    default: 'on',
    meaning:
      'Whether sessions are remembered. `CLAUDE_MEM_CAPTURE=off claude` keeps one session out, `memvault pause` a session or a project.',
  },
  exclude: {
    type: { kind: 'list' },
    default: [],
    meaning:
      'Files and folders of which nothing is kept, as globs: `drafts`, `docs/private`, `*.sql`, `/srv/clients`, `~/clients`. Those of the project, of your global settings and of vault.yaml add up.',
    inVault: 'yes',
    addsUp: true,
  },
  'redact.extraPatterns': {
    type: { kind: 'list' },
    default: [],
    meaning:
      'Regular expressions of further secrets, such as `ACME-[0-9]{8}`; cut as `[redacted:pattern]`. Those of the project, of your global settings and of the environment add up; a repository can set none. Only those that run in bounded time are taken; `memvault doctor` names the others.',
    addsUp: true,
  },
  node: {
    type: { kind: 'text' },
    default: '',
    meaning: 'Path of a Node.js of version 22.22 or newer, when the one on PATH is older.',
  },
} as const satisfies Record<string, SettingRow>;

export type SettingKey = keyof typeof SETTING_TABLE;

type ValueOf<Row extends SettingRow> = Row['type'] extends { readonly kind: 'boolean' }
  ? boolean
  : Row['type'] extends { readonly kind: 'integer' }
    ? number
    : Row['type'] extends { readonly kind: 'list' }
      ? readonly string[]
      : Row['type'] extends { readonly kind: 'choice'; readonly values: readonly (infer Choice)[] }
        ? Choice
        : string;

/** All settings by key, validated. */
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<(typeof SETTING_TABLE)[Key]> };

export const SETTING_KEYS = Object.keys(SETTING_TABLE) as readonly SettingKey[];

/** `worker.idleSeconds` is read from CLAUDE_MEM_WORKER_IDLE_SECONDS. */
export function environmentName(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `CLAUDE_MEM_${key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\./g, '_')
    .toUpperCase()}`;
  names.set(key, name);
  return name;
}

/** The worker reads the settings in each of its cycles. */
const names = new Map<string, string>();
