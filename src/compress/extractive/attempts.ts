// Attempts: a command that failed until it passed, with what was changed between.

import { cutText } from '../../system/clean-text.ts';
import type { ChangeStep, CommandStep, Step } from './steps.ts';

export interface Attempt {
  /** The command as one would say it. */
  readonly command: string;
  /** What the agent said that it is for. */
  readonly purpose?: string;
  readonly failures: readonly {
    /** The line that says what was wrong. */
    readonly error: string;
    readonly step: number;
    /** What was changed before the next run. */
    readonly changes: readonly ChangeStep[];
    /** What was run before the next run, when nothing was changed. */
    readonly remedy?: string;
  }[];
  /** Step at which it passed; absent when it never did. */
  readonly passedAt?: number;
  readonly turn: number;
}

/** The attempts among the steps: one per command and stretch of failures. */
export function findAttempts(steps: readonly Step[]): readonly Attempt[] {
  const attempts: Attempt[] = [];
  const used = new Set<number>();
  for (const [index, step] of steps.entries()) {
    if (used.has(index) || !isTellingFailure(step)) continue;
    const family = familyOf(step.command);
    const failures: { error: string; step: number }[] = [];
    let passedAt: number | undefined;
    for (let at = index; at < steps.length; at++) {
      const next = steps[at];
      if (next?.kind !== 'command' || familyOf(next.command) !== family) continue;
      if (next.outcome === 'failed') {
        used.add(at);
        const error = errorLine(next.output);
        if (error !== undefined) failures.push({ error, step: at });
      } else if (next.outcome === 'passed' || (next.outcome === 'unknown' && at > index)) {
        passedAt = at;
        break;
      }
    }
    if (failures.length === 0) continue;
    attempts.push({
      command: essence(step.command),
      ...(step.description === undefined ? {} : { purpose: step.description }),
      turn: step.turn,
      failures: failures.map((failure, i) => ({
        ...failure,
        ...between(steps, failure.step, failures[i + 1]?.step ?? passedAt ?? failure.step),
      })),
      ...(passedAt === undefined ? {} : { passedAt }),
    });
  }
  return attempts;
}

/** Mistakes of the moment, such as a name mistyped in code that is being written: nobody meets them again. */
export function isSlip(error: string): boolean {
  return SLIP.test(error);
}

const SLIP =
  /\bundefined (?:function|variable)\b|\bsyntax ?error\b|\bunexpected (?:token|identifier|end of)|\b(?:is|are) (?:unused|never used)\b|\bunused (?:variable|import|alias)|\bis not defined\b|\bcannot find name\b|\bnot formatted\b|\bstring to replace\b|\bmismatched\b/i;

