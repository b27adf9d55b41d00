// A made-up corpus of leaks as they look in sessions, and of harmless texts that look like them. Drawn from a seed: nothing in it was ever issued.

export interface LeakRow {
  readonly kind: string;
  readonly context: string;
  readonly text: string;
  /** What must be gone wholly. */
  readonly secrets: readonly string[];
}

export interface HarmlessRow {
  readonly kind: string;
  readonly text: string;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const ALNUM = UPPER + LOWER + DIGITS;
const URL_SAFE = `${ALNUM}-_`;
const BASE64 = `${ALNUM}+/`;
const BASE32 = `${UPPER}234567`;

/** Draws characters from a seed, the same each time (mulberry32). */
class Draw {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  of(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet.charAt(Math.floor(this.next() * alphabet.length));
    return text;
  }

  /** A base64 text of so many bytes. */
  base64(bytes: number): string {
    return Buffer.from(Array.from({ length: bytes }, () => Math.floor(this.next() * 256))).toString('base64');
  }

  /** As people choose them: a word, a sign, digits, a tail. */
  password(): string {
    const words = ['Vesper', 'Marble', 'Juniper', 'Falcon', 'Copper', 'Winter', 'Harbor', 'Saffron', 'Orchid'];
    const word = words[Math.floor(this.next() * words.length)] ?? '';
    return word + this.of('!#&*+%', 1) + this.of(DIGITS, 3) + this.of(ALNUM, 5);
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((n) => this.of(HEX, n)).join('-');
  }
}

// In pieces, lest a scanner of repositories take the generator itself for a leak.
const BEGIN = ['-----BE', 'GIN '].join('');
const END = ['-----E', 'ND '].join('');

function keyLines(draw: Draw, lines: number, width = 64): string[] {
  const rows = Array.from({ length: lines - 1 }, () => draw.of(BASE64, width));
  return [`MII${draw.of(BASE64, width - 3)}`, ...rows.slice(1), `${draw.of(BASE64, 42)}==`];
}

function pem(draw: Draw, label: string, lines = 8): { readonly text: string; readonly body: string[] } {
  const body = keyLines(draw, lines);
  return { text: [`${BEGIN}${label}-----`, ...body, `${END}${label}-----`].join('\n'), body };
}

function jwt(draw: Draw): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: draw.of(DIGITS, 10), iat: 1_700_000_000 })}.${draw.of(URL_SAFE, 43)}`;
}

/** Leaks of 34 kinds. */
export function leakCorpus(seed = 7): LeakRow[] {
  const d = new Draw(seed);
  const rows: LeakRow[] = [];
  const add = (kind: string, context: string, text: string, ...secrets: string[]): void => {
    rows.push({ kind, context, text, secrets });
  };
  /** Drawn first, put into the text by a function. */
  const put = (kind: string, context: string, secret: string, make: (secret: string) => string): void =>
    add(kind, context, make(secret), secret);

  awsRows(d, add, put);
  cloudKeyRows(d, add, put);
  forgeRows(d, put);
  chatAndShopRows(d, put);
  modelRows(d, put);
  registryRows(d, add, put);
  privateKeyRows(d, add);
  connectionRows(d, put);
  headerRows(d, put);
  nameRows(d, add, put);
  serviceRows(d, put);
  clusterRows(d, add, put);
  hiddenRows(d, add, put);
  return rows;
}

type Add = (kind: string, context: string, text: string, ...secrets: string[]) => void;
type Put = (kind: string, context: string, secret: string, make: (secret: string) => string) => void;

function awsRows(d: Draw, add: Add, put: Put): void {
  const id = `AKIA${d.of(BASE32, 16)}`;
  const secret = d.of(BASE64, 40);
  add(
    'aws',
    'credentials file',
    `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\nregion = eu-west-1`,
    id,
    secret,
  );
  const csv = [`AKIA${d.of(BASE32, 16)}`, d.of(BASE64, 40)] as const;
  add('aws', 'csv of the console', `User name,Access key ID,Secret access key\nci-bot,${csv[0]},${csv[1]}`, ...csv);
  put(
    'aws',
    'python',
    d.of(BASE64, 40),
    (s) => `boto3.client("s3", aws_access_key_id=os.environ["ID"], aws_secret_access_key="${s}")`,
  );
  put('aws', 'java', d.of(BASE64, 40), (s) => `new BasicAWSCredentials(System.getenv("AWS_ID"), "${s}") // aws secret`);
  put('aws', 'configure', d.of(BASE64, 40), (s) => `$ aws configure set aws_secret_access_key ${s} --profile demo`);
  const json = [`ASIA${d.of(BASE32, 16)}`, d.of(BASE64, 40), `FwoGZXIvYXdz${d.of(BASE64, 280)}`] as const;
  add(
    'aws-session',
    'sts answer',
    JSON.stringify(
      {
        Credentials: {
          AccessKeyId: json[0],
          SecretAccessKey: json[1],
          SessionToken: json[2],
          Expiration: '2026-11-02T10:00:00Z',
        },
      },
      null,
      2,
    ),
    ...json,
  );
  put('aws-session', 'export', `IQoJb3JpZ2luX2Vj${d.of(BASE64, 300)}`, (s) => `export AWS_SESSION_TOKEN="${s}"`);
  put(
    'aws-session',
    'presigned url',
    d.of(HEX, 64),
    (s) =>
      `https://demo.s3.amazonaws.com/a.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261101T000000Z&X-Amz-Signature=${s}`,
  );
}

