// Merges two edits of a text by paragraphs, as diff3 does by lines; where both sides changed the same one, both are kept. Pure.

export interface MergedText {
  readonly text: string;
  /** Places at which both sides were kept. */
  readonly keptBoth: number;
}

/** Without a `base` everything that only one side has is kept. The line ends are those of `ours`. */
export function mergeParagraphs(base: string | undefined, ours: string, theirs: string): MergedText {
  if (ours === theirs || theirs === base) return { text: ours, keptBoth: 0 };
  if (ours === base) return { text: theirs, keptBoth: 0 };
  const lineEnd = ours.includes('\r\n') ? '\r\n' : '\n';
  const sides = { base: split(base ?? ''), ours: split(ours), theirs: split(theirs) };
  const merged: string[] = [];
  let keptBoth = 0;
  for (const chunk of chunksOf(sides.base, sides.ours, sides.theirs)) {
    const { kept, isBoth } = mergeChunk(chunk);
    merged.push(...kept);
    if (isBoth) keptBoth++;
  }
  return { text: `${merged.join(lineEnd + lineEnd)}${lineEnd}`, keptBoth };
}

interface Chunk {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

function mergeChunk({ base, ours, theirs }: Chunk): { kept: readonly string[]; isBoth: boolean } {
  if (isSame(ours, theirs) || isSame(theirs, base)) return { kept: ours, isBoth: false };
  if (isSame(ours, base)) return { kept: theirs, isBoth: false };
  const added = theirs.filter((paragraph) => !ours.includes(paragraph) && !base.includes(paragraph));
  return { kept: [...ours, ...added], isBoth: added.length > 0 };
}

/** Runs of paragraphs between those that all three have in the same order. */
function* chunksOf(base: readonly string[], ours: readonly string[], theirs: readonly string[]): Generator<Chunk> {
  const inOurs = matches(base, ours);
  const inTheirs = matches(base, theirs);
  let [b, o, t] = [0, 0, 0];
  for (let at = 0; at <= base.length; at++) {
    const [nextOurs, nextTheirs] =
      at === base.length ? [ours.length, theirs.length] : [inOurs.get(at), inTheirs.get(at)];
    if (nextOurs === undefined || nextTheirs === undefined) continue;
    yield { base: base.slice(b, at), ours: ours.slice(o, nextOurs), theirs: theirs.slice(t, nextTheirs) };
    if (at < base.length)
      yield { base: base.slice(at, at + 1), ours: base.slice(at, at + 1), theirs: base.slice(at, at + 1) };
    [b, o, t] = [at + 1, nextOurs + 1, nextTheirs + 1];
  }
}

/** Texts with more pairs of paragraphs than this are taken as one. */
const MAX_PAIRS = 4_000_000;

/** Index in `from` → index in `to`, for a longest common run in order. */
function matches(from: readonly string[], to: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (from.length * to.length > MAX_PAIRS) return found;
  const width = to.length + 1;
  const lengths = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        from[i] === to[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  for (let i = 0, j = 0; i < from.length && j < to.length;) {
    if (from[i] === to[j]) found.set(i++, j++);
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return found;
}

function split(text: string): string[] {
  return text
    .split(/\r?\n(?:[ \t]*\r?\n)+/)
    .map((paragraph, i) => (i === 0 ? paragraph.replace(/^(?:[ \t]*\r?\n)+/, '') : paragraph).trimEnd())
    .filter((paragraph) => paragraph !== '');
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((paragraph, i) => paragraph === other[i]);
}
