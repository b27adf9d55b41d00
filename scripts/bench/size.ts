// How large the index is, table by table.

import { DatabaseSync } from 'node:sqlite';
import { measure } from './child.ts';
import { indexFile } from './made-vault.ts';
import type { Section } from './section.ts';

export const sizeSection: Section = {
  name: 'size',
  title: 'index size without vectors, a memory',
  async run(context) {
    const size = context.sizes.at(-1) ?? 0;
    const vault = context.vault(size);
    measure(context, 'rebuild', vault.root);
    const database = new DatabaseSync(indexFile(vault), { readOnly: true });
    try {
      const rows = database
        .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC')
        .all();
      const total = rows.reduce((sum, row) => sum + Number(row['bytes']), 0);
      const parts = rows
        .filter((row) => Number(row['bytes']) > total / 100)
        .map((row) => `${String(row['name'])} ${Math.round(Number(row['bytes']) / size)}`);
      return [
        {
          name: `${size} memories of ${Math.round(vault.bytes / size)} bytes`,
          value: total / size,
          unit: 'bytes',
          limit: { is: '<=', value: 9 * 1024 },
          note: parts.join(', '),
        },
      ];
    } finally {
      database.close();
    }
  },
};
