// Address → page or JSON. Everything that comes here has passed the gate; all but the login needs a token or a cookie.

import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { ERROR_RULES, MemvaultError, toMemvaultError } from '../model/errors.ts';
import { shortId } from '../model/memory.ts';
import type { Receipt } from '../model/receipt.ts';
import type { Clock, Logger, MemoryLibrary } from '../model/ports.ts';
import { type Access, mayRead } from './access.ts';
import type { Asset } from './assets.ts';
import { readDelegatedSearch } from './delegated-search.ts';
import { readAround, readMemory, readNextSteps, readSearchRequest, readSession, runSearch } from './library-api.ts';
import { GivenPage } from './pages/given.tsx';
import { HomePage } from './pages/home.tsx';
import type { PageContext } from './pages/layout.tsx';
import { MemoryPage } from './pages/memory.tsx';
import { AmbiguousPage, ErrorPage, LoginPage } from './pages/message.tsx';
import { SearchPage } from './pages/search.tsx';
import { SessionPage } from './pages/session.tsx';
import { encodeVector } from '../system/query-vector.ts';
import { isNonceFor, proofOf } from '../system/worker-proof.ts';
import { createRowLists } from './row-lists.ts';
import { shownEvent, shownReceipt, shownRow, shownStatus } from './shown.ts';
import type { VaultSummary, ViewerSource } from '../model/viewer-source.ts';

export interface RouteParts {
  readonly source: ViewerSource;
  readonly access: Access;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly token: string;
  readonly port: number;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For tests; the machine's own when left out. */
  readonly timeZone?: string;
}

const LATEST = 40;
const MAX_SESSION_ID = 200;

