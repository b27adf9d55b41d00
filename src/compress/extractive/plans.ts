// Plans: what a piece of work is for and within which bounds, as issues, plan files and issue trackers say it.

import { cleanText } from '../../system/clean-text.ts';
import { splitSentences, withoutStop } from './sentences.ts';
import type { Step } from './steps.ts';

export interface Plan {
  /** The tracker's name for it, such as `ABC-12`, `#31` or `app-7f.2`. */
  readonly id?: string;
  readonly title: string;
  /** What it is for. */
  readonly goal: readonly string[];
  /** How it is to be done. */
  readonly solution: readonly string[];
  /** What must hold and what must not be done. */
  readonly bounds: readonly string[];
  readonly risks: readonly string[];
  /** `read`: it was there before; `made`: the session wrote it. */
  readonly origin: 'read' | 'made';
  /** The file it was written to. */
  readonly path?: string;
  readonly step: number;
  readonly turn: number;
}

/** The plans that the steps read or made; a plan file and the issues made of it are one plan. */
export function findPlans(steps: readonly Step[]): readonly Plan[] {
  const plans: Plan[] = [];
  for (const [index, step] of steps.entries()) {
    const at = { step: index, turn: step.turn };
    if (step.kind === 'change' && step.created && isPlanPath(step.path)) {
      const text = step.addedLines.join('\n');
      const title = /^#\s+(?:plan|spec|proposal|design)?:?\s*(.+)$/im.exec(text)?.[1];
      if (title !== undefined)
        plans.push({ ...readSections(text), title: title.trim(), origin: 'made', path: step.path, ...at });
    }
    if (step.kind === 'proposal') {
      const title = /^#{1,3}\s+(?:plan|implementation plan)?:?\s*(.+)$/im.exec(step.text)?.[1];
      if (title !== undefined) plans.push({ ...readSections(step.text), title: title.trim(), origin: 'made', ...at });
    }
    if (step.kind !== 'command' || step.outcome === 'failed') continue;
    const made = readCreation(step.command, step.output);
    if (made !== undefined) plans.push({ ...made, origin: 'made', ...at });
    else if (READS_ISSUE.test(step.command))
      plans.push(...splitIssues(step.output).map((issue) => ({ ...issue, origin: 'read' as const, ...at })));
  }
  return joinSame(plans);
}

export function isPlanPath(path: string): boolean {
  return /(?:^|\/)[\w-]*(?:plan|spec|proposal|design)[\w-]*\.md$/i.test(path);
}

