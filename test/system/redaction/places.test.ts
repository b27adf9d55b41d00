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
    ['in the place of a user', HEX, (s) => `git clone https://${s}:x-oauth-basic@github.com/acme/app.git`],
    ['after a flag with an underscore', HEX, (s) => `litellm --model m --api_key ${s} --debug`],
    ['after a flag in camel case', HEX, (s) => `app --clientSecret ${s}`],
    ['on the next line of a command', PASSWORD, (s) => `curl -sS \\\n  -u ci:${s} \\\n  https://nexus.example`],
    ['in a cookie without a header', MIXED, (s) => `document.cookie\n'theme=dark; laravel_session=${s}%3D; lang=de'`],
    ['in a German sentence', PASSWORD, (s) => `Das Passwort für den alten Server lautet ${s} und gilt bis Mai.`],
    ['in a Japanese sentence', PASSWORD, (s) => `パスワードは ${s} です。`],
    ['after a wide colon', PASSWORD, (s) => `数据库密码：${s}`],
    ['in a French sentence', PASSWORD, (s) => `Le mot de passe de la base est « ${s} ».`],
    ['beside the word alone', MIXED.replace(/\W|_/g, ''), (s) => `LTAI / secret ${s}`],
    [
      'in an encoded file',
      Buffer.from(`DB_HOST=db.example\nDB_PASSWORD=${PASSWORD}\nPORT=80\n`).toString('base64'),
      (s) => `echo ${s} | base64 -d > .env`,
    ],
    [
      'in an encoded file of several lines',
      Buffer.from(`# settings of the shop\nDB_HOST=db.example\nPORT=80\nDB_PASSWORD=${PASSWORD}\n`).toString('base64'),
      (s) => `$ base64 -w 60 .env\n${s.replace(/.{60}/g, '$&\n')}\n$`,
    ],
    ['that checks a key of PuTTY', HEX, (s) => `Private-Lines: 1\nAAAAIG9hZGtmaGFzZGZrag==\nPrivate-MAC: ${s}\n`],
    ['with an @ in it', PASSWORD.replace('!', '@'), (s) => `curl -s --user "j.smith:${s}#4J" https://api.example`],
    ['in quotes of its own', PASSWORD, (s) => `curl --user kevin:'${s}' -X PATCH https://api.example`],
    ['of nobody', PASSWORD, (s) => `curl -u ":${s}" https://localhost:9200`],
    ['as a UUID in a quoted header', UUID, (s) => `curl -H "apikey: ${s}" https://x.example`],
    ['in an element with attributes', PASSWORD, (s) => `<Pass encoding="plain">${s}</Pass>`],
    ['in a list of accounts', PASSWORD, (s) => `login/password - admin/${s}`],
    ['beside an address', PASSWORD, (s) => `10.20.30.40 (admin/${s})`],
    ['a paragraph after its name', PASSWORD, (s) => `Your new password is:\n\n    ${s}\n\nKeep it.`],
    ['in a string given to a command', PASSWORD, (s) => `kinit ada@EXAMPLE.ORG <<< '${s}'`],
    ['piped into a command', PASSWORD, (s) => `echo '${s}' | kinit ada@EXAMPLE.ORG`],
    ['that a process writes', PASSWORD, (s) => `rsync --password-file=<(echo ${s}) a rsync://x/b`],
    ['after a flag of Windows', PASSWORD, (s) => `xfreerdp /v:10.0.0.8 /u:Administrator /p:${s}`],
    ['of a share', PASSWORD, (s) => `net use Z: \\\\nas\\share ${s} /user:acme\\ada`],
    ['after -P', PASSWORD, (s) => `sqlcmd -S tcp:db,1433 -U sa -P ${s} -Q "select 1"`],
    ['typed into a field', PASSWORD, (s) => `cy.get('[name=password]').type('${s}{enter}')`],
    ['sent to a field', PASSWORD, (s) => `driver.find_element(By.ID, "password").send_keys("${s}")`],
    ['behind a longer type', PASSWORD, (s) => `let api_key: &'static str = "${s}";`],
    ['behind a type that may be missing', PASSWORD, (s) => `val adminPassword: String? = "${s}"`],
    ['of a name that ends in a word', MIXED, (s) => `mySecretString=${s}`],
    ['as a UUID in a call', UUID, (s) => `getEnvOrDefault("api_token", "${s}")`],
    ['that codes are made of', 'JBSWY3DPEHPK3PXP7QX2', (s) => `TOTP seed for the deploy account: ${s}`],
    ['of a wallet', `0x${HEX.slice(0, 32)}${HEX.slice(0, 32)}`, (s) => `encrypt_key: "${s}"`],
    ['without a telling name in the environment', `${MIXED}A1`, (s) => `export INTERCOM=${s}`],
    ['of a hook', 'k3jd8f6h2n5b7v9c1x4z8m6q2w', (s) => `https://chat.example/hooks/${s}`],
    ['in braces of ODBC', PASSWORD, (s) => `Driver={SQL Server};Uid=sa;Pwd={${s}};`],
    ['as a value of a flag', PASSWORD, (s) => `aws ssm put-parameter --name /db --type SecureString --value '${s}'`],
    ['that Terraform drew', PASSWORD, (s) => `"type":"random_password","instances":[{"attributes":{"result":"${s}"}}]`],
    ['a user and a password in base64', Buffer.from(`ada:${PASSWORD}`).toString('base64'), (s) => `auth_basic: ${s}`],
    ['encoded where it is used', PASSWORD, (s) => `headers: { authorization: 'Basic ' + btoa('ada:${s}') }`],
    ['behind a letter and a dot', `s.${MIXED.slice(0, 24)}`, (s) => `-H "X-Vault-Token: ${s}"`],
    ['in a jar of cookies', MIXED, (s) => `.example.org\tTRUE\t/\tTRUE\t1790000000\tid\t${s}`],
    ['in a cookie as JSON', MIXED, (s) => `{"name":"session","value":"${s}","httpOnly":true}`],
    ['in a list of cookies', MIXED, (s) => `requests.get(u, cookies={"sessionid": "${s}"})`],
    ['after a short word', PASSWORD, (s) => `user ada, pass ${s}`],
    ['in an offer to log in', PASSWORD, (s) => `Login with ada and ${s}`],
    ['behind a slash', PASSWORD, (s) => `try ada / ${s} for the login`],
    ['as words drawn from a list', 'maple orbit canyon velvet lantern', (s) => `passphrase: "${s}"`],
    ['far behind its colon', UUID, (s) => `AccessorID:       x\nSecretID:         ${s}\n`],
    ['of a user of another tool', PASSWORD, (s) => `etcdctl --user root:${s} get /`],
    ['of another team at its end', `${HEX.slice(0, 36)}NRAL`, (s) => `newrelic ${s}`],
    ['given to a constructor', PASSWORD, (s) => `new NetworkCredential("ada", "${s}")`],
  ])('%s', (_, secret, put) => {
    const { text } = redactText(put(secret));
    expect(text).not.toContain(secret.slice(0, 10));
    expect(text).toContain('[redacted:');
  });
});

