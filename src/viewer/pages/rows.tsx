// Memories in lists: one row each, under headings of days where time is the order.

import type { FC } from 'hono/jsx';
import { shortId } from '../../model/memory.ts';
import type { MemoryRow, SearchHit } from '../../model/search.ts';
import { type PageContext, addressOf } from './layout.tsx';
import { Line, plainSnippet } from './line.tsx';
import { localDay, localTime } from './moments.ts';

type ListedRow = MemoryRow & { readonly snippet?: string };

interface RowsProps {
  readonly rows: readonly ListedRow[];
  readonly context: PageContext;
  /** Words to mark in titles and snippets. */
  readonly words?: readonly string[];
  /** Id of the row that the page is about. */
  readonly here?: string;
}

export const Rows: FC<RowsProps & { readonly time?: 'full' | 'time' }> = ({ rows, time = 'full', ...rest }) => (
  <ol class="rows">
    {rows.map((row) => (
      <Row row={row} time={time} {...rest} />
    ))}
  </ol>
);

/** Rows that come newest first, or oldest first, with the day above those of one day. */
export const DayRows: FC<RowsProps> = ({ rows, ...rest }) => (
  <>
    {groupByDay(rows, rest.context).map(({ day, rows: ofDay }) => (
      <section class="day">
        <h3>{day}</h3>
        <Rows rows={ofDay} time="time" {...rest} />
      </section>
    ))}
  </>
);

const SHOWN_FILES = 2;
const SHOWN_TAGS = 3;

const Row: FC<Omit<RowsProps, 'rows'> & { readonly row: ListedRow; readonly time: 'full' | 'time' }> = ({
  row,
  context,
  words = [],
  here,
  time,
}) => (
  <li class={row.supersededBy === undefined ? 'row' : 'row old'} aria-current={row.id === here ? 'true' : undefined}>
    <Kind row={row} />
    <div>
      <a class="title" href={addressOf(context, `/memory/${row.id}`)}>
        <Line text={row.title} words={words} />
      </a>
      {row.snippet === undefined || row.snippet === '' ? (
        ''
      ) : (
        <p class="snippet">
          <Line text={plainSnippet(row.snippet)} words={words} />
        </p>
      )}
      <p class="facts">
        <time datetime={row.created}>{localTime(row.created, context.moments, time)}</time>
        <code>{shortId(row.id)}</code>
        {row.branch === undefined ? '' : <span class="branch">{row.branch}</span>}
        {row.files.slice(0, SHOWN_FILES).map((file) => (
          <span class="file" title={file}>
            {file}
          </span>
        ))}
        {row.files.length > SHOWN_FILES ? <span>+{row.files.length - SHOWN_FILES} files</span> : ''}
        {row.tags.slice(0, SHOWN_TAGS).map((tag) => (
          <span class="tag">{tag}</span>
        ))}
        <Marks row={row} />
      </p>
    </div>
  </li>
);

/** What kind of memory it is, as a word with a colour of its own. */
export const Kind: FC<{ readonly row: Pick<MemoryRow, 'kind' | 'type'> }> = ({ row }) => (
  <span class={`kind ${row.type ?? row.kind}`}>{row.type ?? row.kind}</span>
);

/** What a reader must know before trusting the memory. */
export const Marks: FC<{
  readonly row: Pick<MemoryRow, 'place' | 'supersededBy' | 'trust' | 'author'> & Pick<SearchHit, 'hasChanged'>;
}> = ({ row }) => (
  <>
    {row.trust === 'pending' ? (
      <span class="mark" title="Somebody brought it and nobody has reviewed it: no session is shown it">
        pending
      </span>
    ) : (
      ''
    )}
    {row.trust === 'quarantined' ? (
      <span class="mark" title="No session and no model is shown it: see memvault review">
        in quarantine
      </span>
    ) : (
      ''
    )}
    {row.author === undefined ? (
      ''
    ) : (
      <span class="mark" title="As the commit says; not proved">
        by {row.author}
      </span>
    )}
    {row.hasChanged === true ? (
      <span class="mark" title="The files that it speaks of are not any more what they were">
        its code has changed since
      </span>
    ) : (
      ''
    )}
    {row.place === 'outbox' ? (
      <span class="mark" title="It waits in the outbox for the next commit of the vault">
        not published yet
      </span>
    ) : (
      ''
    )}
    {row.supersededBy === undefined ? '' : <span class="mark">replaced by a newer one</span>}
  </>
);

function groupByDay(rows: readonly ListedRow[], context: PageContext): readonly { day: string; rows: ListedRow[] }[] {
  const groups: { day: string; rows: ListedRow[] }[] = [];
  for (const row of rows) {
    const day = localDay(row.created, context.moments);
    const last = groups.at(-1);
    if (last?.day === day) last.rows.push(row);
    else groups.push({ day, rows: [row] });
  }
  return groups;
}
