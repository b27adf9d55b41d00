// What is known already, what adds to it, and what people wanted gone: held against the vault before every write.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay, TimedPayload, WrittenMemory } from '../../scripts/replay.ts';
import type { ObservationDraft } from '../../src/model/draft.ts';
import { shortId } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';
import { proposeFromSeveral } from '../../src/worker/conventions.ts';
import { weighDrafts } from '../../src/worker/known-memories.ts';
import { readScenario } from '../support/scenario.ts';

const HOUR_MS = 3_600_000;
let replay: Replay;

beforeEach(() => {
  replay = openReplay();
});

afterEach(async () => {
  await replay.remove();
});

describe('what people wanted gone', () => {
  it('is not learned again after a tombstone, though another session tells it anew', async () => {
    await play('abandoned-approach');
    const [memory] = titled(/given up/);
    put({ ...TOMBSTONE, deletes: [memory?.memory.id ?? ''] });
    await play('abandoned-approach', 'another-session');
    expect(titled(/given up/)).toEqual([]);
    expect(titled(/batches of 500/)).toHaveLength(1);
  });

  it('is not learned again when its file was removed', async () => {
    await play('abandoned-approach');
    const [memory] = titled(/given up/);
    const vault = replay.openVault();
    const found = vault.library.get([memory?.memory.id ?? '']).memories[0];
    for (const root of [vault.outbox.root, vault.place.vaultDir])
      rmSync(join(root, found?.path ?? ''), { force: true });
    vault.close();
    await play('abandoned-approach', 'another-session');
    expect(titled(/given up/)).toEqual([]);
  });
});

describe('what lies on another branch', () => {
  // The session before published it there; the work goes on beside it.
  const learnedOnFeature = async (): Promise<Memory> => {
    git('switch', '-q', '-c', 'feature');
    const learned = observation('aaaaaaaaaaa1');
    put(learned);
    const vault = replay.openVault();
    vault.learned.add([learned]);
    await vault.publish({ now: true, atSessionEnd: true });
    vault.close();
    git('switch', '-q', 'work');
    return learned;
  };

  it('is known, and not taken for deleted: it comes with its branch', async () => {
    const { id } = await learnedOnFeature();
    expect(weigh({ title: 'Import keeps one transaction for each batch of rows', facts: [] })).toMatchObject({
      drafts: [],
      rulings: [{ ruling: 'known', by: id }],
    });
  });

  it('is replaced there by what says more here', async () => {
    const { id } = await learnedOnFeature();
    const { drafts, rulings } = weigh({ title: 'Import keeps one transaction for each batch of rows', facts: MORE });
    expect(rulings).toMatchObject([{ ruling: 'extends', by: id }]);
    expect(drafts[0]?.supersedes).toEqual([id]);
  });

  it('stays gone when this branch had it and a person deleted it there', async () => {
    const { id } = await learnedOnFeature();
    git('switch', '-q', '-c', 'beside', 'feature');
    git('switch', '-q', 'feature');
    git('rm', '-q', '-r', '.claude-mem/memories');
    git('commit', '-q', '-m', 'not worth keeping');
    const vault = replay.openVault();
    await vault.publish({ now: true, atSessionEnd: true });
    vault.close();
    const weighed = weigh({ title: 'Import keeps one transaction for each batch of rows', facts: MORE });
    expect(weighed).toMatchObject({ drafts: [], rulings: [{ ruling: 'forgotten', by: id }] });
  });

  it('stays gone on every branch when a tombstone deletes it', async () => {
    const { id } = await learnedOnFeature();
    put({ ...TOMBSTONE, deletes: [id] });
    const weighed = weigh({ title: 'Import keeps one transaction for each batch of rows', facts: MORE });
    expect(weighed).toMatchObject({ drafts: [], rulings: [{ ruling: 'forgotten', by: id }] });
  });

  it('counts for nothing when a stranger wrote it and nobody has merged it', async () => {
    git('switch', '-q', '-c', 'strange');
    put(observation('aaaaaaaaaaa1'));
    const vault = replay.openVault();
    await vault.publish({ now: true, atSessionEnd: true });
    vault.close();
    git('switch', '-q', 'work');
    const draft = { title: 'Import keeps one transaction for each batch of rows', facts: [] };
    expect(weigh(draft)).toMatchObject({ drafts: [draft], rulings: [] });
  });
});

