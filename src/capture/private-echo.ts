// What a user wrote as private must not come back by another door: words of private spans that are said again later in the session.

import { appendFileSync, mkdirSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { loadCrypto } from '../system/builtin.ts';
import { marker } from '../system/redaction/rule.ts';

export interface PrivateEcho {
  /** Takes the words of a cut span to heart. */
  hear(span: string): void;
  /** The text without words that were heard; `count` is told how many were cut. */
  cut(text: string, count: (cut: number) => void): string;
  /** Writes down, as keyed hashes only, what was heard in this process. */
  keep(): void;
}

const MAX_WORDS = 2000;
const MAX_SPAN = 20_000;
const HASH = 24;
/** Runs in which a word may stand; what joins its parts belongs to it. A text: the engine checks expressions of such classes when it loads the file, at every event. */
const RUN = String.raw`[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+#$!%&*-]*[\p{L}\p{N}\p{M}]`;
const JOINT = /[._@+#$!%&*-]+/;
const MAX_PARTS = 8;

/**
 * Opens the session's file of heard words: its first line is a random key, every further line the HMAC of a word. `draw` gives so
 * many hex characters. Without a file nothing is loaded, and `cut` gives the text back as it is.
 */
export function openPrivateEcho(file: string, draw: (length: number) => string): PrivateEcho {
  const [known, ...lines] = readLines(file);
  let key = known;
  const heard = new Set(lines);
  const fresh: string[] = [];
  const hash = (word: string): string =>
    loadCrypto()
      .createHmac('sha256', (key ??= draw(32)))
      .update(word.normalize('NFC').toLowerCase())
      .digest('hex')
      .slice(0, HASH);
  return {
    hear(span) {
      for (const word of distinctiveWords(span.slice(0, MAX_SPAN))) {
        if (heard.size >= MAX_WORDS) return;
        const hashed = hash(word);
        if (heard.has(hashed)) continue;
        heard.add(hashed);
        fresh.push(hashed);
      }
    },
    cut(text, count) {
      if (heard.size === 0) return text;
      const judged = new Map<string, boolean>();
      const isHeard = (word: string): boolean => {
        let answer = judged.get(word);
        if (answer === undefined) judged.set(word, (answer = isDistinctive(word) && heard.has(hash(word))));
        return answer;
      };
      let cuts = 0;
      const result = text.replace(new RegExp(RUN, 'gu'), (run: string) =>
        run.length > 400 ? run : cutRun(run, isHeard, () => cuts++),
      );
      if (cuts > 0) count(cuts);
      return result;
    },
    keep() {
      if (fresh.length === 0) return;
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const head = known === undefined ? `${key ?? ''}\n` : '';
      appendFileSync(file, `${head}${fresh.join('\n')}\n`, { mode: 0o600 });
    },
  };
}

/** `<sessions>/<session id>/private`. */
export function echoFile(sessionsDir: string, sessionId: string): string {
  const name = sessionId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100) || '_';
  return sessionsDir + sep + name + sep + 'private';
}

/** At the session's end nothing of it is kept. */
export function forgetPrivateEcho(file: string): void {
  rmSync(file, { force: true });
}

/** The run without its heard words: the whole of it, or parts of it between joints. */
function cutRun(run: string, isHeard: (word: string) => boolean, cut: () => void): string {
  if (isHeard(run)) {
    cut();
    return marker('private');
  }
  const parts = run.split(JOINT);
  if (parts.length < 2 || parts.length > MAX_PARTS * 3) return run;
  const places: number[] = [];
  let at = 0;
  for (const part of parts) {
    at = run.indexOf(part, at);
    places.push(at);
    at += part.length;
  }
  // The longest first, from the left.
  for (let from = 0; from < parts.length; from++)
    for (let to = Math.min(parts.length, from + MAX_PARTS); to > from; to--) {
      const start = places[from] ?? 0;
      const end = (places[to - 1] ?? 0) + (parts[to - 1]?.length ?? 0);
      if (end - start === run.length || !isHeard(run.slice(start, end))) continue;
      cut();
      return `${cutRun(run.slice(0, start), isHeard, cut)}${marker('private')}${cutRun(run.slice(end), isHeard, cut)}`;
    }
  return run;
}

/** The words of a span that are so rare that their coming back is no chance: names, numbers, values. */
function distinctiveWords(span: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const [run] of span.matchAll(new RegExp(RUN, 'gu'))) {
    const parts = run.split(JOINT);
    for (const word of [run, ...(parts.length > 1 ? parts : [])]) if (isDistinctive(word)) words.add(word);
  }
  return words;
}

