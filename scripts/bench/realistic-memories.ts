// Makes memories as a busy project would gather them, the same from the same seed: what the bench measures with.

import { drawMemoryId, OBSERVATION_TYPES } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';

export interface MemoryMaker {
  /** The next memory; they come in order of time. */
  next(): Memory;
  /** A question that somebody might ask of the memories made so far: words, an identifier, a path or an error message. */
  query(): string;
}

/**
 * Memories of about 1.4 KB as a file: prose whose words follow Zipf's law, identifiers in code spans, paths, error messages, tags,
 * facts. `count` says how many will be made, so that they spread over `months` months up to November 2026.
 */
export function createMemoryMaker(seed: number, count: number, months = 36): MemoryMaker {
  const random = createRandom(seed);
  const words = makeVocabulary(createRandom(seed + 1));
  const paths = makePaths(createRandom(seed + 2), words);
  const asked: string[] = [];
  const earlier: string[] = [];
  let session = '';
  let made = 0;

  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  /** The law of Zipf and Mandelbrot: rank r comes with a frequency of about 1 / (r + FLATTENED). */
  const zipf = <T>(list: readonly T[]): T =>
    list[Math.floor(FLATTENED * ((list.length + FLATTENED) / FLATTENED) ** random() - FLATTENED)] as T;
  const word = (): string => (random() < 0.42 ? pick(FUNCTION_WORDS) : zipf(words));
  const identifier = (): string => {
    const parts = [zipf(VERBS), zipf(NOUNS), ...(random() < 0.5 ? [zipf(words)] : [])];
    const shape = random();
    if (shape < 0.5) return parts.map((part, at) => (at === 0 ? part : capitalize(part))).join('');
    if (shape < 0.7) return parts.map(capitalize).join('');
    return shape < 0.9 ? parts.join('_') : `${parts[0]}.${parts.slice(1).join('-')}`;
  };
  const fault = (): string =>
    pick(ERRORS)
      .replace('%i', identifier())
      .replace('%p', zipf(paths))
      .replace('%n', String(1 + Math.floor(random() * 900)));
  const sentence = (length: number): string => {
    const parts: string[] = [];
    while (parts.length < length) {
      const kind = random();
      if (kind < 0.045) parts.push(`\`${identifier()}\``);
      else if (kind < 0.055) parts.push(`\`${zipf(paths)}\``);
      else parts.push(word() + (random() < 0.07 ? ',' : ''));
    }
    return `${capitalize(parts.join(' '))}.`;
  };
  const paragraph = (sentences: number): string =>
    Array.from({ length: sentences }, () => sentence(8 + Math.floor(random() * 12))).join(' ');

  return {
    next() {
      const isSummary = random() < 0.08;
      if (session === '' || isSummary) session = uuid(random);
      const title = `${capitalize(zipf(VERBS))} ${Array.from({ length: 5 + Math.floor(random() * 5) }, word).join(' ')}`;
      const files = Array.from({ length: Math.floor(random() * 4) }, () => ({
        path: zipf(paths),
        blob: hex(random, 12),
      }));
      const facts = Array.from(
        { length: 2 + Math.floor(random() * 4) },
        () => `- ${sentence(6 + Math.floor(random() * 8))}`,
      );
      const body = isSummary
        ? ['Request', 'Investigated', 'Learned', 'Completed', 'Next steps']
            .map((heading) => `## ${heading}\n\n${paragraph(1 + Math.floor(random() * 2))}\n`)
            .join('\n')
        : `${paragraph(4 + Math.floor(random() * 5))}\n\n${random() < 0.3 ? `    ${fault()}\n\n` : ''}${paragraph(1)}\n\n## Facts\n\n${facts.join('\n')}\n`;
      const id = drawMemoryId(Uint8Array.from({ length: 12 }, () => Math.floor(random() * 256)));
      const created = new Date(LAST - ((count - made) / count) * months * MONTH_MS).toISOString();
      const memory: Memory = {
        id,
        kind: isSummary ? 'summary' : random() < 0.05 ? 'note' : 'observation',
        title,
        created: `${created.slice(0, 19)}Z`,
        session,
        branch: random() < 0.4 ? 'main' : `${pick(['fix', 'feat', 'chore'])}/${zipf(NOUNS)}-${zipf(words)}`,
        commit: hex(random, 8),
        files: isSummary ? [] : files,
        tags: [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => zipf(NOUNS)))],
        supersedes: random() < 0.02 && earlier.length > 0 ? [pick(earlier)] : [],
        deletes: [],
        body,
      };
      made++;
      // Enough to ask from, and not all of a large vault.
      remember(earlier, id, random);
      remember(asked, askFor(memory, random), random);
      return memory.kind === 'observation' ? { ...memory, type: zipf(OBSERVATION_TYPES) } : memory;
    },
    query: () => pick(asked),
  };
}

const MONTH_MS = 30.44 * 86_400_000;
const LAST = Date.parse('2026-11-22T14:00:00Z');
const REMEMBERED = 2000;
const FLATTENED = 12;

