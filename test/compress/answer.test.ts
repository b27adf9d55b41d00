// What is taken of a model's answer, and what is not.

import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/compress/answer.ts';
import { NOTHING_KNOWN } from '../contracts/compressor.ts';
import { goodInput } from '../support/fake-messages-api.ts';
import { edited, makeBatch, prompt, ran, stop } from '../support/hook-events.ts';

const batch = makeBatch([
  prompt('see https://example.com/spec'),
  edited('/home/dev/shop/src/auth.js', '+x'),
  ran('git log --oneline', '72edfaa Share one refresh\nsrc/store.js:4: get'),
  stop('Done with that.'),
]);
const read = (observation: object) => {
  const answer = readAnswer(goodInput({ observations: [observation] }), batch, NOTHING_KNOWN);
  if (!answer.ok) throw new Error(answer.problem);
  return answer.observations[0];
};

describe('readAnswer', () => {
  it('keeps files that the events show, as repository paths, and drops the others', () => {
    expect(
      read({
        files: [
          'src/auth.js:23',
          './src/auth.js',
          '/home/dev/shop/src/store.js',
          'src/made-up.js',
          '/etc/passwd',
          '../up.js',
        ],
      })?.files,
    ).toEqual(['src/auth.js', 'src/store.js']);
  });

  it('marks commit ids and addresses that are in no event', () => {
    const observation = read({
      narrative: 'In 72edfaa, not in deadbeef1; see https://example.com/spec and https://evil.example/x.',
    });
    expect(observation?.narrative).toBe(
      'In 72edfaa, not in [id not in the events]; see https://example.com/spec and [address not in the events]',
    );
  });

  it('says commits again that stand in what went along of earlier batches and sessions', () => {
    const summary = { completed: ['The lock (1a2b3c4)', 'The fix of 5e6f7a8', 'Made up in deadbeef1'] };
    const state = {
      known: [{ id: 'k1', type: 'bugfix', title: 'A lock around the store', gist: 'Commit 1a2b3c4.' }],
      related: [{ id: 'r1', type: 'decision', title: 'Decision of 5e6f7a8' }],
    } as const;
    const answer = readAnswer(goodInput({ summary }), batch, state);
    expect(answer.ok && answer.summary?.completed).toEqual([
      'The lock (1a2b3c4)',
      'The fix of 5e6f7a8',
      'Made up in [id not in the events]',
    ]);
  });

  it('cuts secrets that a model made up or carried along', () => {
    expect(read({ facts: ['The key is ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake0000'] })?.facts.join()).not.toContain(
      'ghp_FAKE',
    );
  });

  it('cuts titles, facts and lists to their lengths and puts them on one line', () => {
    const observation = read({
      title: `A title\nover two lines ${'x'.repeat(300)}`,
      facts: Array(20).fill('- a fact\nof two lines'),
      tags: ['Race Condition!', '  ', 'a', 'b', 'c', 'd', 'e'],
    });
    expect(observation?.title).toMatch(/^A title over two lines x+…$/);
    expect(observation?.title.length).toBeLessThanOrEqual(120);
    expect(observation?.facts).toHaveLength(8);
    expect(observation?.facts[0]).toBe('a fact of two lines');
    expect(observation?.tags).toEqual(['race-condition', 'a', 'b', 'c', 'd']);
  });

  it('takes no escape sequences and hidden characters', () => {
    expect(read({ title: '\u001B[31mRed\u001B[0m \u202Ealert\u200B here' })?.title).toBe('Red alert here');
  });

  it('keeps five observations, and none that is known or said twice', () => {
    const observations = Array.from({ length: 9 }, (_, index) => ({
      title: `Subject number ${'abcdefghi'[index]}${'abcdefghi'[index]} of ${index} kinds entirely ${index * 7919}`,
    }));
    const answer = readAnswer(
      goodInput({ observations: [...observations, ...observations.slice(0, 1)] }),
      batch,
      NOTHING_KNOWN,
    );
    expect(answer.ok && answer.observations.length).toBeLessThanOrEqual(5);
    const known = readAnswer(
      goodInput({ observations: [{ title: 'The token store is not atomic under load at all' }] }),
      batch,
      {
        known: [{ id: 'x', type: 'discovery', title: 'The token store is not atomic under load' }],
      },
    );
    expect(known).toMatchObject({ ok: true, observations: [] });
  });

  it.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ observations: {} }],
    [{ observations: ['x'] }],
    [{ observations: [], summary: 'x' }],
    [{ observations: [], summary: {} }],
  ])('says what is wrong with %j', (answer) => {
    expect(readAnswer(answer, batch, NOTHING_KNOWN)).toMatchObject({ ok: false, problem: expect.stringMatching(/./) });
  });
});
