// The gate before every route: which requests are refused by their first lines alone.

import { type ErrorCode } from '../model/errors.ts';

/** A request's first lines, as the socket gave them. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it came. */
  readonly target: string;
  /** Name, value, name, value …, as it came. */
  readonly rawHeaders: readonly string[];
}

export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the gate lets in: where to, and the host name that the browser used. */
export interface Admission {
  readonly url: URL;
  /** `127.0.0.1:<port>` or `localhost:<port>`. */
  readonly host: string;
}

export const MAX_BODY_BYTES = 1024 * 1024;

/** Checks Host, target, Origin, Sec-Fetch-Site, method and content type; what is left needs a token or a cookie. */
export function passGate(head: RequestHead, port: number): Admission | Refusal {
  const hosts = valuesOf(head.rawHeaders, 'host');
  const [host = ''] = hosts;
  if (hosts.length !== 1 || (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`))
    return refuse(421, 'denied', 'this server answers to its own address only');
  const url = readTarget(head.target, host);
  if (url === undefined) return refuse(400, 'invalid_input', 'the request target is not a path of this server');
  for (const origin of valuesOf(head.rawHeaders, 'origin'))
    if (origin !== url.origin) return refuse(403, 'denied', 'the request comes from another origin');
  for (const site of valuesOf(head.rawHeaders, 'sec-fetch-site'))
    if (site !== 'same-origin' && site !== 'none') return refuse(403, 'denied', 'the request comes from another site');
  return checkMethod(head, url) ?? { url, host };
}

/** Routes that take a POST; all others only give. */
const POST_ROUTES: readonly string[] = ['/api/login', '/api/login-codes', '/api/query-vector', '/api/vault-search'];

function checkMethod(head: RequestHead, url: URL): Refusal | undefined {
  const isPostRoute = POST_ROUTES.includes(url.pathname);
  const allowed = isPostRoute ? ['POST'] : ['GET', 'HEAD'];
  if (!allowed.includes(head.method))
    return {
      ...refuse(405, 'invalid_input', `${allowed.join(' and ')} only`),
      headers: { allow: allowed.join(', ') },
    };
  if (!isPostRoute) return undefined;
  const types = valuesOf(head.rawHeaders, 'content-type');
  if (types.length !== 1 || !/^application\/json(?:; ?charset=utf-8)?$/i.test(types[0] ?? ''))
    return refuse(415, 'invalid_input', 'application/json only');
  const length = Number(valuesOf(head.rawHeaders, 'content-length')[0] ?? '0');
  return length > MAX_BODY_BYTES ? TOO_LARGE : undefined;
}

export const TOO_LARGE: Refusal = {
  status: 413,
  code: 'invalid_input',
  message: 'the body is larger than 1 MB',
};

/** Only `/path?query` in printable ASCII: no absolute form, no `//host`, no NUL, no control character, encoded or not. */
function readTarget(target: string, host: string): URL | undefined {
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(target) || target.includes('\\') || target.includes('#')) return undefined;
  const url = URL.parse(target, `http://${host}`);
  if (url === null || url.host !== host) return undefined;
  try {
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u001f\u007f]/.test(decodeURIComponent(url.pathname)) ? undefined : url;
  } catch {
    return undefined;
  }
}

function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

function refuse(status: number, code: ErrorCode, message: string): Refusal {
  return { status, code, message };
}
