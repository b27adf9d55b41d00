// One session: its summary, then what it noted, in order of time.

import type { FC } from 'hono/jsx';
import type { Receipt } from '../../model/receipt.ts';
import type { MemoryRow } from '../../model/search.ts';
import type { ShownMemory } from '../shown.ts';
import { Given } from './given.tsx';
import { type PageContext, Layout, addressOf } from './layout.tsx';
import { Line } from './line.tsx';
import { Markdown } from './markdown.tsx';
import { localTime } from './moments.ts';
import { DayRows } from './rows.tsx';

export const SessionPage: FC<{
  readonly context: PageContext;
  readonly sessionId: string;
  /** In order of time, not empty. */
  readonly rows: readonly MemoryRow[];
  readonly summary?: ShownMemory;
  /** What memories it was given, in order of time. */
  readonly given: readonly Receipt[];
}> = ({ context, sessionId, rows, summary, given }) => {
  const others = rows.filter((row) => row.id !== summary?.id);
  return (
    <Layout title={summary?.title ?? 'Session'} context={context}>
      <p class="facts">
        <span class="kind summary">session</span>
        <time datetime={rows[0]?.created ?? ''}>{localTime(rows[0]?.created ?? '', context.moments, 'full')}</time>
        <code title={sessionId}>{sessionId.slice(0, 8)}</code>
      </p>
      <h1>
        <Line text={summary?.title ?? `Session ${sessionId.slice(0, 8)}`} />
      </h1>
      {summary === undefined ? (
        <p class="quiet">This session has no summary yet.</p>
      ) : (
        <div class="sheet">
          <Markdown text={summary.body} />
          <p class="facts">
            <a href={addressOf(context, `/memory/${summary.id}`)}>The summary as a memory</a>
          </p>
        </div>
      )}
      {others.length === 0 ? (
        ''
      ) : (
        <section aria-labelledby="noted-title">
          <h2 id="noted-title">Noted in this session</h2>
          <DayRows rows={others} context={context} />
        </section>
      )}
      {given.length === 0 ? (
        ''
      ) : (
        <section aria-labelledby="given-title">
          <h2 id="given-title">What it was given</h2>
          <Given receipts={given} context={context} />
        </section>
      )}
    </Layout>
  );
};
