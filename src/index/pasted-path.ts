// The file that a pasted path leads to: what a path ends with is the same on every machine, what it begins with is not. Pure.

/**
 * The last names of a path to a file, the file's own first, then with the folder above it, then with two: of `/home/me/app/src/auth/refresh.ts:42:17`
 * these are `refresh.ts`, `auth/refresh.ts` and `src/auth/refresh.ts`. Nothing for a text that holds no such path.
 *
 * @param text without blanks, as it was typed or pasted: with a line number, in brackets, as an address
 */
export function pathEnds(text: string): readonly string[] {
  for (const piece of text.split(NO_PART_OF_A_PATH)) {
    const names = piece.split(/[\\/]+/).filter((name) => name !== '' && !/^\.+$/.test(name));
    const isPath = FILE_NAME.test(names.at(-1) ?? '') && (names.length > 1 || HAS_LINE.test(text));
    if (isPath)
      return Array.from({ length: Math.min(names.length, MAX_NAMES) }, (_, at) => names.slice(-1 - at).join('/'));
  }
  return [];
}

const MAX_NAMES = 3;
const NO_PART_OF_A_PATH = /[\s()[\]{}<>"'`:;,|*?#]+|\.(?=$|[)\]:,;])/u;
/** With an ending: what has none may be anything. */
const FILE_NAME = /^[^.].*\.[A-Za-z]\w{0,7}$/;
/** `refresh.ts:42`, `main.cpp(12)`. */
const HAS_LINE = /\.[A-Za-z]\w{0,7}[:(]\d/;