it('is cut where a literal is put together', () => {
  const id = ['AKIA', 'Q3EGRWYX', 'T5PNM7KD'].join('');
  const { text } = redactText(`const id = "${id.slice(0, 9)}" +\n  "${id.slice(9)}";`);
  expect(text).not.toContain(id.slice(10));
});

describe('no secret is', () => {
  it.each([
    '"SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/api-key-x1Y2z3"',
    `API_KEY=ghp_${'x'.repeat(36)}`,
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
    '密码长度必须大于8位，并且包含字母和数字。',
    'パスワードは8文字以上です。',
    'Das Passwort ist zu kurz, es muss mindestens 12 Zeichen haben.',
    `data:application/json;base64,${Buffer.from('{"version":3,"sources":["token.ts"],"names":["password"]}').toString('base64')}`,
    'Private-Lines: how many lines follow',
    'reCAPTCHA site key: 6LuUsGpYHA7AdZ7FFuBoouMdLuGRyPRt3tSWwXDZ',
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    'docker build --secret id=npmrc,src=.npmrc .',
    'msbuild a.vcxproj /m /p:Configuration=Debug2!',
    'see https://github.com/acme/app/blob/main/src/login/sshAgent2.py#L40',
    'passphrase: "enter the words that you wrote down"',
    'token: config.auth.sha256Digest',
    'Login with ada and ask for the role',
    'cookies={"sessionid": "66dbe685-21a0-4069-8634-49982694fcbb"}',
    'curl -u <user:password> https://example.org',
    'CREDENTIALS_ID = "K8S_CRED"',
    'const keyStr = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";',
    'implementation "io.jsonwebtoken:jjwt-jackson-0.11.2"',
    'Sec-WebSocket-Key: olxHHsBRxW9gOhnbzCTaEQ==',
    'did:key:z6MkhnbCY1h041jJay7ciHAU0xcDq6jUWankUYSTeSIT5jX8',
    'PublicKey = swjaptTGxZy24RPdFzt6mfk+HdycAlmXEvRpBlOGuks=',
    "'password' => 'required|min:8|confirmed',",
    '<<<<<<< a1b2C3d4! feature',
    'grep -P "^v1[.]2+$" a.txt',
    'SRC_HASH=aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5z',
    'import { creator } from "@secretlint/secretlint-rule-1password"; // password rule',
    '{token:c.token+c.next.token,bias:c.bias}',
    "const label = 'pass' + 'word' + '-' + 'field';",
    'git clone https://github.com:443@example.org/acme/app.git',
  ])('%s', (text) => {
    expect(redactText(text).text).toBe(text);
  });
});
