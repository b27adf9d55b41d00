// The frame of every page: head, search box, choice of the vault.

import type { Child, FC } from 'hono/jsx';
import type { VaultSummary } from '../../model/viewer-source.ts';
import type { Moments } from './moments.ts';

/** What every page knows. */
export interface PageContext {
  readonly vaults: readonly VaultSummary[];
  /** The vault that the page speaks of; none as long as no session has worked. */
  readonly vault?: VaultSummary;
  readonly moments: Moments;
  readonly version: string;
}

/** The address of a page in this context's vault. */
export function addressOf(context: PageContext, path: string, query: Readonly<Record<string, string>> = {}): string {
  const isChosen = context.vault !== undefined && context.vault.key !== context.vaults[0]?.key;
  const search = new URLSearchParams({ ...query, ...(isChosen ? { vault: context.vault?.key ?? '' } : {}) });
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

export const Layout: FC<{
  readonly title: string;
  readonly context: PageContext;
  readonly query?: string;
  readonly children?: Child;
}> = ({ title, context, query = '', children }) => (
  <Document title={title}>
    <a class="skip" href="#main">
      Skip to the content
    </a>
    <header>
      <div class="bar">
        <a class="brand" href={addressOf(context, '/')}>
          <img src="/assets/mark.svg" alt="" width="22" height="22" />
          memvault
        </a>
        <form id="search" role="search" data-vault={context.vault?.key ?? ''}>
          <label class="unseen" for="q">
            Search memories
          </label>
          <input
            id="q"
            name="q"
            type="search"
            value={query}
            placeholder="Search memories"
            autocomplete="off"
            spellcheck={false}
            maxlength={500}
          />
          <kbd aria-hidden="true">/</kbd>
        </form>
        <VaultChoice context={context} />
      </div>
    </header>
    <main id="main">{children}</main>
  </Document>
);

/** The bare document: pages without a vault, such as the login, stand in it directly. */
export const Document: FC<{ readonly title: string; readonly children?: Child }> = ({ title, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title === 'memvault' ? title : `${title} · memvault`}</title>
      <link rel="icon" href="/assets/mark.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/assets/viewer.css" />
      <script src="/assets/viewer.js" defer></script>
    </head>
    <body>{children}</body>
  </html>
);

const VaultChoice: FC<{ readonly context: PageContext }> = ({ context }) => {
  const { vaults, vault } = context;
  if (vault === undefined) return <></>;
  if (vaults.length === 1)
    return (
      <span class="vault" title={vault.root}>
        {vault.name}
      </span>
    );
  return (
    <label class="vault">
      <span class="unseen">Vault</span>
      <select id="vault">
        {vaults.map((choice) => (
          <option value={choice.key} selected={choice.key === vault.key}>
            {choice.name}
            {choice.kind === 'personal' ? ' (personal)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
};