describe('what three sessions found', () => {
  it('becomes one convention, which takes the place of the finding and cites it', async () => {
    for (const session of ['first', 'second', 'third', 'fourth']) {
      await replay.send(
        rule(session).map((payload, at) => ({ payload, at: Date.UTC(2026, 10, 5, at) + session.length })),
      );
      await replay.wait(HOUR_MS);
    }
    const found = replay.memories().filter(({ memory }) => memory.kind === 'observation');
    const inForce = found.filter(({ isSuperseded }) => !isSuperseded);
    expect(inForce.map(({ memory }) => memory.type)).toEqual(['convention']);
    expect(inForce[0]?.text).toContain('Found again in 3 sessions');
    expect(inForce[0]?.memory.supersedes).toEqual([found.find(({ isSuperseded }) => isSuperseded)?.memory.id]);
  });
});

describe('a rule that three sessions tell in passing', () => {
  const RULE = 'Migrations must always run with the staging flag';
  const found: readonly Memory[] = [
    {
      ...observation('1aaaaaaaaaaa'),
      session: 'one',
      title: 'The deploy of Tuesday broke the orders table',
      body: `The flag was missing.\n\n## Facts\n\n- ${RULE}\n- Orders of an hour were lost\n`,
    },
    {
      ...observation('2aaaaaaaaaaa'),
      session: 'two',
      title: 'Index on invoices takes four minutes',
      body: 'Migrations always must run with the staging flag. It holds no lock.\n',
    },
  ];
  const third = {
    title: 'The new column has no default value',
    facts: ['Migrations must always run with that staging flag'],
  };

  it('is proposed as one convention, which cites what told it and leaves it in force', () => {
    for (const memory of found) put(memory);
    const convention = propose(third);
    expect(convention).toMatchObject({ type: 'convention', tags: expect.arrayContaining(['proposed']) as unknown });
    expect(convention?.title).toMatch(/migrations must always run with .*staging flag/i);
    for (const { id } of found) expect(convention?.narrative).toContain(shortId(id));
    expect(convention?.narrative).toMatch(/^3 sessions/);
    expect(convention?.supersedes).toBeUndefined();
  });

  it('takes the place of an observation that says nothing else', () => {
    const [first] = found;
    put({ ...observation('aaaaaaaaaaa3'), session: 'two', title: RULE, body: 'Seen in a deploy.\n' });
    if (first !== undefined) put(first);
    expect(propose(third)?.supersedes).toEqual(['aaaaaaaaaaa3']);
  });

  it('is none when the same session told it twice, when one says the opposite, or when it is a convention already', () => {
    for (const memory of found) put({ ...memory, session: 'one' });
    expect(propose(third)).toBeUndefined();
    put({
      ...observation('aaaaaaaaaaa4'),
      session: 'two',
      title: 'Migrations must never run with the staging flag',
      body: 'It locks.\n',
    });
    expect(propose(third)).toBeUndefined();
    put({
      ...observation('aaaaaaaaaaa5'),
      session: 'two',
      title: RULE,
      body: 'Said by the user.\n',
      type: 'convention',
    });
    put({ ...observation('aaaaaaaaaaa6'), session: 'three', title: 'Another deploy', body: `${RULE}.\n` });
    expect(propose(third)).toBeUndefined();
  });

  it('stays gone when a tombstone deletes the convention', () => {
    for (const memory of found) put(memory);
    put({ ...observation('aaaaaaaaaaa7'), title: RULE, type: 'convention' });
    put({ ...TOMBSTONE, deletes: ['aaaaaaaaaaa7'] });
    expect(propose(third)).toBeUndefined();
  });

  const propose = (parts: { readonly title: string; readonly facts: readonly string[] }) => {
    const vault = replay.openVault();
    try {
      vault.sync();
      const draft: ObservationDraft = { type: 'gotcha', narrative: '', files: [], tags: [], ...parts };
      return proposeFromSeveral(draft, 'three', vault.library, vault.forgotten());
    } finally {
      vault.close();
    }
  };
});

