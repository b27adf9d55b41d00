// Lists written as one text: commas part, but not those inside brackets, which belong to a pattern.

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** `a, b{2,8}, *.{ts,js}` has three parts. Where brackets do not match, every comma parts. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === open.at(-1)) open.pop();
    else if (open.at(-1) === ']') continue;
    else if (CLOSING[character] !== undefined) open.push(CLOSING[character]);
    else if (character === ',' && open.length === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return (open.length === 0 ? parts : text.split(',')).map((part) => part.trim()).filter(Boolean);
}