/** A random sample of all that was given so far. */
function remember(sample: string[], item: string, random: () => number): void {
  if (sample.length < REMEMBERED) sample.push(item);
  else if (random() < 0.05) sample[Math.floor(random() * REMEMBERED)] = item;
}

/** What somebody who half remembers it would type. */
function askFor(memory: Memory, random: () => number): string {
  const kind = random();
  const prose = memory.body.match(/\b[a-z]{4,}\b/g) ?? [];
  const some = (list: readonly string[], length: number): string =>
    Array.from({ length }, () => list[Math.floor(random() * list.length)] ?? '').join(' ');
  if (kind < 0.3) return some(memory.title.split(' '), 3);
  if (kind < 0.6) return some(prose, 2 + Math.floor(random() * 5));
  if (kind < 0.75) return /`([^`/]+)`/.exec(memory.body)?.[1] ?? memory.title;
  if (kind < 0.85) return memory.files[0]?.path ?? memory.title;
  if (kind < 0.92) return /^ {4}(.+)$/m.exec(memory.body)?.[1] ?? some(prose, 3);
  return `"${prose.slice(3, 5).join(' ')}" ${some(prose, 2)}`;
}

/** A small generator of numbers from 0 to 1 (mulberry32), so that a seed gives the same vault everywhere. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Thirty thousand words, the commonest first: those of the trade, then made ones with the endings of English. */
function makeVocabulary(random: () => number): readonly string[] {
  const words = new Set([...NOUNS, ...VERBS]);
  const part = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  while (words.size < 30_000) {
    let stem = '';
    for (let left = 1 + Math.floor(random() * 2); left > 0; left--) stem += part(ONSETS) + part(VOWELS);
    words.add(stem + part(CODAS) + part(ENDINGS));
  }
  return [...words];
}

function makePaths(random: () => number, words: readonly string[]): readonly string[] {
  const paths = new Set<string>();
  const pick = (list: readonly string[], end = list.length): string => list[Math.floor(random() * end)] ?? '';
  while (paths.size < 3000) {
    const folders = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(words, 400));
    paths.add(
      `${pick(['src', 'src', 'test', 'packages', 'docs'])}/${folders.join('/')}/${pick(NOUNS)}-${pick(words, 2000)}.${pick(['ts', 'ts', 'tsx', 'py', 'go', 'md'])}`,
    );
  }
  return [...paths];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}

function uuid(random: () => number): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
}

const NOUNS =
  `token session cache index query request response handler refresh lock mutex worker queue batch schema table column migration
  transaction retry timeout header cookie route router component state reducer hook effect test fixture snapshot build bundle
  config setting env path file folder stream buffer parser lexer node tree graph edge commit branch merge rebase remote key value
  hash digest signature user account role permission event listener socket port proxy client server process thread signal error
  warning log metric trace span budget limit page cursor offset row record field type interface generic module import export
  dependency version release container image pipeline job step deploy rollback alert dashboard webhook payload`.split(
    /\s+/,
  );
const VERBS =
  `fix add read write get set find load save parse render check validate handle refresh rotate resolve merge split compute update
  create delete remove open close start stop run wait retry fetch send receive publish subscribe encode decode normalize escape
  sort filter map reduce group count cache flush lock release acquire connect disconnect register dispatch migrate rename move
  copy compare hash sign verify log trace measure`.split(/\s+/);
const FUNCTION_WORDS =
  `the the the a a to to of of and and in is it that was for on with as by at from this be not but or which when because so only
  after before no its are were has had will would can must than then them there where while each one two both all any same
  other more most into over under again once also still now never always if`.split(/\s+/);
const ERRORS = [
  "TypeError: Cannot read properties of undefined (reading '%i')",
  'Error: ECONNREFUSED 127.0.0.1:%n',
  "error TS2345: Argument of type 'string' is not assignable to parameter of type '%i'",
  'AssertionError [ERR_ASSERTION]: expected %n to equal %i',
  "ENOENT: no such file or directory, open '%p'",
  "ModuleNotFoundError: No module named '%i'",
  'fatal: %p:%n: needs merge',
  'panic: runtime error: index out of range [%n] with length %n',
  'SQLITE_BUSY: database is locked (%i)',
  '%p:%n:17: ReferenceError: %i is not defined',
] as const;
const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'dr',
  'f',
  'fl',
  'g',
  'gr',
  'h',
  'j',
  'k',
  'l',
  'm',
  'n',
  'p',
  'pl',
  'qu',
  'r',
  's',
  'sp',
  'st',
  't',
  'tr',
  'v',
  'w',
  'z',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'io', 'ou'];
const CODAS = ['', 'b', 'ck', 'd', 'l', 'll', 'm', 'n', 'nd', 'ng', 'p', 'r', 'rt', 's', 'st', 't', 'x'];
const ENDINGS = ['', '', '', 's', 'ed', 'ing', 'er', 'ly', 'tion', 'ment', 'able', 'ness'];
