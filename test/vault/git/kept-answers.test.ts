// What Git answered at an earlier start: not asked again, until HEAD, Git's index or the file itself moves.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashFiles } from '../../../src/vault/git/blobs.ts';
import { openKeptAnswers } from '../../../src/vault/git/kept-answers.ts';
import { locateBlobs } from '../../../src/vault/git/locate-blobs.ts';
import { readRecentCommits } from '../../../src/vault/git/work-state.ts';
import { makeRepo } from '../../support/git.ts';
import { placeOf } from '../../support/publishing.ts';

describe('the kept answers of Git', () => {
  it('serve for the last commits until HEAD moves', async () => {
    const { repo, start } = setUp();
    expect((await start()).subjects).toEqual(['first']);
    expect(await start()).toMatchObject({ subjects: ['first'], asked: [] });
    repo.commit('second', { 'src/b.ts': 'b\n' });
    expect(await start()).toMatchObject({ subjects: ['second', 'first'], asked: ['commits', 'hash', 'locate'] });
  });

  it('serve for files and blobs until the file or the index moves', async () => {
    const { repo, start } = setUp();
    const first = await start();
    expect(first.asked).toEqual(['commits', 'hash', 'locate']);
    expect(first.places.get(first.blob)).toBe('src/app.ts');
    expect((await start()).asked).toEqual([]);
    repo.write('src/app.ts', 'another text\n');
    const second = await start();
    expect(second.asked).toEqual(['hash']);
    expect(second.blob).not.toBe(first.blob);
    repo.git('mv', 'README.md', 'READ.md');
    expect((await start()).asked).toEqual(['hash', 'locate']);
  });

  it('are asked anew when what was kept is torn or cannot be written', async () => {
    const { start, file } = setUp();
    await start();
    writeFileSync(file, '{"head":');
    expect((await start()).asked).toEqual(['commits', 'hash', 'locate']);
    rmSync(file);
    expect((await start()).subjects).toEqual(['first']);
  });

  it('are not kept when Git gave none', async () => {
    const { place } = setUp();
    const answers = openKeptAnswers(place);
    expect(await answers.recentCommits(() => Promise.resolve(undefined))).toEqual([]);
    answers.keep();
    const asked = await openKeptAnswers(place).recentCommits(() => Promise.resolve([{ subject: 'now', files: ['a'] }]));
    expect(asked).toEqual([{ subject: 'now', files: ['a'] }]);
  });
});

function setUp() {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  const place = placeOf(repo);
  const blob = repo.git('hash-object', 'src/app.ts').trim().slice(0, 12);
  const start = async () => {
    const asked: string[] = [];
    const note = <T>(what: string, answer: T): T => {
      asked.push(what);
      return answer;
    };
    const options = { env: repo.env, timeoutMs: 10_000 };
    const answers = openKeptAnswers(place);
    const code = answers.code({
      hash: (paths) => note('hash', hashFiles(repo.root, paths, options)),
      locate: (blobs) => note('locate', locateBlobs(repo.root, blobs, options)),
    });
    const commits = await answers.recentCommits(() => note('commits', readRecentCommits(repo.root, options)));
    const hashes = await code.hash(['src/app.ts']);
    const places = await code.locate([blob, 'ffffffffffff']);
    answers.keep();
    return { asked, places, blob: hashes['src/app.ts'] ?? '', subjects: commits.map(({ subject }) => subject) };
  };
  return { repo, place, start, file: join(place.stateDir, 'git-answers.json') };
}
