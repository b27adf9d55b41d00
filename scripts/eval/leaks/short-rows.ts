// Leaks in a line or two each, of the same kinds as the made-up corpus, in other places; and what only looks so.

import type { HarmlessRow, LeakRow } from '../secret-corpus.ts';
import { BEGIN, END, drawsOf } from './draws.ts';
import { base64Of, noteLines, startLeakRows } from './leak-rows.ts';
import type { Note } from './leak-rows.ts';

export function shortRowsLeaks(seed = 31337): LeakRow[] {
  const { b62, hex, HEX, b36, B36, b32, b64c, url, digits, b64, pick, uuid, jwt, pemBody } = drawsOf(seed);
  const { rows, add: p } = startLeakRows();
  const pass = (): string =>
    pick(['Vesper', 'Marble', 'Juniper', 'Falcon', 'Copper', 'Winter', 'Harbor']) +
    pick(['!', '#', '&', '*', '+', '%']) +
    digits(3) +
    b62(5);
  const key = (s: Note, bytes = 400, w = 64): readonly string[] => noteLines(s, pemBody(bytes, w));
  p('aws', (s) => `[profile prod]\naws_access_key_id=${s('AKIA' + b32(16))}\naws_secret_access_key=${s(b64c(40))}`);
  p('aws', (s) => `new AWS.S3({ accessKeyId: '${s('AKIA' + b32(16))}', secretAccessKey: '${s(b64c(40))}' })`);
  p('aws', (s) => `aws configure set aws_secret_access_key ${s(b64c(40))}`);
  p('aws', (s) => `Credentials for IAM user ada:\n  Access key: ${s('AKIA' + b32(16))}\n  Secret: ${s(b64c(40))}`);
  p('aws', (s) => `s3cmd --access_key=${s('AKIA' + b32(16))} --secret_key=${s(b64c(40))} ls`);
  p('aws', (s) => `export AWS_ACCESS_KEY_ID=${s('AKIA' + b32(16))} AWS_SECRET_ACCESS_KEY=${s(b64c(40))}`);
  p('aws-session', (s) => `aws_session_token = ${s('IQoJb3JpZ2luX2VjE' + b64c(220))}`);
  p(
    'aws-session',
    (s) =>
      `<Credentials><AccessKeyId>${s('ASIA' + b32(16))}</AccessKeyId><SecretAccessKey>${s(b64c(40))}</SecretAccessKey><SessionToken>${s('FwoGZXIvYXdzE' + b64c(200))}</SessionToken></Credentials>`,
  );
  p(
    'gcp-sa',
    (s) =>
      `gcloud auth activate-service-account --key-file=- <<'EOF'\n{"type":"service_account","private_key_id":"${s(hex(40))}","private_key":"${BEGIN}PRIVATE KEY-----\\n${key(s).join('\\n')}\\n${END}PRIVATE KEY-----\\n"}\nEOF`,
  );
  p(
    'gcp-sa',
    (s) =>
      `credentials: '{\\"type\\":\\"service_account\\",\\"private_key\\":\\"${BEGIN}PRIVATE KEY-----\\\\n${key(s).join('\\\\n')}\\\\n${END}PRIVATE KEY-----\\\\n\\"}'`,
  );
  p('gcp-key', (s) => `"google_maps": { "key": "${s('AIza' + url(35))}" }`);
  p('gcp-key', (s) => `GOOGLE_CLIENT_SECRET: ${s('GOCSPX-' + url(28))}`);
  p('gcp-key', (s) => `fetch(\`https://generativelanguage.googleapis.com/v1/models?key=${s('AIza' + url(35))}\`)`);
  p('azure', (s) => `ARM_CLIENT_SECRET=${s(b62(3) + '8Q~' + url(34))}`);
  p(
    'azure',
    (s) =>
      `BlobEndpoint=https://demo.blob.core.windows.net/;SharedAccessSignature=sv=2024-11-04&ss=b&sig=${s(b62(43) + '%3D')}`,
  );
  p('azure', (s) => `HostName=demo.azure-devices.net;DeviceId=d1;SharedAccessKey=${s(b64(32))}`);
  p(
    'azure',
    (s) =>
      `"AzureWebJobsStorage": "DefaultEndpointsProtocol=https;AccountName=demo;AccountKey=${s(b64(64))};EndpointSuffix=core.windows.net"`,
  );
  p('azure', (s) => `az storage blob list --account-name demo --account-key ${s(b64(64))}`);
  p('azure', (s) => `vault: AccountEndpoint=https://demo.documents.azure.com:443/;AccountKey=${s(b64(64))};`);
  p('azure', (s) => `api-key: ${s(hex(32))}\ncontent-type: application/json`);
  p('azure', (s) => `AZURE_DEVOPS_TOKEN=${s(b36(52))}`);
  p('github', (s) => `fatal: unable to access 'https://ada:${s('ghp_' + b62(36))}@github.com/demo/demo.git/': 403`);
  p('github', (s) => `new Octokit({ auth: "${s('gho_' + b62(36))}" })`);
  p('github', (s) => `Authorization: token ${s('ghs_' + b62(36))}`);
  p('github', (s) => `my token is ${s('ghp_' + b62(36))}`);
  p('github', (s) => `<!-- ${s('ghu_' + b62(36))} -->`);
  p('github-fg', (s) => `GH_TOKEN='${s('github_pat_' + b62(22) + '_' + b62(59))}'`);
  p('gitlab', (s) => `CI_JOB_TOKEN=${s('glcbt-64_' + url(20))}`);
  p('gitlab', (s) => `[[runners]]\n  name = "r"\n  token = "${s('glrt-' + url(20))}"`);
  p('gitlab', (s) => `https://gitlab-ci-token:${s(url(20))}@gitlab.com/demo/demo.git`);
  p('slack', (s) => `SLACK_APP_TOKEN: ${s('xapp-1-A0' + B36(9) + '-' + digits(13) + '-' + hex(64))}`);
  p('slack', (s) => `slack_signing_secret = "${s(hex(32))}"`);
  p('slack', (s) => `POST https://hooks.slack.com/services/T0${B36(8)}/B0${B36(8)}/${s(b62(24))} 200`);
  p('slack', (s) => `xoxe refresh: ${s('xoxe-1-' + b62(140))}`);
  p('stripe', (s) => `stripe.api_key = '${s('sk_live_' + b62(24))}'`);
  p('stripe', (s) => `stripe listen --forward-to x  # ${s('whsec_' + b62(32))}`);
  p('openai', (s) => `{"apiKey":"${s('sk-' + b62(48))}","model":"gpt-4o"}`);
  p('openai', (s) => `OpenAI(api_key="${s('sk-svcacct-' + url(60) + 'T3BlbkFJ' + url(60))}")`);
  p('anthropic', (s) => `  "apiKeyHelper": "echo ${s('sk-ant-api03-' + url(93) + 'AA')}"`);
  p('anthropic', (s) => `CLAUDE_CODE_OAUTH_TOKEN=${s('sk-ant-oat01-' + url(93) + 'AA')}`);
  p('npm', (s) => `npm config set //registry.npmjs.org/:_authToken=${s('npm_' + b62(36))}`);
  p('npm', (s) => `.npmrc: _auth="${s(base64Of('ci:' + pass()))}"`);
  p('npm', (s) => `//npm.demo.dev/:_password=${s(base64Of(pass()))}`);
  p(
    'npm',
    (s) => `bun: [install.scopes]\n"@demo" = { token = "${s('npm_' + b62(36))}", url = "https://npm.demo.dev" }`,
  );
  p('pypi', (s) => `poetry config pypi-token.pypi ${s('pypi-AgEIcHlwaS5vcmc' + url(150))}`);
  p('pypi', (s) => `pip install --index-url https://ci:${s(b62(20))}@pypi.demo.dev/simple x`);
  p('jwt', (s) => `Cookie: token=${s(jwt())}`);
  p('jwt', (s) => `curl -b "auth=${s(jwt())}" localhost:3000`);
  p('jwt', (s) => `const jwt = "${s(jwt())}"`);
  p('jwt', (s) => `https://demo.dev/reset?token=${s(jwt())}`);
  p('pem', (s) => `${BEGIN}EC PRIVATE KEY-----\r\n${key(s, 120).join('\r\n')}\r\n${END}EC PRIVATE KEY-----\r\n`);
  p(
    'pem',
    (s) => `${BEGIN}PGP PRIVATE KEY BLOCK-----\n\n${key(s, 500).join('\n')}\n=aB3d\n${END}PGP PRIVATE KEY BLOCK-----`,
  );
  p(
    'pem',
    (s) =>
      `ssl_key: |-\n  ${BEGIN}PRIVATE KEY-----\n${key(s, 300)
        .map((l) => '  ' + l)
        .join('\n')}\n  ${END}PRIVATE KEY-----`,
  );
  p(
    'pem-escaped',
    (s) =>
      `SSH_KEY="${BEGIN}OPENSSH PRIVATE KEY-----\\n${key(s, 300, 70).join('\\n')}\\n${END}OPENSSH PRIVATE KEY-----"`,
  );
  p(
    'pem-escaped',
    (s) =>
      `{"out":"{\\"key\\":\\"${BEGIN}RSA PRIVATE KEY-----\\\\n${key(s, 300).join('\\\\n')}\\\\n${END}RSA PRIVATE KEY-----\\"}"}`,
  );
  p(
    'pem-split',
    (s) =>
      `server.key:1:${BEGIN}RSA PRIVATE KEY-----\n${key(s, 300)
        .map((l, i) => `server.key:${i + 2}:${l}`)
        .join('\n')}`,
  );
  p(
    'pem-split',
    (s) =>
      `"${BEGIN}PRIVATE KEY-----" .\n${key(s, 300)
        .map((l) => `"${l}" .`)
        .join('\n')}\n"${END}PRIVATE KEY-----"`,
  );
  p(
    'pem-split',
    (s) =>
      `const lines = [\n  '${BEGIN}PRIVATE KEY-----',\n${key(s, 300)
        .map((l) => `  '${l}',`)
        .join('\n')}\n  '${END}PRIVATE KEY-----',\n].join('\\n')`,
  );
  p('pem-split', (s) => {
    const b = key(s, 300);
    return `# ${BEGIN}RSA PRIVATE KEY-----\n${b.map((l) => '# ' + l).join('\n')}\n# ${END}RSA PRIVATE KEY-----`;
  });
  p('pem-split', (s) => {
    const b = key(s, 300);
    return `${b.slice(2).join('\n')}\n${END}EC PRIVATE KEY-----`;
  });
  p('pem-split', (s) => {
    const b = pemBody(300);
    s(b.join(''));
    return `${BEGIN}PRIVATE KEY-----${b.join('')}${END}PRIVATE KEY-----`;
  });
  p('pem-split', (s) => {
    const b = key(s, 300);
    return `${BEGIN}PRIVATE KEY-----\n\n${b.join('\n\n')}\n\n${END}PRIVATE KEY-----`;
  });
  p('db-url', (s) => `spring.datasource.url=jdbc:mysql://db/demo?user=root&password=${s(b62(16))}`);
  p('db-url', (s) => `DATABASES = {'default': {'USER': 'demo', 'PASSWORD': '${s(pass())}', 'HOST': 'db'}}`);
  p('db-url', (s) => `redis://:${s(b62(24))}@cache:6379/1`);
  p('db-url', (s) => `mysql://root:${s(pass().replace('#', '!').replace('%', '!'))}@127.0.0.1:3306/demo`);
  p('db-url', (s) => `Server=db,1433;Database=demo;User Id=sa;Password=${s(pass())};TrustServerCertificate=True`);
  p('db-url', (s) => `postgres://demo:${s(encodeURIComponent(pass()))}@db/demo`);
  p('db-url', (s) => `pgcli postgres://ada:${s(b62(12))}@localhost`);
  p('db-url', (s) => `(DESCRIPTION=...) user=scott password=${s(b62(10) + '7')}`);
  p('db-url', (s) => `amqp://demo:${s(b62(16))}@mq:5672/%2Fprod`);
  p('basic-auth', (s) => `fetch(u, { headers: { authorization: 'Basic ' + btoa('ada:${s(pass())}') } })`);
  p('basic-auth', (s) => `auth=("ada", "${s(pass())}")`);
  p('basic-auth', (s) => `curl --basic --user "ada:${s(pass())}" https://demo.dev`);
  p('basic-auth', (s) => `Proxy-Authorization: Basic ${s(base64Of('ada:' + pass()))}`);
  p('bearer', (s) => `axios.get(u, { headers: { Authorization: \`Bearer ${s(b62(43))}\` } })`);
  p('bearer', (s) => `"Authorization": "bearer ${s(hex(40))}"`);
  p('bearer', (s) => `-H "X-Vault-Token: ${s('s.' + b62(24))}"`);
  p('cookie', (s) => `.demo.dev\tTRUE\t/\tTRUE\t1790000000\tsessionid\t${s(b36(32))}`);
  p('cookie', (s) => `set-cookie: connect.sid=s%3A${s(url(32))}.${s(b62(43))}; Path=/; HttpOnly`);
  p('cookie', (s) => `{"name":"session","value":"${s(b62(48))}","domain":".demo.dev","httpOnly":true}`);
  p('cookie', (s) => `requests.get(u, cookies={"sessionid": "${s(b36(32))}"})`);
  p('env', (s) => `REDIS_PASSWORD="${s(pass())}"`);
  p('env', (s) => `export SMTP_PASS='${s(pass())}'`);
  p('env', (s) => `NEXTAUTH_SECRET=${s(b64(32))}`);
  p('env', (s) => `set -gx API_KEY ${s(b62(32))}`);
  p('env', (s) => `ENCRYPTION_KEY=${s(hex(64))} # 32 bytes`);
  p('env', (s) => `environment:\n  - MYSQL_PASSWORD=${s(pass())}`);
  p('env', (s) => `process.env.JWT_SECRET = '${s(b62(40))}'`);
  p('env', (s) => `os.environ["DB_PASS"] = "${s(pass())}"`);
  p('env', (s) => `Environment="API_TOKEN=${s(b62(32))}"`);
  p('env', (s) => `{ name = "DB_PASSWORD", value = "${s(pass())}" }`);
  p('password', (s) => `pw: ${s(pass())}`);
  p('password', (s) => `password=${s(pass())}&user=ada`);
  p('password', (s) => `<input type="password" name="pw" value="${s(pass())}">`);
  p('password', (s) => `the root password is ${s(pass())} on staging`);
  p('password', (s) => `user ada, pass ${s(pass())}`);
  p('password', (s) => `try ada / ${s(pass())} for the login`);
  p('password', (s) => `$ sudo -S <<< "${s(pass())}" whoami`);
  p('password', (s) => `--db-password '${s(pass())}'`);
  p('password', (s) => `mysql -uroot -p'${s(pass())}' demo`);
  p('password', (s) => `su postgres -c "psql -c \\"ALTER USER ada PASSWORD '${s(pass())}'\\""`);
  p('password', (s) => `Login with ada and ${s(pass())}`);
  p('password', (s) => `passphrase: "${s('maple orbit canyon velvet 7 lantern')}"`);
  p('password', (s) => `Benutzer: ada, Kennwort: ${s(pass())}`);
  p('password', (s) => `'password' => '${s(pass())}',`);
  p('generic', (s) => `private_token: "${s(b62(32))}"`);
  p('generic', (s) => `const SECRET = "${s(b62(32))}";`);
  p('generic', (s) => `apikey=${s(hex(40))}`);
  p('generic', (s) => `hmac_key = b"${s(hex(32))}"`);
  p('generic', (s) => `client_secret: '${s(url(40))}'`);
  p('generic', (s) => `refresh_token=${s(url(60))}`);
  p('generic', (s) => `"accessKey":"${s(b62(20))}","secretKey":"${s(b62(40))}"`);
  p('generic', (s) => `signing-secret ${s(hex(64))}`);
  p('generic', (s) => `.withToken("${s(b62(36))}")`);
  p('generic', (s) => `the api key: ${s(b62(32))}`);
  p('generic', (s) => `| API key | \`${s(b62(32))}\` |`);
  p('saas', (s) => `new Twilio("AC${hex(32)}", "${s(hex(32))}")`);
  p('saas', (s) => `twilio(sid, "${s(hex(32))}")`);
  p('saas', (s) => `datadog: { api_key: ${s(hex(32))}, app_key: ${s(hex(40))} }`);
  p('saas', (s) => `mailgun({ apiKey: '${s('key-' + hex(32))}' })`);
  p('saas', (s) => `SENTRY_AUTH_TOKEN=${s('sntryu_' + hex(64))}`);
  p('saas', (s) => `newrelic license ${s(hex(36) + 'NRAL')}`);
  p('saas', (s) => `ALGOLIA_ADMIN_KEY=${s(hex(32))}`);
  p('saas', (s) => `notion: ${s('secret_' + b62(43))}`);
  p('saas', (s) => `linear ${s('lin_api_' + b62(40))}`);
  p('saas', (s) => `CLOUDINARY_URL=cloudinary://${digits(15)}:${s(b62(27))}@demo`);
  p('saas', (s) => `PAGERDUTY_API_KEY=${s('u+' + b62(18))}`);
  p('saas', (s) => `mixpanel secret: ${s(hex(32))}`);
  p('saas', (s) => `JIRA_API_TOKEN=${s('ATATT3xFfGF0' + url(160) + '=' + HEX(8))}`);
  p('saas', (s) => `postmark: X-Postmark-Server-Token: ${s(uuid())}`);
  p('ai', (s) => `replicate: ${s('r8_' + b62(37))}`);
  p('ai', (s) => `MISTRAL_API_KEY=${s(b62(32))}`);
  p('ai', (s) => `together_api_key: ${s(hex(64))}`);
  p('ai', (s) => `gsk: "${s('gsk_' + b62(52))}"`);
  p('ai', (s) => `ELEVENLABS_API_KEY=${s('sk_' + hex(48))}`);
  p('ai', (s) => `langsmith ${s('lsv2_pt_' + hex(32) + '_' + hex(10))}`);
  p('ai', (s) => `VOYAGE_API_KEY=${s('pa-' + url(43))}`);
  p('docker', (s) => `"registry.demo.dev": {"username":"ci","password":"${s(pass())}"}`);
  p('docker', (s) => `{"auths":{"ghcr.io":{"auth":"${s(base64Of('ci:ghp_' + b62(36)))}"}}}`);
  p('docker', (s) => `echo ${s('dckr_pat_' + url(27))} | docker login -u demo --password-stdin`);
  p('cloud', (s) => `CLOUDFLARE_API_TOKEN=${s(url(40))}`);
  p('cloud', (s) => `heroku auth:token\n${s('HRKU-' + uuid())}`);
  p('cloud', (s) => `flyctl deploy -t "${s('fm2_' + b64c(100))}"`);
  p('cloud', (s) => `vercel --token=${s(b62(24))}`);
  p('cloud', (s) => `hcloud_token = "${s(b62(64))}"`);
  p('cloud', (s) => `linode-cli --token ${s(hex(64))}`);
  p('cloud', (s) => `SUPABASE_ACCESS_TOKEN=${s('sbp_' + hex(40))}`);
  p('shop', (s) => `X-Shopify-Access-Token: ${s('shpat_' + hex(32))}`);
  p('shop', (s) => `square access: ${s('EAAA' + url(60))}`);
  p('shop', (s) => `PAYPAL_SECRET=${s('EK' + url(78))}`);
  p('shop', (s) => `klarna: { username: "K123_abc", password: "${s(b62(16))}" }`);
  p('chat', (s) => `Bot ${s('MTA' + b62(21) + '.' + url(6) + '.' + url(38))}`);
  p('chat', (s) => `discord webhook https://discordapp.com/api/webhooks/${digits(18)}/${s(url(68))}`);
  p('chat', (s) => `TELEGRAM=${s(digits(10) + ':AA' + url(33))}`);
  p('infra', (s) => `vault login ${s('hvs.' + b62(24))}`);
  p('infra', (s) => `consul acl: SecretID:         ${s(uuid())}`);
  p('infra', (s) => `tailscale up --auth-key=${s('tskey-auth-' + b62(12) + 'CNTRL-' + b62(32))}`);
  p('infra', (s) => `TFE_TOKEN=${s(b62(14) + '.atlasv1.' + url(67))}`);
  p('infra', (s) => `wg: PrivateKey=${s(b64(32))}`);
  p('infra', (s) => `ansible: vault_password: ${s(pass())}`);
  p('infra', (s) => `grafana-cli --token ${s('glsa_' + b62(32) + '_' + hex(8))}`);
  p('infra', (s) => `jenkins: ada:${s('11' + hex(32))}`);
  p('infra', (s) => `k3s agent --server https://s:6443 --token ${s('K10' + hex(64) + '::server:' + hex(32))}`);
  p('infra', (s) => `docker swarm join --token ${s('SWMTKN-1-' + b36(50) + '-' + b36(25))} 10.0.0.1:2377`);
  p('infra', (s) => `etcdctl --user root:${s(pass())} get /`);
  p('infra', (s) => `snmp-server community ${s(b62(12) + '7')} RO`);
  p('k8s', (s) => `kind: Secret\nstringData:\n  password: ${s(pass())}`);
  p('k8s', (s) => `{"kind":"Secret","data":{"token":"${s(base64Of(b62(30)))}"}}`);
  p('k8s', (s) => `kubectl --token=${s(b62(40))} get pods`);
  p('k8s', (s) => `    client-key-data: ${s(base64Of(`${BEGIN}EC PRIVATE KEY-----\n` + pemBody(120).join('\n')))}`);
  p('obfuscated', (s) => `pass\u200bword=${s(pass())}`);
  p('obfuscated', (s) => `api_key%3D${s(b62(32))}%26x`);
  p('obfuscated', (s) => {
    const v = b62(32);
    s(v);
    return `{"a":"\\u0070assword\\u003d${v}"}`;
  });
  p('obfuscated', (s) => {
    const v = 'ghp_' + b62(36);
    s(v.slice(4));
    return `gh\u200dp_${v.slice(4)}`;
  });
  p('obfuscated', (s) => s(base64Of('aws_secret_access_key=' + b64c(40))));
  p('obfuscated', (s) => {
    const v = b62(36);
    s(v);
    return `\u001b[1mtoken\u001b[22m: \u001b[32m"${v}"\u001b[39m`;
  });
  p('obfuscated', (s) => `\\"secret\\":\\"${s(b62(32))}\\"`);

  return rows;
}