export function createRoutes(parts: RouteParts): Hono {
  const { source, access, assets, token, port } = parts;
  const app = new Hono({ strict: true });
  const rowLists = createRowLists();

  for (const [path, asset] of assets) app.get(path, (c) => c.body(asset.text, 200, { 'content-type': asset.type }));

  app.get('/api/proof', (c) => {
    const nonce = c.req.query('nonce') ?? '';
    if (!isNonceFor(port, nonce)) throw new MemvaultError('invalid_input', 'nonce: expected 32 to 128 hex digits');
    return c.json({ proof: proofOf(token, nonce) });
  });

  app.post('/api/login', async (c) => {
    const code = textField(await c.req.json<unknown>().catch(() => undefined), 'code');
    const cookie = code === undefined ? undefined : access.redeemCode(code, new URL(c.req.url).host);
    if (cookie === undefined)
      throw new MemvaultError('denied', 'the code is wrong, too old or was used already', {
        hint: 'Run `memvault open` again.',
      });
    return c.json({ ok: true }, 200, { 'set-cookie': cookie });
  });

  app.post('/api/login-codes', (c) => {
    // A cookie is not enough: a page must not be able to let others in.
    if (!access.hasToken(c.req.header('authorization'))) return refuseUnknown(c);
    return c.json({ code: access.issueLoginCode() });
  });

  app.post('/api/query-vector', async (c) => {
    // For memvault's own processes: a page needs no vector, and must not put the model to work.
    if (!access.hasToken(c.req.header('authorization'))) return refuseUnknown(c);
    const asked = await c.req.json<unknown>().catch(() => undefined);
    const text = textField(asked, 'text');
    const model = textField(asked, 'model');
    if (text === undefined || model === undefined)
      throw new MemvaultError('invalid_input', 'expected the fields text and model');
    const project = textField(asked, 'project');
    const answer = await source.queryVector?.({ text, model, ...(project === undefined ? {} : { project }) });
    if (answer === undefined)
      throw new MemvaultError('unavailable', 'the model is not ready', { hint: 'Run `memvault model status`.' });
    return c.json({ model: answer.model, vector: encodeVector(answer.vector) });
  });

  app.post('/api/vault-search', async (c) => {
    // For memvault's own processes, which clean what they show; a page has `/api/search`.
    if (!access.hasToken(c.req.header('authorization'))) return refuseUnknown(c);
    const asked = readDelegatedSearch(await c.req.json<unknown>().catch(() => undefined));
    const found = await source.searchFor?.(asked);
    if (found === undefined)
      throw new MemvaultError('unavailable', 'this vault is not open here, or not known to be up to date');
    return c.json(found);
  });

  app.use(async (c, next) => {
    const { authorization, cookie } = { authorization: c.req.header('authorization'), cookie: c.req.header('cookie') };
    if (!mayRead(access, { authorization, cookie, host: new URL(c.req.url).host })) return refuseUnknown(c);
    return next();
  });

  app.get('/', async (c) => {
    const context = contextOf(parts, c);
    const library = libraryFor(parts, context);
    const status = context.vault === undefined ? undefined : await source.status(context.vault.key);
    const nextSteps = library === undefined ? undefined : readNextSteps(library);
    const content = {
      rows: library?.recent({}, LATEST).map(shownRow) ?? [],
      events: eventsOf(source, context.vault),
      ...(status === undefined ? {} : { status: shownStatus(status) }),
      ...(nextSteps === undefined ? {} : { nextSteps }),
    };
    return page(c, <HomePage context={context} content={content} />);
  });

  app.get('/search', async (c) => {
    const context = contextOf(parts, c);
    const asked = readSearchRequest(new URL(c.req.url).searchParams);
    const library = libraryFor(parts, context);
    const isAsked = asked.query !== '' || asked.only !== '';
    const result = library === undefined || !isAsked ? undefined : await runSearch(library, asked);
    return page(c, <SearchPage context={context} content={{ ...asked, result }} />);
  });

  app.get('/memory/:id', (c) => {
    const context = contextOf(parts, c);
    const library = needLibrary(parts, context);
    const found = readMemory(library, c.req.param('id'));
    if ('candidates' in found)
      return page(
        c,
        <AmbiguousPage context={context} prefix={shortId(c.req.param('id'))} candidates={found.candidates} />,
        409,
      );
    return page(
      c,
      <MemoryPage context={context} memory={found.memory} around={readAround(library, found.memory.id)} />,
    );
  });

  app.get('/session/:id', (c) => {
    const context = contextOf(parts, c);
    const sessionId = c.req.param('id').slice(0, MAX_SESSION_ID);
    const session = readSession(needLibrary(parts, context), sessionId);
    const given = receiptsOf(source, context.vault).find(([first]) => first?.sessionId === sessionId) ?? [];
    return page(c, <SessionPage context={context} sessionId={sessionId} given={given} {...session} />);
  });

  app.get('/given', (c) => {
    const context = contextOf(parts, c);
    return page(c, <GivenPage context={context} sessions={receiptsOf(source, context.vault)} />);
  });

  app.get('/api/receipts', (c) => {
    const context = contextOf(parts, c);
    return c.json({ vault: context.vault?.key, sessions: receiptsOf(source, context.vault) });
  });

  app.get('/api/search', async (c) => {
    const context = contextOf(parts, c);
    const asked = readSearchRequest(new URL(c.req.url).searchParams);
    return c.json({ vault: context.vault?.key, ...(await runSearch(needLibrary(parts, context), asked)) });
  });

  app.get('/api/rows', (c) => {
    const { body, etag } = rowLists.read(needLibrary(parts, contextOf(parts, c)));
    if (isSameTag(c.req.header('if-none-match'), etag)) return c.body(null, 304, { etag });
    return c.body(body, 200, { 'content-type': 'application/json', etag });
  });

  app.get('/api/status', async (c) => {
    const context = contextOf(parts, c);
    const status = context.vault === undefined ? undefined : await source.status(context.vault.key);
    return c.json({
      version: parts.version,
      vaults: context.vaults,
      vault: context.vault?.key,
      ...(status === undefined ? {} : { status: shownStatus(status) }),
    });
  });

  app.get('/api/memories/:id', (c) => {
    const found = readMemory(needLibrary(parts, contextOf(parts, c)), c.req.param('id'));
    if ('memory' in found) return c.json(found);
    const error = { code: 'ambiguous', message: 'several memories begin so', hint: ERROR_RULES.ambiguous.hint };
    return c.json({ error, ...found }, 409);
  });

  app.get('/api/sessions/:id', (c) => {
    const sessionId = c.req.param('id').slice(0, MAX_SESSION_ID);
    return c.json({ session: sessionId, ...readSession(needLibrary(parts, contextOf(parts, c)), sessionId) });
  });

  app.notFound((c) =>
    fail(
      parts,
      c,
      new MemvaultError('not_found', 'there is no such page', { hint: 'Search finds memories by their words.' }),
    ),
  );
  app.onError((error, c) => fail(parts, c, error));
  return app;
}

