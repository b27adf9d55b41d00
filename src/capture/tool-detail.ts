// What is kept of a tool use, cut by meaning: never original files, read contents or images; the rest cleaned first and cut after.

import type { EventOrigin, ToolDetail } from '../model/hook-event.ts';
import { commandDetail, failedCommandDetail } from './command-detail.ts';
import { isRecord, present, readRecord, readString, readStrings } from './fields.ts';
import type { Fields } from './fields.ts';
import { editDetail, filePath, notebookDetail, readDetail, relativePath, writeDetail } from './file-detail.ts';
import { cutHead } from './scrub.ts';
import type { Scrub } from './scrub.ts';
import { OMITTED, withoutSensitiveMatch } from './sensitive-file.ts';

export interface ToolUse {
  readonly tool: string;
  readonly input: Fields;
  /** The host's result; its form depends on the tool. */
  readonly response: unknown;
}

export interface ToolFailure {
  readonly tool: string;
  readonly input: Fields;
  readonly error: string;
  readonly interrupted: boolean;
}

const MAX_TEXT = 3000;
const MAX_INPUT = 1500;
const MAX_LINE = 300;
const MAX_MATCHES = 40;
const UNREADABLE_FIELDS = new Set([
  'originalFile',
  'original_file',
  'updated_file',
  'base64',
  'content',
  'cells',
  'file',
  'data',
]);

/** The detail of a tool use that went well. */
export function toolDetail(use: ToolUse, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const { tool, input } = use;
  const response = isRecord(use.response) ? use.response : {};
  switch (tool) {
    case 'Bash':
    case 'PowerShell':
      return commandDetail(input, response, use.response, scrub);
    case 'Edit':
    case 'MultiEdit':
      return editDetail(input, response, origin, scrub);
    case 'Write':
      return writeDetail(input, response, origin, scrub);
    case 'NotebookEdit':
      return notebookDetail(input, response, origin, scrub);
    case 'Read':
      return readDetail(input, response, origin, scrub);
    case 'Grep':
    case 'Glob':
    case 'LS':
      return searchDetail(input, response, origin, scrub);
    case 'WebSearch':
      return webSearchDetail(input, response, scrub);
    case 'Agent':
    case 'Task':
      return agentDetail(input, response, use.response, scrub);
    case 'TaskCreate':
    case 'TaskUpdate':
    case 'TaskList':
    case 'TodoWrite':
      return taskDetail(input, response, scrub);
    case 'WebFetch':
      return {
        kind: 'fetch',
        url: scrub.head(readString(input, 'url') ?? '', MAX_LINE),
        result: scrub.text(readString(response, 'result') ?? resultText(use.response), MAX_TEXT),
      };
    default:
      return { kind: 'other', input: inputText(input, scrub), result: scrub.text(resultText(use.response), MAX_TEXT) };
  }
}

/** The detail of a tool use that failed. A command that ran keeps its exit code and output. */
export function failureDetail(failure: ToolFailure, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const { tool, input, error } = failure;
  if ((tool === 'Bash' || tool === 'PowerShell') && !failure.interrupted)
    return failedCommandDetail(input, error, scrub);
  const path = filePath(input);
  return present({
    kind: 'failure',
    input: path !== undefined && scrub.isHidden(path) ? OMITTED : inputText(input, scrub),
    error: scrub.text(error, MAX_TEXT),
    path: path === undefined ? undefined : scrub.head(relativePath(path, origin), MAX_LINE),
    interrupted: failure.interrupted ? true : undefined,
  });
}

