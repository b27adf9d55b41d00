// `memvault status`: what is remembered, what waits and why, who compresses, whether the worker runs.

import { cleanLine } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import type { EmbeddingStatus, Spent, VaultStatus } from '../../model/status.ts';
import type { TrustState } from '../../model/trust.ts';
import { plural } from '../plural.ts';
import { untilText } from '../until-text.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show what is remembered, what waits and why.',
  usage: '',
  options: {},
  positionals: { min: 0, max: 0 },
  examples: ['memvault status', 'memvault status --json'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const status = await vault.status();
      const trust = status.vault.exists && status.vault.kind === 'repository' ? await askTrust(vault) : undefined;
      return {
        text: renderStatus(status, trust),
        json: trust === undefined ? status : { ...status, trust },
      };
    } finally {
      vault.close();
    }
  },
};

type Trust = TrustState & { readonly quarantined: number };

/** How the repository stands; undefined when Git does not tell: the rest of the status is of use all the same. */
async function askTrust({ trust }: OpenVault): Promise<Trust | undefined> {
  try {
    const state = await trust.state();
    const waiting = await trust.waiting();
    return { ...state, quarantined: waiting.filter((memory) => memory.trust === 'quarantined').length };
  } catch {
    return undefined;
  }
}

/** The status as a person reads it; nothing that waits is left unsaid. */
export function renderStatus(status: VaultStatus, trust?: Trust): string {
  const { vault, outbox, queue, worker, compression, diagnostics } = status;
  const where = {
    repository: 'in this repository',
    personal: 'in your personal vault',
    folder: 'in this folder (no Git)',
  }[vault.kind];
  const memories = [
    plural(vault.observations, 'observation'),
    plural(vault.summaries, 'summary', 'summaries'),
    plural(vault.notes, 'note'),
  ].join(', ');
  const lines = [
    `Vault        ${where}: ${cleanLine(vault.root)}${vault.exists ? '' : ' (made at the first publish)'}`,
    `Memories     ${memories}`,
    `Outbox       ${outbox.waiting === 0 ? 'empty: everything is published' : `${plural(outbox.waiting, 'memory', 'memories')} not yet in the default branch`}`,
  ];
  if (trust !== undefined) lines.push(...renderTrust(trust));
  if (status.captureOff !== undefined)
    lines.push(`Capture      off: nothing is kept (${cleanLine(status.captureOff)}); \`memvault resume\` ends a pause`);
  if (outbox.held !== undefined)
    lines.push(`             held: ${outbox.held.sentence}`, `             way out: ${outbox.held.wayOut}`);
  if (outbox.waiting > 0) lines.push('             `memvault outbox` says why each one waits');
  const count = vault.observations + vault.summaries + vault.notes;
  if (count >= LARGE)
    lines.push(
      `Size         ${count.toLocaleString('en')} memories: Git begins to feel them; \`memvault compact\` folds old months (docs/scale.md)`,
    );
  if (status.remote !== undefined) lines.push(`Remote       ${describeRemote(status.remote, Date.now() / 1000)}`);
  lines.push(
    `Waiting      ${plural(queue.events, 'event')} to be compressed${queue.deadLetters > 0 ? `, ${plural(queue.deadLetters, 'dead letter')} (run \`memvault doctor\`)` : ''}`,
    ...queue.drops.map(
      ({ events, reason, last }) =>
        `Dropped      ${plural(events, 'event')}, the last on ${last.slice(0, 10)}: ${cleanLine(reason, 200)}`,
    ),
    `Worker       ${worker.running ? `running (pid ${worker.pid})${worker.port ? `, page at http://127.0.0.1:${worker.port} (run \`memvault open\`)` : ''}` : 'not running; it starts by itself with the next session'}`,
    `Compression  ${compression.provider}${compression.model === undefined ? '' : ` (${cleanLine(compression.model)})`}${compression.endpoint === undefined ? ', nothing leaves this machine' : `, sends redacted events to ${cleanLine(compression.endpoint)}`}`,
    ...renderAccount(compression),
    ...renderSpending(compression),
  );
  if (status.embedding !== undefined) lines.push(`Vectors      ${describeEmbedding(status.embedding)}`);
  if (diagnostics.length > 0)
    lines.push(`Remarks      ${plural(diagnostics.length, 'remark')}: run \`memvault doctor\``);
  return lines.join('\n');
}

/** Silent where there is nobody but the user. */
function renderTrust({ isTrusted, trustedBefore, remote, pending, people, quarantined }: Trust): readonly string[] {
  const held = [
    ...(pending === 0
      ? []
      : [`${plural(pending, 'memory', 'memories')} pending, shown to no session: \`memvault review\``]),
    ...(quarantined === 0
      ? []
      : [`${plural(quarantined, 'memory', 'memories')} in quarantine: \`memvault quarantine\``]),
  ].map((line) => `             ${line}`);
  if (held.length === 0 && people.length === 0 && trustedBefore === undefined) return [];
  const from = cleanLine(remote, 200);
  if (remote === '') return held.length === 0 ? [] : ['Trust        this vault comes from no remote', ...held];
  if (isTrusted) return [`Trust        trusted: ${from}`, ...held];
  if (trustedBefore === undefined) return [`Trust        not trusted: ${from}; \`memvault trust\` trusts it`, ...held];
  return [
    `Trust        asked again: the remote is ${from} now, you trusted ${cleanLine(trustedBefore, 200)};`,
    '             `memvault trust` trusts the new one',
    ...held,
  ];
}

function describeRemote(remote: NonNullable<VaultStatus['remote']>, nowSeconds: number): string {
  const { failures, error, pushWaits, nextTryAt } = remote;
  const tries =
    failures === 0 ? [] : [`not reached in ${plural(failures, 'try', 'tries')}: ${cleanLine(error ?? '', 160)}`];
  const next = nextTryAt === undefined ? '' : `, next try ${untilText(nextTryAt, nowSeconds)}`;
  return [...tries, ...(pushWaits ? [`a push waits${next}`] : [])].join('; ');
}

/** From here on people should know what it costs. */
const LARGE = 20_000;

/** Whose account pays, and what holds sending back. */
function renderAccount(compression: VaultStatus['compression']): readonly string[] {
  const { account, isAnnounced, reason } = compression;
  if (reason !== undefined) return [`             because ${cleanLine(reason)}`];
  if (account === undefined) return [];
  const whose = {
    settings: 'the API key of your memvault settings',
    'api-key': "the session's API key",
    'auth-token': "the session's token",
    subscription: 'your subscription',
    cloud: 'your cloud account',
    none: 'no account',
  }[account];
  const waits = isAnnounced === false ? '; nothing is sent before the start of a session has said so' : '';
  return [`             with ${whose ?? cleanLine(account)}${waits}`];
}

function renderSpending({ spending, endpoint }: VaultStatus['compression']): readonly string[] {
  if (spending === undefined || (endpoint === undefined && spending.month.calls === 0)) return [];
  const { today, month, dailyInputTokens, capDollars, isCapReached } = spending;
  const worth = capDollars === undefined ? '' : ` (about $${capDollars.toFixed(2)})`;
  const cap = `cap of a day ${number(dailyInputTokens)} input tokens${worth}`;
  return [
    `Spent        today ${renderSpent(today)}; ${cap}${isCapReached ? ': reached, rules compress until midnight' : ''}`,
    `             this month ${renderSpent(month)}`,
  ];
}

function renderSpent({ calls, inputTokens, outputTokens, dollars, unpriced }: Spent): string {
  const money =
    unpriced === 0
      ? `about $${dollars.toFixed(2)}`
      : `about $${dollars.toFixed(2)} and ${plural(unpriced, 'call')} without a known price`;
  return `${plural(calls, 'call')}, ${number(inputTokens)} tokens in, ${number(outputTokens)} out, ${money}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function describeEmbedding({ model, installed, memories, embedded }: EmbeddingStatus): string {
  const name = cleanLine(model);
  if (!installed) return `${name} is not installed (run \`memvault model install ${name}\`); searches go by words`;
  return `${name}, ${embedded} of ${plural(memories, 'memory', 'memories')} embedded`;
}
