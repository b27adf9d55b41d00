// The texts that the user said are no secrets: kept as salted hashes, never as texts.

import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from './atomic-file.ts';
import { sha256Hex } from './digest.ts';

export interface AllowedEntry {
  /** First 32 hex of the salted SHA-256. */
  readonly hash: string;
  /** UTC of the day it was allowed. */
  readonly at: string;
}

export interface AllowedTexts {
  readonly entries: readonly AllowedEntry[];
  isAllowed(text: string): boolean;
  /** The hash that stands for a text here. */
  hashOf(text: string): string;
}

interface AllowedFile {
  readonly v: 1;
  readonly salt: string;
  readonly entries: readonly AllowedEntry[];
}

const NONE: AllowedTexts = { entries: [], isAllowed: () => false, hashOf: () => '' };

/** What the file says; a missing or broken one allows nothing. */
export function readAllowed(file: string): AllowedTexts {
  const known = readFile(file);
  if (known === undefined) return NONE;
  const hashes = new Set(known.entries.map(({ hash }) => hash));
  const hashOf = (text: string): string => saltedHash(known.salt, text);
  return {
    entries: known.entries,
    hashOf,
    isAllowed: (text) => hashes.size > 0 && text.length <= 4096 && hashes.has(hashOf(text)),
  };
}

/** Allows a text, or a hash that `memvault scrub` showed. `salt` is used only when the file is new. Answers the hash. */
export function addAllowed(
  file: string,
  textOrHash: string,
  moment: { readonly at: string; readonly salt: string },
): string {
  const known = readFile(file) ?? { v: 1, salt: moment.salt, entries: [] };
  const hash = isHash(textOrHash) ? textOrHash : saltedHash(known.salt, textOrHash);
  if (!known.entries.some((entry) => entry.hash === hash))
    write(file, { ...known, entries: [...known.entries, { hash, at: moment.at }] });
  return hash;
}

/** Takes one back, by its text, its hash or at least eight characters of that; answers whether it was there. */
export function removeAllowed(file: string, textOrHash: string): boolean {
  const known = readFile(file);
  if (known === undefined) return false;
  const hash = saltedHash(known.salt, textOrHash);
  const isMeant = (entry: AllowedEntry): boolean =>
    entry.hash === hash || (/^[0-9a-f]{8,32}$/.test(textOrHash) && entry.hash.startsWith(textOrHash));
  const entries = known.entries.filter((entry) => !isMeant(entry));
  if (entries.length === known.entries.length) return false;
  write(file, { ...known, entries });
  return true;
}

/** Makes the file with its salt when there is none, so that hashes can be shown. */
export function ensureAllowed(file: string, salt: string): AllowedTexts {
  if (readFile(file) === undefined) write(file, { v: 1, salt, entries: [] });
  return readAllowed(file);
}

export function isHash(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

function saltedHash(salt: string, text: string): string {
  return sha256Hex(Buffer.from(`${salt}\0${text}`, 'utf8')).slice(0, 32);
}

function write(file: string, content: AllowedFile): void {
  writeFileAtomic(file, `${JSON.stringify(content)}\n`);
}

function readFile(file: string): AllowedFile | undefined {
  try {
    // A hook asks at each event, and an error costs more than a look.
    if (!existsSync(file)) return undefined;
    const parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<AllowedFile> | null;
    if (parsed?.v !== 1 || typeof parsed.salt !== 'string' || !Array.isArray(parsed.entries)) return undefined;
    const entries = parsed.entries.filter((entry: Partial<AllowedEntry> | null) => typeof entry?.hash === 'string');
    return { v: 1, salt: parsed.salt, entries };
  } catch {
    return undefined;
  }
}
