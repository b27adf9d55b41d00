// `memvault review`: what this branch adds to the vault, for the one who reviews it; what waits for the user's word, and that word.

import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import type { Provenance } from '../../model/provenance.ts';
import type { WaitingMemory } from '../../model/trust.ts';
import type { MemoryLevel } from '../../vault/levels.ts';
import { findAll } from '../found.ts';
import type { FoundMemory } from '../found.ts';
import type { BranchReview, ReviewedFile } from '../../model/branch-review.ts';
import { shortId } from '../../model/memory.ts';
import { cleanLine, cleanText, countHidden } from '../../system/clean-text.ts';
import { isSet, textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const reviewCommand: Command = {
  name: 'review',
  summary: 'Show what this branch adds to the vault and which memories wait for your word; approve or refuse them.',
  usage: '[id…]',
  options: {
    base: { type: 'string', value: 'ref', meaning: 'What to compare with; the default branch when left out.' },
    markdown: { type: 'boolean', meaning: 'Markdown for the description of a pull request.' },
    approve: {
      type: 'boolean',
      meaning: 'Let sessions see these memories, with exactly the text that they have now.',
    },
    refuse: { type: 'boolean', meaning: 'Put these memories into quarantine.' },
  },
  positionals: { min: 0, max: 50 },
  examples: [
    'memvault review',
    'memvault review 7k2m9qx',
    'memvault review 7k2m9qx --approve',
    'memvault review --base origin/main --markdown',
  ],
  async run(input) {
    const [approve, refuse] = [isSet(input, 'approve'), isSet(input, 'refuse')];
    if (approve && refuse) throw new MemvaultError('invalid_input', 'take one of --approve and --refuse');
    if (input.positionals.length > 0) return reviewMemories(input, { approve, refuse });
    if (approve || refuse)
      throw new MemvaultError('invalid_input', `--${approve ? 'approve' : 'refuse'} expects the ids of memories`, {
        hint: '`memvault review` lists those that wait.',
      });
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const base = textOption(input, 'base');
      const review = await vault.git.review(base === undefined ? {} : { base });
      if (isSet(input, 'markdown')) return { text: renderMarkdown(review), json: review };
      const listed = await vault.trust.waiting();
      return { text: `${renderText(review)}${renderWaiting(listed)}`, json: { ...review, listed } };
    } finally {
      vault.close();
    }
  },
};

/** Single memories, as a person must see them before a word is given: the text cleaned, and what was cleaned away counted. */
async function reviewMemories(
  input: CommandInput,
  { approve, refuse }: { readonly approve: boolean; readonly refuse: boolean },
): Promise<CommandResult> {
  const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
  try {
    await vault.trust.refresh();
    const memories = findAll(vault.library, input.positionals, () => vault.branchLibrary());
    if (approve) await vault.trust.approve(memories);
    if (refuse) vault.trust.refuse(memories);
    await vault.trust.refresh();
    const levels = vault.trust.levels();
    const provenance = await vault.git.provenance().catch(() => new Map<string, Provenance>());
    const reviewed = memories.map((memory) => ({
      memory,
      level: levels.of(memory),
      hidden: countHidden(`${memory.title}\n${memory.body}`),
      origin: provenance.get(memory.path),
    }));
    const done = approve ? 'Approved: ' : refuse ? 'In quarantine: ' : undefined;
    return {
      text: reviewed
        .map((one) =>
          done === undefined
            ? renderReviewed(one)
            : `${done}${shortId(one.memory.id)}  ${cleanLine(one.memory.title, 100)}`,
        )
        .join(done === undefined ? '\n\n―――\n\n' : '\n'),
      json: {
        memories: reviewed.map(({ memory, level, hidden, origin }) => ({
          ...memory,
          ...level,
          hiddenCharacters: hidden,
          ...(origin === undefined ? {} : { provenance: origin }),
        })),
      },
    };
  } finally {
    vault.close();
  }
}

interface Reviewed {
  readonly memory: FoundMemory;
  readonly level: MemoryLevel;
  /** How many characters no eye can see. */
  readonly hidden: number;
  readonly origin: Provenance | undefined;
}

function renderReviewed({ memory, level, hidden, origin }: Reviewed): string {
  const { orders = [] } = level;
  const lines = [
    cleanLine(memory.title),
    `${shortId(memory.id)} · ${level.trust} · ${memory.type ?? memory.kind} · .claude-mem/${cleanLine(memory.path)}`,
    ...(origin === undefined
      ? []
      : [
          `Brought by ${cleanLine(origin.author, 80)} <${cleanLine(origin.email, 80)}> (claimed, not proved) in ${origin.commit.slice(0, 8)}`,
        ]),
    ...(orders.length === 0 ? [] : [`Reads like orders to an agent: ${orders.join(', ')}`]),
    ...(hidden === 0 ? [] : [`${hidden} invisible characters were left out`]),
    '',
    cleanText(memory.body).trim(),
    '',
    `memvault review ${shortId(memory.id)} --approve | --refuse`,
  ];
  return lines.join('\n');
}

function renderWaiting(waiting: readonly WaitingMemory[]): string {
  if (waiting.length === 0) return '';
  const rows = waiting.slice(0, MOST_WAITING).map(({ id, title, trust, author, orders, isRefused }) => {
    const by = author === undefined ? '' : `  by ${cleanLine(author, 40)}`;
    const why = isRefused ? '  refused' : orders.length === 0 ? '' : `  reads like orders (${orders.join(', ')})`;
    return `  ${trust.padEnd(11)} ${shortId(id)}  ${cleanLine(title, 100)}${by}${why}`;
  });
  const more = waiting.length > rows.length ? `\n  and ${waiting.length - rows.length} more` : '';
  return `\n\nNo session is shown these until you say so (\`memvault review <id>\` shows one whole):\n${rows.join('\n')}${more}`;
}

const MOST_WAITING = 50;

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
