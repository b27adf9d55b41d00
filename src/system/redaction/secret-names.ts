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
const NAMES: Readonly<Record<string, RegExp>> = {
  pass: /pass(?:word|wd|phrase|wort)?/iy,
  secret: /secret(?:[_. -]?keys?)?/iy,
  key: /keys?(?:[_. -]?id)?/iy,
  connection: /connection[_. -]?string/iy,
};
/** `chosen`: a short name with other meanings, so that only what looks like a password counts. */
export type Strength = 'password' | 'secret' | 'key' | 'chosen';

/** What makes another word of `pass`. */
const PASSING = /(?:buy|by|com|encom|sur|tres|over|under)$/i;

export interface Name {
  readonly text: string;
  readonly strength: Strength;
}

/** The name around a cue, up to where its rest begins; undefined when the cue is part of another word. */
export function readName(text: string, at: number, cue: string): Name | undefined {
  const pattern = NAMES[cue];
  if (pattern !== undefined) pattern.lastIndex = at;
  const name = pattern === undefined ? text.slice(at, at + cue.length) : pattern.exec(text)?.[0];
  if (name === undefined) return undefined;
  if (cue === 'pwd') return { text: name, strength: 'password' };
  if (cue === 'pass') {
    if (name.length === cue.length && PASSING.test(text.slice(Math.max(0, at - 6), at))) return undefined;
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
  if (cue === 'token' && text.slice(Math.max(0, at - 7), at).toLowerCase() === 'jsonweb') return undefined;
  if (cue === 'token' && /(?:page|next|continuation|sync)[_-]?$/i.test(text.slice(Math.max(0, at - 14), at)))
    return undefined;
  // `__author__`
  if (cue === '_auth' && /[a-z]/i.test(text.charAt(at + cue.length))) return undefined;
  if (cue !== 'key') return { text: name, strength: 'secret' };
  if (
    /(?:public|pub|publishable|site|primary|foreign|websocket|idempotency|did:)[_. -]?$/i.test(
      text.slice(Math.max(0, at - 14), at),
    )
  )
    return undefined;
  if (opensSomething(text.slice(Math.max(0, at - 24), at))) return { text: name, strength: 'secret' };
  return startsPart(text, at, '') ? { text: name, strength: 'key' } : undefined;
}

/** Whether what stands before `key` makes it one that opens something. */
function opensSomething(before: string): boolean {
  return /(?:secret|access|encrypt|decrypt|cipher|aes|wallet|shared|storage|functions?|server|private|signing|encryption|decryption|account|master|hmac|session|deploy|crypto|ssh|app|application|subscription|api|auth|jwt|license|service|webhook|consumer|integration|instrumentation)[_. -]?$/i.test(
    before,
  );
}

const SAFE_WORDS = new Set(
  (
    'hash hashes type types url uri name names count length len min max limit ttl expires expiry expiration expire expired age path file files dir ' +
    'ref refs field fields policy reset strength hint endpoint prefix header headers algorithm provider store manager version status budget ' +
    'usage size format regex pattern rule rules index error errors label title message s at in is valid validator input code codes event ' +
    'events class service module test tests window rotation required enabled row column list set map schema kind mode style arn project ' +
    'projects namespace region zone bucket host port domain realm audience issuer scope scopes interval location resource group role chain ' +
    'ring board stroke word words through ed ing es alias pair selector frame up down left right range time mgr'
  ).split(' '),
);

/** Whether the rest of a name says that its value only speaks of a secret: `tokenType`, `password_hash`, `secretKeyRef`. */
export function isSafeSuffix(suffix: string, cue: string): boolean {
  const last = suffix.split(/[_-]|(?<=[a-z0-9])(?=[A-Z])/).at(-1) ?? '';
  // Some call what they log in with the id of a secret.
  return SAFE_WORDS.has(last.toLowerCase()) || (cue !== 'secret' && /^ids?$/i.test(last));
}

/** Whether a part of a name starts here: `_key`, `newKey`; with no `joints`, also a word of its own. */
function startsPart(text: string, at: number, joints: string): boolean {
  const before = text.charAt(at - 1);
  if (/[a-z]/.test(before)) return /[A-Z]/.test(text.charAt(at));
  return joints === '' ? !/[A-Z]/.test(before) : before !== '' && joints.includes(before);
}
