// Secrets that stand below their name: in columns, in INSERTs, in blocks.

import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/system/redaction/redact.ts';

// In pieces, lest a scanner of repositories take it for a leak; it was never issued.
const PASSWORD = ['Quokka', '602!6KZb'].join('');
const TOKEN = ['lCw0lQ_Z3DR8b3uj6D32hi', 'PXEH7gNLpr8u1vE0PhXz'].join('');

describe('below its name', () => {
  it.each([
    ['in Markdown', `| user | password |\n|---|---|\n| ada | ${PASSWORD} |\n| bob | x |`],
    ['in the answer of psql', ` id | api_token | name\n----+-----------+------\n  1 | ${TOKEN} | ada\n(1 row)`],
    ['in the answer of mysql', `+------+----------+\n| user | password |\n+------+----------+\n| ada  | ${PASSWORD} |`],
    ['in CSV', `name,secret key,region\r\nada,"${TOKEN}",eu\r\n`],
    ['between tabs', `host\tuser\tpwd\ndb\tada\t${PASSWORD}\n`],
    ['in an INSERT', `INSERT INTO users (name, password) VALUES ('O''Hara, A.', 'x'), ('ada', '${PASSWORD}');`],
    ['in an INSERT after a call', `insert into t(at, token, a) values (now(), '${TOKEN}', 1)`],
    ['in a block of many', `secrets:\n  db:  ${PASSWORD}\n  other: \${VAR}\nport: 1`],
    ['in a block of one', `"token": {\n  "value": "${TOKEN}",\n  "expires": 3600\n}`],
  ])('%s', (_, text) => {
    const cut = redactText(text).text;
    expect(cut).not.toContain(PASSWORD);
    expect(cut).not.toContain(TOKEN);
    expect(cut).toContain('[redacted:');
  });

  it.each([
    '| name | password |\n|---|---|\n| ada | required |\n| bob | optional |',
    'user, password, host = read()\nuser=user, password=password, host=host\n',
    'tokens = {\n    "root": include("basic"),\n    "other": r"[a-z]+1!",\n}',
    'secrets:\n  db_password:\n    file: ./db_password.txt\n',
    'key | values\n--- | ---\nA1b2C3d4E5f6G7h8 | 3\n',
    'the password, the token\n2026-11-01, done\n',
  ])('no secret is %j', (text) => {
    expect(redactText(text).text).toBe(text);
  });

  it('reads each line at most once, however many name a secret', () => {
    const time = (lines: number): number => {
      const text = 'a,password,b\nx,y,z\n'.repeat(lines);
      const started = process.cpuUsage();
      redactText(text);
      return process.cpuUsage(started).user;
    };
    time(500);
    expect(Math.min(time(20_000), time(20_000))).toBeLessThan(40 * Math.max(Math.min(time(2000), time(2000)), 3000));
  });
});
