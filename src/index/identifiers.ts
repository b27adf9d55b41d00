// Identifiers in a text and the words they are made of. Code is written in ASCII: the plain character classes are much faster.

/** `compareAndSet` → compare And Set; `HTTPServer` → HTTP Server; undefined for a word without humps. */
export function splitHumps(word: string): readonly string[] | undefined {
  if (!HUMP.test(word)) return undefined;
  const parts = word.split(BOUNDARY).filter((part) => part !== '');
  return parts.length > 1 ? parts : undefined;
}

/** The parts of every identifier with humps in a text, each identifier once, in order: what the index keeps beside the words. */
export function identifierParts(text: string): string {
  const identifiers = new Set<string>();
  const hump = new RegExp(HUMP.source, 'g');
  while (hump.test(text)) {
    let start = hump.lastIndex - 1;
    while (isWordCharacter(text.charCodeAt(start - 1))) start--;
    let end = hump.lastIndex;
    while (isWordCharacter(text.charCodeAt(end))) end++;
    if (end - start <= MAX_LENGTH) identifiers.add(text.slice(start, end));
    hump.lastIndex = end;
  }
  return Array.from(identifiers, (word) => splitHumps(word)?.join(' ') ?? '').join('\n');
}

/** What is longer is data, not a name. */
const MAX_LENGTH = 80;
const HUMP = /[a-z][0-9]{0,4}[A-Z]|[A-Z]{2}[a-z]/;
const BOUNDARY = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

function isWordCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}
