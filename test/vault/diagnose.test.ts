// The look at a whole vault: what each file does not show alone.

import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../src/model/diagnostic.ts';
import { diagnoseMemories, diagnoseVault } from '../../src/vault/diagnose.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { memoryOf } from '../support/memories.ts';

const OWN = 'memories/2026/11/22-a-7k2m9qx4hd3a.md';

describe('the diagnosis of a vault', () => {
  it('tells which of two files with one id counts: the one that memvault named', () => {
    const memory = memoryOf();
    const found = diagnoseMemories([
      { path: 'memories/a copy.md', memory },
      { path: OWN, memory },
    ]);
    expect(found.map(renderDiagnostic)).toEqual([
      `memories/a copy.md:2 id-duplicate has the id 7k2m9qx of ${OWN}, which counts`,
    ]);
  });

  it('tells names that are one on some file systems, and links to memories that are not there', () => {
    const found = diagnoseMemories([
      { path: 'memories/A.md', memory: memoryOf({ supersedes: ['c4hd7k2m9qxa', '000000000001'] }) },
      { path: 'memories/a.md', memory: memoryOf({ id: '000000000001', deletes: ['000000000001'] }) },
    ]);
    expect(found.map(renderDiagnostic)).toEqual([
      'memories/a.md case-twin is the same name as memories/A.md where upper and lower case are not told apart',
      'memories/A.md supersedes-unknown supersedes c4hd7k2, which is not in this vault',
      'memories/a.md deletes-itself deletes itself',
    ]);
  });

  it('reads vault and outbox as one, counts, and lets no bad file hide another', async () => {
    await using fixture = await createFixture({
      [`.claude-mem/${OWN}`]: serializeMemory(memoryOf()),
      '.claude-mem/memories/plain.md': '# plain\n',
      '.claude-mem/vault.yaml': 'format: [',
      [`state/outbox/${OWN}`]: serializeMemory(memoryOf()),
      'state/outbox/memories/new.md': serializeMemory(memoryOf({ id: '000000000001', supersedes: ['7k2m9qx4hd3a'] })),
    });
    const diagnosis = diagnoseVault(fixture.getPath('.claude-mem'), fixture.getPath('state'));
    expect(diagnosis).toMatchObject({ memories: 2, refused: 1 });
    expect(diagnosis.diagnostics.map(({ rule }) => rule)).toEqual(['vault-config-invalid', 'frontmatter-missing']);
  });
});