function cloudKeyRows(d: Draw, add: Add, put: Put): void {
  const { body } = pem(d, 'PRIVATE KEY', 10);
  const id = d.of(HEX, 40);
  add(
    'gcp-sa',
    'file',
    JSON.stringify(
      {
        type: 'service_account',
        project_id: 'demo',
        private_key_id: id,
        private_key: `${BEGIN}PRIVATE KEY-----\n${body.join('\n')}\n${END}PRIVATE KEY-----\n`,
        client_email: 'ci@demo.iam.gserviceaccount.com',
      },
      null,
      2,
    ),
    ...body,
  );
  put(
    'gcp-sa',
    'base64 of the file',
    Buffer.from(JSON.stringify({ type: 'service_account', private_key: d.of(BASE64, 300) })).toString('base64'),
    (s) => `GCP_SA_B64=${s}`,
  );
  const short = pem(d, 'PRIVATE KEY', 6).body;
  add(
    'gcp-sa',
    'one line of an env file',
    `GOOGLE_PRIVATE_KEY="${BEGIN}PRIVATE KEY-----\\n${short.join('\\n')}\\n${END}PRIVATE KEY-----\\n"`,
    ...short,
  );
  put(
    'gcp-key',
    'url',
    `AIza${d.of(URL_SAFE, 35)}`,
    (s) => `GET https://maps.googleapis.com/maps/api/geocode/json?address=Bern&key=${s}`,
  );
  put(
    'gcp-key',
    'oauth secret',
    `GOCSPX-${d.of(URL_SAFE, 28)}`,
    (s) => `{"web":{"client_id":"1234-abc.apps.googleusercontent.com","client_secret":"${s}"}}`,
  );
  put('gcp-key', 'access token', `ya29.a0${d.of(URL_SAFE, 160)}`, (s) => `gcloud auth print-access-token\n${s}`);
  put('gcp-key', 'refresh token', `1//0${d.of(URL_SAFE, 60)}`, (s) => `"refresh_token": "${s}",`);
  put(
    'azure',
    'storage key',
    `${d.of(BASE64, 86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${s};EndpointSuffix=core.windows.net`,
  );
  put('azure', 'client secret', `${d.of(ALNUM, 3)}8Q~${d.of(`${ALNUM}_.~`, 34)}`, (s) => `AZURE_CLIENT_SECRET=${s}`);
  put(
    'azure',
    'sas',
    `${d.of(BASE64, 43)}%3D`,
    (s) => `https://acme.blob.core.windows.net/c/a.csv?sv=2024-08-04&st=2026-11-01&se=2026-12-01&sr=b&sp=r&sig=${s}`,
  );
  put(
    'azure',
    'service bus',
    `${d.of(BASE64, 43)}=`,
    (s) => `Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
  );
  put('azure', 'devops token', d.of(`${LOWER}234567`, 52), (s) => `AZURE_DEVOPS_EXT_PAT=${s}`);
  put(
    'azure',
    'cosmos',
    `${d.of(BASE64, 86)}==`,
    (s) => `new CosmosClient("AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=${s};")`,
  );
  put(
    'azure',
    'openai key in a header',
    d.of(HEX, 32),
    (s) => `curl https://acme.openai.azure.com/openai/deployments -H "api-key: ${s}"`,
  );
}

function forgeRows(d: Draw, put: Put): void {
  put('github', 'env', `ghp_${d.of(ALNUM, 36)}`, (s) => `GITHUB_TOKEN=${s} gh pr list`);
  put('github', 'prose', `gho_${d.of(ALNUM, 36)}`, (s) => `use my token ${s}, it has repo scope`);
  put(
    'github',
    'remote',
    `ghs_${d.of(ALNUM, 36)}`,
    (s) => `origin\thttps://x-access-token:${s}@github.com/acme/app.git (fetch)`,
  );
  put(
    'github',
    'hosts.yml',
    `gho_${d.of(ALNUM, 36)}`,
    (s) => `github.com:\n    user: demo\n    oauth_token: ${s}\n    git_protocol: https`,
  );
  put('github', 'refresh', `ghr_${d.of(ALNUM, 76)}`, (s) => `{"refresh_token":"${s}"}`);
  put(
    'github-fg',
    'header',
    `github_pat_${d.of(ALNUM, 22)}_${d.of(ALNUM, 59)}`,
    (s) => `-H 'Authorization: Bearer ${s}'`,
  );
  put(
    'github-fg',
    'end of a sentence',
    `github_pat_${d.of(ALNUM, 22)}_${d.of(ALNUM, 59)}`,
    (s) => `The new one is ${s}.`,
  );
  put(
    'gitlab',
    'header',
    `glpat-${d.of(URL_SAFE, 20)}`,
    (s) => `curl --header "PRIVATE-TOKEN: ${s}" https://gitlab.demo.dev/api/v4/user`,
  );
  put('gitlab', 'runner', `glrt-${d.of(URL_SAFE, 20)}`, (s) => `gitlab-runner register --non-interactive --token ${s}`);
  put(
    'gitlab',
    'deploy token',
    `gldt-${d.of(URL_SAFE, 20)}`,
    (s) => `git clone https://gitlab+deploy-token-1:${s}@gitlab.com/a/b.git`,
  );
  put('gitlab', 'registration', `GR1348941${d.of(URL_SAFE, 20)}`, (s) => `registration_token: ${s}`);
  put(
    'gitlab',
    'routable token',
    `glpat-${d.of(URL_SAFE, 27)}.${d.of(`${LOWER}${DIGITS}`, 2)}.${d.of(`${LOWER}${DIGITS}`, 9)}`,
    (s) => `GITLAB_TOKEN: "${s}"`,
  );
}

function chatAndShopRows(d: Draw, put: Put): void {
  put('slack', 'bot', `xoxb-${d.of(DIGITS, 12)}-${d.of(DIGITS, 13)}-${d.of(ALNUM, 24)}`, (s) => `SLACK_BOT_TOKEN=${s}`);
  put(
    'slack',
    'app',
    `xapp-1-A${d.of(UPPER + DIGITS, 10)}-${d.of(DIGITS, 13)}-${d.of(HEX, 64)}`,
    (s) => `appToken: '${s}',`,
  );
  put(
    'slack',
    'user',
    `xoxp-${d.of(DIGITS, 12)}-${d.of(DIGITS, 12)}-${d.of(DIGITS, 12)}-${d.of(HEX, 32)}`,
    (s) => `slack.WebClient(token="${s}")`,
  );
  put('slack', 'signing secret', d.of(HEX, 32), (s) => `SLACK_SIGNING_SECRET=${s}`);
  put(
    'slack',
    'webhook',
    d.of(ALNUM, 24),
    (s) => `curl -X POST https://hooks.slack.com/services/T0${d.of(UPPER, 8)}/B0${d.of(UPPER, 8)}/${s}`,
  );
  put(
    'stripe',
    'ts',
    `sk_live_${d.of(ALNUM, 24)}`,
    (s) => `const stripe = new Stripe('${s}', { apiVersion: '2026-01-01' });`,
  );
  put('stripe', 'restricted', `rk_live_${d.of(ALNUM, 99)}`, (s) => `stripe listen --api-key ${s}`);
  put('stripe', 'test key', `sk_test_${d.of(ALNUM, 99)}`, (s) => `curl https://api.stripe.com/v1/charges -u ${s}:`);
  put(
    'stripe',
    'webhook',
    `whsec_${d.of(HEX, 64)}`,
    (s) => `> Ready! Your webhook signing secret is ${s} (^C to quit)`,
  );
  put(
    'chat',
    'discord bot',
    `M${d.of(ALNUM, 25)}.${d.of(URL_SAFE, 6)}.${d.of(URL_SAFE, 38)}`,
    (s) => `client.login('${s}') // discord`,
  );
  put(
    'chat',
    'discord webhook',
    d.of(URL_SAFE, 68),
    (s) => `https://discord.com/api/webhooks/${d.of(DIGITS, 19)}/${s}`,
  );
  put(
    'chat',
    'telegram url',
    `${d.of(DIGITS, 10)}:AA${d.of(URL_SAFE, 33)}`,
    (s) => `https://api.telegram.org/bot${s}/getUpdates`,
  );
  put(
    'chat',
    'teams',
    `${d.of(HEX, 32)}/${d.uuid()}`,
    (s) => `https://acme.webhook.office.com/webhookb2/${d.uuid()}@${d.uuid()}/IncomingWebhook/${s}`,
  );
  put('shop', 'shopify', `shpat_${d.of(HEX, 32)}`, (s) => `X-Shopify-Access-Token: ${s}`);
  put('shop', 'square', `EAAA${d.of(URL_SAFE, 60)}`, (s) => `SQUARE_ACCESS_TOKEN=${s}`);
  put('shop', 'square secret', `sq0csp-${d.of(URL_SAFE, 43)}`, (s) => `square_secret: ${s}`);
  put('shop', 'paypal', `E${d.of(URL_SAFE, 79)}`, (s) => `PAYPAL_CLIENT_SECRET=${s}`);
  put('shop', 'adyen', `AQE${d.of(BASE64, 90)}`, (s) => `ADYEN_API_KEY: ${s}`);
}