let common: ReadonlySet<string> | undefined;
const COMMON =
  'absolute accepted accounts actually addition additional afterwards algorithm although analysis annotation anything application architecture ' +
  'argument arguments assertion attribute authentication authorization automatically available background backward because behavior behaviour ' +
  'boolean branches breakpoint business calendar callback canonical capacity category certificate character characters children classes collection ' +
  'columns command commands comments commit commits committed company complete completed component components computer condition config ' +
  'configuration configure confirm connection connections constant constructor consumer container contains content context continue contract ' +
  'controller convention conversion correct credential credentials currency current currently customer customers dashboard database databases ' +
  'deadline decision default definition delivery dependencies dependency deployment describe description destination detection developer ' +
  'development device different directory disabled discount discussion document documentation documents download duplicate duration element ' +
  'elements employee employees enabled endpoint engineer environment equivalent everything examples exception exceptions execution existing ' +
  'expected expiration explicit expression extension external failures feature features filename following forwards framework frontend function ' +
  'functions generate generated handlers hardware hostname however identifier identity implement implementation important includes including ' +
  'incoming increase indexes information initialize instance instead integration interface internal internet interval invalid invoice issue ' +
  'iteration javascript keyboard keywords language latency libraries library listener location machine maintain maintenance management manager ' +
  'mapping maximum meaning measurement mechanism meeting memories memory message messages metadata migration migrations minimum minutes mobile ' +
  'modified module modules monitoring namespace necessary network nothing notification number object objects operation operations operator optional ' +
  'organization original otherwise outgoing override overview packages parameter parameters parent partition password passwords payment payments ' +
  'performance permission permissions persistent pipeline platform platforms position possible postgres prefix previous primary priority private ' +
  'problem procedure process processes processing produce product production products profile program progress project projects properties ' +
  'property protocol provider providers publish question questions reading reason recent record records recovery redirect reference references ' +
  'registration registry regression relation release relevant remember remote remove render replace replacement repository request requests ' +
  'required requirement requirements resource resources response responses restart restore result results returns revision rollback ' +
  'runtime schedule scheduler schema scripts secondary secret secrets section security selected selection sentence sequence serialize server ' +
  'servers service services session sessions settings should similar simple software solution something sometimes somewhere source sources ' +
  'specific specification standard started statement statements statistics status storage strategy stream string strings structure subject ' +
  'submodule subscribe subscription success successful suggestion summary support synchronous syntax template templates temporary terminal ' +
  'terraform testing themselves therefore thousand thread threads through throughput timeout timestamp together tomorrow transaction transactions ' +
  'transfer translate trigger typescript undefined understand unexpected unique updated upgrade upload username validate validation value values ' +
  'variable variables version versions warning warnings whatever whether without worker workers workflow working workspace yesterday yourself';

function isDistinctive(word: string): boolean {
  if (word.length < 5 || word.length > 200) return false;
  if (/\d/.test(word)) return !/^v?\d{1,4}(?:[.:-]\d{1,2}){0,2}$/.test(word);
  if (/[-._@+#$!%&*]/.test(word)) return word.length >= 8;
  common ??= new Set(COMMON.split(' '));
  if (common.has(word.toLowerCase())) return false;
  return word.length >= 8 || (word.length >= 6 && isCapitalised(word));
}

function isCapitalised(word: string): boolean {
  const first = word.charAt(0);
  return first !== first.toLowerCase() && word !== word.toUpperCase();
}

function readLines(file: string): readonly string[] {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  } catch {
    return [];
  }
}
