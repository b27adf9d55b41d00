// Drafts become memories: their shape on the page, what is cleaned, and a summary read back.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservationDraft, SummaryDraft } from '../../src/model/draft.ts';
import { cleanLine } from '../../src/system/clean-text.ts';
import { redactText } from '../../src/system/redaction/redact.ts';
import { observationMemory, parseSummary, summaryMemory } from '../../src/vault/draft-memory.ts';
import { parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';
import { anyText } from '../support/memories.ts';

const CONTEXT = {
  id: '7k2m9qx4hd3a',
  created: '2026-11-22T14:32:05.123Z',
  session: 'fe0548c7-2487-4719-957b-715cd87e8307',
  blobs: {},
};
const OBSERVATION: ObservationDraft = {
  type: 'bugfix',
  title: 'Two refreshes rotate one token',
  narrative: 'The handler read, awaited, then wrote.\n\nA mutex fixes it.',
  facts: ['`rotate()` must be called with the lock held', 'compareAndSet was rejected'],
  files: ['src/auth/refresh.ts'],
  tags: ['race condition', 'Auth'],
};
const SUMMARY: SummaryDraft = {
  title: 'Fixed the race',
  request: ['Fix the flaky test'],
  investigated: [],
  learned: ['The store is not atomic'],
  completed: ['A mutex', 'A test'],
  nextSteps: ['Try it on Windows'],
};

describe('the memory of an observation', () => {
  it('has the narrative, then the facts as a list; tags as words, sorted; the blob beside its file', () => {
    const blobs = { 'src/auth/refresh.ts': '9c1e0b2d44aa0000000000000000000000000000' };
    const memory = observationMemory(OBSERVATION, { ...CONTEXT, branch: 'main', commit: '3f2a9c1d', blobs });
    expect(memory).toEqual({
      id: '7k2m9qx4hd3a',
      kind: 'observation',
      type: 'bugfix',
      title: 'Two refreshes rotate one token',
      created: '2026-11-22T14:32:05Z',
      session: CONTEXT.session,
      branch: 'main',
      commit: '3f2a9c1d',
      files: [{ path: 'src/auth/refresh.ts', blob: '9c1e0b2d44aa' }],
      tags: ['auth', 'race-condition'],
      supersedes: [],
      deletes: [],
      body:
        'The handler read, awaited, then wrote.\n\nA mutex fixes it.\n\n## Facts\n\n' +
        '- `rotate()` must be called with the lock held\n- compareAndSet was rejected\n',
    });
  });

  it('keeps what would break its structure as text', () => {
    const narrative =
      '## Facts\n\n# Title\n\n### Fine\n\ntext\n---\n<<<<<<< HEAD\n=======\n>>>>>>> x\n```sh\n# comment\n---';
    const memory = observationMemory(
      { ...OBSERVATION, narrative, facts: ['# no heading', '- no list', '1. no number'] },
      CONTEXT,
    );
    expect(memory.body).toBe(
      '\\## Facts\n\n\\# Title\n\n### Fine\n\ntext\n\\---\n\\<<<<<<< HEAD\n\\=======\n\\>>>>>>> x\n```sh\n# comment\n---\n```\n\n' +
        '## Facts\n\n- \\# no heading\n- \\- no list\n- 1\\. no number\n',
    );
  });

  it('names only files inside the repository, each once', () => {
    const files = [
      './a.ts',
      'a.ts',
      '/etc/passwd',
      '../x',
      'b/../../x',
      'C:\\x',
      '~/.ssh/id',
      '',
      '__proto__',
      'ok/..name.ts',
    ];
    const memory = observationMemory({ ...OBSERVATION, files }, CONTEXT);
    expect(memory.files.map((file) => file.path)).toEqual(['a.ts', '__proto__', 'ok/..name.ts']);
  });

  it('has a title even when the draft has none', () => {
    const titleOf = (draft: Partial<ObservationDraft>): string =>
      observationMemory({ ...OBSERVATION, ...draft }, CONTEXT).title;
    expect(titleOf({ title: ' \u200b ' })).toBe('The handler read, awaited, then wrote. A mutex fixes it.');
    expect(titleOf({ title: '', narrative: '' })).toBe('bugfix');
    expect(titleOf({ title: 'x'.repeat(500) })).toHaveLength(120);
  });

  it('refuses a time that is none', () => {
    expect(() => observationMemory(OBSERVATION, { ...CONTEXT, created: 'now' })).toThrow('"now" is not a time in UTC');
  });

  it('is always a memory that its own reader accepts, without invisible characters', () => {
    const draft = fc.record({
      type: fc.constantFrom('bugfix' as const, 'gotcha' as const),
      title: anyText,
      narrative: fc.array(anyText, { maxLength: 8 }).map((lines) => lines.join('\n')),
      facts: fc.array(anyText, { maxLength: 4 }),
      files: fc.array(anyText, { maxLength: 4 }),
      tags: fc.array(anyText, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(draft, (drawn) => {
        const memory = observationMemory(drawn, CONTEXT);
        expect(parseMemoryFile('x.md', serializeMemory(memory))).toEqual({ ok: true, memory, diagnostics: [] });
        expect(serializeMemory(memory)).not.toMatch(/[\u001b\u200b\u202e\ufeff]|\u{e0041}/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the memory of a summary', () => {
  it('has a heading for each section that says something, in their order', () => {
    const memory = summaryMemory(SUMMARY, { ...CONTEXT, supersedes: ['c4hd7k2m9qxa'] });
    expect(memory).toMatchObject({ kind: 'summary', title: 'Fixed the race', supersedes: ['c4hd7k2m9qxa'], files: [] });
    expect(memory.body).toBe(
      '## Request\n\n- Fix the flaky test\n\n## Learned\n\n- The store is not atomic\n\n' +
        '## Completed\n\n- A mutex\n- A test\n\n## Next steps\n\n- Try it on Windows\n',
    );
  });

  it('gives its sections back, whatever their texts', () => {
    const lines = fc.array(anyText, { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.record({ request: lines, investigated: lines, learned: lines, completed: lines, nextSteps: lines }),
        (sections) => {
          const kept = Object.fromEntries(
            Object.entries(sections).map(([key, texts]) => [
              key,
              [
                ...new Set(
                  texts.map((text) => cleanLine(redactText(cleanLine(text)).text)).filter((text) => text !== ''),
                ),
              ],
            ]),
          );
          expect(parseSummary(summaryMemory({ title: 't', ...sections }, CONTEXT).body)).toEqual(kept);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is read as people rewrite it: other levels, stars, numbers, paragraphs, sections of their own', () => {
    const body = [
      'Intro of a person.',
      '# request',
      'Fix the test.',
      'It fails on CI.',
      '',
      'And soon.',
      '### LEARNED ##',
      '* one',
      '  goes on',
      '2. two',
      '## My own',
      '- not ours',
      '## Next  steps',
      '+ three',
    ].join('\r\n');
    expect(parseSummary(body)).toEqual({
      request: ['Fix the test. It fails on CI.', 'And soon.'],
      investigated: [],
      learned: ['one goes on', 'two'],
      completed: [],
      nextSteps: ['three'],
    });
  });
});
