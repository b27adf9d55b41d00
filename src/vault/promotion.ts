// Promotion: a memory as a line of CLAUDE.md, in a section of its own, or as a skill. Pure: text in, text out.

import { MemvaultError } from '../model/errors.ts';
import { shortId } from '../model/memory.ts';
import type { Memory } from '../model/memory.ts';
import { cleanLine, cleanText } from '../system/clean-text.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { slugOf } from './file-name.ts';
import { renderScalar } from './yaml-scalar.ts';

const START = '<!-- memvault:conventions:start -->';
const END = '<!-- memvault:conventions:end -->';
const MAX_LINE = 400;
const MAX_DESCRIPTION = 200;

/**
 * The text of a CLAUDE.md with the memory in memvault's section; undefined when it stands there already. Everything outside of
 * the section stays byte for byte, and so does a line in it that a person has edited. The line of a memory that this one
 * `replaces` makes room where it still stands as it was written. Throws `conflict` when the section's marks are not one pair, or a
 * merge has left its marks in the file.
 */
export function addToInstructions(
  before: string,
  memory: Memory,
  replaces: readonly Memory[] = [],
): string | undefined {
  if (/^(?:<{7}|>{7})(?: |$)/m.test(before))
    throw new MemvaultError('conflict', 'a merge has left its conflict markers in CLAUDE.md', {
      hint: 'Settle them first; then run the command again.',
    });
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  const isPair = start !== -1 && end > start && before.lastIndexOf(START) === start && before.lastIndexOf(END) === end;
  if (!isPair && (start !== -1 || end !== -1))
    throw new MemvaultError('conflict', 'the marks of the section for conventions are not a pair', {
      hint: `Mend the lines ${START} and ${END} in CLAUDE.md: each stands there once.`,
    });
  if (isPair && before.slice(start, end).includes(markOf(memory))) return undefined;
  const line = lineOf(memory);
  if (isPair) {
    const lines = before.slice(start, end).split(/\r?\n/);
    const old = replaces.map(lineOf).find((written) => lines.includes(written));
    if (old !== undefined)
      return before.slice(0, start) + before.slice(start, end).replace(old, () => line) + before.slice(end);
    const above = before.slice(0, end).replace(/(?:\r?\n)*$/, newline);
    return `${above}${line}${newline}${before.slice(end)}`;
  }
  const heading = readTemplate('promoted-section.md').trim();
  const section = [START, ...heading.split('\n'), '', line, END].join(newline) + newline;
  if (before.trim() === '') return section;
  return `${before.replace(/(?:\r?\n)*$/, newline)}${newline}${section}`;
}

function lineOf(memory: Memory): string {
  return `- ${inert(ruleOf(memory))} ${markOf(memory)}`;
}

function markOf(memory: Memory): string {
  return `(memory ${shortId(memory.id)})`;
}

/** Name of the skill's folder, and its SKILL.md. */
export function skillOf(memory: Memory): { readonly name: string; readonly text: string } {
  const name = slugOf(memory.title) || `memory-${shortId(memory.id)}`;
  return {
    name,
    text: fillTemplate(readTemplate('promoted-skill.md'), {
      name: renderScalar(name),
      description: renderScalar(cleanLine(memory.title, MAX_DESCRIPTION)),
      title: inert(cleanLine(memory.title)),
      body: inert(cleanText(memory.body).trim()),
      id: shortId(memory.id),
    }),
  };
}

/** The rule in one line. */
function ruleOf(memory: Memory): string {
  return cleanLine(memory.title, MAX_LINE).replace(/[.…]+$/, '');
}

/** Text from a memory opens no comment, closes none, and imports no file: `@path` does so in CLAUDE.md. */
function inert(text: string): string {
  return text
    .replaceAll('<!--', '&lt;!--')
    .replaceAll('-->', '--&gt;')
    .replace(/(^|[\s(])(@[\w./~-]+)/g, '$1`$2`');
}
