// `memvault why`: what a session was given, when, by which rule, for how many tokens, and what was left out.

import { openVaultHere } from '../../app.ts';
import { CODE_WORDS, REASON_WORDS, ruleWords } from '../../inject/receipt-words.ts';
import { listSessions } from '../../inject/session-file.ts';
import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import type { Receipt, ReceiptCut, ReceiptItem } from '../../model/receipt.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const whyCommand: Command = {
  name: 'why',
  summary: 'Show what a session was given, why, and what was left out.',
  usage: '[<session>]',
  options: {},
  positionals: { min: 0, max: 1 },
  examples: ['memvault why', 'memvault why fe0548c7', 'memvault why --json'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    const { root } = vault.place;
    vault.close();
    const sessions = listSessions(dataPaths(input.env).sessions);
    const running = input.env['CLAUDE_CODE_SESSION_ID'];
    const receipts = chooseSession(sessions, { root, asked: input.positionals[0], running });
    if (receipts === undefined)
      return {
        text: 'No session was given memories here yet. They come at the start of a session in Claude Code, at prompts, and when files are read.',
        json: { receipts: [] },
      };
    const isOther = input.positionals.length === 0 && (running ?? '') !== '' && idOf(receipts) !== running;
    const note = isOther ? 'This session was given no memories. Of the last one here that was:\n\n' : '';
    return { text: `${note}${renderReceipts(receipts)}`, json: { receipts } };
  },
};

interface Wanted {
  readonly root: string;
  readonly asked: string | undefined;
  /** The session that runs the command, if one does. */
  readonly running: string | undefined;
}

/**
 * The session whose id begins as asked; without a word the one that runs the command, else the last one here. Throws `not_found`
 * and `ambiguous`.
 */
function chooseSession(
  sessions: readonly (readonly Receipt[])[],
  { root, asked, running }: Wanted,
): readonly Receipt[] | undefined {
  if (asked === undefined)
    return (
      sessions.find((receipts) => idOf(receipts) === running) ??
      sessions.find((receipts) => receipts.some((receipt) => receipt.root === root))
    );
  const found = sessions.filter((receipts) => idOf(receipts).startsWith(asked));
  const [first] = found;
  const exact = found.find((receipts) => idOf(receipts) === asked);
  if (first === undefined)
    throw new MemvaultError('not_found', `no session "${cleanLine(asked, 60)}" was given memories`, {
      hint: 'Run `memvault why` for the last session here.',
    });
  if (found.length > 1 && exact === undefined)
    throw new MemvaultError('ambiguous', `"${cleanLine(asked, 60)}" is the beginning of several sessions`, {
      hint: `Give more characters: ${found
        .slice(0, 5)
        .map((receipts) => cleanLine(idOf(receipts), 40))
        .join(', ')}`,
    });
  return exact ?? first;
}

function idOf(receipts: readonly Receipt[]): string {
  return receipts[0]?.sessionId ?? '';
}

/** As a person reads it, in order of time. */
export function renderReceipts(receipts: readonly Receipt[]): string {
  const tokens = receipts.reduce((sum, receipt) => sum + receipt.tokens, 0);
  const times = receipts.length === 1 ? 'once' : `${receipts.length} times`;
  return [
    `Session ${cleanLine(idOf(receipts), 60)}: memories came ${times}, ${count(tokens)} tokens (estimated)`,
    ...receipts.map(renderReceipt),
  ].join('\n\n');
}

function renderReceipt(receipt: Receipt): string {
  const { at, event, file, agent, items, cut, tokens, budgetTokens, leftOut, pending = 0 } = receipt;
  const what = { prompt: 'a prompt', file: cleanLine(file ?? 'a file', 80) }[event as string] ?? `start (${event})`;
  const more = [
    agent === undefined ? '' : `, in the subagent ${cleanLine(agent, 40)}`,
    leftOut > 0 ? `; ${count(leftOut)} more in the vault` : '',
    pending > 0 ? `; ${count(pending)} of other people not merged, never shown` : '',
  ].join('');
  return [
    `${cleanLine(at.slice(0, 16)).replace('T', ' ')} UTC  ${what}: ${count(items.length)} shown, ${count(tokens)} of ${count(budgetTokens)} tokens${more}`,
    ...items.map(renderItem),
    ...(cut.length === 0 ? [] : ['  left out:', ...cut.map(renderCut)]),
  ].join('\n');
}

function renderItem({ id, title, rule, score, tokens, code }: ReceiptItem): string {
  const why = `${ruleWords(rule)}${score === undefined ? '' : ` ${score}`}`;
  return `  ${shortId(id)}  ${why.padEnd(26)} ${count(tokens).padStart(5)}  ${cleanLine(title, 90)}${code === undefined ? '' : ` [${CODE_WORDS[code]}]`}`;
}

function renderCut({ id, title, reason, score }: ReceiptCut): string {
  return `  ${shortId(id)}  ${`${REASON_WORDS[reason] ?? reason}${score === undefined ? '' : ` ${score}`}`.padEnd(32)}  ${cleanLine(title, 90)}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
