// Settings: flags, environment, the user's file (the project's section before the global one), vault.yaml, defaults.

import { existsSync, readFileSync } from 'node:fs';
import { MemvaultError } from '../model/errors.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { cleanLine } from './clean-text.ts';
import { refusedPatterns } from './redaction/extra-patterns.ts';
import { SETTING_KEYS, SETTING_TABLE, environmentName } from './setting-table.ts';
import type { SettingKey, SettingRow, SettingValues } from './setting-table.ts';
import { splitList } from './split-list.ts';

export type SettingOrigin = 'flag' | 'environment' | 'project' | 'user' | 'vault' | 'default';

export interface Settings {
  readonly values: SettingValues;
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>;
  /** Wrong keys and values; their defaults hold. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface SettingSources {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `~/.claude-mem/settings.json`. */
  readonly file: string;
  /** Absolute path of the project whose section counts. */
  readonly project?: string;
  /** Parsed content of `vault.yaml`. */
  readonly vault?: Readonly<Record<string, unknown>>;
}

/** Reads and validates every setting once; a wrong value is a diagnostic and the next source holds. */
export function readSettings(sources: SettingSources): Settings {
  const diagnostics: Diagnostic[] = [];
  const document = readDocument(sources.file, diagnostics);
  const user = flatten(isRecord(document['memvault']) ? document['memvault'] : {});
  const projects =
    isRecord(document['memvault']) && isRecord(document['memvault']['projects'])
      ? document['memvault']['projects']
      : {};
  const ownSection = sources.project === undefined ? undefined : projects[sources.project];
  const project = flatten(isRecord(ownSection) ? ownSection : {});
  const vault = flatten(sources.vault ?? {});
  reportUnknown(user, sources.file, diagnostics);
  reportUnknown(project, sources.file, diagnostics);
  reportForbidden([...Object.keys(vault), ...('projects' in (sources.vault ?? {}) ? ['projects'] : [])], diagnostics);

  const values: Record<string, unknown> = {};
  const origins: Record<string, SettingOrigin> = {};
  for (const key of SETTING_KEYS) {
    const row: SettingRow = SETTING_TABLE[key];
    const candidates: [SettingOrigin, unknown, string][] = [
      ['flag', sources.flags?.[key], '--set'],
      ['environment', sources.env[environmentName(key)], environmentName(key)],
      ['project', project[key], sources.file],
      ['user', user[key], sources.file],
      ['vault', row.inVault === undefined ? undefined : vault[key], 'vault.yaml'],
    ];
    values[key] = row.default;
    origins[key] = 'default';
    let sum: readonly string[] | undefined;
    for (const [origin, raw, place] of candidates) {
      if (raw === undefined || (origin === 'environment' && raw === '')) continue;
      const parsed = parseSetting(key, raw);
      if (!parsed.ok) {
        diagnostics.push({ path: place, rule: 'setting-invalid', severity: 'warning', message: parsed.message });
        continue;
      }
      if (origin === 'vault' && row.inVault === 'quieter' && isLouder(key, parsed.value)) {
        diagnostics.push({
          path: place,
          rule: 'setting-not-allowed',
          severity: 'warning',
          message: `vault.yaml may only make ${key} quieter`,
        });
        continue;
      }
      if (row.addsUp === true && Array.isArray(parsed.value)) {
        const before = sum?.length ?? 0;
        values[key] = sum = [...new Set([...(sum ?? []), ...(parsed.value as readonly string[])])];
        if (origins[key] === 'default') origins[key] = origin;
        if (key === 'redact.extraPatterns')
          for (const refused of refusedPatterns(parsed.value as readonly string[], before))
            diagnostics.push({ path: place, rule: 'pattern-refused', severity: 'warning', ...refused });
        continue;
      }
      values[key] = parsed.value;
      origins[key] = origin;
      break;
    }
  }
  return { values: values as SettingValues, origins: origins as Record<SettingKey, SettingOrigin>, diagnostics };
}

/** Makes the settings file with its defaults when there is none; keeps what is there. */
export function ensureSettingsFile(file: string): void {
  if (existsSync(file)) return;
  const shown = [
    'provider',
    'model',
    'offline',
    'port',
    'log.level',
    'inject.budgetTokens',
    'vault',
    'publish.mode',
  ] as const;
  const section: Record<string, unknown> = {};
  for (const key of shown) setDeep(section, key, SETTING_TABLE[key].default);
  writeFileAtomic(file, `${JSON.stringify({ memvault: section }, null, 2)}\n`);
}

/** Writes one setting to the user's file (in the project's section when one is named); everything else in it stays. */
export function writeSetting(file: string, key: string, raw: string, project?: string): void {
  if (!isSettingKey(key)) throw unknownKey(key);
  const parsed = parseSetting(key, raw);
  if (!parsed.ok) throw new MemvaultError('invalid_config', parsed.message, { data: { key } });
  const refused = key === 'redact.extraPatterns' ? refusedPatterns(parsed.value as readonly string[])[0] : undefined;
  if (refused !== undefined)
    throw new MemvaultError('invalid_config', refused.message, { hint: refused.mend, data: { key } });
  const diagnostics: Diagnostic[] = [];
  const document = readDocument(file, diagnostics);
  if (diagnostics.length > 0)
    throw new MemvaultError('invalid_config', `${file} is not valid JSON; it was left as it is`, {
      hint: `Mend ${file} in an editor, then run the command again.`,
    });
  if (!isRecord(document['memvault'])) document['memvault'] = {};
  let section = document['memvault'] as Record<string, unknown>;
  if (project !== undefined) {
    if (!isRecord(section['projects'])) section['projects'] = {};
    const projects = section['projects'] as Record<string, unknown>;
    if (!isRecord(projects[project])) projects[project] = {};
    section = projects[project] as Record<string, unknown>;
  }
  setDeep(section, key, parsed.value);
  writeFileAtomic(file, `${JSON.stringify(document, null, 2)}\n`);
}

