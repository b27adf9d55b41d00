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
 * the section stays byte for byte. Throws `conflict` when the section's marks are not a pair.
 */
export function addToInstructions(before: string, memory: Memory): string | undefined {
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  const start = before.indexOf(START);
  const end = before.indexOf(END);
  if ((start === -1) !== (end === -1) || end < start)
    throw new MemvaultError('conflict', 'the marks of the section for conventions are not a pair', {
      hint: `Mend the lines ${START} and ${END} in CLAUDE.md.`,
    });
  const mark = `(memory ${shortId(memory.id)})`;
  if (start !== -1 && before.slice(start, end).includes(mark)) return undefined;
  const line = `- ${inert(ruleOf(memory))} ${mark}`;
  if (start !== -1) {
    const above = before.slice(0, end).replace(/(?:\r?\n)*$/, newline);
    return `${above}${line}${newline}${before.slice(end)}`;
  }
  const heading = readTemplate('promoted-section.md').trim();
  const section = [START, ...heading.split('\n'), '', line, END].join(newline) + newline;
  if (before.trim() === '') return section;
  return `${before.replace(/(?:\r?\n)*$/, newline)}${newline}${section}`;
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

/** The rule in one line: the title, and the first sentence where that says more. */
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