function modelRows(d: Draw, put: Put): void {
  put('openai', 'legacy', `sk-${d.of(ALNUM, 20)}T3BlbkFJ${d.of(ALNUM, 20)}`, (s) => `openai.api_key = "${s}"`);
  put(
    'openai',
    'service account',
    `sk-svcacct-${d.of(URL_SAFE, 74)}T3BlbkFJ${d.of(URL_SAFE, 74)}`,
    (s) => `export OPENAI_API_KEY=${s}`,
  );
  put(
    'openai',
    'error text',
    `sk-proj-${d.of(URL_SAFE, 74)}T3BlbkFJ${d.of(URL_SAFE, 74)}`,
    (s) => `401 Incorrect API key provided: ${s}. You can find your API key at https://platform.openai.com.`,
  );
  put('anthropic', 'env', `sk-ant-api03-${d.of(URL_SAFE, 93)}AA`, (s) => `ANTHROPIC_API_KEY=${s}`);
  put(
    'anthropic',
    'header',
    `sk-ant-api03-${d.of(URL_SAFE, 93)}AA`,
    (s) => `curl -H "x-api-key: ${s}" -H "anthropic-version: 2023-06-01"`,
  );
  put('anthropic', 'oauth', `sk-ant-oat01-${d.of(URL_SAFE, 93)}AA`, (s) => `"accessToken":"${s}"`);
  put(
    'anthropic',
    'refresh',
    `sk-ant-ort01-${d.of(URL_SAFE, 93)}AA`,
    (s) => `{"claudeAiOauth":{"refreshToken":"${s}"}}`,
  );
  put('anthropic', 'admin', `sk-ant-admin01-${d.of(URL_SAFE, 93)}AA`, (s) => `key: ${s}`);
  put('ai', 'groq', `gsk_${d.of(ALNUM, 52)}`, (s) => `Groq(api_key='${s}')`);
  put('ai', 'replicate', `r8_${d.of(ALNUM, 37)}`, (s) => `REPLICATE_API_TOKEN=${s}`);
  put('ai', 'huggingface', `hf_${d.of(UPPER + LOWER, 34)}`, (s) => `huggingface-cli login --token ${s}`);
  put('ai', 'openrouter', `sk-or-v1-${d.of(HEX, 64)}`, (s) => `OPENROUTER_API_KEY="${s}"`);
  put('ai', 'mistral', d.of(ALNUM, 32), (s) => `MISTRAL_API_KEY=${s}`);
  put('ai', 'deepseek', `sk-${d.of(HEX, 32)}`, (s) => `base_url="https://api.deepseek.com", api_key="${s}"`);
  put('ai', 'cohere', d.of(ALNUM, 40), (s) => `co = cohere.Client("${s}")`);
  put('ai', 'wandb', d.of(HEX, 40), (s) => `wandb login ${s}`);
}

function registryRows(d: Draw, add: Add, put: Put): void {
  put('npm', 'npmrc', `npm_${d.of(ALNUM, 36)}`, (s) => `//registry.npmjs.org/:_authToken=${s}\nalways-auth=true`);
  put('npm', 'old token', d.uuid(), (s) => `//registry.npmjs.org/:_authToken=${s}`);
  put('npm', 'auth', Buffer.from(`ci:${d.of(ALNUM, 14)}`).toString('base64'), (s) => `_auth=${s}\nemail=ci@demo.dev`);
  put('npm', 'npm config', `npm_${d.of(ALNUM, 36)}`, (s) => `npm config set //registry.npmjs.org/:_authToken ${s}`);
  put(
    'pypi',
    'pypirc',
    `pypi-AgEIcHlwaS5vcmc${d.of(URL_SAFE, 150)}`,
    (s) => `[pypi]\nusername = __token__\npassword = ${s}`,
  );
  put('pypi', 'twine', `pypi-AgEIcHlwaS5vcmc${d.of(URL_SAFE, 120)}`, (s) => `twine upload -u __token__ -p ${s} dist/*`);
  put(
    'docker',
    'config',
    Buffer.from(`acme:${d.of(ALNUM, 18)}`).toString('base64'),
    (s) => `{"auths":{"https://index.docker.io/v1/":{"auth":"${s}"}}}`,
  );
  put('docker', 'login', d.password(), (s) => `docker login -u acme -p '${s}' registry.demo.dev`);
  put('docker', 'stdin', d.of(ALNUM, 24), (s) => `echo "${s}" | docker login ghcr.io -u acme --password-stdin`);
  put('docker', 'build argument', d.of(ALNUM, 24), (s) => `docker build --build-arg NPM_TOKEN=${s} -t app .`);
  put('docker', 'dockerfile', d.of(ALNUM, 24), (s) => `FROM node:24\nENV API_TOKEN ${s}\nRUN npm ci`);
  const compose = d.password();
  add(
    'docker',
    'compose',
    `services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: app\n      POSTGRES_PASSWORD: ${compose}\n`,
    compose,
  );
}

