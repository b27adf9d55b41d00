// The second look for secrets: what it finds beside our own rules, what it leaves, and that it never throws.

import { describe, expect, it } from 'vitest';
import { createSecondLook } from '../../../src/system/redaction/second-look.ts';
import type { FoundSecret } from '../../../src/system/redaction/found-secret.ts';
import type { SecondLook } from '../../../src/system/redaction/second-look.ts';
import { silentLog } from '../../../src/system/log.ts';
import { leakCorpus, harmlessCorpus } from '../../../scripts/eval/secret-corpus.ts';

const TOKEN = ['shppa', '_qR7tYw2xKm9ZbN4vLs8PdF3hGj6CeA1uTy5WiOq0'].join('');
const look = createSecondLook({ log: silentLog });

describe('the second look', () => {
  it('cuts a token out of every text of a value, and keeps the value otherwise', async () => {
    const value = { a: [`x ${TOKEN}`, 7, null], b: { c: `"${TOKEN}"` }, d: true };
    expect(await look.clean(value)).toEqual({
      a: ['x [redacted:shopify]', 7, null],
      b: { c: '"[redacted:shopify]"' },
      d: true,
    });
  });

  it('cuts the value of a name, not the name', async () => {
    const key = 'kQ3vLs8PdF3hGj6CeA1uTy5WiOq0xKm9ZbN4aB7c';
    expect(await look.clean(`aws_secret_access_key = ${key}`)).toBe('aws_secret_access_key = [redacted:aws]');
  });

  it('leaves markers, placeholders and what the user allowed', async () => {
    const allowing = createSecondLook({ log: silentLog, isAllowed: (text) => text === TOKEN });
    expect(await allowing.find(TOKEN)).toEqual([]);
    expect(await look.find(['//r.example/:_authToken=[redacted:npm]', '//r.example/:_authToken=YOUR_TOKEN'])).toEqual(
      [],
    );
  });

  it('is not switched off by a comment in the text', async () => {
    expect(await look.clean(`// secretlint-disable\n${TOKEN}`)).not.toContain(TOKEN);
    expect(await look.clean(`# secretlint-disable-line\n${TOKEN} # secretlint-disable-line`)).not.toContain(TOKEN);
  });

  it('finds a token wherever it stands in a long text', async () => {
    for (let at = 32_740; at < 32_790; at += 7) {
      const text = `${'word '.repeat(20_000).slice(0, at)} ${TOKEN} ${'word '.repeat(20_000)}`;
      expect(await look.clean(text)).not.toContain(TOKEN.slice(0, 20));
    }
  });

  it('touches no harmless text that our own rules leave', async () => {
    const texts = harmlessCorpus().map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(100);
    for (const text of texts) expect(await look.clean(text)).toBe(text);
  });

  it('finds what it knows of a corpus of leaks', async () => {
    const found = await look.find(leakCorpus().map(({ text }) => text));
    expect(new Set(found.map(({ kind }) => kind)).size).toBeGreaterThan(8);
  });
});

describe('rules that fail', () => {
  it('are told of once, and stop neither the other parts of a text nor the next one', async () => {
    const said: string[] = [];
    const broken = scripted((text) => {
      if (text.includes('bad')) throw new Error('catastrophe');
      return [{ text: 'a-secret-value-7', kind: 'test' }];
    }, said);
    expect(await broken.clean([`bad ${'x'.repeat(40_000)}`, 'a-secret-value-7'])).toEqual([
      `bad ${'x'.repeat(40_000)}`,
      '[redacted:test]',
    ]);
    expect(await broken.clean('bad a-secret-value-7')).toBe('bad a-secret-value-7');
    expect(said).toEqual(['the second look for secrets failed; our own rules hold']);
  });

  it('get no text that is longer than they can bear, however long the whole is', async () => {
    const lengths: number[] = [];
    const measuring = scripted((text) => {
      lengths.push(text.length);
      return [];
    });
    await measuring.find(['a'.repeat(1_000_000), ...Array.from({ length: 5_000 }, () => 'b'.repeat(100))]);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(32_768 + 10);
    expect(lengths.length).toBeLessThan(80);
  });
});

function scripted(scan: (text: string) => readonly FoundSecret[], said: string[] = []): SecondLook {
  return createSecondLook({
    log: { warn: (message) => said.push(message) },
    scan: (text) => new Promise((resolve) => resolve(scan(text))),
  });
}
