// What a search found, with its filters as links.

import type { FC } from 'hono/jsx';
import { OBSERVATION_TYPES } from '../../model/memory.ts';
import type { SearchResult } from '../../model/search.ts';
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
      {result === undefined ? <Prompt /> : <Hits context={context} content={content} result={result} />}
    </Layout>
  );
};

const Prompt: FC = () => (
  <div class="empty">
    <p>Type a few words: a symptom, an error text, the name of a function, a decision.</p>
  </div>
);

interface HitsProps {
  readonly context: PageContext;
  readonly content: SearchContent;
  readonly result: SearchResult;
}

const Hits: FC<HitsProps> = ({ context, content, result }) => {
  const { query, only, limit } = content;
  const { hits, total, didYouMean = [] } = result;
  if (hits.length === 0 && didYouMean.length === 0) return <NothingFound context={context} content={content} />;
  const words = query.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return (
    <>
      {didYouMean.length === 0 ? (
        ''
      ) : (
        <section class="meant" aria-labelledby="meant-title">
          <h2 id="meant-title">
            {hits.length === 0 ? 'Nothing found. Did you mean one of these?' : 'Did you mean one of these?'}
          </h2>
          <Rows rows={didYouMean} context={context} />
        </section>
      )}
      {hits.length === 0 ? (
        ''
      ) : (
        <section aria-label="Hits">
          <p class="facts">
            {hits.length < total
              ? `${hits.length} of ${total}, best first`
              : total === 1
                ? '1 memory'
                : `${total} memories, best first`}
          </p>
          <Rows rows={hits} context={context} words={words} />
        </section>
      )}
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

const NothingFound: FC<Omit<HitsProps, 'result'>> = ({ context, content: { query, only } }) => (
  <div class="empty">
    <p>
      <strong>Nothing found.</strong>{' '}
      {only === '' ? (
        'Try fewer or other words: a file name, an error text, the name of a function.'
      ) : (
        <>
          Nothing of the kind {only}: <a href={addressOf(context, '/search', { q: query })}>look in all memories</a>.
        </>
      )}
    </p>
  </div>
);
