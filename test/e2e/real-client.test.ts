// The real Claude Code with this plugin and a scripted model: memories of one session reach the next at its start, at a prompt and at a
// file, nothing comes twice, and after a compaction all may come again. For maintainers, before a release:
//   npm run build && MEMVAULT_TEST_CLAUDE=/path/to/claude npx vitest run test/e2e/real-client.test.ts

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawMemoryId } from '../../src/model/memory.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { givenIn } from '../support/given-blocks.ts';
import type { GivenBlock } from '../support/given-blocks.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';
import { runClient } from '../support/real-client.ts';
import type { ClientSession } from '../support/real-client.ts';
import { openScriptedModel, textsOf } from '../support/scripted-model.ts';
import type { ModelMessage, ScriptedTurn, ToolCall } from '../support/scripted-model.ts';
import { until } from '../support/until.ts';

const CLAUDE = process.env['MEMVAULT_TEST_CLAUDE'] ?? '';

/** The project before the first session. */
const PROJECT = {
  'CLAUDE.md': '# Shop\n\n- Tests run with `npm test`.\n',
  'src/refresh.js':
    'export async function refresh(store, token) {\n  return store.rotate(await store.get(token));\n}\n',
  'src/cart.js': 'export const total = (lines) => lines.reduce((sum, { price }) => sum + Math.round(price), 0);\n',
  'src/prices.js': "export const parse = (bytes) => bytes.toString('latin1').split('\\n');\n",
};

const FIRST = {
  race: 'Users get logged out when two tabs refresh their token at once. Find out why and fix it.',
  cents: 'The total of a cart is off by one cent for some orders. Find out why and fix it.',
  umlauts: 'The import of price lists garbles umlauts. Find out why and fix it.',
  rule: 'Remember for next time: every amount of money is an integer of cents.',
};
const SECOND = {
  ask: 'Are users logged out again because two tabs refresh one token in parallel?',
  askAgain: 'Say once more why parallel refreshes of one token logged users out of their tabs.',
  lists: 'Now look at @src/prices.js, please.',
  afterCompaction: 'Tell me again why two tabs that refresh one token in parallel logged users out.',
  afterClear: 'Once more from the start: why did parallel refreshes of one token log users out of their tabs?',
};

/** Two repairs and more in the first session; looks, edits and questions in the second. */
function script(root: string): readonly ScriptedTurn[] {
  const read = (path: string): ToolCall => ({ tool: 'Read', input: { file_path: join(root, path) } });
  const edit = (path: string, old_string: string, new_string: string): ToolCall => ({
    tool: 'Edit',
    input: { file_path: join(root, path), old_string, new_string },
  });
  const commit = (subject: string): ToolCall => ({ tool: 'Bash', input: { command: `git commit -qam "${subject}"` } });
  const repair = (path: string, from: string, to: string, subject: string, answer: string): ScriptedTurn['steps'] => [
    read(path),
    edit(path, from, to),
    commit(subject),
    `${answer} Fixed in ${path}.`,
  ];
  const RACE = 'The cause is a race: refresh reads the token before it rotates it, so two tabs rotated one token.';
  const CENTS = 'The cause is rounding: each line was rounded before the sum, so cents were lost.';
  const UMLAUTS = 'The cause is the encoding: the importer read UTF-8 as Latin-1, so umlauts were garbled.';
  const steps: Readonly<Record<string, ScriptedTurn['steps']>> = {
    [FIRST.race]: repair('src/refresh.js', '(store, token)', '(store, token = "")', 'Share one refresh', RACE),
    [FIRST.cents]: repair('src/cart.js', '{ price }', '{ cents: price }', 'Count a cart in cents', CENTS),
    [FIRST.umlauts]: repair('src/prices.js', 'latin1', 'utf8', 'Read price lists as UTF-8', UMLAUTS),
    [FIRST.rule]: [
      edit('CLAUDE.md', '- Tests', '- Every amount of money is an integer of cents.\n- Tests'),
      commit('Note the rule about money'),
      'Noted in CLAUDE.md.',
    ],
    [SECOND.ask]: [read('src/cart.js'), 'No: parallel callers share one refresh.'],
    [SECOND.askAgain]: [edit('src/cart.js', 'export', '/** In cents. */\nexport'), 'Two tabs rotated one token.'],
    [SECOND.lists]: ['They are UTF-8.'],
    [SECOND.afterCompaction]: [edit('src/prices.js', 'export', '/** UTF-8. */\nexport'), 'Two tabs rotated one token.'],
    [SECOND.afterClear]: ['Two tabs rotated one token.'],
  };
  return Object.entries(steps).map(([prompt, list]) => ({ prompt, steps: list }));
}

interface Run extends ClientSession {
  /** What stood in the last request that had this prompt in it. */
  given(prompt: string): readonly GivenBlock[];
}

