// The history of a GNU project out of its source archive: commits and bugs as the files write them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readGnuHistory } from '../../scripts/eval/gnu-history.ts';
import { makeHistorySet } from '../../scripts/eval/history-set.ts';

const [OLDER, NEWER] = ['a'.repeat(40), 'b'.repeat(40)];
const OLD_LOG = `2015-01-01  Ann Author  <ann@example.org>\n\n\t[BZ #11111]\n\t* posix/glob.c (glob): Written before commits were named.\n`;
const FIRST_LOG = `2020-02-01  Ann Author  <ann@example.org>\n\n\tCOMMIT: ${OLDER}\n\tposix: glob no longer reads past the end of a pattern that\n\tends in a backslash [BZ #12345]\n\n\t* posix/glob.c: Modified.\n\t[! _LIBC](glob): Modified function.\n\t(glob): New.\n\t* posix/tst-glob.c: New file.\n`;
const SECOND_LOG = `2020-03-01  Bob Author  <bob@example.org>\n\n\tCOMMIT: ${NEWER}\n\tmath: sin is exact at zero (bug 23456)\n\n\t* math/sin.c: Modified.\n\n2020-02-28  Bob Author  <bob@example.org>\n\n\tNo commit is named here.\n`;
const NEWS = `Version 2\n\nThe following bugs are resolved with this release:\n\n  [12345] posix: glob reads past the end of\n    its pattern\n  [23456] math: sin(0) is -0\n  [34567] nobody fixed this\n\nVersion 1\n\n  [12345] glob: listed again\n`;

describe('readGnuHistory', () => {
  it('tells commits, the oldest first, and bugs', () => {
    const { commits, issues } = readGnuHistory(makeSource());
    expect(commits).toEqual([
      {
        hash: OLDER,
        subject: 'posix: glob no longer reads past the end of a pattern that ends in a backslash [#12345]',
        body: '',
        files: ['posix/glob.c', 'posix/tst-glob.c'],
        names: ['glob'],
        testTitles: [],
      },
      {
        hash: NEWER,
        subject: 'math: sin is exact at zero (#23456)',
        body: '',
        files: ['math/sin.c'],
        names: [],
        testTitles: [],
      },
    ]);
    expect(issues).toEqual([
      { number: 12345, title: 'glob reads past the end of its pattern' },
      { number: 23456, title: 'sin(0) is -0' },
      { number: 34567, title: 'nobody fixed this' },
    ]);
  });

  it('makes a set in which no number gives an answer away', () => {
    const [group] = makeHistorySet({ name: 'libc', ...readGnuHistory(makeSource()) });
    expect(group?.docs.map(({ title }) => title)).toEqual([
      'posix: glob no longer reads past the end of a pattern that ends in a backslash',
      'math: sin is exact at zero',
    ]);
    expect(group?.queries).toEqual([
      { q: 'glob reads past the end of its pattern', rel: ['aaaaaaaaaaaa'] },
      { q: 'sin(0) is -0', rel: ['bbbbbbbbbbbb'] },
    ]);
  });

  it('says what is missing', () => {
    const folder = makeFolder();
    expect(() => readGnuHistory(folder)).toThrow(/has no ChangeLog\.old\//);
    mkdirSync(join(folder, 'ChangeLog.old'));
    writeFileSync(join(folder, 'ChangeLog.old', 'ChangeLog.1'), OLD_LOG);
    expect(() => readGnuHistory(folder)).toThrow(/has no ChangeLog\.old\/ with commits/);
    writeFileSync(join(folder, 'ChangeLog.old', 'ChangeLog.2'), FIRST_LOG);
    expect(() => readGnuHistory(folder)).toThrow(/has no NEWS/);
  });
});

function makeSource(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'ChangeLog.old'));
  for (const [name, text] of [
    ['ChangeLog.9', OLD_LOG],
    ['ChangeLog.21', FIRST_LOG],
    ['ChangeLog.22', SECOND_LOG],
    ['ChangeLog.ports-arm', FIRST_LOG],
  ] as const)
    writeFileSync(join(folder, 'ChangeLog.old', name), text);
  writeFileSync(join(folder, 'NEWS'), NEWS);
  return folder;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-gnu-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
