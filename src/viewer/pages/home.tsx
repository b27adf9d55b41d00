// The first page: where the work stands, the latest memories, what happens right now, the state.

import type { FC } from 'hono/jsx';
import type { MemoryRow } from '../../model/search.ts';
import type { VaultStatus } from '../../model/status.ts';
import type { Block } from '../markdown.ts';
import type { LiveEvent } from '../../model/viewer-source.ts';
import { type PageContext, Layout, addressOf } from './layout.tsx';
import { Line } from './line.tsx';
import { Blocks } from './markdown.tsx';
import { localTime } from './moments.ts';
import { DayRows } from './rows.tsx';
import { State } from './state.tsx';

export interface HomeContent {
  /** Newest first. */
  readonly rows: readonly MemoryRow[];
  /** Newest first. */
  readonly events: readonly LiveEvent[];
  readonly status?: VaultStatus;
  /** What the last session's summary leaves to do. */
  readonly nextSteps?: { readonly row: MemoryRow; readonly blocks: readonly Block[] };
}

export const HomePage: FC<{ readonly context: PageContext; readonly content: HomeContent }> = ({
  context,
  content,
}) => (
  <Layout title="memvault" context={context}>
    <h1 class="unseen">Memories of {context.vault?.name ?? 'this machine'}</h1>
    <div class="columns">
      <div id="latest">
        {content.nextSteps === undefined ? '' : <NextSteps context={context} {...content.nextSteps} />}
        <section aria-labelledby="latest-title">
          <h2 id="latest-title">Latest memories</h2>
          {content.rows.length === 0 ? (
            <Nothing context={context} />
          ) : (
            <DayRows rows={content.rows} context={context} />
          )}
        </section>
      </div>
      <aside>
        <Stream context={context} events={content.events} />
        {content.status === undefined ? '' : <State status={content.status} version={context.version} />}
        <p class="quiet">
          <a href={addressOf(context, '/given')}>What sessions were given</a>
        </p>
      </aside>
    </div>
  </Layout>
);

const Nothing: FC<{ readonly context: PageContext }> = ({ context }) => (
  <div class="empty">
    <p>
      <strong>No memories yet.</strong> They appear here as you work.
    </p>
    <p>
      {context.vault === undefined
        ? 'Start Claude Code in a project: memvault notes what is decided, fixed and found out.'
        : 'When a session has ended a turn, what it decided, fixed or found out is noted here within a few seconds.'}
    </p>
  </div>
);

const NextSteps: FC<{ readonly context: PageContext; readonly row: MemoryRow; readonly blocks: readonly Block[] }> = ({
  context,
  row,
  blocks,
}) => (
  <section class="card next" aria-labelledby="next-title">
    <h2 id="next-title">Where the work stands</h2>
    <div class="prose">
      <Blocks blocks={blocks} />
    </div>
    <p class="facts">
      <span>from</span>
      <a href={addressOf(context, `/memory/${row.id}`)}>
        <Line text={row.title} />
      </a>
      <time datetime={row.created}>{localTime(row.created, context.moments, 'full')}</time>
    </p>
  </section>
);

const SHOWN_EVENTS = 12;

const Stream: FC<{ readonly context: PageContext; readonly events: readonly LiveEvent[] }> = ({ context, events }) => (
  <section class="card" aria-labelledby="now-title">
    <h2 id="now-title">
      Now
      <span id="live" class="live" role="status">
        connecting
      </span>
    </h2>
    <ol
      id="stream"
      class="stream"
      data-vault={context.vault?.key ?? ''}
      data-after={events[0]?.id ?? ''}
      data-max={SHOWN_EVENTS}
    >
      {events.slice(0, SHOWN_EVENTS).map((event) => (
        <li class={event.kind}>
          <time datetime={event.at}>{localTime(event.at, context.moments, 'time')}</time>
          {event.memoryId === undefined ? (
            <span>
              <Line text={event.title} />
            </span>
          ) : (
            <a href={addressOf(context, `/memory/${encodeURIComponent(event.memoryId)}`)}>
              <Line text={event.title} />
            </a>
          )}
        </li>
      ))}
    </ol>
    <p class="quiet">Quiet. What sessions do shows up here at once.</p>
  </section>
);
