// What is kept of a shell command: its text, exit code, and output at both ends, without what sensitive files hold.

import type { ToolDetail } from '../model/hook-event.ts';
import { MAX_OUTPUT, cutOutput } from './command-output.ts';
import { present, readString } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Scrub } from './scrub.ts';
import { OMITTED, printsSensitiveFile, withoutSensitiveBodies, withoutSensitiveMatch } from './sensitive-file.ts';

const MAX_COMMAND = 2000;
const MAX_DESCRIPTION = 300;

/** The detail of a command that the host calls a success; `raw` is its whole response. */
export function commandDetail(input: Fields, response: Fields, raw: unknown, scrub: Scrub): ToolDetail {
  const background = readString(response, 'backgroundTaskId') !== undefined;
  let output =
    typeof raw === 'string'
      ? raw
      : [readString(response, 'stdout'), readString(response, 'stderr')].filter(Boolean).join('\n');
  if (response['isImage'] === true) output = '[image]';
  return {
    ...commandHead(input, scrub),
    ...present({
      exitCode: background || response['interrupted'] === true ? undefined : 0,
      background: background ? true : undefined,
    }),
    output: commandOutput(input, output, scrub),
  };
}

/** The detail of a command that failed: the host gives `Exit code N` and the output in one text. */
export function failedCommandDetail(input: Fields, error: string, scrub: Scrub): ToolDetail {
  const exit = /^(?:Error: )?Exit code (\d{1,5})\n?/.exec(error);
  const output = exit === null ? error : error.slice(exit[0].length);
  return {
    ...commandHead(input, scrub),
    ...present({ exitCode: exit === null ? undefined : Number(exit[1]) }),
    output: commandOutput(input, output, scrub),
  };
}

function commandHead(input: Fields, scrub: Scrub): { kind: 'command'; command: string; description?: string } {
  const description = readString(input, 'description');
  return present({
    kind: 'command' as const,
    command: scrub.text(withoutSensitiveBodies(readString(input, 'command') ?? '', scrub.isHidden), MAX_COMMAND),
    description: description === undefined ? undefined : scrub.head(description, MAX_DESCRIPTION),
  });
}

function commandOutput(input: Fields, output: string, scrub: Scrub): string {
  if (output === '') return '';
  if (printsSensitiveFile(readString(input, 'command') ?? '', scrub.isExcluded)) return OMITTED;
  const lines =
    output.includes('.env') || output.includes('.pem')
      ? output
          .split('\n')
          .map((line) => withoutSensitiveMatch(line))
          .join('\n')
      : output;
  return cutOutput(scrub.text(lines, Number.POSITIVE_INFINITY), MAX_OUTPUT);
}
