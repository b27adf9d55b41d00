// Values of secrets and of what looks like them, drawn from a seed: the same each time, and none was ever issued.

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const WORDS = 'correct horse winter summer dragon coffee tiger monday river castle orange falcon'.split(' ');

export type Draw = (length: number) => string;

export interface Draws {
  readonly b62: Draw;
  readonly hex: Draw;
  readonly HEX: Draw;
  readonly b36: Draw;
  readonly B36: Draw;
  readonly b32: Draw;
  /** Characters of base64, of any length. */
  readonly b64c: Draw;
  readonly url: Draw;
  readonly digits: Draw;
  /** Base64 of so many bytes. */
  readonly b64: Draw;
  readonly of: (alphabet: string) => Draw;
  readonly int: (below: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly uuid: () => string;
  /** Drawn, with two signs. */
  readonly pw: Draw;
  /** As people choose them: a word, a sign, a year. */
  readonly human: () => string;
  readonly jwt: (payload?: object) => string;
  /** Lines of a key of so many bytes. */
  readonly pemBody: (bytes: number, width?: number) => string[];
}

/** Draws from a seed (mulberry32). */
export function drawsOf(seed: number): Draws {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const of =
    (alphabet: string): Draw =>
    (length) =>
      Array.from({ length }, () => alphabet.charAt(int(alphabet.length))).join('');
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[int(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const [b62, hex, url] = [of(UPPER + LOWER + DIGITS), of(`${DIGITS}abcdef`), of(`${UPPER}${LOWER}${DIGITS}-_`)];
  const [digits, sign] = [of(DIGITS), of('!@#%^*?~+=')];
  const b64: Draw = (bytes) => Buffer.from(Array.from({ length: bytes }, () => int(256))).toString('base64');
  return {
    b62,
    hex,
    url,
    digits,
    b64,
    of,
    int,
    pick,
    HEX: of(`${DIGITS}ABCDEF`),
    b36: of(LOWER + DIGITS),
    B36: of(UPPER + DIGITS),
    b32: of(`${UPPER}234567`),
    b64c: of(`${UPPER}${LOWER}${DIGITS}+/`),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`,
    pw(length) {
      const characters = b62(length).split('');
      characters[1 + int(length - 2)] = sign(1);
      characters[1 + int(length - 2)] = sign(1);
      characters[0] = of(UPPER)(1);
      characters[length - 1] = digits(1);
      return characters.join('');
    },
    human: () => (pick(WORDS)[0] ?? '').toUpperCase() + pick(WORDS).slice(1) + pick(['!', '@', '#', '$']) + digits(4),
    jwt(payload = {}) {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: digits(8), iat: 1_716_239_022 + int(1e6), ...payload })}.${url(43)}`;
    },
    pemBody: (bytes, width = 64) => b64(bytes).match(new RegExp(`.{1,${width}}`, 'g')) ?? [],
  };
}

/** In pieces, lest a scanner of repositories take what is made with them for a leak. */
export const BEGIN = ['-----BE', 'GIN '].join('');
export const END = ['-----E', 'ND '].join('');
