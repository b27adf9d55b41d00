// Documents that the session wrote: decisions with what was turned down, and rules for those who work here.

import type { ChangeStep, Step } from './steps.ts';
import { splitSentences, withoutStop } from './sentences.ts';

export interface DecisionDocument {
  readonly path: string;
  readonly step: number;
  readonly turn: number;
  /** Number and title, such as `0003` and `One refresh per token at a time`. */
  readonly number?: string;
  readonly title: string;
  readonly isOpen: boolean;
  /** Numbers of the decisions that it says it replaces. */
  readonly replaces: readonly string[];
  /** What it says, without what was turned down. */
  readonly statements: readonly string[];
  /** Each alternative that was turned down, with its reason where it says one. */
  readonly rejected: readonly string[];
  readonly options: readonly string[];
}

export interface WrittenRule {
  readonly path: string;
  readonly step: number;
  readonly turn: number;
  readonly rule: string;
}

/** Documents below a folder of decisions that the session wrote or changed much. */
export function findDecisions(steps: readonly Step[]): readonly DecisionDocument[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'change' || !isDecisionPath(step.path) || step.addedLines.length < 3) return [];
    const decision = readDecision(step, index);
    return decision === undefined ? [] : [decision];
  });
}

/** Lines that were added to the files that tell agents and people how things are done. */
export function findRules(steps: readonly Step[]): readonly WrittenRule[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'change' || !isInstructionPath(step.path) || step.addedLines.length > 12) return [];
    return splitSentences(step.addedLines.join('\n'))
      .filter((sentence) => sentence.text.length >= 20)
      .slice(0, 4)
      .map((sentence) => ({ path: step.path, step: index, turn: step.turn, rule: withoutStop(sentence.text) }));
  });
}

export function isDecisionPath(path: string): boolean {
  return /(?:^|\/)(?:decisions?|adrs?|rfcs?)\/[^/]+\.(?:md|mdx|adoc|txt|rst)$/i.test(path);
}

export function isInstructionPath(path: string): boolean {
  return /(?:^|\/)(?:CLAUDE(?:\.local)?|AGENTS|CONTRIBUTING|GEMINI)\.md$|(?:^|\/)\.cursor\/rules\//i.test(path);
}

function readDecision(step: ChangeStep, index: number): DecisionDocument | undefined {
  const text = step.addedLines.join('\n');
  const heading = /^#\s+(.+)$/m.exec(text)?.[1]?.trim();
  if (heading === undefined) return undefined;
  const numbered = /^(?:ADR[- ]?)?(\d{1,5})[.:)]?\s+(?:[-–—]\s+)?(.+)$/i.exec(heading);
  const sentences = splitSentences(text.replace(/^(?:status|date|author|deciders?|tags?):.*$/gim, '')).map(
    (sentence) => sentence.text,
  );
  const isTurnedDown = (sentence: string): boolean => TURNED_DOWN.test(sentence);
  const isOptions = (sentence: string): boolean => /^options?:/i.test(sentence);
  return {
    path: step.path,
    step: index,
    turn: step.turn,
    ...(numbered?.[1] === undefined ? {} : { number: numbered[1] }),
    title: withoutStop(numbered?.[2] ?? heading),
    replaces: [...text.matchAll(REPLACES)].flatMap(([, number = '']) => number),
    isOpen: /^status:\s*(?:open|proposed|draft|undecided)/im.test(text),
    statements: sentences.filter((sentence) => !isTurnedDown(sentence) && !isOptions(sentence)),
    rejected: sentences.filter(isTurnedDown).flatMap(splitList),
    options: sentences.filter(isOptions).flatMap(splitList),
  };
}

const REPLACES =
  /\b(?:replaces|supersedes|obsoletes|ersetzt|löst .{0,20} ab|remplace|reemplaza|substitui)\b[^.\n]{0,40}?(\d{1,5})\b/giu;

const TURNED_DOWN =
  /^(?:not chosen|rejected|turned down|considered|ruled out|alternatives?(?: considered)?|verworfen)\b.{0,20}:/i;

/** `Not chosen: a lock in Redis (one more hop), a grace window (lets …).` → its items; commas inside brackets do not part. */
function splitList(sentence: string): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const character of withoutStop(sentence.replace(/^[^:]{2,40}:\s*/, ''))) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth === 0 && (character === ',' || character === ';')) {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  items.push(item.trim());
  return items.map((part) => part.replace(/^(?:and|or)\s+/, '')).filter((part) => part.length > 2);
}
