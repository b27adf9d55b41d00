// Reads recorded payloads, and parses them as if they came from a given project.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayload } from '../../src/capture/payload.ts';
import type { EventOrigin, HookEvent } from '../../src/model/hook-event.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'claude-code');

export const ORIGIN: EventOrigin = {
  id: '1795338000000-42-0011aabb',
  at: '2026-11-22T09:00:00.000Z',
  project: '/home/dev/acme-api',
  worktree: '/home/dev/acme-api',
  account: '0123456789abcdef',
  accountKind: 'api-key',
  endpoint: 'https://api.anthropic.com',
};

export type Payload = Record<string, unknown>;

/** `events/<name>` or `tools/<name>`. */
export function readPayload(name: string): Payload {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Payload;
}

export function payloadNames(folder: 'events' | 'tools'): string[] {
  return readdirSync(join(FOLDER, folder)).sort();
}

export function readSession(name: string): Payload[] {
  return readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Payload);
}

/** The event of a payload that must be kept. */
export function parseKept(payload: unknown, origin: EventOrigin = ORIGIN): HookEvent {
  const event = parsePayload(payload, origin);
  if ('ignored' in event) throw new Error(`ignored: ${event.ignored}`);
  return event;
}

/** The detail of a recorded tool use. */
export function parseDetail(
  payload: Payload,
  origin: EventOrigin = ORIGIN,
): Extract<HookEvent, { type: 'tool-use' }>['detail'] {
  const event = parseKept(payload, origin);
  if (event.type !== 'tool-use') throw new Error(`a ${event.type}, expected a tool use`);
  return event.detail;
}
