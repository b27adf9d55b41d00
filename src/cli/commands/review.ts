// `memvault review`: what this branch adds to the vault, for the one who reviews it; with --markdown for a pull request.

import { openVaultHere } from '../../app.ts';
import type { BranchReview, ReviewedFile } from '../../model/branch-review.ts';
import { shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const reviewCommand: Command = {
  name: 'review',
  summary: 'Show what this branch adds to the vault against its base.',
  usage: '',
  options: {
    base: { type: 'string', value: 'ref', meaning: 'What to compare with; the default branch when left out.' },
    markdown: { type: 'boolean', meaning: 'Markdown for the description of a pull request.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault review', 'memvault review --base origin/main --markdown'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const base = textOption(input, 'base');
      const review = await vault.git.review(base === undefined ? {} : { base });
      return { text: isSet(input, 'markdown') ? renderMarkdown(review) : renderText(review), json: review };
    } finally {
      vault.close();
    }
  },
};

const CHANGES = ['added', 'changed', 'removed'] as const;

function renderText({ base, branch, files, waiting }: BranchReview): string {
  const waits = waiting === 0 ? '' : `\n${waiting} wait in the outbox: \`memvault outbox\` says why.`;
  if (files.length === 0)
    return `${cleanLine(branch)} changes nothing in the vault against ${cleanLine(base)}.${waits}`;
  const lines = [`${cleanLine(branch)} against ${cleanLine(base)}: ${countLine(files)}`];
  for (const change of CHANGES)
    for (const file of files.filter((one) => one.change === change)) {
      const { memory } = file;
      const what =
        memory === undefined ? file.path : `${shortId(memory.id)}  ${memory.type ?? memory.kind}  ${memory.title}`;
      lines.push(`  ${change.padEnd(8)} ${cleanLine(what, 160)}`);
    }
  return lines.join('\n') + waits;
}

function renderMarkdown({ base, files }: BranchReview): string {
  if (files.length === 0) return `No memories against \`${escape(base)}\`.`;
  const lines = [`### Memories: ${countLine(files)}`, ''];
  const kinds = Map.groupBy(
    files.filter((file) => file.memory !== undefined),
    (file) => file.memory?.type ?? file.memory?.kind ?? '',
  );
  for (const [kind, some] of [...kinds].sort(([one], [other]) => (one < other ? -1 : 1))) {
    lines.push(`**${kind}**`, '');
    for (const { memory, path, change } of some) {
      const about = (memory?.files ?? []).slice(0, 3).map((file) => `\`${escape(file.path)}\``);
      const mark = change === 'added' ? '' : ` (${change})`;
      lines.push(
        `- ${escape(memory?.title ?? path)} \`${shortId(memory?.id ?? '')}\`${mark}${about.length === 0 ? '' : `: ${about.join(', ')}`}`,
      );
    }
    lines.push('');
  }
  const rest = files.filter((file) => file.memory === undefined);
  if (rest.length > 0)
    lines.push('**not in the format**', '', ...rest.map((file) => `- \`${escape(file.path)}\` (${file.change})`), '');
  return lines.join('\n').trimEnd();
}

function countLine(files: readonly ReviewedFile[]): string {
  const counts = CHANGES.map((change) => [files.filter((file) => file.change === change).length, change] as const);
  return counts
    .filter(([count]) => count > 0)
    .map(([count, change]) => `${count} ${change}`)
    .join(', ');
}

/** A title is data: it must not become a link, a mention, markup or a line of its own. */
function escape(text: string): string {
  return cleanLine(text, 160)
    .replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u200B');
}
