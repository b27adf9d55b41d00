// A group of documents as a vault: in order, complete, the same every time.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeGroupVault } from '../../scripts/eval/group-vault.ts';
import type { EvalDocument } from '../../scripts/eval/set-file.ts';
import { isMemoryId } from '../../src/model/memory.ts';
import { diagnoseVault } from '../../src/vault/diagnose.ts';
import { isOwnPath } from '../../src/vault/file-name.ts';
import { parseMemoryFile } from '../../src/vault/memory-file.ts';

describe('writeGroupVault', () => {
  it('writes a memory for each document, its facts as a section, in the order of time', () => {
    const folder = makeFolder();
    const { documentOf } = write(folder, [
      { id: 'first', title: 'A mutex\naround rotate', narrative: 'Two refreshes raced.', facts: '- `rotate()` locks' },
      { id: 'second', title: 'No facts', narrative: 'Only text.', facts: '' },
    ]);
    const files = readMemories(folder);
    expect(files.map(({ path }) => isOwnPath(path))).toEqual([true, true]);
    const memories = files.map(({ memory }) => memory).sort((a, b) => a.created.localeCompare(b.created));
    expect(memories).toMatchObject([
      {
        title: 'A mutex around rotate',
        type: 'discovery',
        body: 'Two refreshes raced.\n\n## Facts\n\n- `rotate()` locks\n',
      },
      { title: 'No facts', body: 'Only text.\n' },
    ]);
    expect(memories.map(({ id }) => documentOf.get(id))).toEqual(['first', 'second']);
    expect(memories.every(({ id }) => isMemoryId(id))).toBe(true);
  });

  it('writes the same bytes for the same group, and other ids for another', () => {
    const [one, two, other] = [makeFolder(), makeFolder(), makeFolder()];
    const documents = [{ id: 'd', title: 'Title', narrative: 'Text', facts: 'Fact' }];
    write(one, documents);
    write(two, documents);
    write(other, documents, 'another group');
    const contents = (folder: string) => readMemories(folder).map(({ path, content }) => [path, content]);
    expect(contents(one)).toEqual(contents(two));
    expect(contents(other)).not.toEqual(contents(one));
  });

  it('leaves nothing out of a vault that hostile texts would break', () => {
    const folder = makeFolder();
    write(folder, [
      { id: '1', title: '', narrative: '', facts: '' },
      { id: '2', title: '---', narrative: '---\nid: x\n---', facts: '## Facts' },
      { id: '3', title: 'a\0b', narrative: '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x', facts: '\ud800' },
      { id: '4', title: 'long', narrative: 'word '.repeat(200_000), facts: 'x'.repeat(300_000) },
    ]);
    expect(readMemories(folder)).toHaveLength(4);
    expect(diagnoseVault(join(folder, '.claude-mem'), join(folder, 'state')).diagnostics).toEqual([]);
  });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-group-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(folder: string, docs: readonly EvalDocument[], name = 'group') {
  return writeGroupVault(folder, { name, docs, queries: [{ q: 'any', rel: [docs[0]?.id ?? ''] }] });
}

function readMemories(folder: string) {
  const vaultDir = join(folder, '.claude-mem');
  return readdirSync(vaultDir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.startsWith('memories/') && path.endsWith('.md'))
    .map((path) => {
      const content = readFileSync(join(vaultDir, path), 'utf8');
      const parsed = parseMemoryFile(path, content);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
      return { path, content, memory: parsed.memory };
    });
}
