// The files that a passage of a story is about.

import type { Story } from './story.ts';

/** Files of the turn that the text names, and those that were changed. */
export function filesOf(story: Story, turn: number, text: string): readonly string[] {
  const files = lookedAt(story, turn);
  const named = files.filter((file) => text.includes(file) || text.includes(baseName(file)) || namesSymbol(text, file));
  const printed = pathsIn(text).filter((path) =>
    story.steps.some((step) => step.turn === turn && step.kind === 'command' && step.output.includes(path)),
  );
  const changed = story.steps.flatMap((step) => (step.kind === 'change' && step.turn === turn ? [step.path] : []));
  return [...new Set([...named, ...printed, ...changed])].slice(0, 8);
}

/** What the turn read or changed, in order. */
export function lookedAt(story: Story, turn: number): readonly string[] {
  return story.steps.flatMap((step) =>
    step.turn === turn && (step.kind === 'look' || step.kind === 'change') && step.path !== undefined
      ? [step.path]
      : [],
  );
}

/** Files of the whole batch that the text names. */
export function mentionedFiles(story: Story, text: string): readonly string[] {
  const files = story.steps.flatMap((step) =>
    (step.kind === 'look' || step.kind === 'change') && step.path !== undefined ? [step.path] : [],
  );
  return [...new Set([...files.filter((file) => text.includes(baseName(file))), ...pathsIn(text)])].slice(0, 8);
}

/** Whether a path is a test by its name or folder. */
export function isTestPath(path: string): boolean {
  return /(?:^|\/)(?:tests?|specs?|__tests__)\/|[._-](?:test|spec)\.[a-z]+$/i.test(path);
}

function pathsIn(text: string): readonly string[] {
  return text.match(/(?<![\w/.])[\w.-]+(?:\/[\w.-]+)+\.[a-z]{1,5}\b/g) ?? [];
}

function namesSymbol(text: string, file: string): boolean {
  const stem = baseName(file).replace(/\.[a-z]+$/i, '');
  return stem.length >= 4 && new RegExp(`\\b${stem.replace(/[^\w-]/g, '')}\\b`, 'i').test(text);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
