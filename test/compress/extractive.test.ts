// The compressor by rules: its contract, its laws, and the recorded sessions as a colleague reads them.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copySources } from '../../src/compress/copy-limit.ts';
import { createExtractiveCompressor } from '../../src/compress/extractive/compressor.ts';
import { isAlike } from '../../src/compress/likeness.ts';
import type { Batch } from '../../src/model/turn.ts';
import { NOTHING_KNOWN, compressorContract, copies, wordyBatch } from '../contracts/compressor.ts';
import { expectGolden } from '../support/golden.ts';
import { edited, ended, makeBatch, prompt, ran, stop, use } from '../support/hook-events.ts';
import type { EventBody } from '../support/hook-events.ts';
import {
  compressSession,
  renderCompressions,
  renderObservation,
  renderSummary,
} from '../support/readable-compression.ts';
import { batchesAtOnce, batchesLive, readRecordedEvents, recordedFixture } from '../support/recorded-batches.ts';

const compressor = createExtractiveCompressor();
const titlesOf = async (batch: Batch): Promise<readonly string[]> =>
  (await compressor.compress(batch, NOTHING_KNOWN)).observations.map(({ type, title }) => `${type}: ${title}`);

describe('the extractive compressor', () => {
  compressorContract({ name: 'extractive', run: (work) => work(createExtractiveCompressor()) });

  it.each([
    ['race-live', 'session-auth-race.jsonl', batchesLive],
    ['race-at-once', 'session-auth-race.jsonl', batchesAtOnce],
    ['followup-live', 'session-auth-followup.jsonl', batchesLive],
  ])('writes the memories of golden/compress/%s.md', async (name, fixture, plan) => {
    const compressions = await compressSession(compressor, plan(readRecordedEvents(recordedFixture(fixture))));
    const text = renderCompressions(compressions);
    expect(text).not.toMatch(/\{\w+\}|undefined|NaN|\[object/);
    expectGolden(`compress/${name}.md`, text);
  });

  it('answers what a colleague asks of the recorded session', async () => {
    const compressions = await compressSession(
      compressor,
      batchesLive(readRecordedEvents(recordedFixture('session-auth-race.jsonl'))),
    );
    const text = renderCompressions(compressions);
    const asked: Readonly<Record<string, RegExp>> = {
      'what was the bug': /users get logged out at random/i,
      where: /src\/auth\.js/,
      why: /refreshSession reads the token row, and only later marks it used/,
      'what fixed it': /parallel callers with one token now share one refresh/i,
      'what was rejected': /Not chosen: a lock in Redis[\s\S]*Not chosen: a grace window/,
      'which commit': /72edfaa/,
      'what is left': /## Next steps\n\n- Set REDIS_URL on staging/,
      'which rule': /every token refresh goes through Auth\.refreshSession/i,
    };
    const unanswered = Object.keys(asked).filter((question) => asked[question]?.test(text) !== true);
    expect(unanswered).toEqual([]);
  });

  it('writes nothing of private spans and secrets of the recorded session', async () => {
    const text = renderCompressions(
      await compressSession(compressor, batchesAtOnce(readRecordedEvents(recordedFixture('session-auth-race.jsonl')))),
    );
    expect(text).not.toMatch(/Globex|jane\.roe|480k|correct-horse|AKIA|ghp_|wJalrX|not-a-real-password/);
  });

  it('gives the same answer for the same batch', async () => {
    const batch = wordyBatch();
    expect(await compressor.compress(batch, NOTHING_KNOWN)).toEqual(await compressor.compress(batch, NOTHING_KNOWN));
  });

  it('does not say again what the session already noted', async () => {
    const batch = wordyBatch();
    const first = await compressor.compress(batch, NOTHING_KNOWN);
    expect(first.observations.length).toBeGreaterThan(0);
    const known = first.observations.map(({ type, title }, index) => ({ id: `k${index}`, type, title }));
    const second = (await compressor.compress(batch, { known })).observations;
    // A sixth thing, for which the first answer had no room, may come now.
    expect(second.filter(({ title }) => known.some((memory) => isAlike(memory.title, title)))).toEqual([]);
  });

  it('tells an error of a command and the file that mended it', async () => {
    const batch = makeBatch([
      prompt('make the build work'),
      ran(
        'mix test test/live_test.exs 2>&1 | tail -40',
        '** (RuntimeError) no :secret_key_base configuration found in Web.Endpoint',
        2,
      ),
      edited('config/test.exs', '+config :web, Web.Endpoint, secret_key_base: "x"'),
      ran(
        'mix test test/live_test.exs 2>&1 | tail -40',
        '** (RuntimeError) LiveView requires lazy_html as a test dependency',
        2,
      ),
      edited('mix.exs', '+{:lazy_html, "~> 0.1"}'),
      ran('mix test test/live_test.exs', '5 tests, 0 failures'),
      stop('The build works.'),
    ]);
    const { observations } = await compressor.compress(batch, NOTHING_KNOWN);
    const gotcha = observations.find(({ type }) => type === 'gotcha');
    expect(gotcha?.title).toMatch(/secret_key_base.*lazy_html/);
    expect(gotcha?.facts).toEqual([
      '“no :secret_key_base configuration found in Web.Endpoint”: solved in config/test.exs by `config :web, Web.Endpoint, secret_key_base: "x"`',
      '“LiveView requires lazy_html as a test dependency”: solved in mix.exs by `{:lazy_html, "~> 0.1"}`',
    ]);
    expect(gotcha?.files).toEqual(['config/test.exs', 'mix.exs']);
  });

  it('knows a failed test behind `| tail`, which exits with 0', async () => {
    const batch = makeBatch([
      prompt('fix the flaky cart test'),
      ran('npm test 2>&1 | tail -5', 'not ok 3 - keeps the cart\n# fail 1'),
      edited('src/cart.js', '+const cart = await load();'),
      ran('npm test 2>&1 | tail -5', '# pass 3\n# fail 0'),
      ran('git commit -am "Await the cart before reading it"', '[main 1a2b3c4] Await the cart before reading it'),
      stop('Fixed: the cart was read before it was loaded.'),
    ]);
    const { observations } = await compressor.compress(batch, NOTHING_KNOWN);
    expect(observations).toHaveLength(1);
    expect(observations[0]).toMatchObject({
      type: 'bugfix',
      title: 'Await the cart before reading it',
      files: ['src/cart.js'],
    });
    expect(observations[0]?.narrative).toMatch(
      /`npm test` failed before with “keeps the cart” and passes now\. Commit 1a2b3c4\./,
    );
  });

  it('reads subject, body and id of a commit by here-document, and drops its trailers', async () => {
    const command = `git add -A && git commit -m "$(cat <<'EOF'\nfeat(cart): keep the cart across logins (SHOP-12)\n\nThe cart moves to the account when a guest logs in.\n\n- Merge rule: the account's quantity wins\n\nCo-Authored-By: Claude <x@example.com>\nEOF\n)"`;
    const batch = makeBatch([
      prompt('Implement SHOP-12'),
      edited('src/cart.js', '+merge()'),
      ran(command, '[main 9f8e7d6] feat(cart): keep the cart across logins (SHOP-12)\n 1 file changed'),
      stop('Done.'),
    ]);
    const { observations, summary } = await compressor.compress(batch, NOTHING_KNOWN);
    expect(observations).toHaveLength(1);
    expect(renderObservation(observations[0]!)).toContain("- Merge rule: the account's quantity wins");
    expect(observations[0]?.title).toBe('Keep the cart across logins');
    expect(JSON.stringify(observations)).not.toContain('Co-Authored');
    expect(summary?.title).toBe('Implement SHOP-12: Keep the cart across logins');
    expect(summary?.completed).toEqual(['Keep the cart across logins (9f8e7d6)']);
  });

  it('takes a repair for what its own prompt tells of, and for nothing that the session did before', async () => {
    const repair = (ask: string, subject: string, cause: string): Batch =>
      makeBatch([
        prompt(`${ask} Find out why and fix it.`),
        edited('src/cart.js', '+cents'),
        ran(`git commit -m "${subject}"`, `[main 9f8e7d6] ${subject}`),
        stop(`The cause is ${cause}.`),
      ]);
    const race = repair('Users get logged out at random.', 'Share one refresh', 'a race of two refreshes');
    const first = await compressor.compress(race, NOTHING_KNOWN);
    const second = await compressor.compress(
      repair('The total of a cart is off by one cent.', 'Count in cents', 'rounding before the sum'),
      { known: [], ...(first.summary === undefined ? {} : { summary: first.summary }) },
    );
    const [memory] = second.observations;
    expect(memory?.title).toMatch(/^The total of a cart is off by one cent: /);
    expect(renderObservation(memory!)).toContain('Problem: The total of a cart is off by one cent');
    expect(renderObservation(memory!)).not.toContain('logged out');
  });

  it('writes no memory of a commit that only keeps house, of greetings and of looking around', async () => {
    expect(
      await titlesOf(
        makeBatch([
          prompt('sync the beads'),
          ran('git commit -m "chore: sync"', '[main 1a2b3c4] chore: sync'),
          stop('Done.'),
        ]),
      ),
    ).toEqual([]);
    expect(await titlesOf(makeBatch([prompt('hi'), stop('Hello! What shall we do?')]))).toEqual([]);
    expect(
      await titlesOf(
        makeBatch([prompt('list the files'), ran('ls', 'a\nb'), ran('ls src', 'c'), stop('There are three files.')]),
      ),
    ).toEqual([]);
  });

  it('leaves an approach that was abandoned as a decision with its reason', async () => {
    const batch = makeBatch([
      prompt('Make the import faster'),
      ran('node bench.js', '12.1 s'),
      edited('src/import.js', '+worker threads'),
      ran('node bench.js', '13.4 s'),
      stop(
        'Worker threads were tried and rejected: copying the rows costs more than parsing them. We decided to stream the file instead of loading it.',
      ),
    ]);
    const text = (await compressor.compress(batch, NOTHING_KNOWN)).observations.map(renderObservation).join('\n');
    expect(text).toMatch(/decision/);
    expect(text).toMatch(/rejected: copying the rows costs more/);
    expect(text).toMatch(/stream the file instead of loading it/);
  });

  it('keeps what a compaction summary tells: what is unsolved with what was tried, what was mended, what it taught', async () => {
    const batch = makeBatch([
      {
        type: 'post-compact',
        summary: [
          'Analysis:\nlong talk\n\nSummary:',
          '4. Errors and fixes:',
          '   - **BadMapError in the exporter config**: The nested form is wrong. Fixed by the flat form.',
          '   - **Dialyzer false positive (UNRESOLVED)**: `Otel.trace_id()` may return a string, it infers only `:error`. Attempted fixes that all failed:',
          '     - Adding a `@spec`',
          '     - An ignore file (not picked up by the hook)',
          '5. Problem Solving:',
          '   - **Exporters**: Established that this project configures them flat. Exporters should always be set in runtime.exs.',
          '   - **Unsolved**: The commit hook enforces dialyzer and cannot be bypassed.',
          '7. Pending Tasks:',
          '   - Commit the controllers once Dialyzer is quiet',
        ].join('\n'),
      },
      prompt('go on'),
      stop('Going on.'),
    ]);
    const { observations, summary } = await compressor.compress(batch, NOTHING_KNOWN);
    expect(observations.map(({ type, title }) => `${type}: ${title}`)).toEqual([
      'gotcha: Dialyzer false positive (`Otel.trace_id()`): not solved yet',
      'convention: Exporters should always be set in runtime.exs',
      'gotcha: Pitfalls: BadMapError in the exporter config',
    ]);
    expect(observations[0]?.facts).toEqual([
      'Tried without success: Adding a `@spec`',
      'Tried without success: An ignore file (not picked up by the hook)',
      'The commit hook enforces dialyzer and cannot be bypassed',
    ]);
    expect(observations[1]?.narrative).toBe('This project configures them flat.');
    expect(observations[2]?.narrative).toBe(
      'BadMapError in the exporter config (The nested form is wrong) → the flat form',
    );
    expect(summary?.nextSteps).toEqual(['Commit the controllers once Dialyzer is quiet']);
  });

  it('puts the solution in the place of what was unsolved, with what had been tried', async () => {
    const known = [
      {
        id: 'k1',
        type: 'gotcha',
        title: 'Dialyzer false positive (`Otel.trace_id()`): not solved yet',
        gist: 'It infers only `:error`.\nTried without success: Adding a `@spec`',
      },
    ] as const;
    const summary = { title: 'Tracing', request: [], investigated: [], completed: [], nextSteps: [] };
    const batch = makeBatch([
      prompt('continue implementation'),
      stop(
        '**Key fix:** Resolved the Dialyzer false positive by using `otel.hex_id/1` instead of reading the context.',
      ),
    ]);
    const compression = await compressor.compress(batch, {
      known,
      summary: { ...summary, learned: ['Dialyzer false positive (`Otel.trace_id()`): not solved yet'] },
    });
    expect(compression.observations).toMatchObject([
      {
        title: 'Dialyzer false positive: solved by using `otel.hex_id/1`',
        supersedes: ['k1'],
        facts: ['Tried without success: Adding a `@spec`'],
      },
    ]);
    expect(compression.summary?.learned.join()).not.toContain('not solved');
  });

  it('takes a next step off the list when a later batch did it', async () => {
    const first = await compressor.compress(
      makeBatch([
        prompt('Check the deploy'),
        ran('x'),
        stop('REDIS_URL is fine. Left: add `retryLimit` to src/queue.js.'),
      ]),
      NOTHING_KNOWN,
    );
    expect(first.summary?.nextSteps).toEqual(['Add `retryLimit` to src/queue.js']);
    const second = await compressor.compress(
      makeBatch([
        prompt('Do it'),
        edited('src/queue.js', '+retryLimit'),
        ran('git commit -m "Add retryLimit to src/queue.js"', '[main 7a7b7c7] Add retryLimit to src/queue.js'),
        stop('Added.'),
      ]),
      { known: [], ...(first.summary === undefined ? {} : { summary: first.summary }) },
    );
    expect(second.summary?.nextSteps).toEqual([]);
  });

  it('tells what stands on the task list until it is ticked off, also in a later batch', async () => {
    const task = (subject: string, status: string): EventBody => use({ kind: 'task', subject, status });
    const steps = async (bodies: readonly EventBody[], before = NOTHING_KNOWN) => {
      const { summary } = await compressor.compress(makeBatch(bodies), before);
      return { nextSteps: summary?.nextSteps, known: { known: [], ...(summary === undefined ? {} : { summary }) } };
    };
    const first = await steps([
      prompt('Mend the random logouts of the dashboard'),
      task('#1 Find the cause', 'created'),
      task('#2 Write a failing test', 'created'),
      task('#3 Tell the support team', 'created'),
      task('#1', 'completed'),
      ran('git commit -m "Share one refresh"', '[main 1a2b3c4] Share one refresh'),
      stop('Two callers refreshed at once; they share one refresh now.'),
    ]);
    expect(first.nextSteps).toEqual(['Write a failing test (task 2)', 'Tell the support team (task 3)']);
    const second = await steps(
      [
        prompt('And the test'),
        task('#2', 'in_progress'),
        edited('test/auth.test.js', '+test'),
        ran('git commit -m "Test parallel refreshes"', '[main 7a7b7c7] Test parallel refreshes'),
        task('#2', 'completed'),
        stop('The test is written.'),
      ],
      first.known,
    );
    expect(second.nextSteps).toEqual(['Tell the support team (task 3)']);
    const third = await steps(
      [
        prompt('What about the others?'),
        task('#3 Tell the support team (completed); #4 Close the ticket (pending)', 'list'),
        stop('The support team knows.'),
      ],
      second.known,
    );
    expect(third.nextSteps).toEqual(['Close the ticket (task 4)']);
  });

  it('works in other languages', async () => {
    const batch = makeBatch([
      prompt('Warum schlägt der Export fehl?'),
      ran('node export.js', 'Error: Zeichensatz fehlt', 1),
      ran('grep -n charset src/export.js', 'src/export.js:4: charset'),
      stop('Die Ursache ist der fehlende Zeichensatz in src/export.js. 原因是编码没有设置。'),
      ended(),
    ]);
    const { observations, summary } = await compressor.compress(batch, NOTHING_KNOWN);
    expect(observations[0]?.narrative).toMatch(/Zeichensatz/);
    expect(summary?.request).toEqual(['Warum schlägt der Export fehl?']);
  });

  it('is not held up by texts made of one thing repeated', { timeout: 20_000 }, async () => {
    for (const unit of [
      'a',
      'A',
      '(',
      '`',
      'a_',
      '[a](',
      '原',
      '\n',
      'e\n',
      '0 ',
      '"',
      'because ',
      'https://a/',
      '- ',
    ]) {
      const text = unit.repeat(16_000 / unit.length);
      const batch = makeBatch([
        prompt(text),
        ran(`git commit -m ${text.slice(0, 1900)}`, text.slice(0, 4000)),
        ran(`npm test ${text.slice(0, 1900)}`, text.slice(0, 4000), 1),
        edited('docs/decisions/1.md', `+# 1 a\n+b\n+${text.slice(0, 4000)}`),
        { type: 'post-compact', summary: `4. Errors and fixes:\n- ${text}` },
        stop(text),
      ]);
      const { observations } = await compressor.compress(batch, NOTHING_KNOWN);
      expect(observations.length).toBeLessThanOrEqual(5);
    }
  });

  it('copies no more than the promise, whatever people and models say', async () => {
    const words = fc.constantFrom(
      ...'the cause is because race decided rejected not chosen always never left: todo next missing before the next deploy fixed by using instead of store.get() src/auth.js `code` (see above), and so on; Token 原因 weil . \n\n- ## **bold** : 1. Error'.split(
        ' ',
      ),
    );
    const text = fc.array(words, { minLength: 5, maxLength: 250 }).map((list) => list.join(' '));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (asked, replied, summarised) => {
        const batch = makeBatch([
          prompt(asked),
          ran('npm test', replied.slice(0, 300), 1),
          edited('docs/decisions/0001-x.md', `+# 0001 X\n+\n+${replied.replaceAll('\n', ' ')}`),
          ran('npm test', 'ok'),
          use({ kind: 'agent', description: 'look', prompt: asked, result: summarised }),
          { type: 'post-compact', summary: `Errors:\n- **It broke here**: ${summarised}` },
          stop(replied),
        ]);
        const sources = copySources(batch);
        const { observations, summary } = await compressor.compress(batch, NOTHING_KNOWN);
        const memories = [
          ...observations.map(renderObservation),
          ...(summary === undefined ? [] : [renderSummary(summary)]),
        ];
        expect(memories.flatMap((memory) => copies(memory, sources))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what the user says', () => {
  it('about how things are done here is a convention, also said in passing; a task of the moment is none', async () => {
    expect(
      await titlesOf(
        makeBatch([
          prompt('No, we never use npm in this repo, always pnpm. Run the tests again please.'),
          ran('pnpm test', '# fail 0'),
          stop('The tests pass with pnpm.'),
        ]),
      ),
    ).toEqual(['convention: We never use npm in this repo, always pnpm']);
    expect(
      await titlesOf(
        makeBatch([prompt('Fix it without a new dependency. Old tokens must still be refused.'), stop('Fixed it.')]),
      ),
    ).toEqual([]);
  });

  it('when the agent asks is a decision with its question', async () => {
    const asked = use(
      {
        kind: 'other',
        input: '{"questions":[{"question":"Where should sessions be stored?"}]}',
        result: 'User has answered your questions: "Where should sessions be stored?"="Redis, the cluster of the API"',
      },
      true,
      'AskUserQuestion',
    );
    expect(await titlesOf(makeBatch([prompt('Add sessions to the API'), asked, stop('I start.')]))).toEqual([
      'decision: Where should sessions be stored: Redis, the cluster of the API',
    ]);
  });

  it('to a plan that was laid before them leaves the plan, with its limits', async () => {
    const plan =
      '# Plan: Move search to SQLite\n\n## Problem\nThe search server is a service of its own and nobody runs it locally.\n\n## Non-goals\n- No change of the query language of the public API';
    const proposed = use(
      { kind: 'other', input: JSON.stringify({ plan }), result: 'User has approved your plan.' },
      true,
      'ExitPlanMode',
    );
    const { observations } = await compressor.compress(
      makeBatch([prompt('Plan the move of the search'), proposed, stop('I start with the schema.')]),
      NOTHING_KNOWN,
    );
    expect(observations).toMatchObject([{ type: 'decision', title: 'Plan: Move search to SQLite' }]);
    expect(observations[0]?.facts).toEqual(['Limit: No change of the query language of the public API']);
  });

  it('and takes back in Git leaves no trace as work', async () => {
    const batch = makeBatch([
      prompt('Try a cache in front of the store'),
      edited('src/cache.js', '+const cache = new Map();'),
      edited('src/store.js', '+return cache.get(key);'),
      ran('git checkout src/store.js && rm src/cache.js', ''),
      stop(
        'The cache made things slower: every write had to clear it. I took it out again and left the store as it was.',
      ),
    ]);
    const { observations } = await compressor.compress(batch, NOTHING_KNOWN);
    expect(observations.map(({ type }) => type)).toEqual(['decision']);
    expect(observations[0]?.title).toMatch(/^Tried and given up: /);
  });
});

describe('a closing report', () => {
  const reported = (reply: string) =>
    makeBatch([
      prompt('Add rate limiting to the public API, 100 requests a minute for each key'),
      edited('src/rate-limit.js', `+${'const window = 60;\n+'.repeat(12)}`),
      ran('npm test', '# fail 0'),
      stop(reply),
    ]);

  it('is read by its headings: what was built, what was decided, what is not done', async () => {
    const { observations, summary } = await compressor.compress(
      reported(
        [
          '## What changed',
          '- `src/rate-limit.js` holds a fixed-window limiter with its state in Redis',
          '',
          '### Decisions',
          '- Fixed window instead of a sliding log: one call for each request, and bursts at the edge are fine',
          '- When Redis is down the limiter lets requests through and writes a line to the log',
          '',
          '### Not done',
          '- Metrics for rejected requests',
        ].join('\n'),
      ),
      NOTHING_KNOWN,
    );
    expect(observations.map(({ type, title }) => `${type}: ${title}`)).toEqual([
      'feature: Add rate limiting to the public API, 100 requests a minute for each key',
      expect.stringMatching(/^decision: Fixed window instead of a sliding log/),
    ]);
    expect(observations[1]?.facts.join()).toContain('lets requests through');
    expect(summary?.nextSteps).toEqual(['Metrics for rejected requests']);
  });

  it('leaves its warning as a gotcha, with the sentence that goes on', async () => {
    const { observations } = await compressor.compress(
      reported(
        '**Note:** `append` is not idempotent, so a second run of the same day doubles the rows. The job deletes the day first, which is why it is safe today.',
      ),
      NOTHING_KNOWN,
    );
    const gotcha = observations.find(({ type }) => type === 'gotcha');
    expect(gotcha?.title).toMatch(/^`append` is not idempotent/);
    expect(gotcha?.narrative).toContain('deletes the day first');
  });
});
