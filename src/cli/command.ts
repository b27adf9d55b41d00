// What a command of the command line is: data that the parser, the help and the documentation read.

export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the help, such as `dir`. */
  readonly value?: string;
  readonly meaning: string;
}

export interface CommandInput {
  readonly positionals: readonly string[];
  /** Parsed options: booleans, texts, or lists of texts. */
  readonly options: Readonly<Record<string, boolean | string | readonly string[] | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** For what a command writes before its end (progress, streams). */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
}

export interface CommandResult {
  /** For people; printed as it is, with a line feed. */
  readonly text: string;
  /** For `--json`; one line. */
  readonly json: unknown;
  readonly exit?: number;
  /** Nothing goes on once the text is written: the process ends at once, without tidying up what ends with it. */
  readonly isAll?: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, such as `<words…>`. */
  readonly usage: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly positionals: { readonly min: number; readonly max: number };
  /** Examples that can be typed as they are. */
  readonly examples: readonly string[];
  run(input: CommandInput): Promise<CommandResult>;
}

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  vault: {
    type: 'string',
    value: 'dir',
    meaning: 'The folder whose `.claude-mem/` is meant; the default is the project around the working directory.',
  },
  json: { type: 'boolean', meaning: 'Print one line of JSON instead of text.' },
  debug: { type: 'boolean', meaning: 'Print the stack of an error.' },
  help: { type: 'boolean', short: 'h', meaning: 'Show this help.' },
};

/** An option's text, or undefined when it was not given. */
export function textOption(input: Pick<CommandInput, 'options'>, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOption(input: Pick<CommandInput, 'options'>, name: string): readonly string[] | undefined {
  const value = input.options[name];
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}

export function isSet(input: CommandInput, name: string): boolean {
  return input.options[name] === true;
}
