// Leaks as a session shows them: tool output, settings of many kinds, commands, logs; and what only looks so.

import type { HarmlessRow, LeakRow } from '../secret-corpus.ts';
import { BEGIN, END, drawsOf } from './draws.ts';
import { base64Of, startLeakRows } from './leak-rows.ts';
import type { Note } from './leak-rows.ts';

export function sessionOutputLeaks(seed = 20260711): LeakRow[] {
  const { b62, hex, HEX, b36, B36, b32, b64c, url, digits, b64, of, uuid, pw, human, jwt, pemBody } = drawsOf(seed);
  const { rows, add: p } = startLeakRows();
  const svcJson = (s: Note, nl = '\n'): string => {
    const body = pemBody(600);
    body.forEach((l) => s(l));
    const id = s(hex(40));
    return JSON.stringify(
      {
        type: 'service_account',
        project_id: 'acme-prod',
        private_key_id: '@ID',
        private_key: '@KEY',
        client_email: 'ci@acme-prod.iam.gserviceaccount.com',
        token_uri: 'https://oauth2.googleapis.com/token',
      },
      null,
      2,
    )
      .replace('@ID', id)
      .replace('@KEY', `${BEGIN}PRIVATE KEY-----${nl}${body.join(nl)}${nl}${END}PRIVATE KEY-----${nl}`);
  };

  // aws
  p(
    'aws',
    (s) =>
      `$ cat ~/.aws/credentials\n[default]\naws_access_key_id = ${s('AKIA' + b32(16))}\naws_secret_access_key = ${s(b64c(40))}\nregion = eu-central-1`,
  );
  p(
    'aws',
    (s) =>
      `provider "aws" {\n  region     = "us-east-1"\n  access_key = "${s('AKIA' + b32(16))}"\n  secret_key = "${s(b64c(40))}"\n}`,
  );
  p(
    'aws',
    (s) =>
      `{"AccessKey":{"UserName":"deployer","AccessKeyId":"${s('AKIA' + b32(16))}","Status":"Active","SecretAccessKey":"${s(b64c(40))}","CreateDate":"2026-05-02T10:11:12+00:00"}}`,
  );
  p(
    'aws',
    (s) =>
      `import boto3\ns3 = boto3.client("s3", "eu-west-1", aws_access_key_id="${s('AKIA' + b32(16))}",\n    aws_secret_access_key='${s(b64c(40))}')`,
  );
  p(
    'aws',
    (s) =>
      `AWS Access Key ID [****************ABCD]: ${s('AKIA' + b32(16))}\nAWS Secret Access Key [****************wxyz]: ${s(b64c(40))}\nDefault region name [eu-west-1]:`,
  );
  p(
    'aws-session',
    (s) =>
      `export AWS_ACCESS_KEY_ID="${s('ASIA' + b32(16))}"\nexport AWS_SECRET_ACCESS_KEY="${s(b64c(40))}"\nexport AWS_SESSION_TOKEN="${s('IQoJb3JpZ2luX2VjE' + b64c(300))}"`,
  );
  p(
    'aws-session',
    (s) =>
      `GET https://acme-uploads.s3.amazonaws.com/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${s('ASIA' + b32(16))}%2F20260711%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260711T090000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=${s('IQoJb3JpZ2luX2Vj' + b62(180))}&X-Amz-Signature=${s(hex(64))} 403`,
  );
  p(
    'aws-session',
    (s) =>
      `{\n    "Credentials": {\n        "AccessKeyId": "${s('ASIA' + b32(16))}",\n        "SecretAccessKey": "${s(b64c(40))}",\n        "SessionToken": "${s('FwoGZXIvYXdzE' + b64c(260))}",\n        "Expiration": "2026-07-11T12:00:00Z"\n    }\n}`,
  );
  p('gcp-sa', (s) => svcJson(s));
  p('gcp-sa', (s) => {
    const j = svcJson(() => '');
    const e = base64Of(j);
    return `GCP_SA_KEY_B64=${s(e)}\nGCP_PROJECT=acme-prod`;
  });
  p(
    'gcp-sa',
    (s) =>
      `resource "google_service_account_key" ... \n  + private_key = (sensitive value)\nGOOGLE_CREDENTIALS='${svcJson(s).replace(/\n\s*/g, '')}'`,
  );
  p(
    'gcp-key',
    (s) =>
      `const map = new google.maps.Map(el, {});\n// <script src="https://maps.googleapis.com/maps/api/js?key=${s('AIzaSy' + url(33))}&callback=init"></script>`,
  );
  p(
    'gcp-key',
    (s) =>
      `firebase.initializeApp({ apiKey: '${s('AIzaSy' + url(33))}', authDomain: 'acme.firebaseapp.com', projectId: 'acme' })`,
  );
  p('gcp-key', (s) => `$ gcloud auth print-access-token\n${s('ya29.a0AfB_' + url(150))}`);
  p(
    'gcp-key',
    (s) =>
      `{"client_id":"${digits(12)}-${b36(32)}.apps.googleusercontent.com","client_secret":"${s('GOCSPX-' + url(28))}","refresh_token":"${s('1//0' + url(80))}","type":"authorized_user"}`,
  );
  // azure
  p(
    'azure',
    (s) =>
      `AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=acmeprod;AccountKey=${s(b64(64))};EndpointSuffix=core.windows.net"`,
  );
  p(
    'azure',
    (s) =>
      `Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${s(b64(32))}`,
  );
  p('azure', (s) => `az login --service-principal -u ${uuid()} -p ${s(b62(3) + '8Q~' + url(34))} --tenant ${uuid()}`);
  p(
    'azure',
    (s) =>
      `https://acmeprod.blob.core.windows.net/backups/db.bak?sv=2024-11-04&ss=b&srt=o&sp=r&se=2027-01-01T00:00:00Z&st=2026-01-01T00:00:00Z&spr=https&sig=${s(encodeURIComponent(b64(32)))}`,
  );
  p(
    'azure',
    (s) =>
      `Server=tcp:acme.database.windows.net,1433;Initial Catalog=orders;Persist Security Info=False;User ID=sqladmin;Password=${s(pw(16))};Encrypt=True;`,
  );
  p(
    'azure',
    (s) =>
      `{\n  "appId": "${uuid()}",\n  "displayName": "azure-cli-2026",\n  "password": "${s(b62(3) + '8Q~' + url(34))}",\n  "tenant": "${uuid()}"\n}`,
  );
  p(
    'azure',
    (s) =>
      `az cosmosdb keys list -n acme -g rg\n{\n  "primaryMasterKey": "${s(b64(64))}",\n  "secondaryReadonlyMasterKey": "${s(b64(64))}"\n}`,
  );
  p(
    'azure',
    (s) =>
      `curl -H "Ocp-Apim-Subscription-Key: ${s(hex(32))}" "https://westeurope.api.cognitive.microsoft.com/vision/v3.2/analyze"`,
  );
  // github / gitlab
  p('github', (s) => `remote: https://x-access-token:${s('ghs_' + b62(36))}@github.com/acme/api.git (fetch)`);
  p('github', (s) => `- run: gh release create v1\n  env:\n    GH_TOKEN: ${s('ghp_' + b62(36))}`);
  p('github', (s) => `Benutze bitte dieses Token für den Push: ${s('gho_' + b62(36))}, danach lösche ich es wieder.`);
  p(
    'github',
    (s) =>
      `{"token":"${s('ghu_' + b62(36))}","expires_in":28800,"refresh_token":"${s('ghr_' + b62(76))}","token_type":"bearer"}`,
  );
  p('github', (s) => `git clone https://${s(hex(40))}:x-oauth-basic@github.com/acme/private.git`);
  p('github', (s) => `hub:\ngithub.com:\n- user: octo\n  oauth_token: ${s(hex(40))}\n  protocol: https`);
  p('fine', (s) => `echo ${s('github_pat_' + b62(22) + '_' + b62(59))} | gh auth login --with-token`);
  p('fine', (s) => `令牌是 ${s('github_pat_' + b62(22) + '_' + b62(59))}，请不要提交到仓库。`);
  p(
    'gitlab',
    (s) => `curl --header "PRIVATE-TOKEN: ${s('glpat-' + url(20))}" https://gitlab.example.org/api/v4/projects`,
  );
  p(
    'gitlab',
    (s) => `gitlab-runner register --non-interactive --url https://gitlab.com --token ${s('glrt-' + url(20))}`,
  );
  p('gitlab', (s) => `variables:\n  DEPLOY_TOKEN: "${s('gldt-' + url(20))}"\n  TRIGGER: ${s('glptt-' + hex(40))}`);
  p(
    'gitlab',
    (s) =>
      `git remote set-url origin https://oauth2:${s('glpat-' + url(27) + '.01.' + b36(9))}@gitlab.com/acme/web.git`,
  );
  p('gitlab', (s) => `https://gitlab.example.org/dashboard/projects.atom?feed_token=${s('glft-' + url(20))}`);
  p(
    'gitlab',
    (s) =>
      `helm upgrade --install gitlab-agent gitlab/gitlab-agent --set config.token=${s('glagent-' + url(50))} --set config.kasAddress=wss://kas.gitlab.com`,
  );
  // chat
  p('slack', (s) => `SLACK_BOT_TOKEN=${s('xoxb-' + digits(12) + '-' + digits(13) + '-' + b62(24))}`);
  p(
    'slack',
    (s) =>
      `curl -X POST -H 'Content-type: application/json' --data '{"text":"deploy"}' https://hooks.slack.com/services/${s('T' + B36(10) + '/B' + B36(10) + '/' + b62(24))}`,
  );
  p(
    'slack',
    (s) =>
      `slack:\n  app_token: ${s('xapp-1-A' + B36(10) + '-' + digits(13) + '-' + hex(64))}\n  signing_secret: ${s(hex(32))}`,
  );
  p('slack', (s) => `"xoxp": "${s('xoxp-' + digits(11) + '-' + digits(11) + '-' + digits(13) + '-' + hex(32))}"`);
  p(
    'slack',
    (s) =>
      `cookie d=${s('xoxd-' + b62(60) + '%2F' + b62(40))} token=${s('xoxc-' + digits(12) + '-' + digits(12) + '-' + digits(13) + '-' + hex(64))}`,
  );
  p('chat', (s) => `client.login('${s('MTA' + b62(23) + '.' + b62(6) + '.' + url(38))}');`);
  p('chat', (s) => `https://api.telegram.org/bot${s(digits(10) + ':AA' + url(33))}/sendMessage?chat_id=42&text=hi`);
  p('chat', (s) => `DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/${digits(19)}/${s(url(68))}`);
  p(
    'chat',
    (s) =>
      `TEAMS_WEBHOOK: https://acme.webhook.office.com/webhookb2/${uuid()}@${uuid()}/IncomingWebhook/${s(hex(32))}/${uuid()}`,
  );
  p(
    'chat',
    (s) =>
      `webhook url for google chat: https://chat.googleapis.com/v1/spaces/AAAA${b62(7)}/messages?key=${s('AIzaSy' + url(33))}&token=${s(url(43))}`,
  );
  // stripe/shop
  p('stripe', (s) => `STRIPE_SECRET_KEY=${s('sk_live_' + b62(99))}\nSTRIPE_WEBHOOK_SECRET=${s('whsec_' + b62(32))}`);
  p('stripe', (s) => `stripe.Stripe("${s('rk_live_' + b62(24))}", { apiVersion: "2024-06-20" })`);
  p('stripe', (s) => `curl https://api.stripe.com/v1/charges -u ${s('sk_test_' + b62(24))}: -d amount=2000`);
  p('stripe', (s) => `> Ready! Your webhook signing secret is ${s('whsec_' + hex(64))} (^C to quit)`);
  p(
    'stripe',
    (s) => `{"id":"seti_1","client_secret":"${s('seti_1' + b62(23) + '_secret_' + b62(31))}","object":"setup_intent"}`,
  );
  p('shop', (s) => `shopify app env show\nSHOPIFY_API_SECRET=${s('shpss_' + hex(32))}\nADMIN=${s('shpat_' + hex(32))}`);
  p('shop', (s) => `SQUARE_ACCESS_TOKEN=${s('EAAA' + url(60))}\nSQUARE_APP_SECRET=${s('sq0csp-' + url(43))}`);
  p('shop', (s) => `paypal:\n  mode: live\n  client_id: ${'A' + url(79)}\n  client_secret: ${s('E' + url(79))}`);
  p(
    'shop',
    (s) => `PLAID_CLIENT_ID=${hex(24)}\nPLAID_SECRET=${s(hex(30))}\nPLAID_ACCESS=${s('access-production-' + uuid())}`,
  );
  p('shop', (s) => `BRAINTREE: ${s('access_token$production$' + b36(16) + '$' + hex(32))}`);
  // ai
  p('openai', (s) => `OPENAI_API_KEY=${s('sk-proj-' + url(74) + 'T3BlbkFJ' + url(74))}`);
  p('openai', (s) => `openai.api_key = "${s('sk-' + b62(20) + 'T3BlbkFJ' + b62(20))}"`);
  p(
    'openai',
    (s) =>
      `AuthenticationError: Incorrect API key provided: ${s('sk-svcacct-' + url(60))}. You can find your API key at https://platform.openai.com`,
  );
  p(
    'openai',
    (s) =>
      `curl https://api.openai.com/v1/models -H "Authorization: Bearer ${s('sk-admin-' + url(58) + 'T3BlbkFJ' + url(58))}"`,
  );
  p('anthropic', (s) => `ANTHROPIC_API_KEY="${s('sk-ant-api03-' + url(93) + 'AA')}"`);
  p(
    'anthropic',
    (s) =>
      `{"claudeAiOauth":{"accessToken":"${s('sk-ant-oat01-' + url(93) + 'AA')}","refreshToken":"${s('sk-ant-ort01-' + url(93) + 'AA')}","expiresAt":1783000000000}}`,
  );
  p(
    'anthropic',
    (s) => `headers: { "x-api-key": "${s('sk-ant-admin01-' + url(93) + 'AA')}", "anthropic-version": "2023-06-01" }`,
  );
  p('anthropic', (s) => `我的密钥：${s('sk-ant-api03-' + url(93) + 'AA')}`);
  p('ai', (s) => `HF_TOKEN=${s('hf_' + b62(34))} huggingface-cli download meta-llama/Llama-3`);
  p('ai', (s) => `REPLICATE_API_TOKEN=${s('r8_' + b62(37))}`);
  p('ai', (s) => `groq = Groq(api_key="${s('gsk_' + b62(52))}")`);
  p('ai', (s) => `GEMINI_API_KEY=${s('AIzaSy' + url(33))}\nMISTRAL_API_KEY=${s(b62(32))}`);
  p('ai', (s) => `export COHERE_API_KEY=${s(b62(40))}\nexport PPLX_KEY=${s('pplx-' + b62(48))}`);
  p('ai', (s) => `openrouter: ${s('sk-or-v1-' + hex(64))}`);
  p('ai', (s) => `litellm --model azure/gpt-4o --api_key ${s(hex(32))} --api_base https://acme.openai.azure.com`);
  p('ai', (s) => `wandb login ${s(hex(40))}\nxai key ${s('xai-' + b62(80))}`);
  // npm/pypi
  p('npm', (s) => `//registry.npmjs.org/:_authToken=${s('npm_' + b62(36))}\nalways-auth=true`);
  p('npm', (s) => `//npm.acme.dev/:_authToken=${s(uuid())}\n@acme:registry=https://npm.acme.dev/`);
  p(
    'npm',
    (s) =>
      `registry=https://artifactory.acme.com/api/npm/npm/\n_auth=${s(base64Of('deploy:' + pw(14)))}\nemail=ci@acme.com`,
  );
  p('npm', (s) => `//registry.acme.dev/:username=ci\n//registry.acme.dev/:_password="${s(base64Of(pw(18)))}"`);
  p(
    'npm',
    (s) =>
      `npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.pkg.github.com"\n    npmAuthToken: "${s('ghp_' + b62(36))}"`,
  );
  p('pypi', (s) => `[pypi]\nusername = __token__\npassword = ${s('pypi-AgEIcHlwaS5vcmc' + url(150))}`);
  p('pypi', (s) => `twine upload -u __token__ -p ${s('pypi-AgENdGVzdC5weXBpLm9yZw' + url(140))} dist/*`);
  p(
    'pypi',
    (s) =>
      `[global]\nextra-index-url = https://ci-reader:${s(b62(24))}@pypi.acme.io/simple\n[distutils]\nindex-servers = acme`,
  );
  p('registries', (s) => `[registry]\ntoken = "${s('cio' + b62(32))}"`);
  p('registries', (s) => `---\n:rubygems_api_key: ${s('rubygems_' + hex(48))}`);
  p(
    'registries',
    (s) => `<server>\n  <id>nexus</id>\n  <username>ci</username>\n  <password>${s(pw(14))}</password>\n</server>`,
  );
  p(
    'registries',
    (s) => `dotnet nuget push pkg.nupkg --api-key ${s('oy2' + b36(43))} --source https://api.nuget.org/v3/index.json`,
  );
  p(
    'registries',
    (s) =>
      `{"github-oauth":{"github.com":"${s('ghp_' + b62(36))}"},"http-basic":{"repo.acme.com":{"username":"ci","password":"${s(pw(13))}"}}}`,
  );
  // jwt
  p('jwt', (s) => `Authorization: Bearer ${s(jwt({ email: 'a@b.c' }))}`);
  p('jwt', (s) => `localStorage.setItem('id_token', '${s(jwt({ roles: ['admin'] }))}')`);
  p('jwt', (s) => `SUPABASE_SERVICE_ROLE_KEY=${s(jwt({ role: 'service_role', iss: 'supabase' }))}`);
  p('jwt', (s) => `ws://localhost:8080/socket?access_token=${s(jwt())}&v=2`);
  p('jwt', (s) => `jwt expired: ${s(jwt()).slice(0, 400)}\n    at verify (node_modules/jsonwebtoken/verify.js:190:21)`);
  // pem
  const keyBlock = (s: Note, label: string, width = 64, bytes = 600): string => {
    const body = pemBody(bytes, width);
    body.forEach((l) => s(l));
    return `${BEGIN}${label}-----\n${body.join('\n')}\n${END}${label}-----`;
  };
  p('pem', (s) => `$ cat server.key\n${keyBlock(s, 'RSA PRIVATE KEY')}`);
  p('pem', (s) => keyBlock(s, 'OPENSSH PRIVATE KEY', 70, 380));
  p('pem', (s) => keyBlock(s, 'EC PRIVATE KEY', 64, 120));
  p('pem', (s) => {
    const body = pemBody(700);
    body.forEach((l) => s(l));
    return `${BEGIN}PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${body.join('\n')}\n=${b62(4)}\n${END}PGP PRIVATE KEY BLOCK-----`;
  });
  p('pem', (s) => {
    const body = pemBody(500);
    body.forEach((l) => s(l));
    return `${BEGIN}RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${HEX(32)}\n\n${body.join('\n')}\n${END}RSA PRIVATE KEY-----`;
  });
  p(
    'pem',
    (s) =>
      `# created: 2026-05-02T10:11:12+02:00\n# public key: age1${b36(58)}\n${s('AGE-SECRET-KEY-1' + of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')(58))}`,
  );
  p(
    'pem',
    (s) =>
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPublic-Lines: 2\nAAAAC3NzaC1lZDI1NTE5${b62(44)}\n${b62(24)}\nPrivate-Lines: 1\n${s(b64(36))}\nPrivate-MAC: ${s(hex(64))}`,
  );
  // escaped
  p('escaped', (s) => {
    const body = pemBody(400);
    body.forEach((l) => s(l));
    return `"private_key": "${BEGIN}EC PRIVATE KEY-----\\n${body.join('\\n')}\\n${END}EC PRIVATE KEY-----\\n"`;
  });
  p('escaped', (s) => {
    const v = s('ghp_' + b62(36));
    return JSON.stringify({ stdout: JSON.stringify({ env: JSON.stringify({ GITHUB_TOKEN: v }) }) });
  });
  p('escaped', (s) =>
    JSON.stringify({ command: `psql "host=db user=app password='${s(pw(14).replace(/["\\]/g, 'x'))}'"` }),
  );
  p('escaped', (s) => {
    const v = s(pw(16).replace(/["\\]/g, 'x'));
    return JSON.stringify({ body: JSON.stringify({ user: 'root', password: v, ttl: 3 }) });
  });
  p(
    'escaped',
    (s) =>
      `${BEGIN}PRIVATE KEY-----\\\\n${(() => {
        const b = pemBody(300);
        b.forEach((l) => s(l));
        return b.join('\\\\n');
      })()}\\\\n${END}PRIVATE KEY-----\\\\n`,
  );
  // split / cut off
  p('split', (s) => {
    const body = pemBody(600);
    body.slice(0, 7).forEach((l) => s(l));
    return `${BEGIN}RSA PRIVATE KEY-----\n${body.slice(0, 7).join('\n')}\n... [output truncated]`;
  });
  p('split', (s) => {
    const body = pemBody(600);
    body.forEach((l) => s(l));
    return body.slice(3).join('\n') + `\n${END}RSA PRIVATE KEY-----\n$ `;
  });
  p('split', (s) => {
    const body = pemBody(500);
    body.forEach((l) => s(l));
    return `const KEY =\n  "${BEGIN}PRIVATE KEY-----\\n" +\n${body.map((l) => `  "${l}\\n" +`).join('\n')}\n  "${END}PRIVATE KEY-----";`;
  });
  p('split', (s) => {
    const body = pemBody(500);
    body.forEach((l) => s(l));
    return [`${BEGIN}PRIVATE KEY-----`, ...body, `${END}PRIVATE KEY-----`]
      .map((l, i) => `     ${i + 12}→${l}`)
      .join('\n');
  });
  p('split', (s) => {
    const body = pemBody(500);
    body.forEach((l) => s(l));
    return `@@ -0,0 +1,10 @@\n+${BEGIN}OPENSSH PRIVATE KEY-----\n${body.map((l) => '+' + l).join('\n')}\n+${END}OPENSSH PRIVATE KEY-----`;
  });
  p('split', (s) => {
    const body = pemBody(500);
    body.forEach((l) => s(l));
    return `tls:\n  key: |\n    ${BEGIN}EC PRIVATE KEY-----\n${body.map((l) => '    ' + l).join('\n')}\n    ${END}EC PRIVATE KEY-----\n  port: 443`;
  });
  p('split', (s) => `export TOKEN=${s('ghp_' + b62(21))}`);
  // db urls
  p(
    'db-url',
    (s) => `DATABASE_URL=postgresql://app:${s(pw(14).replace(/[@#?%]/g, '!'))}@db.internal:5432/app?sslmode=require`,
  );
  p('db-url', (s) => `mongodb+srv://admin:${s(b62(16))}@cluster0.ab1cd.mongodb.net/?retryWrites=true&w=majority`);
  p('db-url', (s) => `redis-cli -u redis://:${s(b62(32))}@redis-1.acme.io:6380/0 ping`);
  p('db-url', (s) => `celery -b amqps://svc:${s(b62(20))}@rabbit.acme.io:5671/prod worker`);
  p('db-url', (s) => `jdbc:postgresql://db:5432/app?user=app&password=${s(b62(12))}&ssl=true`);
  p('db-url', (s) => `jdbc:sqlserver://sql:1433;databaseName=crm;user=sa;password=${s(pw(12))};encrypt=false`);
  p('db-url', (s) => `jdbc:oracle:thin:scott/${s(b62(11))}@//ora.acme.local:1521/ORCL`);
  p(
    'db-url',
    (s) =>
      `sqlalchemy.exc.OperationalError: could not connect to mysql+pymysql://root:${s(human().replace(/[@#]/g, '!'))}@10.0.0.5/shop`,
  );
  p(
    'db-url',
    (s) => `Data Source=10.1.2.3;Initial Catalog=erp;User Id=sa;Pwd=${s(pw(12))};MultipleActiveResultSets=true`,
  );
  p('db-url', (s) => `clickhouse://default:${s(b62(14))}@ch.acme.io:9440/metrics?secure=true`);
  p(
    'db-url',
    (s) => `postgresql://neondb_owner:${s('npg_' + b62(12))}@ep-cool-dawn-12345.eu-central-1.aws.neon.tech/neondb`,
  );
  p(
    'db-url',
    (s) =>
      `mysql://${b36(20)}:${s('pscale_pw_' + url(43))}@aws.connect.psdb.cloud/main?ssl={"rejectUnauthorized":true}`,
  );
  p('db-url', (s) => `mysql -h db -u root -p${s(human())} shop < dump.sql`);
  p('db-url', (s) => `host=localhost port=5432 dbname=app user=app password=${s(b62(13))} sslmode=disable`);
  p('db-url', (s) => `sftp://backup:${s(human().replace(/[@#]/g, '!'))}@files.acme.com/upload`);
  p(
    'db-url',
    (s) =>
      `smtp://AKIA${b32(16)}:${s('B' + b64c(43).replace(/\//g, 'x').replace(/\+/g, 'y'))}@email-smtp.eu-west-1.amazonaws.com:587`,
  );
  // basic, bearer, cookie
  p('basic', (s) => `Authorization: Basic ${s(base64Of('admin:' + pw(12)))}`);
  p('basic', (s) => `curl -u elastic:${s(b62(20))} https://es.acme.io:9200/_cat/indices`);
  p('basic', (s) => `wget --user=build --password='${s(pw(12).replace(/'/g, 'x'))}' https://nexus.acme.io/repo/a.zip`);
  p(
    'basic',
    (s) =>
      `GET /v1/jobs HTTP/1.1\r\nHost: jenkins.acme.io\r\nAuthorization: Basic ${s(base64Of('ci:11' + hex(32)))}\r\nAccept: */*`,
  );
  p('basic', (s) => `http --auth admin:${s(human())} :8080/api/users`);
  p(
    'basic',
    (s) => `git -c http.extraHeader="AUTHORIZATION: basic ${s(base64Of('x-access-token:ghs_' + b62(36)))}" fetch`,
  );
  p('bearer', (s) => `fetch(url, { headers: { Authorization: 'Bearer ${s(b62(40))}' } })`);
  p('bearer', (s) => `> Authorization: Bearer ${s(url(64))}\n> Accept: application/json\n< HTTP/2 200`);
  p('bearer', (s) => `Authorization: Token ${s(hex(40))}`);
  p('bearer', (s) => `-H 'X-Auth-Token: ${s(b62(32))}' -H "X-API-KEY:${s(hex(32))}"`);
  p('cookie', (s) => `Set-Cookie: sessionid=${s(b36(32))}; HttpOnly; Path=/; SameSite=Lax; Secure`);
  p(
    'cookie',
    (s) =>
      `curl 'https://app.acme.io/api/me' -H 'cookie: _ga=GA1.2.1.1; connect.sid=s%3A${s(url(32) + '.' + b62(43))}; theme=dark'`,
  );
  p(
    'cookie',
    (s) =>
      `Cookie: __Secure-next-auth.session-token=${s('eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..' + url(16) + '.' + url(160) + '.' + url(22))}`,
  );
  p(
    'cookie',
    (s) => `document.cookie\n'laravel_session=${s('eyJpdiI6I' + b62(180))}; XSRF-TOKEN=${s('eyJpdiI6I' + b62(140))}'`,
  );
  // env
  p('env', (s) => `DB_PASSWORD=${s(pw(16))}\nDB_HOST=localhost\nDB_PORT=5432`);
  p(
    'env',
    (s) =>
      `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: app\n      POSTGRES_PASSWORD: ${s(b62(18))}`,
  );
  p(
    'env',
    (s) =>
      `services:\n  api:\n    environment:\n      - NODE_ENV=production\n      - SESSION_SECRET=${s(hex(64))}\n      - JWT_SECRET=${s(human() + 'xyz')}`,
  );
  p('env', (s) => `ENV REDIS_PASSWORD ${s(b62(15))}\nARG NPM_TOKEN=${s('npm_' + b62(36))}\nRUN npm ci`);
  p('env', (s) => `PGPASSWORD=${s(human())} pg_dump -h db -U app app > a.sql`);
  p(
    'env',
    (s) =>
      `$ printenv | sort\nAPP_KEY=base64:${s(b64(32))}\nHOME=/root\nRAILS_MASTER_KEY=${s(hex(32))}\nSECRET_KEY_BASE=${s(hex(128))}`,
  );
  p('env', (s) => `set AZDO_PAT=${s(b36(52))}\r\nset BUILD=42`);
  p('env', (s) => `$env:SMTP_PASS = "${s(pw(12).replace(/["$]/g, '!'))}"`);
  p('env', (s) => `setx API_TOKEN "${s(b62(30))}" /M`);
  p(
    'env',
    (s) =>
      `fly secrets set SENTRY_AUTH=${s(hex(64))} COOKIE_KEY=${s(b62(24))}\nheroku config:set MAIL_PASSWORD=${s(human())}`,
  );
  // password
  p('password', (s) => `The admin password is ${s(human())}, don't tell anyone.`);
  p('password', (s) => `Das Passwort für den Server lautet ${s(human())} und der Benutzer ist root.`);
  p('password', (s) => `パスワードは ${s(pw(12))} です。ログインして確認してください。`);
  p('password', (s) => `数据库密码：${s(pw(14))}`);
  p('password', (s) => `login: admin / password: ${s(human())}`);
  p('password', (s) => `<add key="SmtpPassword" value="${s(pw(12).replace(/[<>&"]/g, 'x'))}" />`);
  p('password', (s) => `spring.datasource.username=app\nspring.datasource.password=${s(pw(14))}`);
  p('password', (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s(human())}';`);
  p('password', (s) => `ALTER ROLE app WITH LOGIN PASSWORD '${s(pw(15).replace(/'/g, 'x'))}';`);
  p('password', (s) => `sshpass -p '${s(human())}' ssh deploy@10.0.0.4 uptime`);
  p('password', (s) => `machine api.heroku.com\n  login me@acme.io\n  password ${s(uuid())}`);
  p('password', (s) => `db.acme.io:5432:app:app:${s(b62(14))}`);
  p('password', (s) => `ansible_become_pass: "${s(human())}"\nansible_user: ubuntu`);
  p('password', (s) => `echo "${s(human())}" | sudo -S apt-get update`);
  p('password', (s) => `await page.fill('#password', '${s(human())}')`);
  p('password', (s) => `el mot de passe est: ${s(human())}`);
  // generic
  p('generic', (s) => `const client = new Client({ clientId: 'web', clientSecret: '${s(b62(40))}' })`);
  p('generic', (s) => `api_key: ${s(hex(32))}\napi_url: https://api.acme.io`);
  p('generic', (s) => `encryption_key = "${s(b64(32))}"`);
  p('generic', (s) => `[oauth]\nconsumer_secret: ${s(b62(44))}\naccess_token_secret=${s(b62(45))}`);
  p('generic', (s) => `{"webhookSecret":"${s(hex(40))}","signingKey":"${s(b64(32))}"}`);
  p('generic', (s) => `GET /v1/geocode?address=Berlin&apikey=${s(b62(32))} 200 12ms`);
  p('generic', (s) => `hmac = createHmac('sha256', '${s(hex(64))}')`);
  p('generic', (s) => `auth:\n  token: ${s(b62(36))}\n  type: static`);
  p('generic', (s) => `<property name="hibernate.connection.password">${s(pw(12).replace(/[<>&]/g, 'x'))}</property>`);
  // saas
  p('saas', (s) => `TWILIO_ACCOUNT_SID=AC${hex(32)}\nTWILIO_AUTH_TOKEN=${s(hex(32))}`);
  p('saas', (s) => `sendgrid.setApiKey("${s('SG.' + url(22) + '.' + url(43))}")`);
  p('saas', (s) => `MAILGUN=${s('key-' + hex(32))} MAILCHIMP=${s(hex(32) + '-us14')}`);
  p('saas', (s) => `DD_API_KEY=${s(hex(32))} DD_APP_KEY=${s(hex(40))} datadog-ci upload`);
  p('saas', (s) => `license_key: ${s(hex(36) + 'NRAL')}\nNEW_RELIC_API_KEY: ${s('NRAK-' + B36(27))}`);
  p('saas', (s) => `sentry-cli --auth-token ${s('sntrys_eyJpYXQiOjE3' + b62(100) + '_' + b62(43))} releases new 1.0`);
  p('saas', (s) => `grafana: ${s('glsa_' + b62(32) + '_' + hex(8))}\ncloud: ${s('glc_eyJvIjoi' + b62(90))}`);
  p('saas', (s) => `LINEAR_API_KEY=${s('lin_api_' + b62(40))}\nNOTION=${s('ntn_' + digits(11) + b62(35))}`);
  p('saas', (s) => `figma token ${s('figd_' + url(40))}; airtable ${s('pat' + b62(14) + '.' + hex(64))}`);
  p('saas', (s) => `algoliasearch('${B36(10)}', '${s(hex(32))}') // admin api key`);
  p('saas', (s) => `mapboxgl.accessToken = '${s('sk.eyJ1Ijoi' + b62(70) + '.' + url(22))}';`);
  p('saas', (s) => `PagerDuty: Authorization: Token token=${s('y_' + b62(18))}`);
  p('saas', (s) => `curl -u me@acme.io:${s('ATATT3xFfGF0' + url(180))} https://acme.atlassian.net/rest/api/3/myself`);
  p('saas', (s) => `BITBUCKET_APP_PASSWORD=${s('ATBB' + b62(32))}`);
  p(
    'saas',
    (s) => `CIRCLE_TOKEN=${s('CCIPAT_' + b62(22) + '_' + hex(40))} POSTMAN=${s('PMAK-' + hex(24) + '-' + hex(34))}`,
  );
  // docker, cloud
  p('docker', (s) => `{"auths":{"https://index.docker.io/v1/":{"auth":"${s(base64Of('acme:dckr_pat_' + url(27)))}"}}}`);
  p('docker', (s) => `docker login -u acme -p ${s('dckr_pat_' + url(27))}`);
  p('docker', (s) => `docker run -e MYSQL_ROOT_PASSWORD=${s(human())} -e TZ=UTC -p 3306:3306 mysql:8`);
  p(
    'docker',
    (s) =>
      `kubectl create secret docker-registry regcred --docker-server=ghcr.io --docker-username=bot --docker-password=${s('ghp_' + b62(36))}`,
  );
  p('cloud', (s) => `doctl auth init -t ${s('dop_v1_' + hex(64))}`);
  p(
    'cloud',
    (s) =>
      `provider "cloudflare" {\n  api_token = "${s(url(40))}"\n}\nprovider "hcloud" {\n  token = "${s(b62(64))}"\n}`,
  );
  p(
    'cloud',
    (s) => `[ovh-eu]\napplication_key=${s(hex(16))}\napplication_secret=${s(hex(32))}\nconsumer_key=${s(hex(32))}`,
  );
  p('cloud', (s) => `X-Auth-Email: me@acme.io\nX-Auth-Key: ${s(hex(37))}`);
  p('cloud', (s) => `FLY_API_TOKEN="FlyV1 ${s('fm2_' + b64c(120))}"`);
  p('cloud', (s) => `vercel deploy --token ${s(b62(24))}\nNETLIFY_AUTH_TOKEN=${s('nfp_' + b62(36))}`);
  p('cloud', (s) => `HEROKU_API_KEY=${s(uuid())}\nRENDER_API_KEY=${s('rnd_' + b62(28))}`);
  p('cloud', (s) => `UPSTASH_REDIS_REST_TOKEN=${s('AX' + b64c(54))}\nLINODE_CLI_TOKEN=${s(hex(64))}`);
  p('cloud', (s) => `ALIBABA: ${s('LTAI' + b62(20))} / secret ${s(b62(30))}`);
  p('cloud', (s) => `SCW_ACCESS_KEY=SCW${B36(17)}\nSCW_SECRET_KEY=${s(uuid())}`);
  // infra
  p('infra', (s) => `VAULT_TOKEN=${s('hvs.' + url(90))} vault kv get secret/app`);
  p(
    'infra',
    (s) => `Unseal Key 1: ${s(b64(33))}\nUnseal Key 2: ${s(b64(33))}\nInitial Root Token: ${s('hvs.' + b62(24))}`,
  );
  p('infra', (s) => `CONSUL_HTTP_TOKEN=${s(uuid())} consul members`);
  p('infra', (s) => `DOPPLER_TOKEN=${s('dp.st.prd.' + b62(43))}\nOP_SERVICE_ACCOUNT_TOKEN=${s('ops_eyJ' + b62(200))}`);
  p('infra', (s) => `credentials "app.terraform.io" {\n  token = "${s(b62(14) + '.atlasv1.' + url(67))}"\n}`);
  p(
    'infra',
    (s) =>
      `PULUMI_ACCESS_TOKEN=${s('pul-' + hex(40))}\ntailscale up --authkey ${s('tskey-auth-' + b62(16) + '-' + b62(32))}`,
  );
  p(
    'infra',
    (s) =>
      `[Interface]\nPrivateKey = ${s(b64(32))}\nAddress = 10.0.0.2/32\n[Peer]\nPublicKey = ${b64(32)}\nPresharedKey = ${s(b64(32))}`,
  );
  p(
    'infra',
    (s) =>
      `kubeadm join 10.0.0.1:6443 --token ${s(b36(6) + '.' + b36(16))} --discovery-token-ca-cert-hash sha256:${hex(64)}`,
  );
  p('infra', (s) => `network={\n  ssid="office"\n  psk="${s(human())}"\n}`);
  p('infra', (s) => `DATABRICKS_TOKEN=${s('dapi' + hex(32))}\nSNOWFLAKE_PASSWORD=${s(pw(15))}`);
  // k8s
  p(
    'k8s',
    (s) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  username: YXBw\n  password: ${s(base64Of(pw(15)))}`,
  );
  p(
    'k8s',
    (s) =>
      `users:\n- name: admin\n  user:\n    client-certificate-data: ${b62(60)}\n    client-key-data: ${s(base64Of(`${BEGIN}RSA PRIVATE KEY-----\n` + pemBody(300).join('\n')))}`,
  );
  p(
    'k8s',
    (s) =>
      `kubectl create secret generic app --from-literal=api-key=${s(b62(32))} --from-literal=db-pass='${s(human())}'`,
  );
  p(
    'k8s',
    (s) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData:\n  config.yaml: |\n    smtp:\n      password: ${s(pw(12))}\n    key: ${s(b62(30))}`,
  );
  // obfuscated
  p('obfuscated', (s) => {
    const v = s('ghp_' + b62(36));
    return `token: \u001b[33m${v}\u001b[0m`;
  });
  p('obfuscated', (s) => {
    const v = s('glpat-' + url(20));
    return `\u001b[1;32mexport\u001b[0m GITLAB_TOKEN=\u001b[36m${v.slice(0, 12)}\u001b[0m\u001b[36m${v.slice(12)}\u001b[0m`;
  });
  p('obfuscated', (s) => `redirect_uri=https%3A%2F%2Fapp%2Fcb%3Faccess_token%3D${s(b62(40))}%26state%3Dabc`);
  p('obfuscated', (s) => `DATABASE_URL=postgres%3A%2F%2Fapp%3A${s(b62(14))}%40db%3A5432%2Fapp`);
  p('obfuscated', (s) => `echo ${s(base64Of('DB_PASSWORD=' + pw(16) + '\nAPI_KEY=' + hex(32)))} | base64 -d > .env`);
  p('obfuscated', (s) => {
    const v = 'sk_live_' + b62(24);
    s(v.slice(8));
    return `{"k":"${v
      .slice(0, 8)
      .split('')
      .map((c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))
      .join('')}${v.slice(8)}"}`;
  });
  p('obfuscated', (s) => {
    const v = s(b62(24));
    return `&quot;password&quot;:&quot;${v}&quot;,&quot;user&quot;:&quot;x&quot;`;
  });
  p('obfuscated', (s) => {
    const v = 'AKIA' + b32(16);
    s(v.slice(0, 10));
    s(v.slice(10));
    return `key = "${v.slice(0, 10)}" + "${v.slice(10)}"\nsecret_key = '${s(b64c(40))}'`;
  });

  return rows;
}

export function sessionOutputHarmless(seed = 991): HarmlessRow[] {
  const { pemBody, b62, hex, HEX, b36, B36, url, digits, b64, of, uuid } = drawsOf(seed);
  const rows: HarmlessRow[] = [];
  const n = (kind: string, ...texts: readonly string[]): void => {
    for (const text of texts) rows.push({ kind, text });
  };
  n(
    'hash',
    `commit ${hex(40)}\nAuthor: A <a@b.c>\nDate:   Mon Jun 1 10:00:00 2026 +0200\n\n    fix token refresh`,
    `${hex(64)}  dist/app-1.2.3.tar.gz`,
    `MD5 (a.iso) = ${hex(32)}`,
    `* ${hex(7)} - (HEAD -> main) rotate api keys (2 days ago)`,
    `Merge: ${hex(7)} ${hex(7)}`,
    `index ${hex(7)}..${hex(7)} 100644\n--- a/src/password.ts\n+++ b/src/password.ts`,
    `git diff ${hex(40)} ${hex(40)} -- src/auth/token.ts`,
    `FROM node:22@sha256:${hex(64)}`,
    `Digest: sha256:${hex(64)}\nStatus: Downloaded newer image for postgres:16`,
    `etag: W/"${hex(32)}"`,
    `ETag: "${hex(40)}"\nCache-Control: max-age=0`,
    `checksum = "${hex(64)}"\nname = "secrecy"\nversion = "0.8.0"`,
    `sha512-${b64(64)}`,
    `"integrity": "sha512-${b64(64)}",\n"resolved": "https://registry.npmjs.org/jsonwebtoken/-/jsonwebtoken-9.0.2.tgz"`,
    `github.com/golang-jwt/jwt/v5 v5.2.1 h1:${b64(32)}`,
    `    tokenizers==0.19.1 --hash=sha256:${hex(64)}`,
    `${BEGIN}CERTIFICATE-----\n${pemBody(400).join('\n')}\n${END}CERTIFICATE-----`,
    `${BEGIN}PUBLIC KEY-----\n${pemBody(200).join('\n')}\n${END}PUBLIC KEY-----`,
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${b62(43)} me@laptop`,
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${b64(300).replace(/=+$/, '')} ci@acme`,
    `SHA256:${b64(32).replace('=', '')} me@laptop (ED25519)`,
    `The key fingerprint is:\nSHA256:${b64(32).replace('=', '')} deploy@ci`,
    `age1${of('qpzry9x8gf2tvdw0s3jn54khce6mua7l')(58)}`,
    `script-src 'self' 'nonce-${b64(16)}' 'sha256-${b64(32)}'`,
    `<script nonce="${b64(16)}" src="/app.js"></script>`,
    `<link rel="stylesheet" href="x.css" integrity="sha384-${b64(48)}" crossorigin="anonymous">`,
  );
  n(
    'id',
    `request_id=${uuid()} user_id=${uuid()} status=401 invalid token`,
    `GET /api/users/${uuid()}/tokens 200`,
    `https://www.notion.so/acme/Passwords-policy-${hex(32)}`,
    `https://docs.google.com/document/d/1${url(43)}/edit#heading=h.${b36(12)}`,
    `https://www.figma.com/file/${b62(22)}/Login-Screen?node-id=12-345`,
    `arn:aws:secretsmanager:eu-west-1:${digits(12)}:secret:prod/db-password-AbCdEf`,
    `arn:aws:iam::${digits(12)}:role/ci-deployer`,
    `projects/acme/secrets/db-password/versions/latest`,
    `trace_id=${hex(32)} span_id=${hex(16)} msg="token refreshed"`,
    `traceparent: 00-${hex(32)}-${hex(16)}-01`,
    `X-Request-Id: ${uuid()}\nX-Amz-Cf-Id: ${b62(52)}==`,
    `"_id": ObjectId("${hex(24)}"), "passwordChangedAt": ISODate("2026-01-01T00:00:00Z")`,
    `pod/auth-service-${hex(10)}-${b36(5)}   1/1   Running`,
    `container_id=${hex(64)}`,
    `docker exec -it ${hex(12)} bash`,
    `toolu_01${b62(22)}`,
    `{"type":"tool_use","id":"toolu_01${b62(22)}","name":"Bash"}`,
    `msg_01${b62(22)}`,
    `req_011C${b62(20)}`,
    `price_1${b62(23)} prod_${b62(14)} cus_${b62(14)} pi_3${b62(23)}`,
    `pk_test_${b62(24)}`,
    `clientId: '${digits(12)}-${b36(32)}.apps.googleusercontent.com'`,
    `AZURE_TENANT_ID=${uuid()}\nAZURE_CLIENT_ID=${uuid()}`,
    `session ${uuid()} resumed; token count 18233`,
    `"sessionId": "${uuid()}", "tokens": {"input": 1200, "output": 340}`,
    `localhost:9229/${uuid()} debugger listening`,
    `blob:https://app.acme.io/${uuid()}`,
    `0x${hex(40)} transferred 3 tokens in tx 0x${hex(64)}`,
    `VPC vpc-0${hex(16)} subnet-0${hex(16)} sg-0${hex(16)}`,
    `ami-0${hex(16)} key_name = "deploy-key"`,
    `s3://acme-artifacts/builds/${hex(40)}/secrets-manager.zip`,
    `https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX`,
    `https://discord.com/channels/${digits(18)}/${digits(19)}`,
  );
  n(
    'placeholder',
    `API_KEY=your-api-key-here\nDB_PASSWORD=changeme`,
    `OPENAI_API_KEY=sk-...`,
    `ANTHROPIC_API_KEY=sk-ant-xxxxxxxxxxxxxxxxxxxx`,
    `password: "<your password>"`,
    `token: \${{ secrets.GITHUB_TOKEN }}`,
    `export TOKEN=$(gh auth token)`,
    `PASSWORD=$DB_PASSWORD`,
    `DB_PASS: \${DB_PASS:-}`,
    `password = var.db_password`,
    `secret_key = data.aws_secretsmanager_secret_version.db.secret_string`,
    `Authorization: Bearer $TOKEN`,
    `Authorization: Bearer <token>`,
    `curl -H "Authorization: Bearer YOUR_TOKEN" https://api.acme.io`,
    `-u "$USER:$PASS"`,
    `postgres://user:password@localhost:5432/db`,
    `postgres://$DB_USER:$DB_PASS@db/app`,
    `mysql://{user}:{password}@{host}/{db}`,
    `redis://localhost:6379`,
    `https://user:pass@example.com`,
    `AKIAIOSFODNN7EXAMPLE`,
    `ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`,
    `GITHUB_TOKEN=ghp_...`,
    `//registry.npmjs.org/:_authToken=\${NPM_TOKEN}`,
    `password: ********`,
    `Password: [hidden]`,
    `"password": "REDACTED"`,
    `"client_secret": "[redacted:client-secret]"`,
    `JWT_SECRET=replace_me_with_a_long_random_string`,
    `SECRET_KEY_BASE=<%= ENV["SECRET_KEY_BASE"] %>`,
    `apiKey: process.env.API_KEY!`,
    `const token = os.environ["TOKEN"]`,
    `password: !vault |`,
    `password: "{{ vault_db_password }}"`,
    `key: {{ .Values.apiKey | b64enc }}`,
    `valueFrom:\n  secretKeyRef:\n    name: db-credentials\n    key: password`,
    `token = file("~/.config/token")`,
    `POSTGRES_PASSWORD_FILE=/run/secrets/db_password`,
    `--password-stdin`,
    `PASSWORD=%DB_PASSWORD%`,
    `SENTRY_DSN=`,
    `password=`,
  );
  n(
    'code',
    `password: string;`,
    `interface Login { username: string; password: string; token?: string }`,
    `function setPassword(password: string): Promise<void> {`,
    `if (password !== confirmPassword) throw new Error('Passwords do not match')`,
    `const passwordHash = await bcrypt.hash(password, 12)`,
    `token := r.Header.Get("Authorization")`,
    `self.password = password`,
    `def login(self, username, password=None):`,
    `password = getpass.getpass("Password: ")`,
    `secret = secrets.token_urlsafe(32)`,
    `const secret = crypto.randomBytes(32).toString('hex')`,
    `token = request.headers.get('X-API-Key')`,
    `<input type="password" name="password" id="password" autocomplete="current-password">`,
    `<label for="password">Password</label>`,
    `placeholder="Enter your password"`,
    `SELECT id, password_hash FROM users WHERE email = $1`,
    `ALTER TABLE users ADD COLUMN password_reset_token VARCHAR(255)`,
    `tokens.push({ type: 'identifier', value: 'foo' })`,
    `const maxTokens = 4096`,
    `max_tokens=8192`,
    `tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")`,
    `CSRF_TOKEN_HEADER = 'X-CSRFToken'`,
    `export const ACCESS_TOKEN_KEY = 'access_token'`,
    `localStorage.removeItem('refreshToken')`,
    `const { accessToken, refreshToken } = await login(creds)`,
    `PasswordValidator.minLength(8)`,
    `passwordStrengthIndicator: true`,
    `secretName: tls-wildcard-cert`,
    `apiKeySecretRef:\n  name: cloudflare-api-token-secret`,
    `public static final String PASSWORD_KEY = "user.password";`,
    `key: "settings.security.password.title"`,
    `t('auth.errors.passwordTooShort')`,
    `"auth.password.label": "Passwort"`,
    `password_min_length: 12`,
    `token_expiry: 3600`,
    `token_type: "Bearer"`,
    `secret_version: latest`,
    `keyPrefix: 'session:user:'`,
    `primaryKey: 'customer_order_item_id'`,
    `foreign_key: :organization_membership_id`,
    `cache_key = f"user:{user_id}:profile"`,
    `authToken: undefined`,
    `api_key: None`,
    `password=password`,
    `secret: () => getSecret('db')`,
    `expect(redact('password=hunter2')).toBe('[redacted]')`.replace('hunter2', 'foo'),
    `mockAuth.mockResolvedValue({ token: 'fake-token' })`,
    `const token = 'test-token';`,
    `password: 'test'`,
    `assert login("admin", "admin")`,
  );
  n(
    'prose',
    `Please rotate the password every 90 days and never share it by mail.`,
    `The token is invalid or has expired.`,
    `Error: password authentication failed for user "app"`,
    `fatal: could not read Password for 'https://github.com': terminal prompts disabled`,
    `Enter passphrase for key '/home/me/.ssh/id_ed25519':`,
    `Bitte geben Sie Ihr Passwort ein und bestätigen Sie es.`,
    `Das Passwort ist zu kurz, es muss mindestens zwölf Zeichen haben.`,
    `密码错误，请重新输入。`,
    `密码长度必须大于8位，并且包含字母和数字。`,
    `パスワードを入力してください。`,
    `パスワードが間違っています。`,
    `Le mot de passe est incorrect.`,
    `La contraseña es obligatoria.`,
    `The password field is required.`,
    `We store the secret in Vault under secret/data/app and read it at boot.`,
    `Basic authentication is deprecated; use a bearer token instead.`,
    `The API key must be passed in the X-API-Key header.`,
    `401 Unauthorized: missing Authorization header`,
    `invalid_grant: refresh token has been revoked`,
    `warning: password is visible in process list`,
    `TODO: move password to the keychain`,
    `fix: don't log the access token when refresh fails (#1234)`,
    `remote: Support for password authentication was removed on August 13, 2021.`,
    `Use your personal access token as the password.`,
    `Token budget: 200000, used 143022`,
    `Secret scanning found 0 alerts.`,
    `My password manager is Bitwarden; the key to it is in the safe.`,
  );
  n(
    'blob',
    `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk${b62(60)}`,
    `background: url("data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10H0z"/></svg>').toString('base64')}")`,
    `//# sourceMappingURL=data:application/json;base64,${Buffer.from('{"version":3,"sources":["a.ts"],"mappings":"AAAA,SAAS"}').toString('base64')}`,
    `<path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2zm0 18c-4.41 0-8-3.59-8-8"/>`,
    `"mappings": "AAAA,MAAM,CAAC,OAAO,UAAU,GAAG,CAAC,CAAS,EAAE,CAAS;IACjD,OAAO,CAAC,GAAG,CAAC"`,
    `!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?t(exports):(e=e||self).password=t}(this,function(e){var n=e.token,r=e.key;return n})`,
    `color: #a1b2c3; --shadow: rgba(0,0,0,.25)`,
    `@font-face{src:url(data:font/woff2;base64,d09GMgABAAAAA${b62(100)})}`,
    `app.${hex(8)}.js  142.3 kB │ gzip: 45.1 kB`,
    `chunk-${B36(8)}.js | auth-token-module | 12.44 kB`,
    `webpack://app/./src/auth/password.tsx?${hex(4)}`,
    `LICENSE-KEY.md  README.md  secrets.example.yml`,
  );
  n(
    'long',
    `com.acme.security.authentication.PasswordResetTokenRepositoryImplTest`,
    `test_password_reset_token_is_invalidated_after_successful_login`,
    `ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE`,
    `node_modules/.pnpm/jsonwebtoken@9.0.2_patch_hash=${b36(26)}/node_modules/jsonwebtoken`,
    `feature/JIRA-1234-add-token-refresh-to-http-client`,
    `ACME_FEATURE_FLAG_PASSWORDLESS_LOGIN_ENABLED=true`,
    `k8s_auth-token-reviewer_auth-${hex(10)}_default_${uuid()}_0`,
    `_ZN4core3fmt9Formatter12pad_integral17h${hex(16)}E`,
    `/var/lib/docker/overlay2/${hex(64)}/merged/etc/ssl/private/server.key`,
    `~/.cache/huggingface/hub/models--bert/snapshots/${hex(40)}/tokenizer.json`,
    `org.springframework.security.authentication.UsernamePasswordAuthenticationToken@${hex(8)}`,
    `npm warn deprecated @acme/secret-store-client-legacy-adapter@1.2.3`,
    `CREATE INDEX CONCURRENTLY idx_password_reset_tokens_on_user_id_and_expires_at`,
    `SHA1: ${HEX(40)}`,
    `Fingerprint: ${Array.from({ length: 20 }, () => HEX(2)).join(':')}`,
    `gpg: using RSA key ${HEX(40)}`,
    `pub   ed25519 2026-01-01 [SC]\n      ${HEX(40)}`,
    `Serial Number: ${Array.from({ length: 16 }, () => hex(2)).join(':')}`,
    `Bytes: 0x${hex(16)} 0x${hex(16)}`,
    `${BEGIN}PRIVATE KEY----- is how a PKCS#8 file starts.`,
    `const PEM = /${BEGIN}(RSA )?PRIVATE KEY-----/`,
    `if (line === '${BEGIN}OPENSSH PRIVATE KEY-----') return true;`,
    `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`,
    `WWW-Authenticate: Basic realm="Restricted"`,
    `ssh -i ~/.ssh/id_rsa deploy@10.0.0.4`,
    `mysql -u root -p shop`,
    `docker run -p 8080:80 -e TOKEN nginx`,
    `curl -u admin https://x.acme.io`,
    `kubectl get secret db -o jsonpath='{.data.password}' | base64 -d`,
    `aws secretsmanager get-secret-value --secret-id prod/db`,
    `op read "op://Private/db/password"`,
    `vault kv get -field=password secret/app`,
    `pass show acme/db`,
    `gh secret set NPM_TOKEN < token.txt`,
  );

  return rows;
}
