// What the user's own word adds to capture: off, paused, excluded, allowed, further patterns. Read by every process that captures or redacts.

import { closeSync, constants, openSync, existsSync, readFileSync, readSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { readAllowed } from './allowed.ts';
import type { AllowedTexts } from './allowed.ts';
import { makeExclusion } from './exclusion.ts';
import type { Exclusion } from './exclusion.ts';
import { pausedSince, readPauses } from './pauses.ts';
import type { DataPaths } from './paths.ts';
import { compilePatterns } from './redaction/extra-patterns.ts';
import type { RedactionPolicy } from './redaction/policy.ts';
import { splitList } from './split-list.ts';

export interface CaptureSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: DataPaths;
  readonly home: string;
  readonly sessionId?: string | undefined;
  readonly project: string;
  readonly worktree?: string | undefined;
  readonly commonDir?: string | undefined;
}

export interface CaptureRules {
  /** Why nothing is kept now. */
  readonly off?: string;
  readonly exclusion?: Exclusion;
  readonly policy?: RedactionPolicy;
}

/** Costs three small reads when the user said nothing. */
export function readCaptureRules(sources: CaptureSources): CaptureRules {
  const { env, paths, project, worktree } = sources;
  const own = readOwnSettings(sources);
  const capture = env['CLAUDE_MEM_CAPTURE'] || own.capture;
  if (capture === 'off' || capture === '0' || capture === 'false') return { off: 'capture is off' };
  const since = pausedSince(readPauses(paths.pausesFile), {
    sessionId: sources.sessionId,
    folders: [project, worktree, mainOf(sources)],
  });
  if (since !== undefined) return { off: `paused since ${since}` };
  const globs = [...own.exclude, ...listOf(env['CLAUDE_MEM_EXCLUDE']), ...vaultExclusions(worktree ?? project)];
  const exclusion = globs.length === 0 ? undefined : makeExclusion(globs, sources.home);
  if (exclusion?.(project, project) === true || exclusion?.(worktree ?? project, '/') === true)
    return { off: 'the project is excluded' };
  const policy = redactionPolicyOf(paths, [...own.patterns, ...listOf(env['CLAUDE_MEM_REDACT_EXTRA_PATTERNS'])]);
  return exclusion === undefined ? { policy } : { exclusion, policy };
}

/** What the user adds to the redactor and takes out of it. What is allowed is read when something was found for the first time. */
export function redactionPolicyOf(paths: DataPaths, patterns: readonly string[]): RedactionPolicy {
  let allowed: AllowedTexts | undefined;
  return {
    isAllowed: (text) => (allowed ??= readAllowed(paths.allowedFile)).isAllowed(text),
    extra: patterns.length === 0 ? [] : compilePatterns(patterns),
  };
}

interface OwnSettings {
  readonly capture?: string;
  readonly exclude: readonly string[];
  readonly patterns: readonly string[];
}

/** Of the user's settings file only what capture needs; without one of the words in it the file is not even parsed. */
function readOwnSettings(sources: CaptureSources): OwnSettings {
  const nothing: OwnSettings = { exclude: [], patterns: [] };
  try {
    if (!existsSync(sources.paths.settingsFile)) return nothing;
    const text = readFileSync(sources.paths.settingsFile, 'utf8');
    if (!text.includes('"capture"') && !text.includes('xclude') && !text.includes('xtraPatterns')) return nothing;
    const section = fieldOf(JSON.parse(text), 'memvault');
    const projects = fieldOf(section, 'projects');
    const sections = [
      fieldOf(projects, sources.project),
      sources.worktree === undefined ? undefined : fieldOf(projects, sources.worktree),
      fieldOf(projects, mainOf(sources)),
      section,
    ];
    const capture = sections.map((one) => fieldOf(one, 'capture')).find((value) => typeof value === 'string');
    return {
      ...(typeof capture === 'string' ? { capture } : {}),
      exclude: sections.flatMap((one) => listOf(fieldOf(one, 'exclude'))),
      patterns: sections.flatMap((one) => [
        ...listOf(fieldOf(one, 'redact.extraPatterns')),
        ...listOf(fieldOf(fieldOf(one, 'redact'), 'extraPatterns')),
      ]),
    };
  } catch {
    return nothing;
  }
}

/** The main work tree's folder of a linked one: what was chosen there holds here. */
function mainOf({ project, worktree, commonDir }: CaptureSources): string {
  return commonDir?.endsWith(`${sep}.git`) === true ? dirname(commonDir) : (worktree ?? project);
}

const MAX_VAULT_YAML = 16_384;

/** The list `exclude` of a vault.yaml, read line by line: no parser on the hook's way. Anybody may write it: it only adds. */
function vaultExclusions(root: string): readonly string[] {
  const text = readPlainFile(root + sep + '.claude-mem' + sep + 'vault.yaml');
  const start = text === undefined ? -1 : text.search(/^exclude\s*:/m);
  if (text === undefined || start === -1) return [];
  const [first = '', ...rest] = text.slice(text.indexOf(':', start) + 1).split('\n');
  const inline = /^\s*\[(.*)\]\s*(?:#.*)?$/.exec(first.trimEnd());
  if (inline !== null) return (inline[1] ?? '').split(',').map(unquote).filter(Boolean);
  const items: string[] = [];
  for (const line of rest) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    if (item !== null) items.push(unquote(item[1] ?? ''));
    else if (/^\S/.test(line) && !line.startsWith('#')) break;
  }
  return items.filter(Boolean);
}

/** No link is followed, and nothing that blocks is opened. */
function readPlainFile(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const bytes = Buffer.allocUnsafe(MAX_VAULT_YAML);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, MAX_VAULT_YAML, 0));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unquote(text: string): string {
  return text
    .replace(/\s+#.*$/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A list of texts; a single text counts as one, in which commas part. */
function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string');
  if (typeof value !== 'string') return [];
  return splitList(value);
}
