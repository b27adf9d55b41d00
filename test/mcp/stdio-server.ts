// A memvault MCP server over real stdio with two memories; `--broken` makes opening the library fail.

import { appendFileSync } from 'node:fs';
import { runMcp } from '../../src/mcp/main.ts';
import { MemvaultError } from '../../src/model/errors.ts';
import { libraryOf, memory } from '../support/library.ts';

await runMcp(() => {
  const trace = process.env['TRACE_FILE'];
  if (trace !== undefined) appendFileSync(trace, 'opened\n');
  if (process.argv.includes('--broken'))
    throw new MemvaultError('corrupt', 'the index cannot be read', { hint: 'Run `memvault rebuild`.' });
  const library = libraryOf([
    memory({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes could both rotate the same token' }),
    memory({ id: 'c4hd7k2m9qxa', title: 'Session store moved to Redis', created: '2026-11-20T10:00:00Z' }),
  ]);
  const refuse = (): never => {
    throw new MemvaultError('denied', 'this vault takes no notes');
  };
  return { library, writer: { remember: refuse, forget: refuse } };
});