/** Ids of issues that the steps closed. */
export function findClosed(steps: readonly Step[]): ReadonlySet<string> {
  const closed = new Set<string>();
  for (const step of steps) {
    if (step.kind !== 'command' || step.outcome === 'failed') continue;
    for (const [, list = ''] of step.command.matchAll(
      /\b(?:bd|gh issue|glab issue) close ([^-"'|&;\n]+(?:-[\w.]+[^-"'|&;\n]*)*)/g,
    ))
      for (const id of list.trim().split(/\s+/)) closed.add(id);
  }
  return closed;
}

const READS_ISSUE = /\b(?:bd show|gh (?:issue|pr) view|glab (?:issue|mr) view|jira issue view)\b/;
const CREATES_ISSUE = /\b(?:bd create|gh issue create|glab issue create|jira issue create)\b/;

type PlanText = Pick<Plan, 'goal' | 'solution' | 'bounds' | 'risks'>;

function readCreation(command: string, output: string): (PlanText & Pick<Plan, 'id' | 'title'>) | undefined {
  if (!CREATES_ISSUE.test(command)) return undefined;
  const title = optionOf(command, 'title') ?? optionOf(command, 'summary');
  if (title === undefined) return undefined;
  const id =
    /\b(?:issue|created)(?: issue)?:\s+(#?[A-Za-z]*[\w.-]*\d[\w.]*|\S+-\S+)/i.exec(output)?.[1] ??
    /\/issues\/(\d+)/.exec(output)?.[1];
  const text = optionOf(command, 'description') ?? optionOf(command, 'body') ?? '';
  return { ...(id === undefined ? {} : { id }), title, ...readSections(text) };
}

function optionOf(command: string, name: string): string | undefined {
  const found = new RegExp(`--${name}[= ]\\s*(?:"((?:[^"\\\\]|\\\\[\\s\\S])*)"?|'([^']*)'?)`).exec(command);
  return (found?.[1]?.replace(/\\([\s\S])/g, '$1') ?? found?.[2])?.trim();
}

/** `○ app-7f.2 · Title  [● P2 · OPEN]` and what follows, up to the next such line. */
function splitIssues(output: string): readonly (PlanText & Pick<Plan, 'id' | 'title'>)[] {
  const lines = cleanText(output).split('\n');
  const issues: { id: string; title: string; lines: string[] }[] = [];
  for (const line of lines) {
    const head = ISSUE_HEAD.exec(line);
    if (head !== null) issues.push({ id: head[1] ?? '', title: bareTitle(head[2] ?? ''), lines: [] });
    else issues.at(-1)?.lines.push(line);
  }
  if (issues.length === 0) {
    const title = /^title:\s+(.+)$/m.exec(output)?.[1];
    const id = /^number:\s+(\d+)$/m.exec(output)?.[1];
    if (title === undefined) return [];
    return [{ ...(id === undefined ? {} : { id: `#${id}` }), title, ...readSections(output.split(/^--$/m)[1] ?? '') }];
  }
  return issues.map(({ id, title, lines: body }) => ({ id, title, ...readSections(body.join('\n')) }));
}

const ISSUE_HEAD = /^\s*[○◐●✓✔◇◆*-]?\s*(#?[A-Za-z][\w]*[-#][\w.]+|#\d+)(?:\s+\[[^\]]*\])*\s+[·:—–-]\s+(.+)$/u;

function bareTitle(text: string): string {
  return withoutStop(
    text
      .replace(/\s*\[[^\]]*\]\s*$/, '')
      .replace(/\s*●.*$/u, '')
      .trim(),
  );
}

/** What trackers print around an issue's text. */
const FORM =
  /^(?:owner|assignee|author|created|updated|type|status|priority|labels?|state|milestone|comments|projects)\b\s*:.*$/gim;

function readSections(whole: string): PlanText {
  const text = whole
    .replace(/^(?:CHILDREN|PARENT|BLOCKS|DEPENDS ON|DEPENDENCIES|COMMENTS)\s*$[\s\S]*/m, '')
    .replace(FORM, '')
    .replace(/^[A-Z]{4,}$/gm, '');
  const sections: Record<keyof PlanText, string[]> = { goal: [], solution: [], bounds: [], risks: [] };
  for (const sentence of splitSentences(text)) {
    const key = sectionOf(sentence.heading ?? '');
    if (key !== undefined && sentence.text.length >= 20 && !/^`[^`]+`$/.test(sentence.text))
      sections[key].push(sentence.text);
  }
  // An issue without headings begins with what it is for.
  if (sections.goal.length === 0) {
    const first = splitSentences(text).find(({ text: line, item }) => !item && line.length >= 40);
    if (first !== undefined) sections.goal.push(first.text);
  }
  return sections;
}

function sectionOf(heading: string): keyof PlanText | undefined {
  if (/\b(?:constraints?|no-?gos?|non-?goals?|out of scope|rules)\b/i.test(heading)) return 'bounds';
  if (/\b(?:rabbit holes?|risks?|edge cases?)\b/i.test(heading)) return 'risks';
  if (/\b(?:goal|problem|why|motivation|background)\b/i.test(heading)) return 'goal';
  return /\b(?:solution|approach|proposal)\b/i.test(heading) ? 'solution' : undefined;
}

/** The same title again (a plan file, then its issue; an issue that is shown twice) adds its id and nothing else. */
function joinSame(plans: readonly Plan[]): readonly Plan[] {
  const joined: Plan[] = [];
  for (const plan of plans) {
    const same = joined.findIndex(
      (other) => other.title === plan.title || (plan.id !== undefined && other.id === plan.id),
    );
    const before = joined[same];
    if (before === undefined) joined.push(plan);
    else if (before.id === undefined && plan.id !== undefined) joined[same] = { ...before, id: plan.id };
  }
  return joined;
}
