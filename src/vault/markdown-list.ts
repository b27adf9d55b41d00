// Lists and paragraphs as Markdown that keeps its structure whatever the text says, and back. Pure.

/** A text that would start a block of its own inside a list item, or that looks as if it had been escaped. */
const BLOCK_START = /^(?:#{1,6}(?=\s|$)|[-+*](?=\s|$)|[-*_=]{3,}\s*$|>|`{3}|~{3}|\||<{7}|\\[!-/:-@[-`{-~])/;
const NUMBER_START = /^(\d{1,9})(\\*[.)])(?=\s|$)/;
const ESCAPED_NUMBER = /^(\d{1,9})\\(\\*[.)])(?=\s|$)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** One `- ` line for each text (each already on one line). `parseList` gives them back. */
export function renderList(items: readonly string[]): string {
  return items.map((item) => `- ${escapeStart(item)}\n`).join('');
}

/** The items of a part of a Markdown text: list items with their continuation lines, and paragraphs, as people write them. */
export function parseList(text: string): string[] {
  const items: string[] = [];
  let isOpen = false;
  for (const line of text.split(/\r?\n/)) {
    const item = /^ {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]+(.*)$/.exec(line)?.[1];
    const content = (item ?? line).trim();
    if (content === '') isOpen = false;
    else if (isOpen && item === undefined) items.push(`${items.pop() ?? ''} ${content}`);
    else {
      items.push(unescapeStart(content));
      isOpen = true;
    }
  }
  return items;
}

/**
 * Paragraphs that stay below the headings around them: headings of level 1 and 2 and conflict markers lose their meaning, an
 * open code block is closed.
 */
export function renderParagraphs(text: string): string {
  let fence = '';
  const lines = text.split('\n').map((line) => {
    const mark = FENCE.exec(line)?.[1] ?? '';
    if (fence !== '') {
      if (mark.startsWith(fence) && line.trim() === mark) fence = '';
      return line;
    }
    if (mark !== '') {
      fence = mark;
      return line;
    }
    if (/^ {0,3}#{1,2}(?=\s|$)/.test(line)) return line.replace('#', '\\#');
    return /^(?:<{7}|={7}|>{7}|\|{7})/.test(line) || /^ {0,3}(?:=+|-{1,})[ \t]*$/.test(line) ? escapeLine(line) : line;
  });
  return (fence === '' ? lines : [...lines, fence]).join('\n');
}

function escapeLine(line: string): string {
  return line.replace(/\S/, (first) => `\\${first}`);
}

function escapeStart(item: string): string {
  return BLOCK_START.test(item) ? `\\${item}` : item.replace(NUMBER_START, '$1\\$2');
}

function unescapeStart(item: string): string {
  const rest = item.slice(1);
  return item.startsWith('\\') && BLOCK_START.test(rest) ? rest : item.replace(ESCAPED_NUMBER, '$1$2');
}
