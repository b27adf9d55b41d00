// One line of a memory's text that says most to somebody who reads its title already. Pure.

const MAX_BODY = 4000;

/** The first sentence of the text that is more than the title, without the marks of headings and lists. */
export function gistOf(title: string, body: string): string {
  const known = title.trim().toLowerCase();
  for (const line of body.slice(0, MAX_BODY).split('\n')) {
    const text = line.replace(/^\s*(?:[-*+>]|\d+[.)])\s+/, '').trim();
    if (text === '' || /^(?:#{1,6}\s|```|~~~|---)/.test(line.trim())) continue;
    if (!known.startsWith(text.toLowerCase().replace(/[.!]$/, ''))) return text;
  }
  return '';
}
