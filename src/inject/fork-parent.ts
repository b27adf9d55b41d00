// Which session a fork goes on with: the host gives the fork an id of its own and names no other, but says how long ago the last answer was.

import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface ForkStart {
  /** Of the fork. It need not be there yet; the transcripts of the project's other sessions lie beside it. */
  readonly transcriptPath: string;
  /** As the host counts them, whole ones. */
  readonly secondsSinceLastResponse: number;
}

/** Between the host's count and the hook's clock lie the rounding and the start of the hook. */
const TOLERANCE_MS = 6_000;
/** Behind the last answer of a transcript stand what hooks said and the requests to the model, which are long. */
const TAIL_BYTES = 2 * 1024 * 1024;
const MOST_READ = 12;

/** The id of the session whose last answer came when the host says, at `now` (milliseconds); undefined when none fits. */
export function findForkParent(
  { transcriptPath, secondsSinceLastResponse }: ForkStart,
  now: number,
): string | undefined {
  const answeredAt = now - secondsSinceLastResponse * 1000;
  const distances = newestTranscripts(transcriptPath, answeredAt).map((file) => ({
    id: basename(file, '.jsonl'),
    distance: Math.abs((lastAnswerAt(file) ?? 0) - answeredAt),
  }));
  const [nearest] = distances
    .filter(({ distance }) => distance <= TOLERANCE_MS)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.id;
}

/** Those written since the answer, the last one first. */
function newestTranscripts(own: string, answeredAt: number): readonly string[] {
  const folder = dirname(own);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl') && name !== basename(own))
    .map((name) => ({ file: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .filter(({ at }) => at >= answeredAt - TOLERANCE_MS)
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_READ)
    .map(({ file }) => file);
}

function lastAnswerAt(file: string): number | undefined {
  for (const line of readTail(file).split('\n').toReversed()) {
    if (!line.includes('"type":"assistant"')) continue;
    const at = timeOf(line);
    if (at !== undefined) return at;
  }
  return undefined;
}

function timeOf(line: string): number | undefined {
  try {
    const { type, timestamp } = JSON.parse(line) as { readonly type?: unknown; readonly timestamp?: unknown };
    const at = type === 'assistant' && typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
    return Number.isNaN(at) ? undefined : at;
  } catch {
    // The first line of a tail is half a line.
    return undefined;
  }
}

function readTail(file: string): string {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const length = readSync(handle, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, length);
  } finally {
    closeSync(handle);
  }
}
