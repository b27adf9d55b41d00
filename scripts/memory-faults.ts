// Holds memories against the events that they were made from: what stands in them must have happened.

import { isAlike } from '../src/compress/likeness.ts';
import type { WrittenMemory } from './replay.ts';

const MAX_CHARACTERS = 2500;

/** Every fault in words; none is what a good vault has. */
export function findFaults(memories: readonly WrittenMemory[], events: string): readonly string[] {
  const evidence = events.replaceAll('\\n', '\n').replaceAll('\\"', '"');
  const current = memories.filter(({ isSuperseded }) => !isSuperseded);
  return [...current.flatMap((memory) => faultsOf(memory, evidence)), ...repetitions(current)];
}

function faultsOf({ memory, text }: WrittenMemory, evidence: string): readonly string[] {
  const body = `${memory.title}\n${memory.body}`;
  const faults: string[] = [];
  const missing = (kind: string, names: Iterable<string>): void => {
    for (const name of new Set(names)) if (!evidence.includes(name)) faults.push(`${kind} of no event: ${name}`);
  };
  missing('file', [
    ...memory.files.map(({ path }) => path),
    ...matches(body, /(?<![\w/.])[\w@.-]+(?:\/[\w@.-]+)+\.[a-z]{1,5}\b/g),
  ]);
  missing('commit id', matches(body, /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b/g));
  missing('figure', figuresIn(body));
  if (text.length > MAX_CHARACTERS) faults.push(`${text.length} characters`);
  if (isCommandList(memory.body)) faults.push('a list of commands');
  return faults.map((fault) => `${memory.title}: ${fault}`);
}

/** Numbers of two digits or more; sizes of a change (`+12 −1`) and counts of what was left out are reckoned, not told. */
function figuresIn(text: string): readonly string[] {
  const told = text.replace(/\+\d+(?: −\d+)?|and \d+ more|\b\d+ (?:times|failures|in all)\b/g, ' ');
  return matches(told, /(?<![\w.])\d+(?:[.,]\d+)*\d(?![\w])/g);
}

function isCommandList(body: string): boolean {
  const items = body.split('\n').filter((line) => line.startsWith('- '));
  const commands = items.filter((line) =>
    /^- `?(?:cd|ls|cat|git|npm|npx|mix|node|grep|rg|curl|python3?|bd) [^.]*$/.test(line),
  );
  return items.length > 2 && commands.length * 2 > items.length;
}

/** Memories that say the same: alike in title, or with most lines in common. A summary may name what an observation tells. */
function repetitions(memories: readonly WrittenMemory[]): readonly string[] {
  return memories.flatMap((one, index) =>
    memories.slice(index + 1).flatMap((other) => {
      if (one.memory.kind !== other.memory.kind) return [];
      const alike =
        isAlike(one.memory.title, other.memory.title) || sharedLines(one.memory.body, other.memory.body) > 0.5;
      return alike ? [`said twice: ${one.memory.title} | ${other.memory.title}`] : [];
    }),
  );
}

function sharedLines(one: string, other: string): number {
  const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line.length > 30);
  const left = lines(one);
  const right = lines(other);
  const shared = left.filter((line) => right.some((candidate) => isAlike(line, candidate))).length;
  return shared / Math.max(1, Math.min(left.length, right.length));
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([found]) => found);
}
