// How events become turns.

import { describe, expect, it } from 'vitest';
import { endsInsideTurn, groupTurns } from '../../src/compress/turns.ts';
import { edited, ended, makeEvents, notification, prompt, ran, stop } from '../support/hook-events.ts';
import { readRecordedEvents, recordedFixture } from '../support/recorded-batches.ts';

describe('groupTurns', () => {
  it('makes one turn of a prompt, its tool uses and the reply', () => {
    const turns = groupTurns(makeEvents([prompt('fix it'), ran('npm test'), edited('a.js', '+x'), stop('Fixed.')]));
    expect(turns).toHaveLength(1);
    expect(turns[0]).toMatchObject({ reply: 'Fixed.', end: 'stop' });
    expect(turns[0]?.toolUses.map((event) => event.tool)).toEqual(['Bash', 'Edit']);
  });

  it('does not take a notification of the host for a prompt', () => {
    const turns = groupTurns(makeEvents([prompt('go'), ran('a'), notification(), ran('b'), stop('done')]));
    expect(turns.map((turn) => turn.toolUses.length)).toEqual([2]);
  });

  it('closes a turn as interrupted when the next prompt comes before its Stop', () => {
    const turns = groupTurns(makeEvents([prompt('one'), ran('a'), prompt('two'), stop('ok')]));
    expect(turns.map((turn) => turn.end)).toEqual(['interrupted', 'stop']);
  });

  it('closes a turn as interrupted when the session ends before its Stop', () => {
    expect(groupTurns(makeEvents([prompt('one'), ran('a'), ended()]))[0]?.end).toBe('interrupted');
  });

  it('gives a late tool use to the turn of its prompt id', () => {
    const turns = groupTurns(
      makeEvents([
        prompt('one', 'p1'),
        stop('first', 'p1'),
        prompt('two', 'p2'),
        { ...ran('late'), promptId: 'p1' },
        stop('second', 'p2'),
      ]),
    );
    expect(turns.map((turn) => [turn.reply, turn.toolUses.length])).toEqual([
      ['first', 1],
      ['second', 0],
    ]);
  });

  it('leaves a turn open that a later batch continues', () => {
    const turns = groupTurns(makeEvents([ran('a'), ran('b')]));
    expect(turns).toMatchObject([{ end: 'open' }]);
    expect(turns[0]?.prompt).toBeUndefined();
    expect(endsInsideTurn(turns)).toBe(true);
  });

  it('marks a turn that an API error ended', () => {
    expect(groupTurns(makeEvents([prompt('go'), { type: 'stop', error: 'rate_limit' }]))).toMatchObject([
      { end: 'error', error: 'rate_limit' },
    ]);
  });

  it('makes no turn of a Stop without anything before it', () => {
    expect(groupTurns(makeEvents([stop(), ended()]))).toEqual([]);
  });

  it('finds the five prompts of the recorded session, with what the subagent did in the first one', () => {
    const turns = groupTurns(readRecordedEvents(recordedFixture('session-auth-race.jsonl')));
    expect(turns).toHaveLength(5);
    expect(turns.every((turn) => turn.end === 'stop')).toBe(true);
    expect(turns[0]?.toolUses.filter((event) => event.agentId !== undefined)).toHaveLength(2);
    expect(turns[0]?.subagentReplies).toHaveLength(1);
  });
});