function privateKeyRows(d: Draw, add: Add): void {
  for (const label of [
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'DSA PRIVATE KEY',
  ]) {
    const key = pem(d, label);
    add('pem', label, `$ cat key\n${key.text}\n$ ls`, ...key.body);
  }
  const pgp = pem(d, 'PGP PRIVATE KEY BLOCK');
  add('pem', 'pgp', pgp.text.replace('-----\n', '-----\nVersion: GnuPG v2\n\n'), ...pgp.body);
  const putty = keyLines(d, 6);
  add(
    'pem',
    'putty',
    `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: demo\nPublic-Lines: 1\nAAAAC3NzaC1lZDI1NTE5\nPrivate-Lines: 6\n${putty.join('\n')}\nPrivate-MAC: ${d.of(HEX, 64)}`,
    ...putty,
  );
  const escaped = pem(d, 'PRIVATE KEY');
  add('pem-escaped', 'json', JSON.stringify({ key: escaped.text }), ...escaped.body);
  add('pem-escaped', 'json in json', JSON.stringify({ out: JSON.stringify({ key: escaped.text }) }), ...escaped.body);
  const crlf = pem(d, 'RSA PRIVATE KEY');
  add('pem-escaped', 'crlf', `key="${crlf.text.replaceAll('\n', '\\r\\n')}"`, ...crlf.body);
  const quoted = pem(d, 'RSA PRIVATE KEY');
  add(
    'pem-split',
    'joined strings',
    quoted.text
      .split('\n')
      .map((line) => `  "${line}\\n" +`)
      .join('\n'),
    ...quoted.body,
  );
  add(
    'pem-split',
    'diff',
    quoted.text
      .split('\n')
      .map((line) => `+${line}`)
      .join('\n'),
    ...quoted.body,
  );
  add(
    'pem-split',
    'grep',
    quoted.text
      .split('\n')
      .map((line, i) => `certs/key.txt:${i + 1}:${line}`)
      .join('\n'),
    ...quoted.body,
  );
  add(
    'pem-split',
    'yaml',
    `tls:\n  key: |\n${quoted.text
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n')}\n  port: 443`,
    ...quoted.body,
  );
  const body = keyLines(d, 9);
  add('pem-split', 'without begin', `${body.slice(3).join('\n')}\n${END}RSA PRIVATE KEY-----\ndone`, ...body.slice(3));
  add('pem-split', 'without end', `${BEGIN}RSA PRIVATE KEY-----\n${body.slice(0, 5).join('\n')}`, ...body.slice(0, 5));
  const arrows = keyLines(d, 6);
  add(
    'pem-split',
    'numbered by the agent',
    [`${BEGIN}PRIVATE KEY-----`, ...arrows, `${END}PRIVATE KEY-----`]
      .map((line, i) => `${String(i + 1).padStart(6)}→${line}`)
      .join('\n'),
    ...arrows,
  );
  const oneLine = keyLines(d, 7);
  add('pem-split', 'on one line', `${BEGIN}PRIVATE KEY----- ${oneLine.join(' ')} ${END}PRIVATE KEY-----`, ...oneLine);
}

function connectionRows(d: Draw, put: Put): void {
  put(
    'db-url',
    'postgres',
    d.of(ALNUM, 16),
    (s) => `DATABASE_URL=postgres://app:${s}@db.internal:5432/app?sslmode=require`,
  );
  put('db-url', 'mysql with signs', d.of(ALNUM, 8) + '%40' + d.of(ALNUM, 6), (s) => `mysql://root:${s}@10.0.0.3/shop`);
  put(
    'db-url',
    'mongo srv',
    d.of(ALNUM, 20),
    (s) => `mongodb+srv://admin:${s}@cluster0.ab1cd.mongodb.net/?retryWrites=true`,
  );
  put('db-url', 'redis', d.of(ALNUM, 32), (s) => `redis-cli -u redis://:${s}@cache.demo.dev:6380/0 ping`);
  put('db-url', 'amqp', d.of(ALNUM, 14), (s) => `broker_url = "amqps://worker:${s}@mq.demo.dev/prod"`);
  put('db-url', 'unescaped at', `p@ss${d.of(ALNUM, 10)}`, (s) => `postgresql://svc:${s}@pg.demo.dev:5432/x`);
  put(
    'db-url',
    'jdbc',
    d.password(),
    (s) => `jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password=${s};encrypt=true`,
  );
  put('db-url', 'jdbc query', d.of(ALNUM, 15), (s) => `jdbc:postgresql://db:5432/shop?user=app&password=${s}&ssl=true`);
  put(
    'db-url',
    'ado',
    d.password(),
    (s) => `"Server=tcp:acme.database.windows.net,1433;User ID=app;Password=${s};Encrypt=True;"`,
  );
  put('db-url', 'keyword dsn', d.of(ALNUM, 15), (s) => `psql "host=db port=5432 dbname=shop user=app password=${s}"`);
  put('db-url', 'pgpass', d.of(ALNUM, 15), (s) => `$ cat pgpass\ndb.demo.dev:5432:shop:app:${s}`);
  put('db-url', 'pgpassword', d.of(LOWER + DIGITS, 12), (s) => `PGPASSWORD=${s} pg_dump -h db shop`);
  put('db-url', 'smtp', d.of(ALNUM, 16), (s) => `EMAIL_URL=smtps://mailer%40demo.dev:${s}@smtp.demo.dev:465`);
  put('db-url', 'ftp', d.of(ALNUM, 10), (s) => `curl ftp://deploy:${s}@ftp.demo.dev/www/`);
  put('db-url', 'go dsn', d.of(ALNUM, 12), (s) => `sql.Open("mysql", "root:${s}@tcp(127.0.0.1:3306)/shop")`);
  put('db-url', 'sentry', d.of(HEX, 32), (s) => `SENTRY_DSN=https://${s}@o123456.ingest.sentry.io/4501234`);
}

function headerRows(d: Draw, put: Put): void {
  put(
    'basic-auth',
    'header',
    Buffer.from(`deploy:${d.of(ALNUM, 16)}`).toString('base64'),
    (s) => `Authorization: Basic ${s}`,
  );
  put('basic-auth', 'curl', d.password(), (s) => `curl -u 'deploy:${s}' https://nexus.demo.dev/service/rest`);
  put('basic-auth', 'curl without blank', d.of(ALNUM, 14), (s) => `curl -sS -udeploy:${s} https://nexus.demo.dev`);
  put('basic-auth', 'httpie', d.of(ALNUM, 14), (s) => `http -a admin:${s} GET https://api.demo.dev/users`);
  put('basic-auth', 'python', d.of(ALNUM, 14), (s) => `requests.get(url, auth=("admin", "${s}"))`);
  put(
    'basic-auth',
    'git extraheader',
    Buffer.from(`x:${d.of(ALNUM, 36)}`).toString('base64'),
    (s) => `git -c http.extraheader="AUTHORIZATION: basic ${s}" fetch`,
  );
  put('bearer', 'curl', d.of(ALNUM, 40), (s) => `curl -H "Authorization: Bearer ${s}" https://api.demo.dev`);
  put(
    'bearer',
    'http log',
    d.of(URL_SAFE, 50),
    (s) => `> GET /v1/me HTTP/2\n> authorization: bearer ${s}\n> accept: */*`,
  );
  put('bearer', 'object', d.of(ALNUM, 32), (s) => `{ headers: { 'authorization': 'Token ${s}' } }`);
  put('bearer', 'without scheme', d.of(HEX, 40), (s) => `-H 'Authorization: ${s}'`);
  put('bearer', 'proxy', d.of(ALNUM, 40), (s) => `Proxy-Authorization: Bearer ${s}`);
  put('bearer', 'other headers', d.of(ALNUM, 32), (s) => `X-Auth-Token: ${s}\nContent-Type: application/json`);
  put('bearer', 'api key header', d.of(HEX, 32), (s) => `headers={"X-API-Key": "${s}"}`);
  put('cookie', 'request', d.of(ALNUM, 40), (s) => `Cookie: theme=dark; sessionid=${s}; lang=de`);
  put('cookie', 'answer', d.of(URL_SAFE, 60), (s) => `< set-cookie: sid=${s}; Path=/; HttpOnly; Secure`);
  put('cookie', 'curl', d.of(ALNUM, 36), (s) => `curl -b "connect.sid=s%3A${s}" http://localhost:3000/me`);
  put('jwt', 'bearer', jwt(d), (s) => `Authorization: Bearer ${s}`);
  put('jwt', 'prose', jwt(d), (s) => `it prints ${s} and then stops`);
  put('jwt', 'query', jwt(d), (s) => `wss://rt.demo.dev/socket?token=${s}&v=2`);
  put('jwt', 'ts', jwt(d), (s) => `const anon = "${s}";`);
}

