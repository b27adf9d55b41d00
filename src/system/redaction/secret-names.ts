// What secrets are named: `password`, `client_secret`, `apiKey`; and what only speaks of them.

/** What the names of secrets have in them, in lower case. Found by literal search: an expression over all texts is too dear for a hook. */
export const CUES: readonly string[] = [
  'pass',
  'pwd',
  'pw',
  'secret',
  'token',
  'key',
  'credential',
  'creds',
  'salt',
  'connection',
  '_auth',
  '_pat',
  '_dsn',
  'webhook_url',
  'signature',
  'psk',
];
/** `chosen`: a short name with other meanings, so that only what looks like a password counts. */
export type Strength = 'password' | 'secret' | 'key' | 'chosen';

/** What makes another word of `pass`. */
const PASSING = ['buy', 'by', 'com', 'encom', 'sur', 'tres', 'over', 'under'];
const PLACES = ['page', 'next', 'continuation', 'sync'];
/** What makes a `key` one that everybody may have, or none at all. */
const OPEN_KEYS = ['public', 'pub', 'publishable', 'site', 'primary', 'foreign', 'websocket', 'idempotency', 'did:'];
/** What makes a `key` one that opens something. */
const OPENING =
  'secret,access,encrypt,decrypt,cipher,aes,wallet,shared,storage,function,functions,server,private,signing,encryption,decryption,account,master,hmac,session,deploy,crypto,ssh,app,application,subscription,api,auth,jwt,license,service,webhook,consumer,integration,instrumentation';
let opening: readonly string[] | undefined;

export interface Name {
  readonly text: string;
  readonly strength: Strength;
}

/** The name around a cue, up to where its rest begins; undefined when the cue is part of another word. */
export function readName(text: string, at: number, cue: string): Name | undefined {
  const length = nameLength(text.slice(at, at + MAX_NAME).toLowerCase(), cue);
  if (length === undefined) return undefined;
  const name = text.slice(at, at + length);
  if (cue === 'pwd') return { text: name, strength: 'password' };
  if (cue === 'pass') {
    if (name.length === cue.length && standsBehind(text, at, PASSING, '')) return undefined;
    const isWhole = name.length > cue.length || startsPart(text, at, '_-');
    return { text: name, strength: isWhole ? 'password' : 'chosen' };
  }
  if (cue === 'pw' || cue === 'psk')
    return /[A-Za-z0-9]/.test(text.charAt(at - 1)) ? undefined : { text: name, strength: 'chosen' };
  // Only as the end of a name in capitals: `AZURE_DEVOPS_EXT_PAT`, not `_path`.
  if (cue === '_pat' || cue === '_dsn' || cue === 'webhook_url')
    return /^[A-Z_]+$/.test(name) && !/[A-Za-z]/.test(text.charAt(at + cue.length))
      ? { text: name, strength: 'key' }
      : undefined;
  if (cue === 'signature' || cue === 'salt') return { text: name, strength: 'key' };
  // A place in a list, not a key to it.
  if (cue === 'token' && (standsBehind(text, at, ['jsonweb'], '') || standsBehind(text, at, PLACES, '_-')))
    return undefined;
  // `__author__`
  if (cue === '_auth' && /[a-z]/i.test(text.charAt(at + cue.length))) return undefined;
  if (cue !== 'key') return { text: name, strength: 'secret' };
  if (standsBehind(text, at, OPEN_KEYS, '_. -')) return undefined;
  if (standsBehind(text, at, (opening ??= OPENING.split(',')), '_. -')) return { text: name, strength: 'secret' };
  return startsPart(text, at, '') ? { text: name, strength: 'key' } : undefined;
}

const MAX_NAME = 20;
const PASS_ENDS = ['word', 'wd', 'phrase', 'wort'];

/** How much of `lower`, which begins with the cue, is the name; undefined when it is none. */
function nameLength(lower: string, cue: string): number | undefined {
  const from = cue.length;
  const joint = from + ('_. -'.includes(lower.charAt(from) || '?') ? 1 : 0);
  switch (cue) {
    case 'pass':
      return from + (PASS_ENDS.find((end) => lower.startsWith(end, from))?.length ?? 0);
    case 'secret':
      return lower.startsWith('key', joint) ? joint + (lower.startsWith('keys', joint) ? 4 : 3) : from;
    case 'key': {
      const end = lower.startsWith('s', from) ? from + 1 : from;
      const id = end + ('_. -'.includes(lower.charAt(end) || '?') ? 1 : 0);
      return lower.startsWith('id', id) ? id + 2 : end;
    }
    case 'connection':
      return lower.startsWith('string', joint) ? joint + 6 : undefined;
    default:
      return from;
  }
}

/** Whether one of these words ends right before a place, or before the one joint there. */
function standsBehind(text: string, at: number, words: readonly string[], joints: string): boolean {
  const end = at > 0 && joints.includes(text.charAt(at - 1)) ? at - 1 : at;
  const before = text.slice(Math.max(0, end - MAX_NAME), end).toLowerCase();
  for (const word of words) if (before.endsWith(word)) return true;
  return false;
}

const SAFE_WORDS =
  'hash hashes type types url uri name names count length len min max limit ttl expires expiry expiration expire expired age path file files dir ' +
  'ref refs field fields policy reset strength hint endpoint prefix header headers algorithm provider store manager version status budget ' +
  'usage size format regex pattern rule rules index error errors label title message s at in is valid validator input code codes event ' +
  'events class service module test tests window rotation required enabled row column list set map schema kind mode style arn project ' +
  'projects namespace region zone bucket host port domain realm audience issuer scope scopes interval location resource group role chain ' +
  'ring board stroke word words through ed ing es alias pair selector frame up down left right range time mgr';
let safeWords: ReadonlySet<string> | undefined;

/** Whether the rest of a name says that its value only speaks of a secret: `tokenType`, `password_hash`, `secretKeyRef`. */
export function isSafeSuffix(suffix: string, cue: string): boolean {
  const last = lastPart(suffix);
  // Some call what they log in with the id of a secret.
  safeWords ??= new Set(SAFE_WORDS.split(' '));
  return safeWords.has(last.toLowerCase()) || (cue !== 'secret' && /^ids?$/i.test(last));
}

/** `Type` of `tokenType`, `hash` of `password_hash`. */
function lastPart(name: string): string {
  for (let at = name.length - 1; at >= 0; at--) {
    const code = name.charCodeAt(at);
    if (code === 95 || code === 45) return name.slice(at + 1);
    if (at > 0 && code >= 65 && code <= 90 && isSmallOrDigit(name.charCodeAt(at - 1))) return name.slice(at);
  }
  return name;
}

function isSmallOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
}

/** Whether a part of a name starts here: `_key`, `newKey`; with no `joints`, also a word of its own. */
function startsPart(text: string, at: number, joints: string): boolean {
  const before = text.charAt(at - 1);
  if (/[a-z]/.test(before)) return /[A-Z]/.test(text.charAt(at));
  return joints === '' ? !/[A-Z]/.test(before) : before !== '' && joints.includes(before);
}
