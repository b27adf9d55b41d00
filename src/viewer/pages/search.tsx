// What a search found, with its filters as links.

import type { FC } from 'hono/jsx';
import { OBSERVATION_TYPES } from '../../model/memory.ts';
import type { SearchHit, SearchResult } from '../../model/search.ts';
import { type PageContext, Layout, addressOf } from './layout.tsx';
import { Rows } from './rows.tsx';

export interface SearchContent {
  readonly query: string;
  /** The type or kind that is chosen, or empty. */
  readonly only: string;
  readonly result: SearchResult | undefined;
  readonly limit: number;
}

/** What can be chosen: the types of observations, and the other kinds. */
const SEARCH_CHOICES: readonly string[] = [...OBSERVATION_TYPES, 'summary', 'note'];

export const SearchPage: FC<{ readonly context: PageContext; readonly content: SearchContent }> = ({
  context,
  content,
}) => {
  const { query, only, result } = content;
  return (
    <Layout title={query === '' ? 'Search' : query} context={context} query={query}>
      <h1>{query === '' ? 'Search' : <>Memories about “{query}”</>}</h1>
      <nav class="filters" aria-label="Only of one kind">
        {['', ...SEARCH_CHOICES].map((choice) => (
          <a
            href={addressOf(context, '/search', { q: query, ...(choice === '' ? {} : { only: choice }) })}
            aria-current={choice === only ? 'true' : undefined}
          >
            {choice === '' ? 'all' : choice}
          </a>
        ))}
      </nav>
      {result?.stale === true ? (
        <p class="notice">
          The index is being brought up to date by another process: the newest memories may be missing.
        </p>
      ) : (
        ''
      )}
      {result === undefined ? (
        <Prompt />
      ) : (
        <Hits context={context} content={content} hits={result.hits} total={result.total} />
      )}
    </Layout>
  );
};

const Prompt: FC = () => (
  <div class="empty">
    <p>Type a few words: a symptom, an error text, the name of a function, a decision.</p>
  </div>
);

const Hits: FC<{
  readonly context: PageContext;
  readonly content: SearchContent;
  readonly hits: readonly SearchHit[];
  readonly total: number;
}> = ({ context, content, hits, total }) => {
  const { query, only, limit } = content;
  if (hits.length === 0)
    return (
      <div class="empty">
        <p>
          <strong>Nothing found.</strong>{' '}
          {only === '' ? (
            'Try fewer or other words: a file name, an error text, the name of a function.'
          ) : (
            <>
              Nothing of the kind {only}: <a href={addressOf(context, '/search', { q: query })}>look in all memories</a>
              .
            </>
          )}
        </p>
      </div>
    );
  const words = query.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return (
    <>
      <p class="facts">
        {hits.length < total
          ? `${hits.length} of ${total}, best first`
          : total === 1
            ? '1 memory'
            : `${total} memories, best first`}
      </p>
      <Rows rows={hits} context={context} words={words} />
      {hits.length < total && limit < 100 ? (
        <p>
          <a href={addressOf(context, '/search', { q: query, ...(only === '' ? {} : { only }), limit: '100' })}>
            Show more
          </a>
        </p>
      ) : (
        ''
      )}
    </>
  );
};
