// `memvault config`: every setting with its value and origin; get one, set one.

import { MemvaultError } from '../../model/errors.ts';
import { renderDiagnostic } from '../../model/diagnostic.ts';
import { SETTING_KEYS, SETTING_TABLE, environmentName } from '../../system/setting-table.ts';
import type { SettingKey, SettingRow } from '../../system/setting-table.ts';
import { isSettingKey, unknownKey, writeSetting } from '../../system/settings.ts';
import type { Settings } from '../../system/settings.ts';
import { readSettingsHere } from '../../app.ts';
import { isSet, textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const configCommand: Command = {
  name: 'config',
  summary: 'List, read or change settings.',
  usage: 'list | get <key> | set <key> <value>',
  options: { project: { type: 'boolean', meaning: 'With `set`: only for the project around the working directory.' } },
  positionals: { min: 0, max: 3 },
  examples: [
    'memvault config list',
    'memvault config get publish.mode',
    'memvault config set offline true',
    'memvault config set vault personal --project',
  ],
  async run(input) {
    const [verb = 'list', key, value, ...rest] = input.positionals;
    const here = readSettingsHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    if (verb === 'list' && key === undefined) return list(here.settings);
    if (verb === 'get' && key !== undefined && value === undefined) return get(here.settings, requireKey(key));
    if (verb === 'set' && key !== undefined && value !== undefined && rest.length === 0)
      return set(here, requireKey(key), value, input);
    throw new MemvaultError('invalid_input', '`memvault config` expects list, get <key>, or set <key> <value>', {
      hint: 'For example: memvault config set offline true',
    });
  },
};

function list(settings: Settings): CommandResult {
  const rows = SETTING_KEYS.map((key) => ({ key, value: shownValue(settings, key), origin: settings.origins[key] }));
  const width = Math.max(...rows.map((row) => row.key.length));
  const lines = rows.map((row) => `${row.key.padEnd(width)}  ${JSON.stringify(row.value)}  (${row.origin})`);
  const remarks = settings.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic));
  return {
    text: [...lines, ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n'),
    json: { settings: rows, diagnostics: settings.diagnostics },
  };
}

function get(settings: Settings, key: SettingKey): CommandResult {
  const row: SettingRow = SETTING_TABLE[key];
  const value = shownValue(settings, key);
  const text = [
    `${key} = ${JSON.stringify(value)}  (${settings.origins[key]})`,
    row.meaning,
    `Default: ${JSON.stringify(row.default)}. Environment: ${environmentName(key)}.`,
  ].join('\n');
  return {
    text,
    json: {
      key,
      value,
      origin: settings.origins[key],
      default: row.default,
      environment: environmentName(key),
      meaning: row.meaning,
    },
  };
}

function set(
  here: ReturnType<typeof readSettingsHere>,
  key: SettingKey,
  value: string,
  input: CommandInput,
): CommandResult {
  writeSetting(here.file, key, value, isSet(input, 'project') ? here.project : undefined);
  const after = readSettingsHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') }).settings;
  const origin = after.origins[key];
  const overruled =
    origin === 'environment' || (origin === 'project' && !isSet(input, 'project'))
      ? ` It does not take effect here: the ${origin} says ${JSON.stringify(shownValue(after, key))}.`
      : '';
  return {
    text: `${key} is set in ${here.file}.${overruled}`,
    json: { key, value: shownValue(after, key), origin, file: here.file },
  };
}

function requireKey(key: string): SettingKey {
  if (!isSettingKey(key)) throw unknownKey(key);
  return key;
}

/** A secret's value is never printed, only whether it is set. */
function shownValue(settings: Settings, key: SettingKey): unknown {
  const row: SettingRow = SETTING_TABLE[key];
  if (row.type.kind === 'text' && row.type.secret === true) return settings.values[key] === '' ? 'not set' : 'set';
  return settings.values[key];
}
