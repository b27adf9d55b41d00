// Splits a file into frontmatter and body and reads the frontmatter.

import type { Diagnostic } from '../model/diagnostic.ts';
import { loadLazily } from '../system/lazy-module.ts';
import { parseFlatYaml } from './flat-yaml.ts';
import type { YamlResult } from './safe-yaml.ts';
import type * as Engine from './yaml-engine.ts';
import { MAX_YAML_BYTES, isOverYamlLimit } from './yaml-limit.ts';

export interface Frontmatter {
  readonly ok: true;
  /** The keys of the frontmatter; has no prototype. Values are JSON's types. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Everything after the closing line, byte for byte. */
  readonly body: string;
  /** The lines between the two `---`, with their line ends. */
  readonly raw: string;
  /** Where `raw` begins in the text, in UTF-16 units. */
  readonly rawStart: number;
}

export type FrontmatterResult = Frontmatter | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads the frontmatter of a file's text. Only a first line `---` is accepted (`---js` and its like are refused), only YAML
 * with JSON's types. `path` goes into the diagnostics. Never throws, never runs anything.
 */
export function parseFrontmatter(text: string, path: string): FrontmatterResult {
  const split = splitFrontmatter(text);
  if (!split.ok) return refuse(path, split.fault);
  const { raw, rawStart, bodyStart } = split;
  const body = text.slice(bodyStart);
  if (isOverYamlLimit(raw))
    return refuse(path, {
      line: 1,
      rule: 'frontmatter-too-large',
      message: `the frontmatter is larger than ${MAX_YAML_BYTES / 1024} KiB`,
      mend: 'Move what is long below the closing `---`.',
    });
  const flat = parseFlatYaml(raw);
  if (flat !== undefined) return { ok: true, data: flat, body, raw, rawStart };
  const parsed = parseWithEngine(raw);
  if (!parsed.ok)
    return refuse(path, { line: (parsed.line ?? 0) + 1, rule: 'frontmatter-broken', message: parsed.message });
  const data = withoutPrototype(parsed.value);
  if (data === undefined)
    return refuse(path, {
      line: 1,
      rule: 'frontmatter-broken',
      message: 'the frontmatter is not a list of `key: value` lines',
    });
  return { ok: true, data, body, raw, rawStart };
}

/** 1-based line of a top-level key in the file; 1 when the key is not there. */
export function lineOfKey(frontmatter: Frontmatter, key: string): number {
  const lines = frontmatter.raw.split('\n');
  const at = lines.findIndex((line) => {
    const name = line.replace(/^["']/, '');
    return name.startsWith(key) && /^["']?[ \t]*:/.test(name.slice(key.length));
  });
  return at + 2;
}

interface Fault {
  readonly line: number;
  readonly rule: string;
  readonly message: string;
  readonly mend?: string;
}

type Split =
  | { readonly ok: true; readonly raw: string; readonly rawStart: number; readonly bodyStart: number }
  | { readonly ok: false; readonly fault: Fault };

const OPENING = /^\uFEFF?---[ \t]*\r?\n/;
const CLOSING = /---[ \t]*(?:\r?\n|$)/y;

function splitFrontmatter(text: string): Split {
  const opening = OPENING.exec(text);
  if (opening === null) return { ok: false, fault: openingFault(text) };
  const rawStart = opening[0].length;
  for (let at = rawStart - 1; at !== -1; at = text.indexOf('\n---', at + 1)) {
    CLOSING.lastIndex = at + 1;
    const closing = CLOSING.exec(text);
    if (closing === null) continue;
    return { ok: true, raw: text.slice(rawStart, at + 1), rawStart, bodyStart: CLOSING.lastIndex };
  }
  const fault: Fault = {
    line: 1,
    rule: 'frontmatter-unclosed',
    message: 'the frontmatter has no closing line `---`',
    mend: 'Put a line `---` below the last key.',
  };
  return { ok: false, fault };
}

function openingFault(text: string): Fault {
  if (/^\uFEFF?---/.test(text))
    return {
      line: 1,
      rule: 'frontmatter-opening',
      message: 'the first line must be `---` alone: other languages than YAML are not read',
      mend: 'Make the first line `---` and write the keys in YAML.',
    };
  return { line: 1, rule: 'frontmatter-missing', message: 'no frontmatter: the first line must be `---`' };
}

let engine: typeof Engine | undefined;

function parseWithEngine(raw: string): YamlResult {
  engine ??= loadLazily<typeof Engine>('yaml-engine');
  return engine.parseFrontmatterYaml(raw);
}

function withoutPrototype(value: unknown): Record<string, unknown> | undefined {
  const data: Record<string, unknown> = Object.create(null);
  if (value === null) return data;
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  for (const [key, item] of Object.entries(value)) data[key] = item;
  return data;
}

function refuse(path: string, fault: Fault): FrontmatterResult {
  const diagnostic: Diagnostic = { path, severity: 'error', ...fault };
  if (fault.rule !== 'frontmatter-missing') return { ok: false, diagnostics: [diagnostic] };
  return { ok: false, diagnostics: [{ ...diagnostic, mend: `memvault adopt ${path}` }] };
}
