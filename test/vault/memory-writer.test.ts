// What somebody writes on purpose: notes are found at once, what is forgotten stays hidden, with all that it had replaced.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import type { OpenVault } from '../../src/app.ts';
import type { Memory } from '../../src/model/memory.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

const NOTE = { text: '', tags: [], files: [], supersedes: [] };
let repo: TestRepo;
let vault: OpenVault;

beforeEach(() => {
  repo = makeRepo();
  vault = openVaultHere({ cwd: repo.root, env: repo.env });
});
afterEach(() => {
  vault.close();
  repo.dispose();
});

describe('the writer', () => {
  it('hides with a memory the older ones that it had replaced', () => {
    const first = vault.writer.remember({ ...NOTE, title: 'The port is 3000' });
    const second = vault.writer.remember({ ...NOTE, title: 'The port is 4000', supersedes: [first.id] });
    const third = vault.writer.remember({ ...NOTE, title: 'The port is 5000', supersedes: [second.id] });
    forget(third);
    expect(vault.library.search({ text: 'port', limit: 10 }).hits).toEqual([]);
  });

  it('keeps no file of what nobody has seen yet', () => {
    const note = vault.writer.remember({ ...NOTE, title: 'The port is 3000' });
    const [file] = vault.outbox.list();
    forget(note);
    expect(existsSync(join(vault.outbox.root, file?.path ?? ''))).toBe(false);
    expect(vault.deletedIds()).toContain(note.id);
  });

  it('finds a note as soon as it is written', () => {
    vault.library.search({ text: 'port', limit: 10 });
    const note = vault.writer.remember({ ...NOTE, title: 'The port is 3000' });
    expect(vault.library.search({ text: 'port', limit: 10 }).hits.map(({ id }) => id)).toEqual([note.id]);
  });
});

function forget({ id }: Memory): void {
  vault.writer.forget(vault.library.get([id]).memories);
}