describe.skipIf(CLAUDE === '')('the real Claude Code (MEMVAULT_TEST_CLAUDE names its binary)', () => {
  let runs: Record<'second' | 'resumed' | 'forked', Run>;

  beforeAll(async () => {
    if (!existsSync(CLAUDE)) throw new Error(`MEMVAULT_TEST_CLAUDE names ${CLAUDE}, and nothing is there`);
    if (!existsSync(join(import.meta.dirname, '../../dist/launch.cjs'))) throw new Error('run `npm run build` first');
    const repo = makeRepo();
    const worker = join(repo.home, '.claude-mem', 'memvault', 'worker.json');
    repo.commit('project', PROJECT);
    await using model = await openScriptedModel(script(repo.root));
    const run = async (prompts: readonly string[], args: readonly string[] = []): Promise<Run> => {
      const from = model.conversations.length;
      const session = await runClient({ claude: CLAUDE, repo, url: model.url }, prompts, args);
      const requests = model.conversations.slice(from);
      return { ...session, given: (prompt) => givenIn(requests.findLast((one) => holds(one, prompt)) ?? []) };
    };
    try {
      await run(Object.values(FIRST));
      await until(() => repo.exists('.claude-mem/memories') && !existsSync(worker));
      bringMany(repo);
      const { ask, askAgain, lists, afterCompaction, afterClear } = SECOND;
      const second = await run([ask, askAgain, lists, '/compact', afterCompaction, '/clear', afterClear]);
      const beforeClear = second.ids[0] ?? '';
      const resumed = await run([afterClear], ['--resume', beforeClear]);
      const forked = await run([afterClear], ['--resume', beforeClear, '--fork-session']);
      runs = { second, resumed, forked };
      await until(() => !existsSync(worker));
    } finally {
      repo.dispose();
    }
  }, 240_000);

  it('ends every session in order', () => {
    for (const { exitCode, stderr, failed } of Object.values(runs))
      expect({ exitCode, stderr, failed: failed.includes(true) }).toEqual({ exitCode: 0, stderr: '', failed: false });
    expect(runs.second.ids).toHaveLength(2);
    expect(runs.resumed.ids).toEqual(runs.second.ids.slice(0, 1));
  });

  it('gives a start what holds, a prompt what it is about, a file what is known of it, and nothing twice', () => {
    const [start, prompt, file, mention] = expectBlocks('before the compaction', runs.second.given(SECOND.lists), [
      'SessionStart',
      'UserPromptSubmit',
      'PreToolUse:Read',
      'UserPromptSubmit',
    ]);
    expect(start?.text).toContain('Every amount of money is an integer of cents');
    expect(prompt?.text).toContain('a race');
    expect(file?.text).toContain('speak of src/cart.js');
    expect(mention?.text).toContain('(src/prices.js)');
  });

  it('gives the start again after a compaction, and may remind again, also before an edit', () => {
    const blocks = runs.second.given(SECOND.afterCompaction);
    const events = ['SessionStart', 'UserPromptSubmit', 'PreToolUse:Edit'];
    const [, prompt, file] = expectBlocks('after the compaction', blocks, events);
    expect(prompt?.text).toContain('a race');
    expect(file?.text).toContain('speak of src/prices.js');
  });

  it('begins anew after /clear', () => {
    const blocks = runs.second.given(SECOND.afterClear);
    expectBlocks('after /clear', blocks, ['SessionStart', 'UserPromptSubmit']);
  });

  it('adds nothing to a conversation that is resumed or forked', () => {
    const before = runs.second.given(SECOND.afterCompaction).map(({ text }) => text);
    expect(runs.resumed.given(SECOND.afterClear).map(({ text }) => text)).toEqual(before);
    expect(runs.forked.given(SECOND.afterClear).map(({ text }) => text)).toEqual(before);
  });
});

/** Prints the facts, and holds that each memory is there once, whole, and within what the host takes. */
function expectBlocks(moment: string, blocks: readonly GivenBlock[], events: readonly string[]): readonly GivenBlock[] {
  console.table(
    blocks.map(({ lead, message, role, units, tokens, ids }) => ({
      moment,
      event: lead,
      message: `${message} (${role})`,
      units,
      tokens,
      memories: ids.length,
    })),
  );
  expect(blocks.map(({ lead }) => lead.replace(/ hook additional context$/, ''))).toEqual(events);
  const ids = blocks.flatMap((block) => block.ids);
  expect(ids).toEqual([...new Set(ids)]);
  for (const { units } of blocks) expect(units).toBeLessThanOrEqual(10_000);
  return blocks;
}

/** What a later session left, so that a start cannot hold all: decisions about pages, brought by twelve commits. */
function bringMany(repo: TestRepo): void {
  const created = `${new Date().toISOString().slice(0, 19)}Z`;
  for (let page = 0; page < 12; page++) {
    const memories = ['top', 'left', 'right'].map((side) => {
      const id = drawMemoryId(createHash('sha256').update(`${page} ${side}`).digest());
      const title = `The ${side} column of page ${page} is fixed`;
      const files = [{ path: `web/page${page}.css` }];
      const memory = memoryOf({ id, type: 'decision', title, created, session: 'pages', files, body: `${title}.\n` });
      return [`.claude-mem/memories/2026/11/29-${side}-${id}.md`, serializeMemory(memory)];
    });
    repo.commit(`page ${page}`, { [`web/page${page}.css`]: 'a {}\n', ...Object.fromEntries(memories) });
  }
  const summary = memoryOf({
    id: 'pages0000000',
    kind: 'summary',
    session: 'pages',
    title: 'Pages laid out',
    created,
    branch: 'main',
  });
  repo.commit('pages', { '.claude-mem/sessions/2026/11/29-pages.md': serializeMemory(summary) });
}

function holds(messages: readonly ModelMessage[], prompt: string): boolean {
  return messages.some((message) => textsOf(message).includes(prompt));
}
