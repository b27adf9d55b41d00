// Identifiers in a text and the words they are made of.

/** `compareAndSet` → compare And Set; `HTTPServer` → HTTP Server; undefined for a word without humps. */
export function splitHumps(word: string): readonly string[] | undefined {
  if (!HUMP.test(word)) return undefined;
  const parts = word.split(BOUNDARY).filter((part) => part !== '');
  return parts.length > 1 ? parts : undefined;
}

/** The parts of every identifier with humps in a text, each identifier once, in order: what the index keeps beside the words. */
export function identifierParts(text: string): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    if (seen.has(word)) continue;
    seen.add(word);
    const parts = splitHumps(word);
    if (parts !== undefined) lines.push(parts.join(' '));
  }
  return lines.join('\n');
}

const WORD = /[\p{L}\p{N}]{3,80}/gu;
const HUMP = /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}/u;
const BOUNDARY = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