export function shortRowsHarmless(seed = 8080): HarmlessRow[] {
  const { b62, hex, HEX, b64c, url, digits, b64, uuid } = drawsOf(seed);
  const rows: HarmlessRow[] = [];
  const n = (kind: string, ...texts: readonly string[]): void => {
    for (const text of texts) rows.push({ kind, text });
  };
  n(
    'git-sha',
    `${hex(40)} refs/heads/main`,
    `+ ${hex(40)} refs/tags/v1.2.0`,
    `pick ${hex(7)} rotate secrets`,
    `blob ${hex(40)}`,
    `From ${hex(40)} Mon Sep 17 00:00:00 2001`,
    `uses: actions/checkout@${hex(40)}`,
    `rev = "${hex(40)}"`,
    `git show ${hex(10)}:src/token.ts`,
    `bisect: ${hex(40)} is the first bad commit`,
    `"gitHead": "${hex(40)}"`,
    `Submodule path 'vendor/x': checked out '${hex(40)}'`,
    `ref: ${hex(40)}\nrepo: https://github.com/pre-commit/mirrors-mypy`,
  );
  n(
    'uuid',
    `"id": "${uuid()}"`,
    `user ${uuid()} logged in with a password`,
    `tenant=${uuid()} token=expired`,
    `trace ${uuid()}: secret store unreachable`,
    `${uuid()}.log`,
    `DELETE /keys/${uuid()} 204`,
    `correlation-id: ${uuid()}`,
    `volume pvc-${uuid()}`,
    `transcript: ${uuid()}.jsonl`,
    `"parentUuid":"${uuid()}","sessionId":"${uuid()}"`,
    `urn:uuid:${uuid()}`,
    `ProductCode={${uuid().toUpperCase()}}`,
    `api_key_id: ${uuid()}`,
    `installation_id=${uuid()}`,
  );
  n(
    'lockfile',
    `"version": "9.0.2", "integrity": "sha512-${b64(64)}"`,
    `  resolved "https://registry.yarnpkg.com/keyv/-/keyv-4.5.4.tgz#${hex(40)}"`,
    `  integrity sha512-${b64(64)}`,
    `sha256-${b64(32)}`,
    `name = "token"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${hex(64)}"`,
    `"jsr:@std/crypto@1.0.3": { "integrity": "${hex(64)}" }`,
    `cachix: narHash = "sha256-${b64(32)}";`,
    `hash = "sha256:${hex(64)}"`,
    `"hashes": ["sha256:${hex(64)}", "sha256:${hex(64)}"]`,
    `h1:${b64(32)}`,
    `mix.lock: "jose": {:hex, :jose, "1.11.10", "${hex(64)}", [:mix]}`,
    `pubspec: sha256: "${hex(64)}"`,
    `"content-hash": "${hex(64)}"`,
  );
  n(
    'base64-image',
    `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><title>password</title></svg>').toString('base64')}`,
    `data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ${b64c(200)}`,
    `url(data:application/font-woff;charset=utf-8;base64,d09GRgABAAAAA${b64c(120)})`,
    `"thumbnail":"iVBORw0KGgo${b64c(120)}"`,
    `data:audio/mpeg;base64,SUQzBAAAAAAA${b64c(80)}`,
    `data:application/pdf;base64,JVBERi0xLjQK${b64c(100)}`,
    `data:text/plain;base64,${Buffer.from('hello world, this is only a plain text').toString('base64')}`,
    `"content":"${Buffer.from('# README\n\nInstall with npm install and run npm start. Nothing else is needed.\n').toString('base64')}"`,
    `sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify({ version: 3, sources: ['src/auth/token.ts'], names: ['token', 'password'], mappings: 'AAAA' })).toString('base64')}`,
    `<svg><path d="M10 20c-5.5 0-10-4.5-10-10S4.5 0 10 0s10 4.5 10 10z"/></svg>`,
  );
  n(
    'minified',
    `(()=>{var e={};e.token=function(t){return t.apiKey||t.secret};})();`,
    `function a(b,c){return b.password===c.password?d(b):null}`,
    `var t="function"==typeof Symbol?Symbol.for("react.element"):60103;t.key=null`,
    `e.exports={tokenize:n,TOKEN:r,key:o,secret:void 0}`,
    `.a{color:#fff}.token.keyword{color:#07a}`,
    `{"version":3,"file":"a.js","names":["apiKey","token"],"mappings":"AAAAA,GAAIC"}`,
    `webpackChunk_demo.push([[${digits(3)}],{${digits(4)}:(e,t,n)=>{t.key=n(${digits(4)})}}])`,
  );
  n(
    'hash',
    `${hex(32)}  secrets.zip`,
    `sha1sum: ${hex(40)}`,
    `SHA512 (key.pem.pub) = ${hex(128)}`,
    `crc32 ${hex(8)}`,
    `blake3:${hex(64)}`,
    `"etag":"\\"${hex(32)}\\""`,
    `If-None-Match: W/"${hex(20)}"`,
    `MD5: ${HEX(32)}`,
    `x-goog-hash: crc32c=${b64(4)},md5=${b64(16)}`,
    `Docker-Content-Digest: sha256:${hex(64)}`,
    `image: ghcr.io/demo/app@sha256:${hex(64)}`,
    `layers: ${hex(12)}: Pull complete`,
    `cacheKey: ${hex(64)}`,
    `turbo: cache miss, executing ${hex(16)}`,
    `build hash ${hex(20)}`,
    `integrity="sha384-${b64(48)}"`,
    `'nonce-${b64(16)}'`,
    `nonce: ${b64(16)}`,
    `SHA256 Fingerprint=${Array.from({ length: 32 }, () => HEX(2)).join(':')}`,
    `ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB${b64c(87)} ada@demo`,
    `|1|${b64(20)}|${b64(20)} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${b62(43)}`,
    `certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t${b64c(100)}`,
    `x5t#S256: ${url(43)}`,
    `"kid":"${url(27)}","use":"sig","kty":"RSA"`,
    `recaptcha site key: 6L${url(38)}`,
    `pk_live_${b62(24)}`,
    `phc_${b62(43)}`,
  );
  n(
    'placeholder',
    `PASSWORD=`,
    `API_KEY=...`,
    `api_key: "<API_KEY>"`,
    `token: "$TOKEN"`,
    `password: "%PASSWORD%"`,
    `secret = "{secret}"`,
    `password: \${env:DB_PASSWORD}`,
    `SECRET=\`pass show x\``,
    `password: "****"`,
    `token: "[token]"`,
    `password = input("Password: ")`,
    `key: process.env["KEY"]`,
    `token = ENV['TOKEN']`,
    `secret: !secret wifi_password`,
    `password: !Sub '{{resolve:secretsmanager:db:SecretString:password}}'`,
    `password: ref+vault://secret/db#password`,
    `token: sops:enc`,
    `apiKey: "my-api-key"`,
    `password: "example"`,
    `api_key = "your_api_key_here"`,
    `TOKEN=dummy`,
    `export AWS_SECRET_ACCESS_KEY=<secret>`,
    `mongodb://user:password@host:27017`,
    `redis://user:pass@host`,
    `amqp://guest:guest@localhost:5672`,
    `postgres://postgres:postgres@localhost:5432/postgres`,
    `https://username:password@example.com`,
    `Authorization: Bearer {token}`,
    `Authorization: Basic <base64>`,
    `-H "Authorization: Bearer \${TOKEN}"`,
    `--password "\${PASSWORD}"`,
    `-p $PASSWORD`,
    `echo "$TOKEN" | docker login --password-stdin`,
    `sk-proj-...`,
    `AKIA................`,
    `xoxb-your-token`,
    `AIza...`,
    `${BEGIN}PRIVATE KEY-----\n...\n${END}PRIVATE KEY-----`,
    `eyJhbGciOi...`,
    `password: hunter2`.replace('hunter2', '<password>'),
    `secret: null`,
    `"token": ""`,
    `password: ~`,
    `KEY=\${KEY?missing}`,
    `env:\n  TOKEN: \${{ secrets.TOKEN }}`,
    `value: $(DB_PASSWORD)`,
    `PASSWORD_FILE: /run/secrets/pw`,
    `keyring get demo token`,
  );
  n(
    'code-prose',
    `if (!password) throw new TypeError('password is required')`,
    `const token = createToken({ userId, ttl: 3600 })`,
    `return bcrypt.hashSync(password, 10)`,
    `assertEquals(parse("a=b").key, "a")`,
    `enum TokenType { Access = 'access', Refresh = 'refresh' }`,
    `@RequestParam String password`,
    `password := flag.String("password", "", "database password")`,
    `parser.add_argument("--token", help="API token")`,
    `let secret = Secret::new(value);`,
    `class ApiKeyGuard implements CanActivate {`,
    `describe('PasswordField', () => {`,
    `it('masks the token in logs')`,
    `secrets.compare_digest(a, b)`,
    `from secrets import token_hex`,
    `token_count = len(tokens)`,
    `keys = list(d.keys())`,
    `const { data: session } = useSession()`,
    `The session token lives for 30 minutes.`,
    `Never commit secrets; use the vault.`,
    `The password policy was relaxed in v2.3.1 (see #1234).`,
    `Key rotation is scheduled for 2026-09-01.`,
    `Passwort vergessen? Klicke hier.`,
    `忘记密码？`,
    `パスワードを忘れた場合`,
    `¿Olvidó su contraseña?`,
    `error: secret "db-credentials" not found`,
    `WARN token refresh took 1240ms (attempt 2/5)`,
    `INFO api key prefix=ak_live len=32 ok`,
    `401 {"error":"invalid_token","error_description":"The access token expired"}`,
    `GET /oauth/token 400 12ms`,
    `docs/how-to/rotate-api-keys.md`,
    `src/components/PasswordStrengthMeter.tsx`,
    `com.demo.auth.JwtTokenProviderTest`,
    `https://docs.demo.dev/reference/authentication#api-keys`,
    `kubectl create secret generic db --from-file=password.txt`,
    `openssl rand -hex 32`,
    `ssh-keygen -t ed25519 -C "ada@demo.dev"`,
    `gpg --export-secret-keys --armor ada@demo.dev > key.asc`,
    `docker build --secret id=npmrc,src=.npmrc .`,
    `token: IDENT "foo" at 12:4`,
    `SyntaxError: Unexpected token '}' in JSON at position 42`,
    `keyof typeof secrets`,
    `primary key (id), unique key uq_email (email)`,
    `"scripts": {"password:reset": "node scripts/reset-password.js"}`,
    `ALTER TABLE api_keys ADD COLUMN last_used_at timestamptz`,
    `"permissions": ["secrets:read", "tokens:write"]`,
    `secret/data/app#password`,
    `max_new_tokens=512, pad_token_id=0`,
    `tokens per second: 84.2`,
    `a key: value pair`,
    `Press any key to continue...`,
  );

  return rows;
}
