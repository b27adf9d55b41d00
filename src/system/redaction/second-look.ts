// A second look for secrets, by other rules than our own: asynchronous, for the worker and for commands, never for hooks.

import { toMemvaultError } from '../../model/errors.ts';
import type { Logger } from '../../model/ports.ts';
import type { FoundSecret } from './found-secret.ts';
import { redactionPolicy } from './policy.ts';
import { MARKER_START, marker } from './rule.ts';
import { isSample } from './tokens.ts';
import { isPlaceholder } from './values.ts';

export interface SecondLook {
  /** The same value with `[redacted:<kind>]` in place of each secret that stands in one of its texts. Never throws. */
  clean<Value>(value: Value): Promise<Value>;
  /** What `clean` would cut. Never throws. */
  find(value: unknown): Promise<readonly FoundSecret[]>;
}

export interface SecondLookParts {
  readonly log: Pick<Logger, 'warn'>;
  /** Whether the user said that this text is no secret; by this process' policy when left out. */
  readonly isAllowed?: (text: string) => boolean;
  /** The rules; secretlint's when left out. */
  readonly scan?: (text: string) => Promise<readonly FoundSecret[]>;
}

/** Finds nothing. */
export const NO_SECOND_LOOK: SecondLook = { clean: (value) => Promise.resolve(value), find: () => Promise.resolve([]) };

/** So much is looked at in one go: what a rule costs grows with the length of its text, for some faster than that. */
const PIECE = 32_768;
/** So far pieces of a long text overlap, so that a secret on a border stands whole in one of them; only private keys are longer. */
const OVERLAP = 4_096;
/** Shorter texts are no secret that can be told by its look. */
const LEAST = 12;
/** Between texts: no rule matches across it. */
const BORDER = '\n\0\n';
const MAX_DEPTH = 40;

export function createSecondLook(parts: SecondLookParts): SecondLook {
  const scan = parts.scan ?? scanLazily;
  let hasFailed = false;
  const find = async (value: unknown): Promise<readonly FoundSecret[]> => {
    const found = new Map<string, FoundSecret>();
    for (const piece of piecesOf(textsOf(value))) {
      try {
        for (const secret of await scan(piece)) if (isSecret(secret.text, parts)) found.set(secret.text, secret);
      } catch (error) {
        // Our own rules have run already and stand: a queue that stops would lose more.
        if (!hasFailed)
          parts.log.warn('the second look for secrets failed; our own rules hold', {
            message: toMemvaultError(error).message,
          });
        hasFailed = true;
      }
    }
    // The longest first: one may be a part of another.
    return [...found.values()].sort((a, b) => b.text.length - a.text.length);
  };
  return {
    find,
    async clean(value) {
      return cutSecrets(value, await find(value));
    },
  };
}

/** The same value without these secrets in its texts. */
export function cutSecrets<Value>(value: Value, found: readonly FoundSecret[]): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return found.length === 0 ? value : (cut(value, found, 0) as Value);
}

async function scanLazily(text: string): Promise<readonly FoundSecret[]> {
  const { scanWithSecretlint } = await import('./secretlint.ts');
  return scanWithSecretlint(text);
}

function isSecret(text: string, parts: SecondLookParts): boolean {
  if (text.length < LEAST || text.includes(MARKER_START) || isPlaceholder(text) || isSample(text)) return false;
  return !isAllowed(text, parts);
}

function isAllowed(text: string, parts: SecondLookParts): boolean {
  return (parts.isAllowed ?? ((secret) => redactionPolicy().isAllowed(secret)))(text);
}

function textsOf(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return value.length < LEAST ? [] : [value];
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return [];
  return Object.values(value).flatMap((item) => textsOf(item, depth + 1));
}

/** Many short texts together, since each run has a price of its own; a long one in parts. */
function* piecesOf(texts: readonly string[]): Generator<string> {
  let piece = '';
  for (const text of texts) {
    if (piece.length + text.length > PIECE && piece !== '') {
      yield piece;
      piece = '';
    }
    if (text.length <= PIECE) piece += text + BORDER;
    else for (let at = 0; at < text.length; at += PIECE - OVERLAP) yield text.slice(at, at + PIECE);
  }
  if (piece !== '') yield piece;
}

function cut(value: unknown, found: readonly FoundSecret[], depth: number): unknown {
  if (typeof value === 'string')
    return found.reduce((rest, secret) => rest.replaceAll(secret.text, marker(secret.kind)), value);
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => cut(item, found, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item, found, depth + 1)]));
}
