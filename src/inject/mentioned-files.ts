// The files that a prompt names with `@`: the host reads them by itself, and no hook hears of a Read. Pure.

/** More than these are seldom meant. */
const MOST = 5;
const LONGEST = 400;
/** `@src/cart.ts`, `@"notes of today.md"`; not the address `ada@example.org`. */
const MENTION = /(?:^|\s)@(?:"([^"\n]+)"|([^\s"]+))/g;

/** Paths as they stand in the prompt, each once: without lines (`#L3-9`) and without the end of a sentence. */
export function mentionedFiles(prompt: string): readonly string[] {
  const paths = [...prompt.matchAll(MENTION)].map(
    ([, quoted, plain = '']) => quoted ?? plain.replace(/#L\d+(?:-L?\d+)?/, '').replace(/[.,;:!?)\]}'"]+$/, ''),
  );
  return [...new Set(paths.filter((path) => path !== '' && path.length <= LONGEST))].slice(0, MOST);
}
