// Set files: read whole, and refused with the file, the place and the expectation.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSets } from '../../scripts/eval/set-file.ts';

const DOCUMENT = { id: 'd1', title: 'Title', narrative: 'Text', facts: '' };
const GROUP = { name: 'group', docs: [DOCUMENT], queries: [{ q: 'question', rel: ['d1'] }] };

describe('readSets', () => {
  it('reads one file, or every *.json of a folder in order', () => {
    const folder = makeFolder({
      'b.json': JSON.stringify([GROUP]),
      'a.json': JSON.stringify([GROUP, { ...GROUP, name: 'other' }]),
      'README.md': '# not a set',
    });
    expect(readSets(folder).map((set) => [set.name, set.groups.map(({ name }) => name)])).toEqual([
      ['a', ['group', 'other']],
      ['b', ['group']],
    ]);
    expect(readSets(join(folder, 'b.json'))).toEqual([{ name: 'b', groups: [GROUP] }]);
  });

  it.each([
    ['is no JSON', '[', /one\.json is no JSON/],
    ['is no list', '{}', /one\.json: at the top: .*array/],
    ['has no group', '[]', /one\.json: at the top/],
    ['lacks a text', JSON.stringify([{ ...GROUP, docs: [{ ...DOCUMENT, facts: 1 }] }]), /at \[0\]\.docs\[0\]\.facts/],
    ['has no questions', JSON.stringify([{ ...GROUP, queries: [] }]), /at \[0\]\.queries/],
    ['has a question without an answer', JSON.stringify([{ ...GROUP, queries: [{ q: 'x', rel: [] }] }]), /\.rel/],
    ['has an id twice', JSON.stringify([{ ...GROUP, docs: [DOCUMENT, DOCUMENT] }]), /"group": two documents .* "d1"/],
    [
      'names an answer that is no document',
      JSON.stringify([{ ...GROUP, queries: [{ q: 'x', rel: ['d9'] }] }]),
      /"group": the answer "d9" of the question "x"/,
    ],
  ])('refuses a file that %s', (_, content, message) => {
    const folder = makeFolder({ 'one.json': content });
    expect(() => readSets(folder)).toThrow(message);
    expect(() => readSets(folder)).toThrow(
      expect.objectContaining({ code: 'invalid_input', hint: expect.stringContaining('"queries"') }),
    );
  });

  it('refuses a path that is not there and a folder without sets', () => {
    const folder = makeFolder({ 'README.md': '' });
    expect(() => readSets(join(folder, 'missing'))).toThrow(/there is no file or folder .*missing/);
    expect(() => readSets(folder)).toThrow(/holds no \*\.json file/);
  });
});

function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-sets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
