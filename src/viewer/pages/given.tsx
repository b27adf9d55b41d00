// What sessions were given: when, which memories, by which rule, for how many tokens, and what was left out and why.

import type { FC } from 'hono/jsx';
import { CODE_WORDS, REASON_WORDS, eventWords, ruleWords } from '../../inject/receipt-words.ts';
import { shortId } from '../../model/memory.ts';
import type { Receipt } from '../../model/receipt.ts';
import { type PageContext, Layout, addressOf } from './layout.tsx';
import { Line } from './line.tsx';
import { localTime } from './moments.ts';

export const GivenPage: FC<{
  readonly context: PageContext;
  /** By session, the one that was given something last first. */
  readonly sessions: readonly (readonly Receipt[])[];
}> = ({ context, sessions }) => (
  <Layout title="What sessions were given" context={context}>
    <h1>What sessions were given</h1>
    {sessions.length === 0 ? (
      <div class="empty">
        <p>
          <strong>Nothing yet.</strong> Memories come to a session of Claude Code at its start, at prompts that they
          bear on, and before a file that they speak of is read or changed.
        </p>
      </div>
    ) : (
      sessions.map((receipts) => <GivenSession receipts={receipts} context={context} />)
    )}
  </Layout>
);

const GivenSession: FC<GivenProps> = ({ receipts, context }) => {
  const id = receipts[0]?.sessionId ?? '';
  const tokens = receipts.reduce((sum, receipt) => sum + receipt.tokens, 0);
  return (
    <section class="day">
      <h2>
        Session <code title={id}>{id.slice(0, 8)}</code>
      </h2>
      <p class="facts">
        <span>{plural(receipts.length, 'time', 'times')}</span>
        <span>{plural(tokens, 'token', 'tokens')} (estimated)</span>
      </p>
      <Given receipts={receipts} context={context} />
    </section>
  );
};

interface GivenProps {
  /** Of one session, in order of time, not empty. */
  readonly receipts: readonly Receipt[];
  readonly context: PageContext;
}

/** Each time that memories came. */
export const Given: FC<GivenProps> = ({ receipts, context }) => (
  <>
    {receipts.map((receipt) => (
      <details open={receipt === receipts[0]}>
        <summary>
          <time datetime={receipt.at}>{localTime(receipt.at, context.moments, 'full')}</time>{' '}
          {eventWords(receipt.event)}
          {receipt.file === undefined ? '' : ` ${receipt.file}`}
          {receipt.agent === undefined ? '' : ' (subagent)'}: {plural(receipt.items.length, 'memory', 'memories')},{' '}
          {receipt.tokens.toLocaleString('en')} of {plural(receipt.budgetTokens, 'token', 'tokens')}
        </summary>
        <ol class="rows">
          {receipt.items.map((item) => (
            <li class="row">
              <span class="kind">{ruleWords(item.rule)}</span>
              <div>
                <a class="title" href={addressOf(context, `/memory/${item.id}`)}>
                  <Line text={item.title} />
                </a>
                <p class="facts">
                  <code>{shortId(item.id)}</code>
                  {item.score === undefined ? '' : <span>score {item.score}</span>}
                  <span>{plural(item.tokens, 'token', 'tokens')}</span>
                  {item.code === undefined ? '' : <span class="mark">{CODE_WORDS[item.code]}</span>}
                </p>
              </div>
            </li>
          ))}
          {receipt.cut.map((cut) => (
            <li class="row old">
              <span class="kind">left out</span>
              <div>
                <a class="title" href={addressOf(context, `/memory/${cut.id}`)}>
                  <Line text={cut.title} />
                </a>
                <p class="facts">
                  <code>{shortId(cut.id)}</code>
                  {cut.score === undefined ? '' : <span>score {cut.score}</span>}
                  <span class="mark">{REASON_WORDS[cut.reason] ?? cut.reason}</span>
                </p>
              </div>
            </li>
          ))}
        </ol>
        <Rest receipt={receipt} />
      </details>
    ))}
  </>
);

const Rest: FC<{ readonly receipt: Receipt }> = ({ receipt: { leftOut, pending = 0 } }) => {
  const parts = [
    ...(leftOut === 0 ? [] : [`${leftOut.toLocaleString('en')} more in the vault`]),
    ...(pending === 0 ? [] : [`${pending.toLocaleString('en')} of other people not merged, never shown`]),
  ];
  return parts.length === 0 ? <></> : <p class="quiet">{parts.join('; ')}.</p>;
};

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
