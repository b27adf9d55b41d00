// Which of many literals a text holds, in one pass: searching for each by itself costs more than all that is done afterwards.

export interface Literals {
  /** Whether the text holds one of these, each known to the scan, and what is needed too, whatever that is. */
  holdsAny(literals: readonly string[], needs?: string): boolean;
  /** Where those stand whose places were asked for, in order. */
  readonly places: readonly (readonly [number, string])[];
}

export type LiteralScan = (lower: string) => Literals;

/** In shorter texts the plain search is cheaper, since it needs no table. */
const SHORT = 6000;
/** Once there is a table, it pays from here on. */
const VERY_SHORT = 600;

/** Makes the scan for lower-case literals of at least two characters; of `placed` ones every place is kept. */
export function makeLiteralScan(literals: () => readonly string[], placed: readonly string[]): LiteralScan {
  let onePass: LiteralScan | undefined;
  return (lower) => {
    if (lower.length > (onePass === undefined ? SHORT : VERY_SHORT))
      return (onePass ??= makeOnePass(literals(), placed))(lower);
    const places: (readonly [number, string])[] = [];
    for (const literal of placed)
      for (let at = lower.indexOf(literal); at !== -1; at = lower.indexOf(literal, at + literal.length))
        places.push([at, literal]);
    places.sort((a, b) => a[0] - b[0]);
    return {
      places,
      holdsAny: (some, needs = '') => {
        if (!lower.includes(needs)) return false;
        for (const literal of some) if (lower.includes(literal)) return true;
        return false;
      },
    };
  };
}

function makeOnePass(literals: readonly string[], placed: readonly string[]): LiteralScan {
  const all = [...new Set([...placed, ...literals])];
  const ids = new Map(all.map((literal, id) => [literal, id]));
  const idsOf = new Map<readonly string[], readonly number[]>();
  // By their first two characters, packed; 0 says that none begins so.
  const heads = new Uint16Array(128 * 128);
  const byHead: number[][] = [[]];
  // A third that is not there costs no comparison of the whole.
  const thirds = Uint16Array.from(all, (literal) => (literal.length > 2 ? literal.charCodeAt(2) : 0));
  for (const [id, literal] of all.entries()) {
    const head = pack(literal.charCodeAt(0), literal.charCodeAt(1));
    if (heads[head] === 0) heads[head] = byHead.push([]) - 1;
    byHead[heads[head] ?? 0]?.push(id);
  }
  return (lower) => {
    const isHeld = new Uint8Array(all.length);
    const places: (readonly [number, string])[] = [];
    let first = lower.charCodeAt(0);
    for (let at = 1; at < lower.length; at++) {
      const second = lower.charCodeAt(at);
      const group = heads[pack(first, second)] ?? 0;
      first = second;
      if (group === 0) continue;
      const third = lower.charCodeAt(at + 1);
      for (const id of byHead[group] ?? []) {
        const isPlaced = id < placed.length;
        if ((thirds[id] !== 0 && thirds[id] !== third) || (!isPlaced && isHeld[id] === 1)) continue;
        const literal = all[id] ?? '';
        if (!lower.startsWith(literal, at - 1)) continue;
        isHeld[id] = 1;
        if (isPlaced) places.push([at - 1, literal]);
      }
    }
    return {
      places,
      holdsAny: (some, needs = '') => {
        let known = idsOf.get(some);
        if (known === undefined) idsOf.set(some, (known = some.map((literal) => ids.get(literal) ?? -1)));
        for (const id of known) if (isHeld[id] === 1) return lower.includes(needs);
        return false;
      },
    };
  };
}

/** Letters beyond ASCII share a place with others; the literal itself is compared afterwards. */
function pack(first: number, second: number): number {
  return ((first & 127) << 7) | (second & 127);
}
