// Secrets among the values of an INSERT, known by the column that they go into.

import { COLUMN, MAX_ROWS } from './columns.ts';
import type { Find } from './rule.ts';
import { isPlaceholder, isWeakValue } from './values.ts';

const INSERT = String.raw`\binsert\s{1,4}(?:ignore\s{1,4})?into\s{1,4}[\w.\x60"[\]]{1,120}\s{0,4}\(([^()]{1,1000})\)\s{0,4}values\s{0,4}`;
const TUPLE = String.raw`[\s,]{0,80}\(((?:'(?:[^'\\]|\\.){0,2000}'|\([^()']{0,60}\)|[^()']){1,4000})\)`;
let insert: RegExp | undefined;
let tuple: RegExp | undefined;

/** Finds values of columns named after secrets in INSERT statements. */
export function findInserted(text: string, find: Find): void {
  insert ??= new RegExp(INSERT, 'gi');
  tuple ??= new RegExp(TUPLE, 'y');
  insert.lastIndex = 0;
  for (let head = insert.exec(text); head !== null; head = insert.exec(text)) {
    const names = (head[1] ?? '').split(',');
    const columns = names.flatMap((name, column) => (COLUMN.test(name.replace(/["`[\]]/g, '')) ? [column] : []));
    tuple.lastIndex = insert.lastIndex;
    for (let row = 0; row < MAX_ROWS; row++) {
      const from = tuple.lastIndex;
      const values = tuple.exec(text);
      if (values === null) break;
      insert.lastIndex = tuple.lastIndex;
      const start = from + values[0].length - (values[1] ?? '').length - 1;
      const literals = [...(values[1] ?? '').matchAll(/'(?:[^'\\]|\\.|''){0,2000}'|[^,']{1,200}/g)].filter(
        ([literal]) => literal.trim() !== '',
      );
      for (const column of columns) {
        const literal = literals[column];
        if (literal?.[0].startsWith("'") !== true) continue;
        const value = literal[0].slice(1, -1);
        // A hash is how a password ought to stand there.
        if (!isPlaceholder(value) && !isWeakValue(value) && !/^(?:\$\w{1,8}\$|[0-9a-f]{32,128}$)/.test(value))
          find(start + literal.index + 1, start + literal.index + 1 + value.length, 'password');
      }
    }
  }
}
