// The start block out of a real index: what a new session is told of what earlier ones left.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndexLibrary } from '../../src/index/library.ts';
import { composeStart } from '../../src/inject/compose-start.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { Situation } from '../../src/model/situation.ts';
import { idOf, makeFolder, makeMemory, openFolder } from '../index/folder-source.ts';
import { makeSummary } from './rows.ts';

describe('composeStart', () => {
  it('tells of the last session that is not superseded, and of the memories', async () => {
    const start = setUp([
      makeSummary(),
      makeSummary({ id: idOf(70), title: 'An older session', created: '2026-11-01T00:00:00Z' }),
      makeMemory({ id: idOf(1), title: 'Two refreshes race' }),
      makeMemory({ id: idOf(2), title: 'Wrong about the race' }),
      makeMemory({ id: idOf(3), title: 'Right about the race', supersedes: [idOf(2)] }),
      makeMemory({ id: idOf(4), title: 'Deleted' }),
      makeMemory({ id: idOf(5), kind: 'tombstone', deletes: [idOf(4)] }),
    ]);
    const answer = await start({ source: 'startup' });
    expect(answer?.text).toContain('Auth race found and fixed');
    expect(answer?.text).toContain('Run the load test');
    expect(answer?.text).toContain('Two refreshes race');
    expect(answer?.text).toContain('Right about the race');
    expect(answer?.text).not.toMatch(/Wrong about|Deleted/);
    expect(answer?.receipt).toMatchObject({ event: 'startup', budgetTokens: 1500, sessionId: 's9' });
  });

  it('counts every memory that is left out, not only those that were looked at', async () => {
    const start = setUp(Array.from({ length: 400 }, (_, n) => makeMemory({ id: idOf(n + 1) })));
    const answer = await start({ source: 'startup' });
    expect(answer?.receipt.leftOut).toBe(400 - (answer?.receipt.items.length ?? 0));
  });

  it('is byte for byte the same for the same session, and has another fence in another', async () => {
    const start = setUp([makeMemory({ id: idOf(1) })]);
    const [first, again, other] = await Promise.all([
      start({ source: 'startup' }),
      start({ source: 'compact' }),
      start({ source: 'startup', sessionId: 's10' }),
    ]);
    expect(first?.text).toBe(again?.text);
    expect(other?.text.split('\n')[0]).not.toBe(first?.text.split('\n')[0]);
  });

  it('goes by the work tree as it is, whatever was expected of it', async () => {
    const start = setUp(
      Array.from({ length: 300 }, (_, n) =>
        makeMemory({ id: idOf(n + 1), title: `About ${n}`, files: [{ path: `src/${n}.ts` }] }),
      ),
    );
    const clean = { branch: 'main', changedFiles: [], recentCommits: [] };
    const dirty = { ...clean, changedFiles: ['src/7.ts'] };
    const told = async (situation: Partial<Situation>, expected?: Partial<Situation>): Promise<string | undefined> =>
      (await start({ source: 'startup', situation, ...(expected === undefined ? {} : { expected }) }))?.text;
    expect(await told(dirty, clean)).toBe(await told(dirty));
    expect(await told(clean, dirty)).toBe(await told(clean));
    expect(await told(clean, clean)).toBe(await told(clean));
    expect(await told(dirty)).not.toBe(await told(clean));
  });

  it('says nothing on resume, without memories, and with a budget of 0', async () => {
    expect(await setUp([])({ source: 'startup' })).toBeUndefined();
    const start = setUp([makeMemory({ id: idOf(1) })]);
    expect(await start({ source: 'resume' })).toBeUndefined();
    expect(await start({ source: 'startup', budgetTokens: 0 })).toBeUndefined();
  });
});

function setUp(memories: readonly Memory[]) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  for (const memory of memories) vault.write(`memories/${memory.id}.md`, memory);
  const library = openIndexLibrary({
    file: join(root, 'index.sqlite'),
    lockFile: join(root, 'index.lock'),
    sources: [vault.source],
    maxAgeMs: 2000,
    now: () => 1_800_000_000_000,
  });
  onTestFinished(() => library.close());
  return ({
    source,
    sessionId = 's9',
    budgetTokens = 1500,
    situation,
    expected,
  }: {
    source: 'startup' | 'compact' | 'resume';
    sessionId?: string;
    budgetTokens?: number;
    situation?: Partial<Situation>;
    expected?: Partial<Situation>;
  }) =>
    composeStart(
      { sessionId, source },
      {
        library,
        budgetTokens,
        situation,
        expected,
        projectName: 'shop',
        secret: '0011223344556677',
        at: '2026-11-23T00:00:00Z',
        root: '/shop',
      },
    );
}
