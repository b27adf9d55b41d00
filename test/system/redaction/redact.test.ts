// The redactor: a corpus of secrets and of harmless texts, and the laws that hold for any text.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DROPPED, redactText } from '../../../src/system/redaction/redact.ts';
import { leakOf, readSecrets } from './corpus.ts';

const positives = readSecrets('positives.jsonl');
const negatives = readSecrets('negatives.jsonl');
const join = (...parts: string[]): string => parts.join('');

describe('redactText on the corpus', () => {
  it('leaves no ten characters of any secret', () => {
    const leaks = positives
      .map((row) => ({ id: row.id, leak: leakOf(redactText(row.text).text, row.secrets) }))
      .filter((row) => row.leak !== undefined);
    expect(leaks).toEqual([]);
  });

  it('leaves harmless texts as they are', () => {
    const changed = negatives.filter((row) => redactText(row.text).text !== row.text).map((row) => row.id);
    expect(changed).toEqual([]);
  });

  it.each([
    ['inside a JSON string inside a JSON string', (text: string) => JSON.stringify({ out: JSON.stringify({ text }) })],
    ['in a line of a diff', (text: string) => text.replace(/^/gm, '+')],
    [
      'in a numbered listing',
      (text: string) =>
        text
          .split('\n')
          .map((line, at) => `${at + 1}\t${line}`)
          .join('\n'),
    ],
    ['after other lines', (text: string) => `first line\nsecond line\n${text}\nlast line`],
    ['with Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('finds nearly all of them %s', (_, wrap) => {
    const kept = positives.filter((row) => leakOf(redactText(wrap(row.text)).text, row.secrets) !== undefined);
    expect(kept.length / positives.length, kept.map((row) => row.id).join(' ')).toBeLessThanOrEqual(0.05);
  });
});

describe('redactText', () => {
  it('names the kind and counts', () => {
    const token = join('gh', 'p_', 'a1B2'.repeat(9));
    expect(redactText(`first ${token}, then ${token}`)).toEqual({
      text: 'first [redacted:github], then [redacted:github]',
      counts: { github: 2 },
    });
  });

  it('cuts the value of a name, not the name', () => {
    expect(redactText('export DB_PASSWORD=tr0ub4dor&3 # local').text).toBe(
      'export DB_PASSWORD=[redacted:password] # local',
    );
    expect(redactText('{"client_secret": "9f8e7d6c5b4a3f2e1d0c"}').text).toBe('{"client_secret": "[redacted:secret]"}');
    expect(redactText(join('AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG/', 'bPxRfiCYq7Zk2LwT0d')).text).toBe(
      'AWS_SECRET_ACCESS_KEY=[redacted:aws]',
    );
    expect(redactText('postgres://acme:not-a-real-password@db.internal/acme').text).toBe(
      'postgres://acme:[redacted:url-password]@db.internal/acme',
    );
    expect(redactText('curl -u admin:s3cr3tpw https://x.example').text).toBe(
      'curl -u admin:[redacted:basic-auth] https://x.example',
    );
  });

  it.each([
    'password: string;',
    'const token = await getToken(session);',
    'const { password, token } = request.body;',
    'token = os.environ["TOKEN"]',
    'auth.refreshSession(first.refreshToken)',
    'if (row.token !== input.token) throw new AuthError("unknown_token");',
    'the token: a random string that the client keeps',
    'docker run -u 1000:1000 -p 8080:80 image',
    'primaryKey: id, foreignKey: user_id',
    'cache key: users/42/profile',
    'PWD=/home/dev/acme-api',
    'secretName: app-tls',
    'key: 2026-11-22T10:00:00Z',
    'https://example.com/reset?token=',
    'GET /login 200 12ms - password reset mail sent',
    'usage: tool --password <password> --token TOKEN',
    '`-----BEGIN PRIVATE KEY-----` is the first line of such a file',
  ])('leaves %s', (text) => {
    expect(redactText(text).text).toBe(text);
  });

  it('looks behind colour codes and \\u escapes', () => {
    const token = join('gl', 'pat-', 'x9Y8z7W6v5U4t3S2r1Q0');
    expect(redactText(`\u001B[33m${token}\u001B[0m`).text).toBe('\u001B[33m[redacted:gitlab]\u001B[0m');
    expect(redactText(`{"t":"gl\\u0070at-${token.slice(6)}"}`).text).toBe('{"t":"[redacted:gitlab]"}');
    expect(redactText('\u001B[32mok\u001B[0m').text).toBe('\u001B[32mok\u001B[0m');
  });

  it('cuts a private key whole, closed or broken off', () => {
    const body = Array.from({ length: 12 }, (_, at) => `${at}`.repeat(3) + 'Ab+/Cd3f'.repeat(7)).join('\n');
    const begin = join('-----BEGIN ', 'RSA PRIVATE KEY-----');
    expect(redactText(`a\n${begin}\n${body}\n${begin.replace('BEGIN', 'END')}\nb`).text).toBe(
      'a\n[redacted:private-key]\nb',
    );
    expect(redactText(`a\n${begin}\n${body}`).text).toBe('a\n[redacted:private-key]');
  });

  it('does the same as before when done again', () => {
    const piece = fc.oneof(
      fc.constantFrom(...positives.map((row) => row.text), ...negatives.map((row) => row.text)),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'password=',
        'token: "',
        '://a:',
        '@',
        '\u001B[1m',
        '\\u0041',
        '"',
        '\n',
        '[redacted:token]',
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const once = redactText(pieces.join('')).text;
        expect(redactText(once)).toEqual({ text: once, counts: {} });
      }),
      { numRuns: 400 },
    );
  });

  it('never lets a planted token through, whatever stands around it', () => {
    const tokens = [
      join('gh', 'p_', 'q7W8e9R0'.repeat(5)),
      join('sk-', 'ant-api03-', 'Zx9Cv8Bn7M'.repeat(6)),
      join('AK', 'IA', 'Q3EGRWYXT5PNM7KD'),
      join('xo', 'xb-', '123456789012-', 'aBcDeFgHiJkL'),
    ];
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(...tokens),
        fc.string({ unit: 'grapheme' }),
        (before, token, after) => {
          expect(redactText(`${before} ${token} ${after}`).text).not.toContain(token.slice(-12));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes any text without throwing and changes none that is short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(redactText(text).text).not.toBe(DROPPED);
      }),
      { numRuns: 500 },
    );
    expect(redactText('pw=1').text).toBe('pw=1');
  });

  it('takes time that grows with the length, not with its square', () => {
    const openers = [
      'curl -u ',
      'password=',
      "token='",
      'eyJ',
      '://a:',
      join('-----BEGIN ', 'PRIVATE KEY-----\n'),
      'Authorization: ',
      'cookie: a=',
      '--password ',
      '"auth":"',
      'a1B',
      '\\',
      '\u001B[',
      'kind: secret\n',
      '"',
      'sk-',
      'x.',
    ];
    for (const opener of openers) {
      const time = (length: number): number => {
        const text = `token key pass secret ${opener.repeat(Math.ceil(length / opener.length))}`;
        const start = process.cpuUsage();
        redactText(text);
        return process.cpuUsage(start).user;
      };
      time(20_000);
      const [small, large] = [Math.min(time(20_000), time(20_000)), Math.min(time(200_000), time(200_000))];
      // Ten times the text may take thirty times as long on a busy machine; a hundred would be quadratic.
      expect(large, opener).toBeLessThan(Math.max(small, 3000) * 45);
    }
  });
});
