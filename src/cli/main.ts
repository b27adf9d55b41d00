// The command line: finds the command, parses its options, prints its result, turns errors into one line and an exit code.

import { parseArgs } from 'node:util';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../model/errors.ts';
import { cleanText, plainJson, withoutBlocks } from '../system/clean-text.ts';
import { VERSION } from '../system/version.ts';
import { COMMON_OPTIONS } from './command.ts';
import type { Command } from './command.ts';
import { COMMAND_NAMES, loadCommand } from './commands.ts';
import { standardOutput, writeWhole } from './standard-output.ts';

/** How a process ends: its exit code, and whether it may end although something is still open. */
interface Ending {
  readonly exit: number;
  readonly isAll: boolean;
}

/** Runs the command line; what it prints is with the system by then. */
export async function runCli(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ending> {
  const wantsJson = argv.includes('--json');
  try {
    const [name, ...rest] = argv;
    if (name === 'help' && rest[0] !== undefined) return await print(await helpOf(await findCommand(rest[0])));
    if (name === undefined || name === '--help' || name === '-h' || name === 'help')
      return await print(await (await import('./help.ts')).renderOverview());
    if (name === '--version' || name === '-v' || name === 'version') return await print(VERSION);
    const command = await findCommand(name);
    const parsed = parse(command, rest);
    if (parsed.options['help'] === true) return await print(await helpOf(command));
    const result = await command.run({
      ...parsed,
      env,
      cwd: workingFolder(),
      // Made when a command asks for them: Node loads much for each.
      get stdin() {
        return process.stdin;
      },
      get stdout() {
        return standardOutput();
      },
      get stderr() {
        return process.stderr;
      },
    });
    const text = wantsJson ? (result.json === undefined ? '' : plainJson(result.json)) : withoutBlocks(result.text);
    return await print(text, result.exit ?? 0, result.isAll);
  } catch (thrown) {
    return { exit: fail(toMemvaultError(thrown), wantsJson, argv.includes('--debug')), isAll: false };
  }
}

async function helpOf(command: Command): Promise<string> {
  return (await import('./help.ts')).renderHelp(command);
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new MemvaultError('not_found', 'the folder in which this was started is not there any more', {
      hint: 'Go to a folder that is: `cd`.',
      cause,
    });
  }
}

async function findCommand(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command === undefined) throw unknownCommand(name);
  return command;
}

function parse(command: Command, args: readonly string[]) {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const config = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      {
        type: option.type,
        ...(option.short === undefined ? {} : { short: option.short }),
        ...(option.multiple === undefined ? {} : { multiple: option.multiple }),
      },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? error.message) : String(error);
    throw new MemvaultError('invalid_input', message, {
      hint: `Run \`memvault ${command.name} --help\` to see its options.${command.positionals.max > 0 ? ' What begins with a dash and is none goes after `--`.' : ''}`,
    });
  }
  const { min, max } = command.positionals;
  const wantsHelp = parsed.values['help'] === true;
  if (!wantsHelp && (parsed.positionals.length < min || parsed.positionals.length > max))
    throw new MemvaultError(
      'invalid_input',
      `\`memvault ${command.name}\` expects ${command.usage === '' ? 'no arguments' : command.usage}, got ${parsed.positionals.length === 0 ? 'nothing' : parsed.positionals.map((part) => `"${part}"`).join(' ')}`,
      {
        hint: `For example: ${command.examples[0] ?? `memvault ${command.name} --help`}`,
      },
    );
  return {
    positionals: parsed.positionals,
    options: parsed.values as Record<string, boolean | string | readonly string[] | undefined>,
  };
}

function unknownCommand(name: string): MemvaultError {
  if (name.startsWith('-'))
    return new MemvaultError('invalid_input', `expected a command before the options, got "${name}"`, {
      hint: 'For example: memvault status --json',
    });
  const near = COMMAND_NAMES.filter((known) => known.startsWith(name.slice(0, 2)));
  return new MemvaultError('invalid_input', `there is no command "${name}"`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.map((known) => `\`memvault ${known}\``).join(' or ')}?`
        : 'Run `memvault --help` to see all commands.',
  });
}

async function print(text: string, exit = 0, isAll = false): Promise<Ending> {
  const line = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  if (isAll) await writeWhole(line);
  else if (line !== '') standardOutput().write(line);
  return { exit, isAll };
}

function fail(error: MemvaultError, wantsJson: boolean, debug: boolean): number {
  const { code, message, hint, data } = error;
  if (wantsJson)
    standardOutput().write(
      `${JSON.stringify({ error: { code, message, hint, ...(Object.keys(data).length > 0 ? { data } : {}) } })}\n`,
    );
  else process.stderr.write(cleanText(`memvault: ${message}\n  ${hint}\n`));
  if (debug)
    process.stderr.write(`${error.stack ?? ''}\n${error.cause instanceof Error ? (error.cause.stack ?? '') : ''}\n`);
  return ERROR_RULES[code].exit;
}
