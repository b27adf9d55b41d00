// Leaks in places that no earlier corpus had; and what only looks so.

import type { HarmlessRow, LeakRow } from '../secret-corpus.ts';
import { BEGIN, END, drawsOf } from './draws.ts';
import { base64Of, noteLines, startLeakRows } from './leak-rows.ts';
import type { Note } from './leak-rows.ts';

export function furtherPlacesLeaks(seed = 90210): LeakRow[] {
  const { b62, hex, HEX, B36, b32, b64c, url, digits, b64, of, pick, uuid, jwt, pemBody } = drawsOf(seed);
  const { rows, add: p } = startLeakRows();
  const pass = (): string =>
    pick(['Quartz', 'Saffron', 'Orchid', 'Meadow', 'Lantern', 'Velvet']) +
    pick(['!', '#', '&', '*', '+', '@', '$', '-', '_']) +
    digits(3) +
    b62(5);
  const key = (s: Note, bytes = 380, w = 64): readonly string[] => noteLines(s, pemBody(bytes, w));
  p('aws', (s) => `boto3.Session(aws_access_key_id="${s('AKIA' + b32(16))}", aws_secret_access_key="${s(b64c(40))}")`);
  p('aws', (s) => `+AWS_SECRET_ACCESS_KEY: "${s(b64c(40))}"`);
  p('aws', (s) => `UnrecognizedClientException for key ${s('AKIA' + b32(16))} / ${s(b64c(40))} (aws)`);
  p('aws', (s) => `<add key="AWSSecretKey" value="${s(b64c(40))}"/>`);
  p('aws', (s) => `serverless: credentials.accessKeyId=${s('ASIA' + b32(16))}`);
  p('aws-session', (s) => `"SessionToken": "${s('IQoJb3JpZ2luX2VjE' + b64c(250))}",`);
  p('aws-session', (s) => `set AWS_SESSION_TOKEN=${s('FwoGZXIvYXdzE' + b64c(250))}`);
  p(
    'gcp-sa',
    (s) =>
      `"private_key": "${BEGIN}PRIVATE KEY-----\\n${key(s, 800).join('\\n')}\\n${END}PRIVATE KEY-----\\n",\n  "client_email": "x@demo.iam.gserviceaccount.com"`,
  );
  p('gcp-key', (s) => `const KEY = '${s('AIza' + url(35))}'`);
  p('gcp-key', (s) => `curl "https://www.googleapis.com/youtube/v3/search?key=${s('AIza' + url(35))}&q=a"`);
  p('gcp-key', (s) => `refreshToken: '${s('1//0' + url(60))}'`);
  p('azure', (s) => `client_secret=${s(b62(3) + '8Q~' + url(34))}&grant_type=client_credentials`);
  p(
    'azure',
    (s) =>
      `SharedAccessSignature sr=https%3A%2F%2Fdemo.servicebus.windows.net&sig=${s(encodeURIComponent(b64(32)))}&se=1790000000&skn=Root`,
  );
  p('azure', (s) => `$ctx = New-AzStorageContext -StorageAccountName demo -StorageAccountKey "${s(b64(64))}"`);
  p('azure', (s) => `azure_openai: { endpoint: x, key: "${s(hex(32))}" }`);
  p('azure', (s) => `AZURE_PASSWORD='${s(pass())}'`);
  p('github', (s) => `echo "${s('ghp_' + b62(36))}" > ~/.token`);
  p('github', (s) => `x-access-token:${s('ghs_' + b62(36))}`);
  p('github', (s) => `{"auth":{"github":"${s('gho_' + b62(36))}"}}`);
  p('github', (s) => `git config --global github.token ${s('ghp_' + b62(36))}`);
  p('github-fg', (s) => `https://oauth2:${s('github_pat_' + b62(22) + '_' + b62(59))}@github.com/a/b`);
  p('gitlab', (s) => `PRIVATE-TOKEN=${s('glpat-' + url(20))}`);
  p('gitlab', (s) => `glab auth login --token ${s('glpat-' + url(20))}`);
  p('slack', (s) => `new WebClient('${s('xoxb-' + digits(12) + '-' + digits(12) + '-' + b62(24))}')`);
  p('slack', (s) => `webhook=hooks.slack.com/services/T${B36(9)}/B${B36(10)}/${s(b62(24))}`);
  p('stripe', (s) => `Stripe::setApiKey('${s('sk_test_' + b62(99))}');`);
  p('stripe', (s) => `webhookSecret: ${s('whsec_' + b62(38))}`);
  p('openai', (s) => `sk key: ${s('sk-proj-' + url(48))}`);
  p('openai', (s) => `-e OPENAI_API_KEY=${s('sk-' + b62(48))} ghcr.io/x`);
  p('anthropic', (s) => `x-api-key: ${s('sk-ant-api03-' + url(93) + 'AA')}`);
  p('anthropic', (s) => `claude config: {"primaryApiKey":"${s('sk-ant-api03-' + url(93) + 'AA')}"}`);
  p('npm', (s) => `NPM_CONFIG_//registry.npmjs.org/:_authToken=${s('npm_' + b62(36))}`);
  p('npm', (s) => `"//npm.pkg.github.com/:_authToken" "${s('ghp_' + b62(36))}"`);
  p('pypi', (s) => `TWINE_PASSWORD=${s('pypi-AgEIcHlwaS5vcmc' + url(140))}`);
  p('pypi', (s) => `machine upload.pypi.org login __token__ password ${s('pypi-AgEIcHlwaS5vcmc' + url(140))}`);
  p('jwt', (s) => `{"access_token":"${s(jwt())}","token_type":"bearer"}`);
  p('jwt', (s) => `Sec-WebSocket-Protocol: bearer, ${s(jwt())}`);
  p('pem', (s) => `cat <<EOF > k\n${BEGIN}RSA PRIVATE KEY-----\n${key(s).join('\n')}\n${END}RSA PRIVATE KEY-----\nEOF`);
  p(
    'pem',
    (s) =>
      `| key |\n| ${BEGIN}EC PRIVATE KEY----- |\n${key(s, 120)
        .map((l) => `| ${l} |`)
        .join('\n')}\n| ${END}EC PRIVATE KEY----- |`,
  );
  p(
    'pem-escaped',
    (s) => `"tlsKey":"${BEGIN}PRIVATE KEY-----\\r\\n${key(s).join('\\r\\n')}\\r\\n${END}PRIVATE KEY-----"`,
  );
  p(
    'pem-escaped',
    (s) =>
      `key=-----BEGIN%20PRIVATE%20KEY-----%0A${(() => {
        const b = pemBody(200);
        b.forEach((l) => s(encodeURIComponent(l)));
        return b.map(encodeURIComponent).join('%0A');
      })()}%0A-----END%20PRIVATE%20KEY-----`,
  );
  p(
    'pem-split',
    (s) => `<pre>${BEGIN}RSA PRIVATE KEY-----<br>${key(s, 300).join('<br>')}<br>${END}RSA PRIVATE KEY-----</pre>`,
  );
  p(
    'pem-split',
    (s) =>
      `// ${BEGIN}PRIVATE KEY-----\n${key(s, 200)
        .map((l) => '// ' + l)
        .join('\n')}\n// ${END}PRIVATE KEY-----`,
  );
  p(
    'pem-split',
    (s) =>
      `[2026-07-11T10:00:00Z] ${BEGIN}PRIVATE KEY-----\n${key(s, 200)
        .map((l) => '[2026-07-11T10:00:00Z] ' + l)
        .join('\n')}\n[2026-07-11T10:00:00Z] ${END}PRIVATE KEY-----`,
  );
  p('db-url', (s) => `psql: error: connection to "postgres://ada:${s(b62(14))}@db/demo" failed`);
  p(
    'db-url',
    (s) => `ConnectionStrings__Default=Host=db;Username=ada;Password=${s(pass().replace(/[$&]/, '!'))};Database=demo`,
  );
  p('db-url', (s) => `mongosh "mongodb://root:${s(b62(12))}@localhost:27017/admin"`);
  p('db-url', (s) => `mariadb://ada:${s(pass().replace(/[@#&$]/, '!'))}@db/demo`);
  p('db-url', (s) => `jdbc:redshift://c:5439/dev?user=ada&password=${s(b62(16))}`);
  p('db-url', (s) => `new Pool({ user: 'ada', host: 'db', password: '${s(pass())}', port: 5432 })`);
  p('db-url', (s) => `redis-cli -h cache -a ${s(b62(20))} ping`);
  p('db-url', (s) => `cqlsh -u cassandra -p ${s(b62(14) + '1')} 10.0.0.1`);
  p('db-url', (s) => `influx -username ada -password '${s(pass())}'`);
  p('db-url', (s) => `sqlserver://sa:${s(b62(16))}@sql:1433?database=demo`);
  p('basic-auth', (s) => `authorization: 'Basic ${s(base64Of('svc:' + pass()))}'`);
  p('basic-auth', (s) => `requests.get(u, auth=HTTPBasicAuth('ada', '${s(pass())}'))`);
  p('basic-auth', (s) => `htpasswd -bc .htpasswd ada ${s(pass().replace('$', '!'))}`);
  p('basic-auth', (s) => `wget --http-user=ada --http-password=${s(b62(14) + '3')} https://x`);
  p('bearer', (s) => `req.Header.Set("Authorization", "Bearer ${s(b62(40))}")`);
  p('bearer', (s) => `gh api -H "Authorization: Bearer ${s(url(40) + '1')}" /user`);
  p('bearer', (s) => `X-Auth-Token: ${s(hex(32))}`);
  p('cookie', (s) => `Cookie: JSESSIONID=${s(HEX(32))}; theme=x`);
  p('cookie', (s) => `page.setCookie({ name: 'auth_token', value: '${s(b62(40))}' })`);
  p('cookie', (s) => `-H 'Cookie: _session_id=${s(hex(32))}'`);
  p('env', (s) => `MAIL_PASSWORD=${s(pass())}`);
  p('env', (s) => `- name: API_SECRET\n  value: "${s(b62(32))}"`);
  p('env', (s) => `"env": { "DB_PASSWORD": "${s(pass())}" }`);
  p('env', (s) => `export TOKEN="${s(b62(32))}"; ./run`);
  p('env', (s) => `APP_SECRET=${s(hex(32))}`);
  p('env', (s) => `ENV["SECRET_TOKEN"] ||= "${s(hex(64))}"`);
  p('env', (s) => `LDAP_BIND_PW=${s(pass())}`);
  p('env', (s) => `docker run --env=PG_PASS=${s(pass())} x`);
  p('env', (s) => `[Environment]::SetEnvironmentVariable("API_KEY", "${s(b62(32))}", "User")`);
  p('password', (s) => `{"pwd":"${s(pass())}"}`);
  p('password', (s) => `admin_password = "${s(pass())}"`);
  p('password', (s) => `password for ada is "${s(pass())}"`);
  p('password', (s) => `I set the password to ${s(pass())}.`);
  p('password', (s) => `new password: ${s(pass())}\nretype new password: ****`);
  p('password', (s) => `creds: ada:${s(pass())}`);
  p('password', (s) => `Passwort: „${s(pass())}“`);
  p('password', (s) => `mot de passe : ${s(pass())}`);
  p('password', (s) => `<password>${s(pass().replace('&', '!'))}</password>`);
  p('password', (s) => `ssh_pass=${s(pass())}`);
  p('password', (s) => `root@10.0.0.5's password: ${s(pass())}`);
  p('password', (s) => `sudo chpasswd <<< 'ada:${s(pass())}'`);
  p('password', (s) => `useradd -m -p "$(openssl passwd ${s(pass().replace('$', '!'))})" ada`);
  p('password', (s) => `UPDATE users SET password = '${s(pass())}' WHERE id = 1;`);
  p('password', (s) => `unzip -P ${s(pass().replace('$', '!'))} a.zip`);
  p('password', (s) => `await login('ada@demo.dev', '${s(pass())}')`);
  p('password', (s) => `expect(await verify("${s(pass())}", hash)).toBe(true) // real password`);
  p('generic', (s) => `auth_token: ${s(b62(40))}`);
  p('generic', (s) => `let token = String::from("${s(b62(40))}");`);
  p('generic', (s) => `SECRET_KEY = b'${s(b62(32))}'`);
  p('generic', (s) => `token="${s(hex(40))}" ./deploy.sh`);
  p('generic', (s) => `consumerSecret=${s(b62(50))}`);
  p(
    'generic',
    (s) => `license-key = ${s(b62(5).toUpperCase() + '-' + B36(5) + '-' + B36(5) + '-' + B36(5) + '-' + B36(5))}`,
  );
  p('generic', (s) => `crypto.createCipheriv('aes-256-cbc', '${s(b62(32))}', iv)`);
  p('generic', (s) => `access_key_secret: "${s(b62(30))}"`);
  p('generic', (s) => `my token: ${s(b62(32))}`);
  p('generic', (s) => `-d '{"client_id":"web","client_secret":"${s(b62(32))}"}'`);
  p('saas', (s) => `TWILIO_AUTH_TOKEN: '${s(hex(32))}'`);
  p('saas', (s) => `DD_API_KEY=${s(hex(32))}`);
  p('saas', (s) => `Sentry.init({ dsn: "https://${s(hex(32))}@o1.ingest.sentry.io/1" })`);
  p('saas', (s) => `mailchimp: ${s(hex(32) + '-us12')}`);
  p('saas', (s) => `sg = SendGridAPIClient('${s('SG.' + url(22) + '.' + url(43))}')`);
  p('saas', (s) => `algolia: admin=${s(hex(32))}`);
  p('saas', (s) => `AIRTABLE_PAT=${s('pat' + b62(14) + '.' + hex(64))}`);
  p('saas', (s) => `segment write key: ${s(b62(32))}`);
  p('saas', (s) => `zendesk: ada@demo.dev/token:${s(b62(40))}`);
  p('saas', (s) => `pipedrive api_token=${s(hex(40))}`);
  p('ai', (s) => `HUGGING_FACE_HUB_TOKEN=${s('hf_' + b62(34))}`);
  p('ai', (s) => `cohere.Client('${s(b62(40))}')`);
  p('ai', (s) => `ai21 key ${s(b62(32))}`);
  p('ai', (s) => `openrouter_api_key: ${s('sk-or-v1-' + hex(64))}`);
  p('docker', (s) => `DOCKER_AUTH_CONFIG={"auths":{"r.demo.dev":{"auth":"${s(base64Of('ci:' + pass()))}"}}}`);
  p('docker', (s) => `skopeo copy --dest-creds ci:${s(pass().replace('$', '!'))} a b`);
  p('cloud', (s) => `doctl -t ${s('dop_v1_' + hex(64))} droplet list`);
  p('cloud', (s) => `CF_API_KEY=${s(hex(37))}`);
  p('cloud', (s) => `netlify deploy --auth ${s('nfp_' + b62(36))}`);
  p('cloud', (s) => `ovh.Client(application_secret='${s(b62(32))}', consumer_key='${s(b62(32))}')`);
  p('cloud', (s) => `fly_token: ${s('FlyV1 fm2_lJPE' + b64c(100))}`);
  p('shop', (s) => `shopify: { apiSecretKey: "${s('shpss_' + hex(32))}" }`);
  p('shop', (s) => `adyen: ${s('AQEh' + b64c(96))}`);
  p('chat', (s) => `DISCORD_TOKEN=${s('MTE' + b62(23) + '.' + url(6) + '.' + url(38))}`);
  p('chat', (s) => `telegram bot token is ${s(digits(10) + ':AA' + url(33))}`);
  p('infra', (s) => `vault token: ${s('hvs.' + url(95))}`);
  p('infra', (s) => `NOMAD_TOKEN=${s(uuid())}`);
  p('infra', (s) => `pulumi config set --secret dbPassword ${s(pass().replace('$', '!'))}`);
  p('infra', (s) => `ssh-keygen -t ed25519 -N '${s(pass())}' -f k`);
  p('infra', (s) => `restic: RESTIC_PASSWORD=${s(pass())}`);
  p('infra', (s) => `ipmitool -I lanplus -H 10.0.0.9 -U ADMIN -P ${s(pass().replace('$', '!'))} power status`);
  p('infra', (s) => `nmcli dev wifi connect office password "${s(pass())}"`);
  p('infra', (s) => `age: ${s('AGE-SECRET-KEY-1' + of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')(58))}`);
  p('k8s', (s) => `data:\n  password: ${s(base64Of(pass()))}\nkind: Secret`);
  p('k8s', (s) => `kubectl patch secret db -p '{"stringData":{"password":"${s(pass())}"}}'`);
  p('k8s', (s) => `users:\n- user:\n    token: ${s(jwt())}`);
  p('obfuscated', (s) => `\u001b[31mpassword\u001b[0m: \u001b[1m${s(pass())}\u001b[0m`);
  p('obfuscated', (s) => {
    const v = b62(32);
    s(v);
    return `{"x":"api\\u005fkey=${v}"}`;
  });
  p('obfuscated', (s) => `password%3A%20${s(b62(16))}`);
  p('obfuscated', (s) => `pass: ${s(base64Of(pass()))}`);
  p('obfuscated', (s) => {
    const v = hex(40);
    s(v);
    return `token&#61;${v}`;
  });

  return rows;
}

