// Places where developers paste secrets, and their neighbours that hold none: each was missed, or cut in vain, once.

import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/system/redaction/redact.ts';

// In pieces, lest a scanner of repositories take them for leaks; none was ever issued.
const PASSWORD = ['Quokka', '602!6KZb'].join('');
const HEX = ['c3c8700314788e6b', 'f8bca9596c9abd6b', '7c701dad'].join('');
const UUID = '66dbe685-21a0-f069-3634-49982694fcbb';
const MIXED = ['lCw0lQ_Z3DR8b3uj6D32hi', '-PXEH7gNLpr8u1vE0PhXz'].join('');

describe('a secret is cut', () => {
  it.each<readonly [string, string, (secret: string) => string]>([
    [
      'as the code of a function’s address',
      MIXED,
      (s) => `https://acme-fn.azurewebsites.net/api/orders?a=1&code=${s}==`,
    ],
    [
      'with the names of a webhook',
      `T064U5AAOYJ/B0BU4F3K5IZ/${MIXED.replace(/\W|_/g, '').slice(0, 24)}`,
      (s) => `https://hooks.slack.com/services/${s}`,
    ],
    ['as a UUID in a header of tokens', UUID, (s) => `X-Postmark-Server-Token: ${s}`],
    [
      'without a digit',
      ['hf_SZndLNVCkvhuJAuo', 'afmRNUPIsxLBiiVEKc'].join(''),
      (s) => `huggingface-cli login --token ${s}`,
    ],
    [
      'of a tunnel',
      Buffer.from(JSON.stringify({ a: HEX.slice(0, 32), t: UUID, s: MIXED })).toString('base64'),
      (s) => `cloudflared service install ${s}`,
    ],
    ['of an application key', HEX, (s) => `-H "DD-APPLICATION-KEY: ${s}"`],
    ['in quotes after -p', PASSWORD, (s) => `snowsql -a acme -u ada -p '${s}'`],
    ['in a thin address', PASSWORD, (s) => `jdbc:oracle:thin:scott/${s}@//db.example:1521/XE`],
    ['of sqlplus', PASSWORD, (s) => `sqlplus -s scott/${s}@XE`],
    ['as what an unset variable is replaced by', PASSWORD, (s) => `password: <%= ENV['DB'] || '${s}' %>`],
    ['as the default of getenv', PASSWORD, (s) => `DB_PASSWORD = os.getenv("DB_PASSWORD", "${s}")`],
    ['as the default of a nullish variable', PASSWORD, (s) => `const pass = process.env.DB_PASSWORD ?? '${s}';`],
    ['in a web key', MIXED, (s) => `{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"${s}"}`],
    ['after bundled flags', PASSWORD, (s) => `curl -sSu ci:${s} https://nexus.example/repository`],
    ['shared before', PASSWORD, (s) => `network={\n  ssid="office"\n  psk="${s}"\n}`],
    ['as a salt', '|i;pl=.B~<Z#H%El:$RU!Dx2t`~[@%VJhz0Xl/G cHapH?', (s) => `define('AUTH_KEY',         '${s}');`],
    ['as the second half of a pair', PASSWORD, (s) => `- key: db-password\n  value: ${s}`],
    ['in a task definition', PASSWORD, (s) => `{"name":"DB_PASSWORD","value":"${s}"}`],
    ['far from its name', PASSWORD, (s) => `      + password             = "${s}"`],
    ['decoded on the way', PASSWORD, (s) => `$ kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\n${s}`],
    ['in a list of users', PASSWORD, (s) => `chpasswd:\n  list: |\n    root:${s}`],
    ['sent to a prompt', PASSWORD, (s) => `expect "Password:"\nsend "${s}\\r"`],
    ['as an argument of a connection', PASSWORD, (s) => `DriverManager.getConnection(url, "sa", "${s}")`],
    ['that tokens are signed with', 'GpBEWVJzqs7arzdyHCsMBY3CZBnHnlHM', (s) => `jwt.sign(payload, '${s}')`],
    ['of an app alone', 'jjun-lcqe-jtbw-eacr', (s) => `xcrun altool -u ada@example.org -p ${s}`],
    ['on the line after', 'aLY5qy8n5XrP9PjCSs*+', (s) => `Password for the elastic user (a new one):\n  ${s}`],
    ['named after it', PASSWORD, (s) => `Use "${s}" as the admin password`],
    ['as a UUID in the environment', UUID, (s) => `CONSUL_HTTP_TOKEN=${s}`],
    ['behind a type', PASSWORD, (s) => `param adminPassword string = '${s}'`],
    ['piped into a store of secrets', PASSWORD, (s) => `printf '%s' '${s}' | docker secret create db_password -`],
    ['as the third argument', PASSWORD, (s) => `new Sequelize('shop', 'app', '${s}', { host: 'db' })`],
    ['of an alias', PASSWORD, (s) => `mc alias set s3 https://s3.example minio ${s}`],
    ['given to a constructor', PASSWORD, (s) => `new NetworkCredential("ada", "${s}")`],
  ])('%s', (_, secret, put) => {
    const { text } = redactText(put(secret));
    expect(text).not.toContain(secret.slice(0, 10));
    expect(text).toContain('[redacted:');
  });
});

describe('no secret is', () => {
  it.each([
    '"SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/api-key-x1Y2z3"',
    `API_KEY=ghp_${'x'.repeat(36)}`,
    'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    "const url = process.env.API_URL ?? 'https://api.example/v2';",
    "const theme = process.env.THEME || 'dark-2026!x';",
    'new NetworkCredential(userName, password)',
    "define('DB_CHARSET', 'utf8mb4_unicode_ci');",
    "define('AUTH_KEY', 'put your unique phrase here');",
    "mkdir -p 'src/app' && claude -p 'write 3 tests!'",
    'applicationKey: "shop-web-main"',
    'psk: NodeJS.ArrayBufferView;',
    'nextPageToken: "b2Zmc2V0PTEwMA=="',
    'password: ${DB_PASSWORD:?required}',
    'GITHUB_TOKEN=ghp_your_token_here',
    'Set-Cookie: theme=; Max-Age=0',
    '- name: token\n  value: the-next-one',
    'jwt.sign(payload, secret)',
    'Use "createSession2" as the name',
    'https://acme-fn.azurewebsites.net/login?code=',
    '{"kty":"EC","crv":"P-256","kid":"2026-11"}',
  ])('%s', (text) => {
    expect(redactText(text).text).toBe(text);
  });
});
