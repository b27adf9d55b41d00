// Pages that only say something: the login, what was not found, what went wrong.

import type { FC } from 'hono/jsx';
import type { MemvaultError } from '../../model/errors.ts';
import type { MemoryRow } from '../../model/search.ts';
import { Document, Layout, type PageContext, addressOf } from './layout.tsx';
import { Line } from './line.tsx';
import { Rows } from './rows.tsx';

/** The only page that everybody gets; the page's script swaps a one-time code in the address for a cookie. */
export const LoginPage: FC = () => (
  <Document title="Log in">
    <main id="main" class="login">
      <img src="/assets/mark.svg" alt="" width="48" height="48" />
      <h1>memvault</h1>
      <p id="login" role="status">
        This page shows the memories of your projects, so it asks who you are.
      </p>
      <p>
        Type <code>memvault open</code> in a terminal: it opens this page with a code that works once.
      </p>
    </main>
  </Document>
);

export const ErrorPage: FC<{ readonly context: PageContext; readonly error: MemvaultError }> = ({ context, error }) => (
  <Layout title="Not here" context={context}>
    <div class="empty">
      <h1>{error.code === 'not_found' ? 'Not here' : 'That did not work'}</h1>
      <p>{error.message}</p>
      <p>
        <Line text={error.hint} />
      </p>
      <p>
        <a href={addressOf(context, '/')}>Back to the latest memories</a>
      </p>
    </div>
  </Layout>
);

export const AmbiguousPage: FC<{
  readonly context: PageContext;
  readonly prefix: string;
  readonly candidates: readonly MemoryRow[];
}> = ({ context, prefix, candidates }) => (
  <Layout title={prefix} context={context}>
    <h1>
      {candidates.length} memories begin with “{prefix}”
    </h1>
    <Rows rows={candidates} context={context} />
  </Layout>
);
