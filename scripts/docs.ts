// Makes the generated pages of docs/ from the code; with --check it only says whether they are up to date.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMON_OPTIONS } from '../src/cli/command.ts';
import { COMMAND_NAMES, loadCommand } from '../src/cli/commands.ts';
import { renderOption } from '../src/cli/help.ts';
import { ERROR_RULES } from '../src/model/errors.ts';
import { renderToolReference } from '../src/mcp/reference.ts';
import { SETTING_KEYS, SETTING_TABLE, environmentName } from '../src/system/setting-table.ts';
import type { SettingRow } from '../src/system/setting-table.ts';

const DOCS = resolve(import.meta.dirname, '..', 'docs');
const NOTICE = '<!-- Made by `npm run docs` from the code; edits here are lost. -->\n\n';

const pages: Record<string, string> = {
  'cli.md': await renderCli(),
  'configuration.md': renderConfiguration(),
  'mcp-tools.md': renderToolReference(),
};

let stale = 0;
for (const [name, text] of Object.entries(pages)) {
  const file = join(DOCS, name);
  const content = `${NOTICE}${text.trimEnd()}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  stale++;
  if (process.argv.includes('--check')) console.error(`docs/${name} is not what the code says: run \`npm run docs\``);
  else writeFileSync(file, content);
}
if (process.argv.includes('--check')) process.exitCode = stale === 0 ? 0 : 1;

async function renderCli(): Promise<string> {
  const parts = [
    '# The command line',
    'Every command takes `--json` (one line of JSON), `--vault <dir>`, `--debug` and `--help`.',
  ];
  for (const name of COMMAND_NAMES) {
    const command = await loadCommand(name);
    if (command === undefined) continue;
    const options = Object.entries(command.options).map(
      ([option, row]) => `| \`${renderOption(option, row)}\` | ${row.meaning.replaceAll('|', '\\|')} |`,
    );
    parts.push(
      `## memvault ${command.name}`,
      command.summary,
      `\`memvault ${[command.name, command.usage].filter(Boolean).join(' ')}\``,
    );
    if (options.length > 0) parts.push(['| option | meaning |', '|---|---|', ...options].join('\n'));
    parts.push(['```sh', ...command.examples, '```'].join('\n'));
  }
  parts.push(
    '## Options of every command',
    [
      '| option | meaning |',
      '|---|---|',
      ...Object.entries(COMMON_OPTIONS).map(([name, row]) => `| \`${renderOption(name, row)}\` | ${row.meaning} |`),
    ].join('\n'),
  );
  const codes = Object.entries(ERROR_RULES).map(([code, rule]) => `| ${rule.exit} | \`${code}\` | ${rule.hint} |`);
  parts.push(
    '## Exit codes',
    '0 is success. An error is one line on standard error with a second line that says what to type next; with `--json` it is `{"error": {"code", "message", "hint"}}` on standard output.',
    ['| exit | code | what to do |', '|---|---|---|', ...codes].join('\n'),
  );
  return parts.join('\n\n');
}

function renderConfiguration(): string {
  const rows = SETTING_KEYS.map((key) => {
    const row: SettingRow = SETTING_TABLE[key];
    const kind =
      row.type.kind === 'choice'
        ? row.type.values.map((value) => `\`${value}\``).join(', ')
        : row.type.kind === 'integer'
          ? `${row.type.min} to ${row.type.max}`
          : row.type.kind;
    const vault = row.inVault === undefined ? '' : row.inVault === 'yes' ? 'yes' : 'only quieter';
    return `| \`${key}\` | ${kind} | \`${JSON.stringify(row.default)}\` | ${row.meaning.replaceAll('|', '\\|')} | \`${environmentName(key)}\` | ${vault} |`;
  });
  return [
    '# Settings',
    'Settings live in `~/.claude-mem/settings.json` under the key `memvault`; everything else in that file is left alone. `memvault config list` shows each value and where it comes from, `memvault config set <key> <value>` changes one, with `--project` for one project only.',
    'In this order the first that is set holds: flags, environment, the section of the project in your settings (`memvault.projects["/path"]`), your settings, `.claude-mem/vault.yaml` of the repository (only the keys marked in the last column), the default. A wrong key or value is reported by `memvault config list` and `memvault doctor`, and the next source holds.',
    '| key | values | default | meaning | environment | vault.yaml |',
    '|---|---|---|---|---|---|',
    ...rows,
    '`CLAUDE_MEM_DATA_DIR` moves `~/.claude-mem`. `CLAUDE_MEM_NO_WORKER=1` keeps hooks from starting the worker.',
  ]
    .join('\n\n')
    .replaceAll(/\|\n\n\|/g, '|\n|');
}