/** Remembers what the user's file says of a project; calling the answer brings exactly that back, and changes nothing else. */
export function rememberProjectSettings(file: string, project: string): () => void {
  const before = projectsOf(readDocument(file, []))?.[project];
  return () => {
    const document = readDocument(file, []);
    const projects = projectsOf(document);
    if (projects === undefined) return;
    if (before === undefined) delete projects[project];
    else projects[project] = before;
    writeFileAtomic(file, `${JSON.stringify(document, null, 2)}\n`);
  };
}

function projectsOf(document: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const section = document['memvault'];
  const projects = isRecord(section) ? section['projects'] : undefined;
  return isRecord(projects) ? projects : undefined;
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTING_TABLE, key);
}

/** The error for a key that is not in the table, with the nearest ones as a hint. */
export function unknownKey(key: string): MemvaultError {
  const near = SETTING_KEYS.filter((known) => known.toLowerCase().includes(key.toLowerCase().split('.').at(-1) ?? key));
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Run `memvault config list` to see every key.';
  return new MemvaultError('invalid_config', `there is no setting "${key}"`, { hint });
}

type Parsed =
  | { readonly ok: true; readonly value: boolean | number | string | readonly string[] }
  | { readonly ok: false; readonly message: string };

function parseSetting(key: SettingKey, raw: unknown): Parsed {
  const row: SettingRow = SETTING_TABLE[key];
  const type = row.type;
  const fail = (expected: string): Parsed => ({
    ok: false,
    message: `${key}: expected ${expected}${type.kind === 'text' && type.secret === true ? '' : `, got ${JSON.stringify(raw)?.slice(0, 80)}`}`,
  });
  switch (type.kind) {
    case 'boolean':
      if (raw === true || raw === 'true' || raw === '1') return { ok: true, value: true };
      if (raw === false || raw === 'false' || raw === '0') return { ok: true, value: false };
      return fail('true or false');
    case 'integer': {
      const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      if (typeof number === 'number' && Number.isInteger(number) && number >= type.min && number <= type.max)
        return { ok: true, value: number };
      return fail(`a whole number from ${type.min} to ${type.max}`);
    }
    case 'choice':
      return typeof raw === 'string' && type.values.includes(raw)
        ? { ok: true, value: raw }
        : fail(`one of ${type.values.join(', ')}`);
    case 'text':
      return typeof raw === 'string' && raw.length <= 2000 ? { ok: true, value: raw } : fail('a text');
    case 'list': {
      const list = typeof raw === 'string' ? splitList(raw) : raw;
      if (Array.isArray(list) && list.every((part) => typeof part === 'string')) return { ok: true, value: list };
      return fail('a list of texts');
    }
  }
}

const LOUDNESS: Partial<Record<SettingKey, readonly string[]>> = {
  'publish.mode': ['off', 'manual', 'branch', 'repo'],
};

function isLouder(key: SettingKey, value: unknown): boolean {
  const order = LOUDNESS[key] ?? [];
  return order.indexOf(String(value)) > order.indexOf(String(SETTING_TABLE[key].default));
}

function readDocument(file: string, diagnostics: Diagnostic[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Reported below.
  }
  diagnostics.push({
    path: file,
    rule: 'settings-unreadable',
    severity: 'error',
    message: 'not a JSON object; every default holds',
    mend: 'Mend the file in an editor.',
  });
  return {};
}

function reportUnknown(flat: Record<string, unknown>, file: string, diagnostics: Diagnostic[]): void {
  for (const key of Object.keys(flat)) {
    if (!isSettingKey(key) && !key.startsWith('projects.'))
      diagnostics.push({
        path: file,
        rule: 'setting-unknown',
        severity: 'warning',
        message: `there is no setting "${key}"`,
        mend: unknownKey(key).hint,
      });
  }
}

/** Anybody who can commit writes `vault.yaml`: what is not in its short list of harmless keys is refused, and that is said. */
function reportForbidden(keys: readonly string[], diagnostics: Diagnostic[]): void {
  for (const key of keys) {
    const isKnown = isSettingKey(key);
    if (isKnown && (SETTING_TABLE[key] as SettingRow).inVault !== undefined) continue;
    diagnostics.push({
      path: 'vault.yaml',
      rule: isKnown ? 'setting-not-allowed' : 'setting-unknown',
      severity: 'warning',
      message: isKnown
        ? `${key} cannot be set by a repository: it was ignored`
        : `there is no setting "${cleanLine(key, 80)}" that a repository may set: it was ignored`,
      ...(isKnown ? { mend: `Set it for yourself: memvault config set ${key} <value>` } : {}),
    });
  }
}

function flatten(section: Readonly<Record<string, unknown>>, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(section)) {
    const key = prefix + name;
    if (key === 'projects') continue;
    if (isRecord(value) && !isSettingKey(key)) Object.assign(flat, flatten(value, `${key}.`));
    else flat[key] = value;
  }
  return flat;
}

function setDeep(section: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split('.');
  const last = parts.pop() ?? key;
  let target = section;
  for (const part of parts) {
    if (!isRecord(target[part])) target[part] = {};
    target = target[part] as Record<string, unknown>;
  }
  target[last] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