function nameRows(d: Draw, add: Add, put: Put): void {
  const env = [d.of(ALNUM, 32), d.password(), d.of(HEX, 64)] as const;
  add(
    'env',
    'file',
    `PORT=3000\nNODE_ENV=production\nJWT_SECRET=${env[0]}\nDB_PASSWORD="${env[1]}"\nENCRYPTION_KEY=${env[2]}\nLOG_LEVEL=info\n`,
    ...env,
  );
  put('env', 'laravel', `${d.of(BASE64, 43)}=`, (s) => `APP_KEY=base64:${s}`);
  put('env', 'powershell', d.of(ALNUM, 28), (s) => `$env:DEPLOY_TOKEN = "${s}"`);
  put('env', 'windows', d.of(ALNUM, 28), (s) => `setx STAGING_API_KEY ${s}`);
  put('env', 'fish', d.of(ALNUM, 28), (s) => `set -gx NUGET_API_KEY ${s}`);
  put('env', 'docker run', d.password(), (s) => `docker run -e MYSQL_ROOT_PASSWORD=${s} -d mysql:9`);
  put('env', 'printenv', d.of(ALNUM, 36), (s) => `HOME=/root\nCI_JOB_TOKEN=${s}\nPATH=/usr/bin`);
  put('env', 'heroku', d.of(HEX, 48), (s) => `heroku config:set SESSION_SECRET=${s} -a demo`);
  put('env', 'plain word', d.of(LOWER, 11), (s) => `SMTP_PASS=${s}`);
  put('password', 'prose', d.password(), (s) => `the admin password is ${s}`);
  put('password', 'prose with colon', d.password(), (s) => `Login as root, password: ${s}`);
  put('password', 'german', d.password(), (s) => `Das Passwort lautet ${s}`);
  put('password', 'yaml', d.of(LOWER + DIGITS, 10), (s) => `database:\n  user: app\n  password: ${s}\n`);
  put('password', 'toml', d.password(), (s) => `[smtp]\npassword = "${s}"`);
  put('password', 'properties', d.of(ALNUM, 12), (s) => `spring.datasource.password=${s}`);
  put(
    'password',
    'xml',
    d.of(ALNUM, 12),
    (s) => `<server><id>nexus</id><username>ci</username><password>${s}</password></server>`,
  );
  put('password', 'attribute', d.of(ALNUM, 12), (s) => `<add key="SmtpPassword" value="${s}" />`);
  put('password', 'php', d.password(), (s) => `define( 'DB_PASSWORD', '${s}' );`);
  put('password', 'sshpass', d.password(), (s) => `sshpass -p '${s}' ssh root@10.0.0.4`);
  put('password', 'mysql', d.of(ALNUM, 12), (s) => `mysql -u root -p${s} shop < dump.sql`);
  put('password', 'option', d.of(ALNUM, 12), (s) => `keytool -list -keystore a.jks -storepass ${s}`);
  put('password', 'openssl', d.of(ALNUM, 12), (s) => `openssl pkcs12 -in a.p12 -passin pass:${s} -nodes`);
  put('password', 'sql', d.password(), (s) => `ALTER USER app WITH PASSWORD '${s}';`);
  put('password', 'mysql grant', d.password(), (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}';`);
  put('password', 'netrc', d.of(ALNUM, 14), (s) => `machine api.demo.dev\n  login deploy\n  password ${s}`);
  put('password', 'ansible', d.password(), (s) => `web1 ansible_host=10.0.0.2 ansible_user=root ansible_ssh_pass=${s}`);
  put('generic', 'ts', d.of(ALNUM, 40), (s) => `export const clientSecret = '${s}';`);
  put('generic', 'python', d.of(`${LOWER}${DIGITS}!@#$%^&*(-_=+)`, 50), (s) => `SECRET_KEY = 'django-insecure-${s}'`);
  put('generic', 'go', d.of(HEX, 32), (s) => `apiKey := "${s}"`);
  put('generic', 'terraform', d.of(ALNUM, 32), (s) => `variable "db" {\n  default = "x"\n}\nauth_token = "${s}"`);
  put('generic', 'json', d.of(BASE64, 44), (s) => `{"webhookSecret": "${s}", "retries": 3}`);
  put('generic', 'url query', d.of(HEX, 32), (s) => `https://api.demo.dev/v2/data?format=json&api_key=${s}&limit=5`);
  put('generic', 'wireguard', `${d.of(BASE64, 43)}=`, (s) => `[Interface]\nPrivateKey = ${s}\nAddress = 10.0.0.2/32`);
  put('generic', 'ethereum', d.of(HEX, 64), (s) => `PRIVATE_KEY=0x${s}`);
  put('generic', 'totp', d.of(BASE32, 32), (s) => `otpauth://totp/Acme:demo?secret=${s}&issuer=Acme`);
  put('generic', 'headerlike prose', d.of(ALNUM, 32), (s) => `API key: ${s}`);
  put('generic', 'markdown', d.of(ALNUM, 32), (s) => `| api token | \`${s}\` |`);
  put('generic', 'call', d.of(ALNUM, 32), (s) => `setSecret("api_token", "${s}")`);
  put('generic', 'process list', d.of(ALNUM, 24), (s) => `root 123 0.0 node server.js --port 80 --auth-token=${s}`);
}

function serviceRows(d: Draw, put: Put): void {
  put('saas', 'twilio', d.of(HEX, 32), (s) => `TWILIO_AUTH_TOKEN=${s}`);
  put('saas', 'sendgrid', `SG.${d.of(URL_SAFE, 22)}.${d.of(URL_SAFE, 43)}`, (s) => `sgMail.setApiKey("${s}")`);
  put('saas', 'mailgun', `key-${d.of(HEX, 32)}`, (s) => `curl -s --user 'api:${s}' https://api.mailgun.net/v3`);
  put('saas', 'mailchimp', `${d.of(HEX, 32)}-us12`, (s) => `mailchimp: ${s}`);
  put('saas', 'datadog', d.of(HEX, 32), (s) => `DD_API_KEY=${s}`);
  put('saas', 'linear', `lin_api_${d.of(ALNUM, 40)}`, (s) => `LINEAR_API_KEY=${s}`);
  put('saas', 'notion', `ntn_${d.of(ALNUM, 46)}`, (s) => `new Client({ auth: "${s}" })`);
  put(
    'saas',
    'atlassian',
    `ATATT3xFfGF0${d.of(URL_SAFE, 170)}=${d.of(UPPER + DIGITS, 8)}`,
    (s) => `jira -u me@demo.dev -t ${s}`,
  );
  put('saas', 'airtable', `pat${d.of(ALNUM, 14)}.${d.of(HEX, 64)}`, (s) => `airtable ${s}`);
  put('saas', 'algolia', d.of(HEX, 32), (s) => `algoliasearch('APPID12345', '${s}') // admin api key`);
  put('saas', 'new relic', `NRAK-${d.of(UPPER + DIGITS, 27)}`, (s) => `NEW_RELIC_USER_KEY: ${s}`);
  put('saas', 'postman', `PMAK-${d.of(HEX, 24)}-${d.of(HEX, 34)}`, (s) => `postman login --with-api-key ${s}`);
  put('cloud', 'heroku', `HRKU-${d.of(URL_SAFE, 60)}`, (s) => `HEROKU_API_KEY=${s}`);
  put('cloud', 'heroku old', d.uuid(), (s) => `HEROKU_API_KEY=${s}`);
  put('cloud', 'cloudflare', d.of(URL_SAFE, 40), (s) => `CLOUDFLARE_API_TOKEN=${s} wrangler deploy`);
  put('cloud', 'fly', `fm2_${d.of(BASE64, 300)}`, (s) => `FLY_API_TOKEN="FlyV1 ${s}"`);
  put('cloud', 'vercel', d.of(ALNUM, 24), (s) => `vercel --prod --token ${s}`);
  put('cloud', 'supabase', `sbp_${d.of(HEX, 40)}`, (s) => `supabase login --token ${s}`);
  put('cloud', 'digitalocean', `doo_v1_${d.of(HEX, 64)}`, (s) => `doctl auth init -t ${s}`);
  put(
    'infra',
    'vault',
    `hvs.${d.of(URL_SAFE, 90)}`,
    (s) => `Key                  Value\n---                  -----\ntoken                ${s}`,
  );
  put('infra', 'vault old', `s.${d.of(ALNUM, 24)}`, (s) => `vault login ${s}`);
  put('infra', 'vault unseal', d.of(BASE64, 44), (s) => `Unseal Key 1: ${s}`);
  put('infra', 'doppler', `dp.st.prd.${d.of(ALNUM, 43)}`, (s) => `DOPPLER_TOKEN=${s}`);
  put('infra', 'databricks', `dapi${d.of(HEX, 32)}-2`, (s) => `databricks configure --token\ntoken: ${s}`);
  put(
    'infra',
    'terraform',
    `${d.of(ALNUM, 14)}.atlasv1.${d.of(URL_SAFE, 67)}`,
    (s) => `credentials "app.terraform.io" {\n  token = "${s}"\n}`,
  );
  put('infra', 'pulumi', `pul-${d.of(HEX, 40)}`, (s) => `PULUMI_ACCESS_TOKEN=${s}`);
  put('infra', 'grafana', `glsa_${d.of(ALNUM, 32)}_${d.of(HEX, 8)}`, (s) => `GRAFANA_TOKEN=${s}`);
  put('infra', 'sonar', `sqp_${d.of(HEX, 40)}`, (s) => `sonar-scanner -Dsonar.login=${s}`);
  put('infra', 'tailscale', `tskey-auth-${d.of(ALNUM, 16)}-${d.of(ALNUM, 32)}`, (s) => `tailscale up --authkey ${s}`);
  put('infra', 'circleci', d.of(HEX, 40), (s) => `curl -H "Circle-Token: ${s}" https://circleci.com/api/v2/me`);
  put(
    'infra',
    'age',
    `AGE-SECRET-KEY-1${d.of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
    (s) => `# public key: age1xyz\n${s}`,
  );
  put('infra', 'buildkite', `bkua_${d.of(HEX, 40)}`, (s) => `BUILDKITE_API_TOKEN=${s}`);
}

function clusterRows(d: Draw, add: Add, put: Put): void {
  const encoded = [
    Buffer.from(d.of(ALNUM, 20)).toString('base64'),
    Buffer.from('app').toString('base64') + d.of(ALNUM, 8),
  ] as const;
  add(
    'k8s',
    'secret',
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n  password: ${encoded[0]}\n  user: ${encoded[1]}\n`,
    ...encoded,
  );
  put('k8s', 'string data', d.password(), (s) => `kind: Secret\nstringData:\n  DB_PASS: "${s}"\n`);
  put(
    'k8s',
    'kubeconfig',
    d.of(BASE64, 300),
    (s) =>
      `users:\n- name: admin\n  user:\n    client-certificate-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n    client-key-data: LS0tLS1CRUdJTi${s}\n`,
  );
  put('k8s', 'kubeconfig token', d.of(ALNUM, 40), (s) => `- name: ci\n  user:\n    token: ${s}\n`);
  put('k8s', 'literal', d.password(), (s) => `kubectl create secret generic db --from-literal=password='${s}'`);
  put(
    'k8s',
    'json',
    Buffer.from(d.of(ALNUM, 20)).toString('base64'),
    (s) => `{"kind":"Secret","data":{"value":"${s}"},"apiVersion":"v1"}`,
  );
  put('k8s', 'helm', d.of(ALNUM, 16), (s) => `helm install pg bitnami/postgresql --set auth.postgresPassword=${s}`);
  put(
    'k8s',
    'go template',
    d.of(ALNUM, 24),
    (s) => `$ kubectl get secret app -o jsonpath='{.data.token}' | base64 -d\ntoken=${s}`,
  );
}

function hiddenRows(d: Draw, add: Add, put: Put): void {
  put('obfuscated', 'colours', `ghp_${d.of(ALNUM, 36)}`, (s) => `\u001B[32mtoken\u001B[0m \u001B[1m${s}\u001B[0m`);
  const inside = `ghp_${d.of(ALNUM, 36)}`;
  add('obfuscated', 'colour inside', `${inside.slice(0, 12)}\u001B[1m${inside.slice(12)}\u001B[0m`, inside.slice(12));
  const zero = `sk_live_${d.of(ALNUM, 24)}`;
  add(
    'obfuscated',
    'zero width',
    `${zero.slice(0, 5)}\u200B${zero.slice(5, 14)}\u2060${zero.slice(14)}`,
    zero.slice(14),
  );
  put('obfuscated', 'unicode escapes', d.of(ALNUM, 24), (s) => `{"pass\\u0077ord":"${s}"}`);
  const whole = `glpat-${d.of(ALNUM, 20)}`;
  const escapes = Array.from(whole)
    .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
  add('obfuscated', 'all escaped', `"${escapes}"`, escapes.slice(36));
  const percent = d.of(ALNUM, 14);
  add('obfuscated', 'percent', `next=https%3A%2F%2Fapp%3A${percent}%40db.demo.dev%2Fx`, percent);
  const entity = d.of(ALNUM, 30);
  add('obfuscated', 'entities', `&quot;api_key&quot;: &quot;${entity}&quot;`, entity);
  const hexed = `AKIA${d.of(BASE32, 16)}`;
  const bytes = Array.from(hexed)
    .map((c) => `\\x${c.charCodeAt(0).toString(16)}`)
    .join('');
  add('obfuscated', 'hex escapes', `key = b"${bytes}"`, bytes.slice(16));
  const wrapped = d.of(BASE64, 160);
  add(
    'obfuscated',
    'wrapped base64',
    `SECRET_KEY="${wrapped.slice(0, 76)}\n${wrapped.slice(76, 152)}\n${wrapped.slice(152)}"`,
    wrapped.slice(0, 76),
    wrapped.slice(76, 152),
  );
  put('obfuscated', 'json in json', d.password().replace(/[&%]/g, '!'), (s) =>
    JSON.stringify({ stdout: JSON.stringify({ db: { password: s } }) }),
  );
}

/** Texts that must come out as they went in. */
export function harmlessCorpus(seed = 11): HarmlessRow[] {
  const d = new Draw(seed);
  const rows: HarmlessRow[] = [];
  const all = (kind: string, ...texts: string[]): void => {
    for (const text of texts) rows.push({ kind, text });
  };
  const sha = (): string => d.of(HEX, 40);
  all(
    'git',
    `commit ${sha()}\nAuthor: Demo <demo@demo.dev>\n    fix token refresh`,
    `${sha()} refs/heads/feature/api-key-rotation`,
    `index ${d.of(HEX, 7)}..${d.of(HEX, 7)} 100644`,
    `Merge: ${d.of(HEX, 7)} ${d.of(HEX, 7)}`,
    `uses: actions/checkout@${sha()} # v5`,
    `gitdir: /home/demo/app/.git/worktrees/secret-scan`,
    `parent ${sha()}\ntree ${sha()}`,
    `Reviewed: https://github.com/acme/app/commit/${sha()}`,
    `git cherry-pick ${sha()}`,
    `gpgsig verified: key ${d.of('0123456789ABCDEF', 40)}`,
  );
  all(
    'ids',
    `session ${d.uuid()} started`,
    `tokenId: ${d.uuid()}`,
    `request_id=${d.uuid()} status=401 message="invalid token"`,
    `toolu_01${d.of(ALNUM, 22)}`,
    `msg_01${d.of(ALNUM, 22)}`,
    `"key": "user:${d.uuid()}"`,
    `traceparent: 00-${d.of(HEX, 32)}-${d.of(HEX, 16)}-01`,
    `idempotency key ${d.uuid()}`,
    `x-request-id: ${d.of(HEX, 32)}`,
    `container ${d.of(HEX, 64)}`,
    `acct_1${d.of(ALNUM, 15)} created`,
    `AccessKeyId is missing in the request`,
    `resource i-0${d.of(HEX, 16)} in vpc-${d.of(HEX, 17)}`,
    `price_1${d.of(ALNUM, 23)} prod_${d.of(ALNUM, 14)}`,
  );
  all(
    'lockfile',
    `"resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz",\n"integrity": "sha512-${d.of(BASE64, 86)}=="`,
    `resolution: {integrity: sha512-${d.of(BASE64, 86)}==}`,
    `checksum: 10c0/${d.of(HEX, 128)}`,
    `checksum = "${d.of(HEX, 64)}"`,
    `golang.org/x/crypto v0.31.0 h1:${d.of(BASE64, 43)}=`,
    `golang.org/x/crypto v0.31.0/go.mod h1:${d.of(BASE64, 43)}=`,
    `{ url = "https://files.pythonhosted.org/packages/${d.of(HEX, 2)}/${d.of(HEX, 2)}/${d.of(HEX, 60)}/secretstorage-3.3.3.tar.gz", hash = "sha256:${d.of(HEX, 64)}" }`,
    `"content-hash": "${d.of(HEX, 32)}"`,
    `"_token_version": "1.2.3", "shasum": "${sha()}"`,
    `sha256 "${d.of(HEX, 64)}" => :arm64_sonoma`,
    `<script integrity="sha384-${d.of(BASE64, 64)}" crossorigin="anonymous">`,
    `FROM node:24@sha256:${d.of(HEX, 64)}`,
    `vendorHash = "sha256-${d.of(BASE64, 43)}=";`,
    `"passport@npm:^0.7.0":\n  version: 0.7.0`,
  );
  all(
    'hashes',
    `MD5 (a.iso) = ${d.of(HEX, 32)}`,
    `sha256sum: ${d.of(HEX, 64)}  secrets.tar`,
    `ETag: W/"${d.of(HEX, 32)}"`,
    `SHA256:${d.of(BASE64, 43)} demo@laptop (ED25519)`,
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${d.of(BASE64, 43)} demo@laptop`,
    `password_hash: $2b$12$${d.of(ALNUM, 53)}`.replace(/: .*/, ': computed with bcrypt'),
    `cache key: node-modules-${d.of(HEX, 64)}`,
    `cacheKey = "v3-${d.of(HEX, 40)}"`,
    `key: \${{ runner.os }}-\${{ hashFiles('**/package-lock.json') }}`,
    `restore-keys: |\n  linux-node-`,
    `"fileHash": "${d.of(HEX, 32)}"`,
    `fingerprint ${Array.from({ length: 16 }, () => d.of(HEX, 2)).join(':')}`,
    `assets/index-${d.of(ALNUM, 8)}.js 120 kB`,
    `nonce-${d.of(BASE64, 22)}==`,
  );
  all(
    'base64',
    `data:image/png;base64,iVBORw0KGgo${d.of(BASE64, 400)}`,
    `src: url(data:font/woff2;base64,d09GMg${d.of(BASE64, 300)}) format("woff2");`,
    `//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjoz${d.of(BASE64, 200)}`,
    `<img src="data:image/gif;base64,R0lGODlh${d.of(BASE64, 80)}">`,
    `${BEGIN}CERTIFICATE-----\n${keyLines(d, 6).join('\n')}\n${END}CERTIFICATE-----`,
    `${BEGIN}PUBLIC KEY-----\n${keyLines(d, 4).join('\n')}\n${END}PUBLIC KEY-----`,
    `certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t${d.of(BASE64, 100)}`,
    `"mappings": ";;${'AAAA,SAASA;EACP;'.repeat(8)}"`,
  );
  all(
    'placeholder',
    'API_KEY=your-api-key-here',
    'OPENAI_API_KEY=sk-...',
    'export GITHUB_TOKEN=<your token>',
    'password: "********"',
    'password = "<password>"',
    'PASSWORD=$DB_PASSWORD',
    'PASSWORD=${DB_PASSWORD:-postgres}'.replace(':-postgres', ''),
    'token: ${{ secrets.GITHUB_TOKEN }}',
    'apiKey: process.env.OPENAI_API_KEY,',
    'api_key=os.environ["OPENAI_API_KEY"]',
    'client_secret = var.client_secret',
    'secret = data.aws_secretsmanager_secret.db.arn',
    'password: {{ .Values.db.password | quote }}',
    'password: !vault |',
    'password: !Ref DbPassword',
    'passwordSecretName: db-credentials',
    'valueFrom:\n  secretKeyRef:\n    name: db-credentials\n    key: password',
    'Authorization: Bearer $TOKEN',
    'Authorization: Bearer ${token}',
    'authorization: `Bearer ${accessToken}`,',
    'headers.set("Authorization", `Bearer ${session.token}`);',
    'postgres://user:password@localhost:5432/mydb',
    'postgres://postgres:postgres@localhost:5432/test',
    'mongodb://<username>:<password>@cluster.example.net/db',
    'redis://localhost:6379/0',
    'https://user:pass@example.com/',
    'https://${USER}:${PASS}@registry.demo.dev',
    'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx',
    'AKIAXXXXXXXXXXXXXXXX',
    'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'api_key: "REPLACE_ME"',
    'secret_key: changeme',
    'TOKEN=$(gh auth token)',
    'password=`pass show db`',
    '$env:API_KEY = Read-Host -AsSecureString',
    'curl -u user:$PASSWORD https://demo.dev',
    'mysql -u root -p shop',
    'docker login -u acme --password-stdin',
    '--password "$PASS" --user app',
    'eyJ...',
    'Cookie: session=<value>',
    'password: None',
    'DB_PASSWORD=',
    'NPM_TOKEN: ""',
    '[redacted:github] was cut',
  );
  all(
    'types',
    'password: string;',
    'readonly apiKey?: string | undefined;',
    'token: Token,',
    'secret: Uint8Array;',
    'pub api_key: Option<String>,',
    'def login(password: str, token: Optional[str] = None) -> bool:',
    'private final String secretKey;',
    'type AuthToken = Branded<string, "AuthToken">;',
    'password VARCHAR(255) NOT NULL,',
    'token TEXT UNIQUE REFERENCES sessions(token)',
    'const { password, ...rest } = user;',
    'func NewClient(apiKey string, opts ...Option) *Client {',
    'z.object({ password: z.string().min(12), token: z.string().uuid() })',
    '@Column() passwordHash: string;',
    'var secretsManager = new SecretsManagerClient({});',
    'key: keyof T;',
    'apiKey: config.apiKey ?? defaults.apiKey,',
    'this.token = await this.tokenProvider.getToken(scope);',
    'password = getpass.getpass("Password: ")',
    'const token = req.headers.authorization?.split(" ")[1];',
    'secretKey = deriveKey(masterPassword, salt)',
    'accessToken = response.data.access_token',
    'token = localStorage.getItem("auth_token")',
    'password = form.cleaned_data["password"]',
    'expect(user.password).toBeUndefined()',
    'if (token === "refresh_token") return grant.refreshToken;',
    'assert.equal(result.secret, undefined);',
  );
  all(
    'prose',
    'The password must have at least one upper-case letter and a digit.',
    'Tokens expire after 15 minutes; the refresh token after 30 days.',
    'The API key is stored in the keychain and never logged.',
    'We decided to keep the secret in Vault instead of the environment.',
    'password reset e-mails are sent by the mailer queue',
    'Set the environment variable `ANTHROPIC_API_KEY` before you start.',
    'key: value pairs are separated by commas',
    'The key is to avoid holding the lock while rotating.',
    'token: the bearer token of the request',
    'Das Passwort ist abgelaufen und muss erneuert werden.',
    'error: invalid_grant: refresh token is expired or revoked',
    'remote: Invalid username or password. Support for password authentication was removed.',
    '✓ rejects a wrong password (12 ms)',
    '✓ redacts api_key=… in logs',
    'describe("token rotation", () => {',
    'test("password: too short is refused", async () => {',
    'FAIL test/auth/token-service.test.ts > refresh > rotates the secret once',
    'Error: secretOrPrivateKey must have a value',
    'TypeError: Cannot read properties of undefined (reading "apiKey")',
    '# Secrets\n\nUse `memvault scrub` to find what got in.',
    '- [ ] rotate the Stripe key\n- [ ] delete the old token',
    'The secret: never hold two locks.',
    'see docs/authentication/api-keys.md#rotating-keys',
    'login: demo, role: admin, token_count: 12',
    'basic authentication is not supported any more',
    'Bearer authentication with JWT was chosen over sessions',
    'Your password has been changed successfully.',
    'The connection string is read from appsettings.json.',
    'PIN entry is disabled after three attempts',
  );
  all(
    'code',
    '.token.comment, .token.prolog { color: #708090; }',
    'input[type="password"] { border: 1px solid #ccc; }',
    '<input type="password" name="password" autocomplete="current-password">',
    '<label for="api-key">API key:</label>',
    'const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";',
    'keyCode: 13, key: "Enter", metaKey: false',
    '!function(e,t){"use strict";var n=e.token,r=t.secretKey||"";return n===r}(window,document);',
    'import { TokenBucket, secretBox } from "../crypto/secret-box.js";',
    'object-key-newline: ["error", { "allowAllPropertiesOnSameLine": true }]',
    'primaryKey: ["tenant_id", "user_id"], foreignKey: "user_id"',
    'max_tokens: 4096, stop_token: "<|end|>"',
    '"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"',
    '"eos_token": "<|endoftext|>", "bos_token_id": 50256',
    'private_key_path = "~/.ssh/id_ed25519"',
    'ssl_certificate_key /etc/nginx/ssl/server.key;',
    'KEYCLOAK_REALM=master KEYCLOAK_CLIENT_ID=web',
    'i18n.t("settings.password.placeholder")',
    '"password.placeholder": "Enter your password"',
    'compose -f docker-compose.yml --env-file .env.example up -d',
    'kubectl get secrets -n prod',
    'aws secretsmanager get-secret-value --secret-id prod/db',
    'arn:aws:kms:eu-west-1:123456789012:key/' + d.uuid(),
    'cargo run --features secret-service',
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens',
    'git log --grep="token" --oneline',
    'rg -n "apiKey|secretKey" src/',
    'node_modules/.pnpm/@aws-sdk+client-secrets-manager@3.700.0/node_modules',
    'src/main/java/com/acme/security/PasswordEncoderFactoryConfiguration.java',
    'sk-SK.json loaded (Slovak)',
    'task-runner-configuration-provider-implementation-details',
    'npm run test -- --testNamePattern="password reset"',
    'AUTH_TOKEN_EXPIRY_SECONDS=900 PASSWORD_MIN_LENGTH=12',
    'TOKEN_ENDPOINT=https://login.demo.dev/oauth2/v2.0/token',
    'SECRET_NAME=prod-db-credentials',
    'session_key_prefix = "app:sessions:"',
    'X-API-Key header is required',
    'pass: 12, fail: 0, skipped: 3',
    'passed 31 of 31; passthrough: true',
  );
  return rows;
}
