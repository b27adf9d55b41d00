// Folders and files that the user keeps out of the memory, as globs in the manner of .gitignore. Linear in glob and path.

/** Whether one of the globs takes in the path, or a folder above it. `path` is absolute; `root` is the project's folder. */
export type Exclusion = (path: string, root: string) => boolean;

const MAX_GLOBS = 200;
const MAX_PATH = 2000;

/**
 * `drafts`: of that name anywhere; `docs/private`, `*.sql`, `a/**\/b`: below the project; `/srv/clients` and `~/clients`: on this
 * machine. Large and small letters are alike. What a glob names is meant with all below it.
 */
export function makeExclusion(globs: readonly string[], home: string): Exclusion | undefined {
  const made = globs
    .slice(0, MAX_GLOBS)
    .map((glob) => readGlob(glob, home))
    .filter((glob) => glob !== undefined);
  if (made.length === 0) return undefined;
  return (path, root) => {
    const whole = segmentsOf(path);
    const top = segmentsOf(root);
    const isBelow = top.every((segment, i) => whole[i] === segment);
    const inside = isBelow ? whole.slice(top.length) : undefined;
    return made.some((glob) => {
      if (glob.isAbsolute) return matchesAbove(glob.segments, whole);
      if (inside === undefined) return false;
      return glob.isAnywhere
        ? inside.some((segment) => matchesSegment(glob.segments[0] ?? '', segment))
        : matchesAbove(glob.segments, inside);
    });
  };
}

interface Glob {
  readonly segments: readonly string[];
  readonly isAbsolute: boolean;
  readonly isAnywhere: boolean;
}

function readGlob(given: string, home: string): Glob | undefined {
  const glob = given.trim().replace(/^~(?=\/|$)/, home);
  const segments = segmentsOf(glob);
  if (segments.length === 0 || glob.length > MAX_PATH) return undefined;
  const isAbsolute = /^(?:\/|[A-Za-z]:[\\/])/.test(glob);
  return { segments, isAbsolute, isAnywhere: !isAbsolute && segments.length === 1 && !glob.startsWith('./') };
}

function segmentsOf(path: string): string[] {
  return path
    .slice(0, MAX_PATH)
    .toLowerCase()
    .split(/[/\\]/)
    .filter((segment) => segment !== '' && segment !== '.');
}

/** Whether the glob takes in the path or a folder above it: which of its segments may come next, path segment by path segment. */
function matchesAbove(glob: readonly string[], path: readonly string[]): boolean {
  let next = new Set([0]);
  for (const segment of ['', ...path]) {
    const after = new Set<number>();
    for (const at of next) {
      const wanted = glob[at];
      if (segment === '') after.add(at);
      else if (wanted === '**') after.add(at).add(at + 1);
      else if (wanted !== undefined && matchesSegment(wanted, segment)) after.add(at + 1);
    }
    // `**` may stand for no folder at all.
    for (const at of after) if (glob[at] === '**') after.add(at + 1);
    if (after.has(glob.length) && segment !== '') return true;
    next = after;
  }
  return false;
}

/** `*` and `?` within a name, in the way of two fingers: no going back further than the last star. */
function matchesSegment(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    const wanted = glob.charAt(g);
    if (wanted === '*') {
      star = g++;
      starName = n;
    } else if (g < glob.length && (wanted === '?' || wanted === name.charAt(n))) {
      g++;
      n++;
    } else if (star !== -1) {
      g = star + 1;
      n = ++starName;
    } else return false;
  }
  while (glob.charAt(g) === '*') g++;
  return g === glob.length;
}
