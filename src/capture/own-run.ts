// Recognises memvault's own headless compression runs, so that memvault never remembers itself. Several independent signs.

import { realpathSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { COMPRESSION_MARKER, COMPRESSION_VARIABLE } from '../model/own-run.ts';
import type { Fields } from './fields.ts';

export interface RunSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly dataDir: string;
  readonly project: string;
}

/** Whether a payload comes from a run of our own: by environment, by place, or by its prompt. */
export function isOwnRun(payload: Fields, around: RunSurroundings): boolean {
  if (around.env[COMPRESSION_VARIABLE] === '1') return true;
  const places = [around.project, payload['cwd']].filter((place): place is string => typeof place === 'string');
  const bounds = [around.dataDir, realPath(around.dataDir)];
  if (places.some((place) => bounds.some((bound) => isBelow(isAbsolute(place) ? place : resolve(place), bound))))
    return true;
  return typeof payload['prompt'] === 'string' && startsWithMarker(payload['prompt']);
}

export function startsWithMarker(prompt: string): boolean {
  return prompt.slice(0, 200).trimStart().startsWith(COMPRESSION_MARKER);
}

function isBelow(place: string, bound: string): boolean {
  return place === bound || place.startsWith(bound + sep);
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