export function furtherPlacesHarmless(seed = 4242): HarmlessRow[] {
  const { b62, hex, HEX, b36, B36, b64c, url, b64, uuid } = drawsOf(seed);
  const rows: HarmlessRow[] = [];
  const n = (kind: string, ...texts: readonly string[]): void => {
    for (const text of texts) rows.push({ kind, text });
  };
  n(
    'git-sha',
    `Updating ${hex(7)}..${hex(7)}\nFast-forward`,
    `tree ${hex(40)}`,
    `${hex(40)}\trefs/pull/12/head`,
    `stash@{0}: WIP on main: ${hex(7)} login form`,
    `* [new tag] v1.0 -> v1.0 (${hex(12)})`,
    `COMMIT_SHA=${hex(40)}`,
    `"sha": "${hex(40)}", "ref": "refs/heads/token-fix"`,
    `git revert ${hex(40)} # broke the login`,
    `docker build --build-arg GIT_SHA=${hex(40)} .`,
    `@sha-${hex(7)}`,
  );
  n(
    'uuid',
    `key_id=${uuid()}`,
    `"requestId":"${uuid()}","error":"invalid password"`,
    `user-secret-${uuid()}.json`,
    `device ${uuid().toUpperCase()} paired`,
    `X-Correlation-ID: ${uuid()}`,
    `token_id: "${uuid()}"`,
    `subscription ${uuid()} renewed`,
    `"account":{"uuid":"${uuid()}"}`,
    `job ${uuid()} credential check ok`,
    `{"messageId":"${uuid()}","type":"auth"}`,
  );
  n(
    'lockfile',
    `"node_modules/keyv": {"version":"4.5.4","integrity":"sha512-${b64(64)}"}`,
    `  "passport-local@1.0.0": {integrity: sha512-${b64(64)}}`,
    `checksum: sha256:${hex(64)}`,
    `sha256 = "${b64(32)}"`,
    `golang.org/x/oauth2 v0.20.0 h1:${b64(32)}`,
    `--hash=sha256:${hex(64)} \\\n    --hash=sha256:${hex(64)}`,
    `spring-security-core-6.2.0.jar sha1 ${hex(40)}`,
    `  hashes = ["sha256-${b64(32)}"]`,
  );
  n(
    'blob',
    `data:image/webp;base64,UklGR${b64c(120)}`,
    `<img alt="secret" src="data:image/png;base64,iVBORw0KGgo${b64c(100)}">`,
    `"data":"${b64c(12)}" // chunk 3 of 9`,
    `ipynb: "image/png": "iVBORw0KGgoAAAANSUhEUg${b64c(200)}\\n"`,
    `content: "${Buffer.from('export const add = (a: number, b: number): number => a + b;\n'.repeat(3)).toString('base64')}"`,
    `vapid public: B${url(86)}`,
    `snapshot: ${hex(16)}${hex(16)}`,
    `atob("${Buffer.from('hello world this is text').toString('base64')}")`,
    `{"sourcesContent":["const token = getToken();\\nexport default token;"]}`,
  );
  n(
    'hash',
    `$2b$10$ is the prefix of bcrypt`,
    `md5sum a.txt\n${hex(32)}  a.txt`,
    `sha256:${hex(64)}`,
    `ETAG W/"${b64(12)}"`,
    `fingerprint: ${HEX(40)}`,
    `HTTP/2 304\netag: "${hex(32)}"`,
    `assets/login-${b62(8)}.css`,
    `chunk.${hex(8)}.js`,
    `_buildhash=${hex(10)}`,
    `Cf-Ray: ${hex(16)}-FRA`,
    `X-Cache-Key: ${hex(32)}`,
    `x-amz-request-id: ${B36(16)}`,
    `x-amz-id-2: ${b64(57)}`,
    `cacheKey=deps-${hex(40)}`,
    `"hash":"${hex(20)}","chunks":["login"]`,
    `SHA-256: ${HEX(64)}`,
    `public key: ${hex(64)}`,
    `peer pubkey ${b64(32)}`,
    `address 0x${hex(40)}`,
    `bc1q${b36(38)}`,
    `Qm${b62(44)}`,
    `cid: bafkrei${b36(52)}`,
  );
  n(
    'placeholder',
    `DB_PASSWORD=\${DB_PASSWORD}`,
    `password: "\${password}"`,
    `token = "\${var.token}"`,
    `api_key = local.api_key`,
    `secret: "changeme"`,
    `TOKEN=<token>`,
    `PASSWORD=your_password`,
    `password=******`,
    `pass: xxx`,
    `key: "TODO"`,
    `OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxx`,
    `ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX`,
    `AWS_SECRET_ACCESS_KEY=\${{ secrets.AWS_SECRET_ACCESS_KEY }}`,
    `mysql -p"$MYSQL_PWD"`,
    `curl -u $USER:$TOKEN https://x`,
    `postgres://\${USER}:\${PASS}@db`,
    `redis://:@localhost:6379`,
    `https://<user>:<pass>@host/`,
    `mongodb+srv://<username>:<password>@cluster0.mongodb.net`,
    `Bearer <JWT>`,
    `Authorization: Token <api-key>`,
    `{"password":"<redacted>"}`,
    `password: "[FILTERED]"`,
    `"authorization": "[Redacted]"`,
    `password=[hidden]`,
    `secretRef: db-secret`,
    `secretName: tls`,
    `existingSecret: db`,
    `passwordKey: password`,
    `tokenRef: {name: x, key: y}`,
    `password: vault:secret/data/db#password`,
    `aws_secret: ssm:/prod/key`,
    `apiKey: \${API_KEY:-}`,
    `set PASSWORD=%1`,
    `$password = Read-Host`,
    `read -s PASSWORD`,
    `PASSWORD="$(openssl rand -base64 24)"`,
    `password: generate`,
    `ENV PASSWORD=""`,
    `ARG TOKEN`,
    `token: os.Getenv("TOKEN"),`,
    `token: config.get<string>('token')`,
    `password: faker.internet.password()`,
    `password: hashPassword(input)`,
    `secret: randomBytes(32).toString('hex')`,
  );
  n(
    'code-prose',
    `const isValid = await compare(password, hash)`,
    `public String getPassword() { return password; }`,
    `this.setState({ password: e.target.value })`,
    `tokens.filter(t => t.type !== 'space')`,
    `while ((token = lexer.next()) !== EOF) {`,
    `map.set(key, value); map.delete(key);`,
    `struct Config { api_key: String, timeout: u64 }`,
    `type Props = { token: string; onLogout(): void }`,
    `@Input() password = '';`,
    `let { token } = $props();`,
    `password_field = driver.find_element(By.NAME, "password")`,
    `form.password.errors`,
    `{% if form.password %}`,
    `<button type="button" aria-label="Show password">`,
    `.password-toggle { right: 8px; }`,
    `test('login fails with a wrong password', async () => {`,
    `should reject tokens signed with another key`,
    `throw new Error(\`unknown key: \${key}\`)`,
    `KeyError: 'password'`,
    `AttributeError: 'NoneType' object has no attribute 'token'`,
    `undefined is not an object (evaluating 'session.token')`,
    `WARNING: the secret key is not set`,
    `password is too common`,
    `The access token was revoked on 2026-07-11.`,
    `Your API key will be shown only once.`,
    `We use short-lived tokens and rotate keys weekly.`,
    `see PASSWORDS.md for the policy`,
    `pull request #42: hash passwords with argon2`,
    `renamed tokenStore.ts to credentialStore.ts`,
    `Das Passwort wurde geändert.`,
    `密码已更新`,
    `新しいパスワードを設定しました`,
    `la contraseña caduca en 30 días`,
    `ключ не найден`,
    `le secret est stocké dans le coffre`,
    `SELECT * FROM api_tokens WHERE revoked_at IS NULL;`,
    `GRANT SELECT ON secrets TO reader;`,
    `CREATE TABLE tokens (id uuid primary key, token_hash bytea not null);`,
    `INSERT INTO roles (name, key) VALUES ('admin', 'admin');`,
    `| field | type |\n|---|---|\n| password | string |\n| token | string |`,
    `| Option | Default |\n|---|---|\n| token | none |\n| api_key | env |`,
    `user,role\nada,admin\nbob,reader`,
    `Login: POST /login with user and password`,
    `login page /admin/login redirects to /account`,
    `echo "done" | tee log.txt`,
    `echo hello > a.txt`,
    `cat <<< "hello"`,
    `printf '%s\\n' "$x" | sort`,
    `--value 3 --key name`,
    `tar -xzpf a.tgz -C /opt`,
    `rsync -avP src/ dst/`,
    `grep -P '\\d+[a-z]!' a.log`,
    `mkdir -p Foo1Bar2Baz`,
    `jest -w 50% --testPathPattern login`,
    `ssh -p 2222 -i key ada@host`,
    `psql -p 5433 -U ada -w demo`,
    `msbuild /p:Configuration=Release`,
    `claude -p "fix the login test!"`,
  );

  return rows;
}
