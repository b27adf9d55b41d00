// Rows and summaries for the tests of injection, with everything that is not given filled in.

import type { Memory } from '../../src/model/memory.ts';
import type { MemoryRow } from '../../src/model/search.ts';

export function makeRow(values: Partial<MemoryRow> & Pick<MemoryRow, 'id'>): MemoryRow {
  return {
    kind: 'observation',
    ...(values.kind === undefined || values.kind === 'observation' ? { type: 'bugfix' as const } : {}),
    title: `Title of ${values.id}`,
    created: '2026-11-20T12:00:00Z',
    files: [],
    tags: [],
    place: 'vault',
    path: `memories/${values.id}.md`,
    ...values,
  };
}

export function makeSummary(values: Partial<Memory> = {}): Memory {
  return {
    id: '9zk2m4q00000',
    kind: 'summary',
    title: 'Auth race found and fixed',
    created: '2026-11-22T12:00:00Z',
    session: 's1',
    branch: 'fix/auth-race',
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: [
      '## Request',
      '- Find why users are logged out at night',
      '## Learned',
      '- The store loses a write when two requests rotate\n  the same token',
      '## Completed',
      '- A mutex per user around read and rotate',
      '## Next steps',
      '- Run the load test with the mutex',
      '- Remove the retry in `client.ts`',
    ].join('\n\n'),
    ...values,
  };
}