function contextOf(parts: RouteParts, c: Context): PageContext {
  const vaults = parts.source.vaults();
  const key = c.req.query('vault') ?? '';
  const vault = key === '' ? vaults[0] : vaults.find((known) => known.key === key);
  if (key !== '' && vault === undefined)
    throw new MemvaultError('not_found', 'no such vault is open', {
      hint: 'A vault is open when a session has worked in its project since the worker started.',
    });
  const { timeZone } = parts;
  return {
    vaults,
    ...(vault === undefined ? {} : { vault }),
    moments: { nowMs: parts.clock.now(), ...(timeZone === undefined ? {} : { timeZone }) },
    version: parts.version,
  };
}

function libraryFor(parts: RouteParts, context: PageContext): MemoryLibrary | undefined {
  return context.vault === undefined ? undefined : parts.source.library(context.vault.key);
}

function needLibrary(parts: RouteParts, context: PageContext): MemoryLibrary {
  const library = libraryFor(parts, context);
  if (library !== undefined) return library;
  throw new MemvaultError('not_found', 'no vault is open yet', {
    hint: 'Vaults appear when a session works in their project.',
  });
}

function eventsOf(source: ViewerSource, vault: VaultSummary | undefined) {
  return source
    .recentEvents()
    .filter((event) => event.vault === '' || event.vault === vault?.key)
    .map(shownEvent);
}

function receiptsOf(source: ViewerSource, vault: VaultSummary | undefined): readonly (readonly Receipt[])[] {
  return vault === undefined ? [] : source.receipts(vault.key).map((receipts) => receipts.map(shownReceipt));
}

function page(c: Context, content: Page, status: 200 | 401 | 404 | 409 | 500 = 200): Response | Promise<Response> {
  return c.html(html`<!doctype html>${content}`, status);
}

type Page = Parameters<typeof html>[1];

function refuseUnknown(c: Context): Response | Promise<Response> {
  const error = { code: 'denied', message: 'a token or a login is needed', hint: 'Run `memvault open`.' };
  return isApi(c) ? c.json({ error }, 401) : page(c, <LoginPage />, 401);
}

function fail(parts: RouteParts, c: Context, thrown: unknown): Response | Promise<Response> {
  const known = toMemvaultError(thrown);
  if (known.code === 'internal') parts.logger.error('the viewer failed', { path: c.req.path, message: known.message });
  const error =
    known.code === 'internal'
      ? new MemvaultError('internal', 'memvault failed to answer', { hint: 'Run `memvault worker logs` to see why.' })
      : known;
  const { status } = ERROR_RULES[error.code];
  if (isApi(c)) return c.json({ error: { code: error.code, message: error.message, hint: error.hint } }, status);
  const vaults = parts.source.vaults();
  const context = {
    vaults,
    ...(vaults[0] === undefined ? {} : { vault: vaults[0] }),
    moments: { nowMs: parts.clock.now() },
    version: parts.version,
  };
  return page(c, <ErrorPage context={context} error={error} />, status === 404 ? 404 : 500);
}

/** Whether `If-None-Match` names the tag; weak ones compare by their text. */
function isSameTag(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function isApi(c: Context): boolean {
  return c.req.path.startsWith('/api/');
}

function textField(value: unknown, name: string): string | undefined {
  const field: unknown =
    typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
  return typeof field === 'string' ? field : undefined;
}