/** The command as one would say it: without folder changes, variables, redirections, pipes to `tail`. */
export function essence(command: string): string {
  const inline = /\b(?:node|python3?|ruby|perl|bash|sh) (?:-e|-c|--eval)\b.*/s.exec(command)?.[0];
  if (inline !== undefined) return cutText(inline.replace(/\s+/g, ' '), 80);
  const parts = command
    .replace(/<<-?\s*['"]?(\w+)['"]?[\s\S]*$/, '')
    .split(/\s*(?:&&|\|\||;|\n)\s*/)
    .map((part) =>
      part
        .replace(/\s*\|.*$/s, '')
        .replace(/\s*\d?>&?\s*\S+/g, '')
        .trim(),
    )
    .map((part) => part.replace(/^(?:[A-Z_][A-Z0-9_]*=\S+\s+)+/, ''))
    .filter((part) => /^[\w./~@-]/.test(part));
  if (parts.some((part) => part.startsWith('git commit'))) return 'git commit';
  const main = parts.find(
    (part) => !/^(?:cd|export|set|source|echo|exit|sleep|rm|mkdir|for|do|then|git add)\b/.test(part),
  );
  return cutText(main ?? command.split('\n')[0] ?? command, 80);
}

/** The line of an output that says best what was wrong; undefined when none does. */
function errorLine(output: string): string | undefined {
  const lines = output
    .split(/\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Exit code \d+$/.test(line));
  for (const pattern of ERROR_LINES) {
    for (const [index, line] of lines.entries()) {
      const found = pattern.exec(line);
      if (found === null) continue;
      const raw = (found[1] ?? line).trim();
      // A bare name of an error, or a line that breaks off, is explained by the line below it.
      const goesOn = /^[\w.]+(?:Error|Exception):?$|(?:\bgot|\bexpected|[:,])$/.test(raw);
      const text = tidy(goesOn ? `${raw} ${lines[index + 1] ?? ''}` : raw);
      if (text.length >= 8 && !looksLikeCode(text)) return text;
    }
  }
  const only = lines.length <= 4 ? lines.find((line) => /[a-z]{3}/i.test(line)) : undefined;
  return only === undefined ? undefined : tidy(only);
}

/** From the most telling to the vaguest. */
const ERROR_LINES: readonly RegExp[] = [
  /^not ok \d+ - (.+)$/,
  /^(?:error|fatal)(?:\[\w+\])?:\s+(.+)$/i,
  /^\*\* \([\w.]*(?:Error|Exception)\) (.+)$/,
  /^(.*\berror TS\d+: .+)$/,
  /^(?:Uncaught |Caused by: )?((?:[\w.]+(?:Error|Exception)): .+)$/,
  /^E\s{2,}(.+)$/,
  /^(?:✗|✕|×|●|FAIL)\s+(.+)$/,
  /^[┃│\s]*\[[A-Z]\] [→↗↘] (.+)$/,
  /^(.*\b(?:can never match|has no local return|is never used|mismatched types)\b.*)$/i,
  /^\d+\) (test .+?)(?: \([\w.]+\))?$/,
  /^(\[[A-Z]+\] .+)$/,
  /^(.*\b(?:is not set|not found|cannot|can't|could not|no such|permission denied|undefined|refused|timed out|missing|invalid|unexpected)\b.*)$/i,
  /^(.*\b(?:failed|failure)\b.*)$/i,
];

/** Lines of markup, of code or of dumps tell nothing. */
function looksLikeCode(text: string): boolean {
  return /[{}]|;$|=>|<\/|^\W*$|^(?:warning|info|debug)\b/i.test(text);
}

function tidy(text: string): string {
  const line = text
    .replace(/^\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\s+/, '')
    .replace(/(?<=^|[\s("'`=])(?:\/[\w.@-]+){2,}\/(?=[\w.@-]+)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[[(]|[\s:,]+$/g, '')
    .trim();
  return cutText(line, 140);
}

/** A failure worth telling: of a command that should work, with an output that says something. */
function isTellingFailure(step: Step): step is CommandStep {
  if (step.kind !== 'command' || step.outcome !== 'failed') return false;
  return !/^\s*(?:grep|rg|ls|cat|test|\[|which|find|diff|git (?:push|pull|fetch|checkout|switch|diff|status|merge-base|rev-parse))\b/.test(
    step.command.replace(/^cd \S+ && /, ''),
  );
}

/** Commands of one family check the same thing: `npm test` and `npm test -- one.test.js`, `node --test` of the same folder. */
function familyOf(command: string): string {
  const main = essence(command);
  if (/^\w+ (?:-e|-c|--eval)\b/.test(main)) return main;
  const words = main.split(/\s+/).filter((word) => !word.startsWith('-') || word === '--test');
  return words
    .slice(0, /^(?:npx|npm|pnpm|yarn|mix|cargo|go|git|make|python3?|uv|bundle|dotnet)$/.test(words[0] ?? '') ? 2 : 1)
    .join(' ');
}

function between(
  steps: readonly Step[],
  from: number,
  to: number,
): { readonly changes: readonly ChangeStep[]; readonly remedy?: string } {
  const part = steps.slice(from + 1, to);
  const changes = part.filter((step): step is ChangeStep => step.kind === 'change');
  const remedy = part.findLast(
    (step): step is CommandStep =>
      step.kind === 'command' &&
      step.outcome !== 'failed' &&
      !/^\s*(?:cat|grep|rg|ls|tail|head|find|git (?:log|status|diff|show))\b/.test(step.command),
  );
  return changes.length > 0 || remedy === undefined ? { changes } : { changes, remedy: essence(remedy.command) };
}