describe('a draft', () => {
  const known = observation('aaaaaaaaaaa1');

  it('that says nothing beyond a memory is dropped', () => {
    put(known);
    const weighed = weigh({ title: 'Import keeps one transaction for each batch of rows', facts: [] });
    expect(weighed).toMatchObject({ drafts: [], rulings: [{ ruling: 'known', by: known.id }] });
  });

  it('that says more takes its place and keeps what only that one says', () => {
    put(known);
    const { drafts } = weigh({
      title: 'Import keeps one transaction for each batch of rows',
      facts: MORE,
    });
    expect(drafts).toHaveLength(1);
    expect(drafts[0]?.supersedes).toEqual([known.id]);
    expect(drafts[0]?.facts).toContain('The batch size is 500 rows and was measured with the large file');
  });

  it("never takes the place of a person's note", () => {
    const { type: _, ...note } = known;
    put({ ...note, kind: 'note' });
    const { drafts, rulings } = weigh({
      title: 'Import keeps one transaction for each batch of rows',
      facts: MORE,
    });
    expect(drafts).toEqual([]);
    expect(rulings).toMatchObject([{ ruling: 'known' }]);
  });

  it('that denies what a memory says takes its place, whatever few words it has', () => {
    put(known);
    const { drafts, rulings } = weigh({
      title: 'The import no longer keeps one transaction for each batch of rows',
      facts: [],
    });
    expect(rulings).toMatchObject([{ ruling: 'corrects', by: known.id }]);
    expect(drafts[0]?.supersedes).toEqual([known.id]);
  });

  it('that denies what a person wrote stands beside it', () => {
    const { type: _, ...note } = known;
    put({ ...note, kind: 'note' });
    const draft = { title: 'The import no longer keeps one transaction for each batch of rows', facts: [] };
    expect(weigh(draft)).toMatchObject({ drafts: [draft], rulings: [] });
    expect(weigh(draft).drafts[0]?.supersedes).toBeUndefined();
  });

  it('that tells another figure is not the same', () => {
    put({ ...known, title: 'The nightly import job commits batches of 500 rows' });
    const draft = { title: 'The nightly import job commits batches of 2000 rows', facts: [] };
    expect(weigh(draft)).toMatchObject({ drafts: [draft], rulings: [] });
  });

  it('that corrects a memory by its id is written with it', () => {
    put(known);
    const { drafts } = weigh({
      title: 'Import keeps one transaction for each batch of rows',
      facts: [],
      supersedes: [known.id],
    });
    expect(drafts[0]?.supersedes).toEqual([known.id]);
  });

  it('about something else is written as it is', () => {
    put(known);
    const draft = { title: 'Cart totals are integers in cents', facts: [] };
    expect(weigh(draft)).toMatchObject({ drafts: [draft], rulings: [] });
  });
});

function TOMBSTONE_BASE(id: string): Omit<Memory, 'kind' | 'title'> {
  return { id, created: '2026-11-20T09:00:00Z', files: [], tags: [], supersedes: [], deletes: [], body: '' };
}
function observation(id: string): Memory {
  return {
    ...TOMBSTONE_BASE(id),
    kind: 'observation',
    type: 'gotcha',
    title: 'The import keeps one transaction for each batch of rows',
    body: 'A commit for each row took thirty seconds.\n\n## Facts\n\n- The batch size is 500 rows and was measured with the large file\n',
  };
}
const MORE = [
  'The nightly job passes --sync and then every row is committed alone',
  'A broken row rolls its whole batch back',
];
const TOMBSTONE: Memory = { ...TOMBSTONE_BASE('2b3c4d5e6f7g'), kind: 'tombstone', title: 'Not worth keeping' };

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: replay.root, env: { ...replay.env }, stdio: ['ignore', 'pipe', 'inherit'] });
}

function put(memory: Memory): void {
  const vault = replay.openVault();
  vault.outbox.put(memory);
  vault.close();
}

/** A session in which a check fails for want of the same setting, as in each before it. */
function rule(sessionId: string): readonly TimedPayload['payload'][] {
  const base = { session_id: sessionId, cwd: replay.root, prompt_id: `${sessionId}-1` };
  return [
    { ...base, hook_event_name: 'UserPromptSubmit', prompt: 'Run the deploy check and tell me what is missing' },
    {
      ...base,
      hook_event_name: 'PostToolUseFailure',
      tool_name: 'Bash',
      tool_use_id: 't1',
      tool_input: { command: 'node scripts/deploy-check.js', description: 'Run the deploy check' },
      error: 'Exit code 3\nError: REDIS_URL is not set',
    },
    {
      ...base,
      hook_event_name: 'Stop',
      last_assistant_message:
        'REDIS_URL is missing from the environment, and the deploy check must always run with it. Nothing else is wrong.',
    },
    { ...base, hook_event_name: 'SessionEnd', reason: 'other' },
  ];
}

function weigh(parts: Partial<ObservationDraft> & { readonly title: string }) {
  const vault = replay.openVault();
  try {
    vault.sync();
    const draft: ObservationDraft = { type: 'gotcha', narrative: '', facts: [], files: [], tags: [], ...parts };
    return weighDrafts([draft], vault.library, vault.forgotten(), []);
  } finally {
    vault.close();
  }
}

async function play(scenario: string, sessionId?: string): Promise<void> {
  for (const session of readScenario(scenario, replay.root)) {
    await replay.send(session.map((step) => renamed(step, sessionId)));
    await replay.wait(HOUR_MS);
  }
}

function renamed({ payload, at }: TimedPayload, sessionId: string | undefined): TimedPayload {
  return { at, payload: sessionId === undefined ? payload : { ...payload, session_id: sessionId } };
}

function titled(pattern: RegExp): readonly WrittenMemory[] {
  return replay.memories().filter(({ memory }) => memory.kind === 'observation' && pattern.test(memory.title));
}
