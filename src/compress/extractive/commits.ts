// Commits that the session made: real ids and subjects, from the command and from what Git printed.

import { splitSentences } from './sentences.ts';
import type { CommandStep, Step } from './steps.ts';

export interface CommitMade {
  /** As Git printed it; absent when it printed none. */
  readonly id?: string;
  readonly subject: string;
  /** Statements of the message's body, one line each. */
  readonly body: readonly string[];
  /** Files that the command or Git named, as they were written there. */
  readonly files: readonly string[];
  /** Index of the step that made it. */
  readonly step: number;
  readonly turn: number;
}

/** The commits among the steps, in order. */
export function findCommits(steps: readonly Step[]): readonly CommitMade[] {
  const commits: CommitMade[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'command' || step.outcome === 'failed' || !/\bgit\b.*\bcommit\b/s.test(step.command)) continue;
    const message = readMessage(step.command);
    const printed = /^\[[^\]\s]+(?: \([^)]*\))? ([0-9a-f]{7,40})\] (.+)$/m.exec(step.output);
    const subject = printed?.[2] ?? message?.[0];
    if (subject === undefined || (printed === null && /^nothing (?:added )?to commit/m.test(step.output))) continue;
    const id = printed?.[1] ?? findId(steps, index, subject);
    commits.push({
      ...(id === undefined ? {} : { id }),
      subject: subject.trim(),
      body: bodyStatements(message?.slice(1) ?? []),
      files: namedFiles(step),
      step: index,
      turn: step.turn,
    });
  }
  return commits;
}

/** `feat(api): add x (ABC-12)` → its kind, and `Add x` as people would say it. */
export function readSubject(subject: string): {
  readonly kind?: string;
  readonly text: string;
  readonly scope?: string;
} {
  const found = /^(\w+)(?:\(([^)]+)\))?!?:\s+(.+)$/.exec(subject);
  // Another word before the colon is a part of the code, and belongs to what was done there.
  const conventional = KINDS.test(found?.[1] ?? '') ? found : null;
  const text = (conventional?.[3] ?? subject).replace(
    /\s*\((?:[A-Za-z]+[-#]?[\w.-]*\d[\w.]*|#\d+|[a-z]+-[\w.]+)\)\s*$/,
    '',
  );
  return {
    ...(conventional?.[1] === undefined ? {} : { kind: conventional[1].toLowerCase() }),
    ...(conventional?.[2] === undefined ? {} : { scope: conventional[2].toLowerCase() }),
    text: text.trim(),
  };
}

const KINDS =
  /^(?:feat|feature|fix|bugfix|hotfix|docs?|style|refactor|perf|tests?|build|ci|chore|revert|security|wip|merge|bump|sync|release)$/i;

/** Housekeeping and work in progress: what it is about is told elsewhere. */
export function isChore(commit: Pick<CommitMade, 'subject'>): boolean {
  const { kind, text } = readSubject(commit.subject);
  return /^(?:chore|ci|style|build|wip|merge|bump|sync|release|revert)$/i.test(kind ?? text.split(/\W/)[0] ?? '');
}

/** What `git add` was given and what Git says it made. */
function namedFiles(step: CommandStep): readonly string[] {
  const added = [...step.command.matchAll(/\bgit add ([^&;|\n]+)/g)].flatMap((found) =>
    (found[1] ?? '').trim().split(/\s+/),
  );
  const made = [...step.output.matchAll(/^ ?create mode \d+ (\S+)$/gm)].map((found) => found[1] ?? '');
  return [...new Set([...added, ...made])].filter(
    (path) => /^[\w.@-][\w./@-]*\.\w+$/.test(path) && !path.includes('..'),
  );
}

/** A quiet commit prints no id: a later `git log --oneline` shows it beside the subject. */
function findId(steps: readonly Step[], from: number, subject: string): string | undefined {
  const later = steps.slice(from, from + 12).filter((step): step is CommandStep => step.kind === 'command');
  for (const step of later) {
    for (const line of step.output.split('\n')) {
      const found = /^([0-9a-f]{7,40}) (?:\([^)]*\) )?(.+)$/.exec(line.trim());
      if (found?.[2]?.trim() === subject.trim()) return found[1];
    }
  }
  return undefined;
}

/** The lines of a message given by `-m` (once or several times) or by a here-document. */
function readMessage(command: string): readonly string[] | undefined {
  const document = /<<-?\s*['"]?(\w+)['"]?[^\n]*\n([\s\S]*?)(?:\n\s*\1\b|$)/.exec(command)?.[2];
  if (document !== undefined) return document.split('\n');
  const parts: string[] = [];
  const option = /(?:\s-[a-zA-Z]*m|\s--message)(?:\s+|=)(?:"((?:[^"\\]|\\[\s\S])*)"?|'([^']*)'?|(\S+))/g;
  for (const found of command.matchAll(option))
    parts.push((found[1]?.replace(/\\([\s\S])/g, '$1') ?? found[2] ?? found[3] ?? '').trim());
  return parts.length === 0 ? undefined : parts.join('\n\n').split('\n');
}

function sentencesOf(text: string): readonly string[] {
  return splitSentences(text).map((sentence) => sentence.text.replace(/\s*(?:with|including|such as|like)?:$/, ''));
}

const TRAILER = /^(?:[A-Z][A-Za-z]+(?:-[A-Za-z]+)+: |🤖|Generated with|Closes? #|Refs? #)/u;

/** Paragraphs and list items, each joined to one line; trailers and headings left out. */
function bodyStatements(lines: readonly string[]): readonly string[] {
  const statements: string[] = [];
  let open: string | undefined;
  const flush = (): void => {
    if (open !== undefined && open.length > 12 && !/^[\w ]{2,30}:$/.test(open)) statements.push(...sentencesOf(open));
    open = undefined;
  };
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '' || TRAILER.test(line)) {
      flush();
      continue;
    }
    const item = /^[-*•]\s+(.+)$/.exec(line)?.[1];
    if (item !== undefined) {
      flush();
      open = item;
    } else if (open !== undefined && open.endsWith(':')) {
      flush();
      open = line;
    } else open = open === undefined ? line : `${open} ${line}`;
  }
  flush();
  return statements;
}
