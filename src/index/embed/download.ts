// Downloads one file of a model hub: goes on where it was interrupted, checks what arrived against the hash that the hub sends.

import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { hashFile } from './open-installed.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Where the file goes; until it is whole and checked it lies beside as `<file>.part`. */
  readonly file: string;
  /** About how large it is; more than twice as much is refused. */
  readonly bytes: number;
  /** The commit that the hub must answer from, where it says so. */
  readonly revision: string;
}

export interface DownloadParts {
  readonly fetch: typeof fetch;
  /** Hears how many bytes are there, of how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Waits between two attempts. */
  readonly pause: (ms: number) => Promise<void>;
}

const ATTEMPTS = 4;
const PAUSE_MS = 1_000;
/** A connection that brings nothing for so long is given up. */
const STALL_MS = 30_000;
const MAX_REDIRECTS = 5;

/**
 * Downloads the file; one that is there already is left. Throws `unavailable` when the hub cannot be reached or does not have it,
 * `corrupt` when what arrives is not what the hub said; the next call begins where this one ended, or anew.
 */
export async function downloadFile(request: DownloadRequest, parts: DownloadParts): Promise<void> {
  if (statSync(request.file, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(request.file), { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt++) {
    try {
      const facts = await transfer(request, parts);
      await checkHash(request, facts);
      renameSync(`${request.file}.part`, request.file);
      rmSync(`${request.file}.part.etag`, { force: true });
      return;
    } catch (error) {
      if (error instanceof MemvaultError) throw error;
      if (isFull(error)) throw diskFull(request.file, error);
      if (attempt === ATTEMPTS) throw unreachable(request.url, error);
      await parts.pause(PAUSE_MS * attempt);
    }
  }
}

/** The error for a disk without room. */
export function diskFull(file: string, cause: unknown): MemvaultError {
  return new MemvaultError('unavailable', `the disk is full: cannot write ${file}`, {
    hint: 'Make room, then run the command again; what was downloaded is kept.',
    cause,
  });
}

export function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** What the hub says of a file before and with its bytes. */
interface Facts {
  /** SHA-256 of a large file. */
  readonly sha256?: string;
  /** Git's id of a small one. */
  readonly blob?: string;
}

async function transfer(request: DownloadRequest, parts: DownloadParts): Promise<Facts> {
  const part = `${request.file}.part`;
  const begun = beginning(part);
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), STALL_MS);
  try {
    const headers = begun === undefined ? {} : { range: `bytes=${begun.bytes}-`, 'if-range': begun.etag };
    const { response, facts } = await follow(request, { fetch: parts.fetch, headers, signal: stall.signal });
    if (response.status === 416) {
      // What lies there is no beginning of this file.
      rmSync(part, { force: true });
      throw new Error('the server has no such range');
    }
    const goesOn = response.status === 206 && begun !== undefined && startOf(response) === begun.bytes;
    if (response.status !== 200 && !goesOn) throw refused(request.url, response.status);
    const etag = response.headers.get('etag');
    if (etag === null || etag.startsWith('W/')) rmSync(`${part}.etag`, { force: true });
    else writeFileSync(`${part}.etag`, etag, { mode: 0o600 });
    const descriptor = openSync(part, goesOn ? 'a' : 'w', 0o600);
    try {
      let done = goesOn ? begun.bytes : 0;
      const length = Number(response.headers.get('content-length') ?? '0');
      const total = length > 0 ? done + length : request.bytes;
      for await (const bytes of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => stall.abort(), STALL_MS);
        done += bytes.length;
        if (done > request.bytes * 2 + 1024 * 1024) throw tooLarge(request);
        writeAll(descriptor, bytes);
        parts.onProgress(done, total);
      }
    } finally {
      closeSync(descriptor);
    }
    return facts;
  } finally {
    clearTimeout(timer);
  }
}

/** A part with the etag of the file that it is the beginning of; without an etag one cannot know. */
function beginning(part: string): { readonly bytes: number; readonly etag: string } | undefined {
  const bytes = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0) return undefined;
  try {
    return { bytes, etag: readFileSync(`${part}.etag`, 'utf8') };
  } catch {
    return undefined;
  }
}

/** Follows redirections itself: the hash and the commit are told with the first answer only. */
async function follow(
  { url, revision }: DownloadRequest,
  options: { readonly fetch: typeof fetch; readonly headers: Record<string, string>; readonly signal: AbortSignal },
): Promise<{ readonly response: Response; readonly facts: Facts }> {
  let current = url;
  let facts: Facts = {};
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const { headers, signal } = options;
    const response = await options.fetch(current, { redirect: 'manual', headers, signal });
    if (hop === 0) facts = readFacts(response.headers, url, revision);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return { response, facts };
    await response.body?.cancel();
    const next = new URL(location, current);
    if (next.protocol !== 'https:' && next.protocol !== new URL(url).protocol)
      throw new MemvaultError('denied', `${url} leads to an address without encryption, ${next.origin}`, {
        hint: 'Use another hub: set search.modelHub, or install from a folder.',
      });
    current = next.href;
  }
  throw new MemvaultError('unavailable', `${url} leads in circles`, { hint: FROM_FOLDER });
}

function readFacts(headers: Headers, url: string, revision: string): Facts {
  const commit = headers.get('x-repo-commit');
  if (commit !== null && commit !== revision)
    throw new MemvaultError('corrupt', `${url} is answered from revision ${commit.slice(0, 40)}`, {
      hint: FROM_FOLDER,
    });
  const tag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replace(/^"|"$/g, '');
  if (headers.has('x-linked-etag') && /^[0-9a-f]{64}$/.test(tag)) return { sha256: tag };
  // Only a hub that names the commit can be trusted to mean Git's id by forty digits.
  return commit !== null && /^[0-9a-f]{40}$/.test(tag) ? { blob: tag } : {};
}

async function checkHash({ url, file }: DownloadRequest, facts: Facts): Promise<void> {
  const part = `${file}.part`;
  const isRight =
    (facts.sha256 === undefined || (await hashFile(part)) === facts.sha256) &&
    (facts.blob === undefined || (await gitBlobId(part)) === facts.blob);
  if (isRight) return;
  rmSync(part, { force: true });
  rmSync(`${part}.etag`, { force: true });
  throw new MemvaultError('corrupt', `what arrived from ${url} does not have the hash that the hub says`, {
    hint: 'Run the command again. If it fails again, do not use this hub.',
  });
}

async function gitBlobId(file: string): Promise<string> {
  const hash = createHash('sha1').update(`blob ${statSync(file).size}\0`);
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

function startOf(response: Response): number | undefined {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match === null ? undefined : Number(match[1]);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
}

const FROM_FOLDER =
  'Download the files elsewhere and run `memvault model install <name> --from <folder>`, or set search.modelHub to a mirror.';

function refused(url: string, status: number): MemvaultError {
  return new MemvaultError('unavailable', `${url} answers with status ${status}`, { hint: FROM_FOLDER });
}

function unreachable(url: string, cause: unknown): MemvaultError {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : messageOf(cause);
  return new MemvaultError('unavailable', `cannot download ${url}: ${reason}`, {
    hint: `Run the command again; it goes on where it stopped. ${FROM_FOLDER}`,
    cause,
  });
}

function tooLarge({ url, bytes }: DownloadRequest): MemvaultError {
  return new MemvaultError('corrupt', `${url} is much larger than the ${bytes} bytes that were expected`, {
    hint: FROM_FOLDER,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