function searchDetail(input: Fields, response: Fields, origin: EventOrigin, scrub: Scrub): ToolDetail {
  const path = readString(input, 'path');
  const names = readStrings(response, 'filenames');
  const lines = names.length > 0 ? names : (readString(response, 'content') ?? '').split('\n').filter(Boolean);
  const first = lines.slice(0, MAX_MATCHES).map((line) => withoutSensitiveMatch(line, scrub.isHidden));
  // A key or a private span goes over several lines: they are cleaned together, and cut afterwards.
  const cleaned = scrub.text(first.join('\n'), Number.POSITIVE_INFINITY).split('\n').filter(Boolean);
  const kept = cleaned.map((line) => cutHead(line, MAX_LINE, line.length));
  if (lines.length > first.length) kept.push(`[… ${lines.length - first.length} more …]`);
  return present({
    kind: 'search',
    pattern: scrub.head(readString(input, 'pattern') ?? '', MAX_LINE),
    path: path === undefined ? undefined : scrub.head(relativePath(path, origin), MAX_LINE),
    matches: kept,
  });
}

function webSearchDetail(input: Fields, response: Fields, scrub: Scrub): ToolDetail {
  const results = Array.isArray(response['results']) ? (response['results'] as unknown[]) : [];
  const hits = results.flatMap((result) =>
    isRecord(result) && Array.isArray(result['content']) ? (result['content'] as unknown[]) : [],
  );
  const matches = hits
    .filter(isRecord)
    .slice(0, MAX_MATCHES)
    .map((hit) => scrub.head(`${readString(hit, 'title') ?? ''} ${readString(hit, 'url') ?? ''}`.trim(), MAX_LINE));
  return { kind: 'search', pattern: scrub.head(readString(input, 'query') ?? '', MAX_LINE), matches };
}

function agentDetail(input: Fields, response: Fields, raw: unknown, scrub: Scrub): ToolDetail {
  const launched = response['status'] === 'async_launched';
  return {
    kind: 'agent',
    description: scrub.head(readString(input, 'description') ?? '', MAX_LINE),
    prompt: scrub.text(readString(input, 'prompt') ?? '', MAX_INPUT),
    result: launched ? '' : scrub.text(resultText(response['content'] ?? raw), MAX_TEXT),
  };
}

function taskDetail(input: Fields, response: Fields, scrub: Scrub): ToolDetail {
  const made = readRecord(response, 'task');
  const listed = Array.isArray(response['tasks'])
    ? response['tasks']
    : Array.isArray(input['todos'])
      ? input['todos']
      : undefined;
  if (listed !== undefined) {
    const lines = (listed as unknown[]).filter(isRecord).map((task) => {
      const id = readString(task, 'id');
      return `${id === undefined ? '' : `#${id} `}${readString(task, 'subject') ?? readString(task, 'content') ?? ''} (${readString(task, 'status') ?? ''})`;
    });
    return { kind: 'task', subject: scrub.text(lines.join('; '), MAX_INPUT), status: 'list' };
  }
  const id = readString(made, 'id') ?? readString(input, 'taskId');
  const subject = readString(input, 'subject') ?? readString(made, 'subject') ?? '';
  return {
    kind: 'task',
    subject: scrub.head(`${id === undefined ? '' : `#${id} `}${subject}`.trim(), MAX_LINE),
    status: scrub.head(readString(input, 'status') ?? (made['id'] === undefined ? 'changed' : 'created'), 40),
  };
}

function inputText(input: Fields, scrub: Scrub): string {
  return scrub.text(JSON.stringify(input) ?? '', MAX_INPUT);
}

/** The texts of a result: of content blocks, of a field that tells, or the whole as JSON without what is never kept. */
function resultText(result: unknown): string {
  if (typeof result === 'string') return result;
  if (Array.isArray(result))
    return (result as unknown[])
      .map((block) =>
        typeof block === 'string'
          ? block
          : isRecord(block)
            ? (readString(block, 'text') ?? `[${readString(block, 'type') ?? 'block'}]`)
            : '',
      )
      .filter(Boolean)
      .join('\n');
  if (!isRecord(result)) return '';
  if (Array.isArray(result['content'])) return resultText(result['content']);
  return JSON.stringify(result, (name, value: unknown) => (UNREADABLE_FIELDS.has(name) ? undefined : value));
}
