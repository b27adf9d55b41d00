// The help texts of the command line, made from the commands themselves.

import { COMMON_OPTIONS } from './command.ts';
import type { Command, CommandOption } from './command.ts';
import { COMMAND_NAMES, loadCommand } from './commands.ts';

/** All commands, one line each. */
export async function renderOverview(): Promise<string> {
  const rows: string[] = [];
  for (const name of COMMAND_NAMES) rows.push(`  ${name.padEnd(10)} ${(await loadCommand(name))?.summary ?? ''}`);
  return [
    'memvault: a memory for Claude Code that lives in your repository.',
    '',
    'Usage: memvault <command> [options]',
    '',
    ...rows,
    '',
    'Each command takes --json and --help. The first step in a repository: memvault status',
  ].join('\n');
}

/** One command: usage, options, examples. */
export function renderHelp(command: Command): string {
  const lines = [
    command.summary,
    '',
    `Usage: memvault ${[command.name, command.usage].filter(Boolean).join(' ')} [options]`,
    '',
    'Options:',
  ];
  for (const [name, option] of Object.entries({ ...command.options, ...COMMON_OPTIONS }))
    lines.push(`  ${renderOption(name, option).padEnd(22)} ${option.meaning}`);
  lines.push('', 'Examples:', ...command.examples.map((example) => `  ${example}`));
  return lines.join('\n');
}

/** `--limit <n>`, as the help and the documentation show it. */
export function renderOption(name: string, option: CommandOption): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  return `${short}--${name}${option.type === 'string' ? ` <${option.value ?? 'text'}>` : ''}`;
}
