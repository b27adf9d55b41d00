// Words that stand for one another, by their stems.

import { describe, expect, it } from 'vitest';
import { stemWord } from '../../src/index/stem.ts';
import { synonymsOf } from '../../src/index/synonyms.ts';

describe('synonyms', () => {
  it('are the others of a group, in any form of the word', () => {
    expect(synonymsOf(stemWord('folders'))).toEqual([stemWord('directory'), 'dir']);
    expect(synonymsOf(stemWord('directories'))).toEqual(['folder', 'dir']);
    expect(synonymsOf('tz')).toEqual([stemWord('timezone')]);
  });

  it('are of all groups where a word stands in several, each once', () => {
    const found = synonymsOf(stemWord('appending'));
    expect(found).toEqual(expect.arrayContaining([stemWord('merge'), stemWord('insert')]));
    expect(new Set(found).size).toBe(found.length);
    expect(found).not.toContain(stemWord('append'));
  });

  it('are none for a word of no group, nor for what only begins as one does', () => {
    expect(['quasar', 'folderol', 'd', '', '令牌'].flatMap(synonymsOf)).toEqual([]);
  });
});
