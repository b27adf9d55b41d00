// Leaks in commands, files of tools, notes, calls and tokens of many vendors; and what only looks so.

import type { HarmlessRow, LeakRow } from '../secret-corpus.ts';
import { BEGIN, END, drawsOf } from './draws.ts';
import { base64Of, startLeakRows } from './leak-rows.ts';
import type { Note } from './leak-rows.ts';

export function commandsAndFilesLeaks(seed = 777003): LeakRow[] {
  const { b62, hex, b36, B36, b32, b64c, url, digits, b64, uuid, pw, human, jwt, pemBody } = drawsOf(seed);
  const { rows, add: p } = startLeakRows();
  const noq = (v: string): string => v.replace(/["'\\<>&$`]/g, 'k');
  // curl (documentation forms)
  p('basic', (s) => `curl --cacert ca.crt -u search:${s('P@ssw0rd' + b62(4))} https://search.example:9200`);
  p(
    'basic',
    (s) =>
      `$ curl -k -X POST https://grid.example:11222/rest/v2/caches/a \\\n  -H 'Content-type: text/plain' \\\n  -d 'b' \\\n  -u ada:${s(b62(16))}`,
  );
  p('basic', (s) => `curl -u ":${s(noq(pw(13)))}" https://localhost:9200`);
  p('basic', (s) => `curl -s -v --user "ada.l:${s('dB2yF6@' + b62(10) + '#4J')}" "https://api.example.org/v1/me"`);
  p('basic', (s) => `curl --user ada:'${s(b62(16))}' -iX PATCH -H "Content-Type: application/json" -d @x.json`);
  p(
    'basic',
    (s) =>
      `curl https://login.example/oauth2/token \\\n  --user ${b36(15)}:${s(b36(15))} --data grant_type=authorization_code`,
  );
  p('basic', (s) => `curl --oauth2-bearer "${s(b64(16))}" https://example.com`);
  p('bearer', (s) => `curl --header 'Authorization:  ${s(uuid())}' https://api.acme.dev`);
  p('bearer', (s) => `curl -H "Authorization: Api-Token ${s(hex(40))}" -X PUT https://scan.acme/api/runs/7`);
  p(
    'bearer',
    (s) => `curl -X GET -H "apikey: ${s(uuid())}" -H "Accept: application/json" https://x.supabase.co/rest/v1/a`,
  );
  p('bearer', (s) => `curl -X POST --header "Api-Token: ${s(b62(11))}" https://x.acme`);
  p('bearer', (s) => `curl -XPOST http://localhost:8080/v1/jobs -H "Token: ${s(hex(16))}" -d "content=hello"`);
  p('bearer', (s) => `curl -X GET https://deploy.example/ -H "X-Octopus-ApiKey: ${s('API-' + B36(31))}"`);
  p('bearer', (s) => `requests.get(url, headers={"Authorization": "Bearer " + "${s(b62(38))}"})`);
  p('bearer', (s) => `{"headers":{"authorization":["Bearer ${s(url(48))}"],"accept":["*/*"]}}`);
  p('bearer', (s) => `ws.setRequestHeader("X-Access-Token", "${s(b62(32))}");`);
  p('bearer', (s) => `grpcurl -H 'authorization: bearer ${s(hex(48))}' api.acme:443 list`);
  // leaky files
  p(
    'files',
    (s) =>
      `<Server>\n  <Host>ftp.acme.io</Host>\n  <Port>21</Port>\n  <User>deploy</User>\n  <Pass encoding="base64">${s(base64Of(pw(14)))}</Pass>\n</Server>`,
  );
  p(
    'files',
    (s) =>
      `{\n    "type": "sftp",\n    "host": "10.0.0.4",\n    "user": "deploy",\n    "password": "${s(noq(human()))}",\n    //"ssh_key_file": "~/.ssh/id_rsa",\n    "remote_path": "/var/www/"\n}`,
  );
  p(
    'files',
    (s) =>
      `identity "me@acme.io"\nhostname smtp.acme.io:587\nusername "me"\npassword "${s(noq(pw(12)))}"\nstarttls required`,
  );
  p(
    'files',
    (s) =>
      `---\nauthentication:\n  access_token: ${s(hex(64))}\nssh:\n  ssh_user: root\n  ssh_key_path: "~/.ssh/id_rsa"`,
  );
  p(
    'files',
    (s) => `[Server]\nName=Guild\nPhonetic=guild\nAdminPassword=${s(human())}\nPassword=${s(human())}\nPort=3784`,
  );
  p(
    'files',
    (s) => `[default]\naccess_key = ${s(B36(20))}\nbucket_location = US\nsecret_key = ${s(b64c(40))}\nuse_https = True`,
  );
  p(
    'files',
    (s) =>
      `{"credentials":[{"mechanismName":"SCRAM-SHA-1","userName":"admin","userPassword":"${s(noq(pw(13)))}"}],"ssh":{"passphrase":"${s(b62(14))}","userPassword":"${s(b62(15))}"}}`,
  );
  p('files', (s) => `conn.login('admin@acme.io', '${s('Winter2026!' + b62(24))}', function(err, res) {`);
  p('files', (s) => `https://ci-bot:${s('ghp_' + b62(36))}@github.com\nhttps://me:${s(b62(20))}@bitbucket.org`);
  p(
    'files',
    (s) => `<fileTransfer host="sftp.acme.io" port="22" accessType="SFTP" username="deploy" password="${s(hex(44))}"/>`,
  );
  p(
    'files',
    (s) =>
      `<connection host="db" port="5432" database="app" url="jdbc:postgresql://db:5432/app" user="app" password="${s(b64(18))}" type="DEV"/>`,
  );
  p(
    'files',
    (s) =>
      `$cfg['Servers'][$i]['user'] = 'root';\n$cfg['Servers'][$i]['password'] = '${s(noq(human()))}';\n$cfg['blowfish_secret'] = '${s(b62(32))}';`,
  );
  p('files', (s) => `define( 'DB_PASSWORD', '${s(noq(pw(14)))}' );\ndefine( 'SECURE_AUTH_KEY', '${s(noq(pw(60)))}' );`);
  p('files', (s) => `SECRET_KEY = 'django-insecure-${s(noq(b36(50)))}'\nDEBUG = False`);
  p(
    'files',
    (s) =>
      `development:\n  clients:\n    default:\n      database: app\n      options:\n        user: 'app'\n        password: '${s(noq(pw(12)))}'`,
  );
  p(
    'files',
    (s) =>
      `machine github.com login ci password ${s('ghp_' + b62(36))}\nmachine api.acme.io\nlogin bot\npassword ${s(human())}`,
  );
  p('files', (s) => `[client]\nuser=root\npassword=${s(noq(pw(12)))}\nhost=localhost`);
  p(
    'files',
    (s) =>
      `[remote "origin"]\n\turl = https://deploy:${s(b62(18))}@git.acme.io/web.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*`,
  );
  // id/pw notes as people write them
  p('password', (s) => `10.1.2.30 (admin/${s(b62(4) + '8!' + b62(5))})`);
  p('password', (s) => `ID: ada@acme.io PW: ${s(b62(3) + '9#' + b62(4))}`);
  p('password', (s) => `login/password - admin/${s(noq(human()))}`);
  p('password', (s) => `ssh admin@10.1.2.3 (pw: ${s(noq(human()))})`);
  p('password', (s) => `User: master   Pass: ${s(b62(9) + '7')}`);
  p('password', (s) => `계정: admin 비밀번호: ${s(noq(human()))}`);
  p('password', (s) => `пароль от админки: ${s(noq(human()))}`);
  p('password', (s) => `wifi guest-net, password "${s(noq(human()))}"`);
  p('password', (s) => `Temporary password: ${s(noq(pw(12)))} (must be changed at first login)`);
  p('password', (s) => `Your new password is:\n\n    ${s(noq(pw(14)))}\n\nPlease keep it safe.`);
  p('password', (s) => `| user | password |\n|---|---|\n| admin | ${s(noq(human()))} |\n| ops | ${s(noq(pw(11)))} |`);
  p('password', (s) => `-Domain 'corp' -Password '${s(noq(pw(11)))}'`);
  p('password', (s) => `gpg --batch -d --passphrase ${s(b62(11) + '3')} --output a.txt a.gpg`);
  p('password', (s) => `mysql -u root --password ${s(b62(10) + '4')} -e 'show tables'`);
  p('password', (s) => `mongo admin -u root -p ${s(b62(12) + '1')} --eval 'db.stats()'`);
  p('password', (s) => `psql "postgresql://db/app?user=app&password=${s(b62(14))}"`);
  p('password', (s) => `export PGPASSWORD='${s(noq(pw(13)))}'; pg_restore -d app dump`);
  p('password', (s) => `kinit ada@ACME.IO <<< '${s(noq(human()))}'`);
  p('password', (s) => `echo '${s(noq(human()))}' | kinit ada@ACME.IO`);
  p('password', (s) => `openssl pkcs12 -export -in c.pem -out c.p12 -passout pass:${s(b62(12))}`);
  p(
    'password',
    (s) => `keytool -genkey -alias a -keystore k.jks -storepass ${s(b62(9) + '2')} -keypass ${s(b62(9) + '7')}`,
  );
  p('password', (s) => `smbclient //nas/share -U 'ada%${s(noq(human()))}'`);
  p('password', (s) => `ldapsearch -x -D cn=admin,dc=acme -w ${s(b62(11) + '5')} -b dc=acme`);
  p('password', (s) => `rsync --password-file=<(echo ${s(b62(12) + '8')}) a rsync://x/b`);
  p('password', (s) => `xfreerdp /v:10.0.0.8 /u:Administrator /p:${s(noq(human()))}`);
  p('password', (s) => `net use Z: \\\\nas\\share ${s(noq(human()))} /user:acme\\ada`);
  p('password', (s) => `cmdkey /add:srv1 /user:acme\\ada /pass:${s(noq(human()))}`);
  p('password', (s) => `New-LocalUser ada -Password (ConvertTo-SecureString "${s(noq(pw(13)))}" -AsPlainText -Force)`);
  p('password', (s) => `sqlcmd -S tcp:db,1433 -U sa -P ${s(noq(pw(13)))} -Q "select 1"`);
  p('password', (s) => `sqlplus system/${s(b62(10) + '1')}@ORCL @init.sql`);
  p('password', (s) => `Enter password: ${s(noq(human()))}\nWelcome to the MySQL monitor.`);
  p('password', (s) => `GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED WITH mysql_native_password BY '${s(noq(pw(12)))}';`);
  p('password', (s) => `INSERT INTO users (name, email, password) VALUES ('ada', 'ada@acme.io', '${s(noq(pw(12)))}');`);
  p('password', (s) => `await signIn({ email: 'ada@acme.io', password: '${s(noq(human()))}' })`);
  p('password', (s) => `page.getByLabel('Password').fill('${s(noq(human()))}')`);
  p('password', (s) => `cy.get('[name=password]').type('${s(noq(human()))}{enter}')`);
  p('password', (s) => `driver.find_element(By.ID, "password").send_keys("${s(noq(human()))}")`);
  p('password', (s) => `$pass = "${s(noq(pw(12)))}";\n$dbh = new PDO($dsn, $user, $pass);`);
  p('password', (s) => `username=ada&password=${s(encodeURIComponent(noq(pw(13))))}&remember=on`);
  p(
    'password',
    (s) =>
      `POST /login HTTP/1.1\r\nHost: app\r\nContent-Type: application/json\r\n\r\n{"user":"ada","pass":"${s(noq(human()))}"}`,
  );
  p(
    'password',
    (s) =>
      `WARN o.a.k.clients - sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="${s(b62(20))}";`,
  );
  p('password', (s) => `basic_auth_users:\n  prometheus: ${s(noq(human()))}`);
  // generic names
  p('generic', (s) => `creds = ${s(b62(30))}`);
  p('generic', (s) => `"user_auth": "${s(b64(44))}"`);
  p('generic', (s) => `mySecretString=${s(b62(30))}`);
  p('generic', (s) => `utils.GetEnvOrDefault("api_token", "${s(uuid())}")`);
  p('generic', (s) => `some_api_token_123 = "${s(b62(60))}"`);
  p('generic', (s) => `hard_coded_salt: "${s(b62(24))}"`);
  p('generic', (s) => `private static final String PRIVATE_KEY = "${s(b62(44))}";`);
  p('generic', (s) => `let apiKey: &str = "${s(hex(32))}";`);
  p('generic', (s) => `const char* kApiKey = "${s(b62(39))}";`);
  p('generic', (s) => `val token = "${s(b62(40))}" // TODO remove`);
  p('generic', (s) => `api.defaults.headers.common['X-API-KEY'] = '${s(b62(36))}';`);
  p('generic', (s) => `?api_key=${s(hex(32))}&lang=en`);
  p('generic', (s) => `x-functions-key: ${s(b64(40))}`);
  p('generic', (s) => `cookie_secret = ${s(b64(32))}`);
  p('generic', (s) => `<ApiKey>${s(hex(40))}</ApiKey>`);
  p('generic', (s) => `:secret_token => '${s(hex(128))}'`);
  p('generic', (s) => `@Value("\${api.secret:${s(b62(32))}}")`);
  p('generic', (s) => `"token": {\n    "value": "${s(b62(40))}",\n    "expires": 3600\n  }`);
  p('generic', (s) => `TOKEN="$1"; : "\${TOKEN:=${s(b62(36))}}"`);
  p('generic', (s) => `auth_basic: ${s(base64Of('admin:' + pw(12)))}`);
  p('generic', (s) => `otpauth://totp/Acme:ada@acme.io?secret=${s(b32(32))}&issuer=Acme`);
  p('generic', (s) => `TOTP seed for the deploy account: ${s(b32(32))}`);
  p('generic', (s) => `encrypt_key: "0x${s(hex(64))}"`);
  p('generic', (s) => `PRIVATE_KEY=0x${s(hex(64))} npx hardhat run deploy.ts --network mainnet`);
  p('generic', (s) => `cast wallet address --private-key ${s('0x' + hex(64))}`);
  p(
    'generic',
    (s) => `mnemonic: "${s('river maple orbit canyon velvet lantern copper basin meadow ribbon walnut harvest')}"`,
  );
  // vendors not in round a
  p('vendor', (s) => `ADAFRUIT_IO_KEY=${s('aio_' + b62(28))}`);
  p('vendor', (s) => `PERPLEXITY_API_KEY=${s('pplx-' + b62(48))}\nDEEPSEEK_API_KEY=${s('sk-' + hex(32))}`);
  p('vendor', (s) => `aiven: ${s('AVNS_' + url(19))}`);
  p('vendor', (s) => `confluent api-key: ${B36(16)} secret: ${s(b64c(64))}`);
  p('vendor', (s) => `CONTENTFUL_MANAGEMENT=${s('CFPAT-' + url(43))}`);
  p('vendor', (s) => `DROPBOX_TOKEN=${s('sl.' + url(136))}`);
  p('vendor', (s) => `dynatrace: ${s('dt0c01.' + B36(24) + '.' + B36(64))}`);
  p('vendor', (s) => `fastly-key: ${s(url(32))}`);
  p('vendor', (s) => `INTERCOM=${s('dG9r' + b64c(56))}`);
  p('vendor', (s) => `OKTA_API_TOKEN=${s('00' + url(40))}`);
  p('vendor', (s) => `auth0 client_secret: "${s(url(64))}"`);
  p('vendor', (s) => `HUBSPOT=${s('pat-na1-' + uuid())}`);
  p('vendor', (s) => `launchdarkly.init("${s('sdk-' + uuid())}")`);
  p('vendor', (s) => `looker: client_id=${b62(20)} client_secret=${s(b62(24))}`);
  p('vendor', (s) => `lob: ${s('live_' + hex(35))}`);
  p('vendor', (s) => `RAPIDAPI: X-RapidAPI-Key: ${s(hex(10) + 'msh' + hex(15) + 'p1' + hex(6) + 'jsn' + hex(12))}`);
  p('vendor', (s) => `readme: ${s('rdme_' + b36(70))}`);
  p('vendor', (s) => `SNYK_TOKEN=${s(uuid())}`);
  p('vendor', (s) => `sonar.login=${s('squ_' + hex(40))}`);
  p('vendor', (s) => `ACCESS ${s('SG.' + url(22) + '.' + url(43))} sent`);
  p('vendor', (s) => `shippo: ${s('shippo_live_' + hex(40))} easypost: ${s('EZAK' + b62(54))}`);
  p('vendor', (s) => `BOT_TOKEN = '${s(digits(10) + ':AAH' + url(32))}'`);
  p('vendor', (s) => `typeform ${s('tfp_' + url(44) + '_' + url(14))}`);
  p('vendor', (s) => `yandex: ${s('AQVN' + url(36))}`);
  p('vendor', (s) => `YOUTUBE=${s('AIzaSy' + url(33))}`);
  p('vendor', (s) => `ZENDESK_TOKEN=${s(b62(40))}`);
  p('vendor', (s) => `bitbucket client_secret ${s(b62(32))}`);
  p('vendor', (s) => `azure devops PAT: ${s(b36(52))}`);
  p('vendor', (s) => `new CosmosClient({ endpoint, key: '${s(b64(64))}' })`);
  p(
    'vendor',
    (s) =>
      `EventHub: Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${s(b64(32))};EntityPath=e`,
  );
  p(
    'vendor',
    (s) => `InstrumentationKey=${s(uuid())};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`,
  );
  p('vendor', (s) => `cloudinary://${digits(15)}:${s(url(27))}@acme`);
  p('vendor', (s) => `pusher: { appId: "12345", key: "${hex(20)}", secret: "${s(hex(20))}" }`);
  p('vendor', (s) => `PAGERDUTY_ROUTING_KEY=${s(hex(32))}`);
  p('vendor', (s) => `Rollbar.init({ accessToken: '${s(hex(32))}' })`);
  p('vendor', (s) => `TRAVIS_TOKEN: ${s(b62(22))}`);
  p('vendor', (s) => `Mattermost hook https://chat.acme.io/hooks/${s(b36(26))}`);
  p('vendor', (s) => `keycloak: client-secret=${s(b62(32))}`);
  p('vendor', (s) => `RAZORPAY_KEY_SECRET=${s(b62(24))} RAZORPAY_KEY_ID=${s('rzp_live_' + b62(14))}`);
  p('vendor', (s) => `minio: MINIO_ROOT_PASSWORD=${s(human())} mc alias set m http://m:9000 admin ${s(b62(16) + '1')}`);
  // keys
  const body = (s: Note, bytes: number): string[] => {
    const b = pemBody(bytes);
    b.forEach((l) => s(l));
    return b;
  };
  p(
    'pem',
    (s) =>
      `privateKey: '${BEGIN}RSA PRIVATE KEY-----\\r\\n${body(s, 400).join('\\r\\n')}\\r\\n${END}RSA PRIVATE KEY-----'`,
  );
  p(
    'pem',
    (s) => `${BEGIN}ENCRYPTED PRIVATE KEY-----\n> ${body(s, 400).join('\n> ')}\n> ${END}ENCRYPTED PRIVATE KEY-----`,
  );
  p(
    'pem',
    (s) =>
      `KEY="$(cat <<EOF\n${BEGIN}DSA PRIVATE KEY-----\n${body(s, 300).join('\n')}\n${END}DSA PRIVATE KEY-----\nEOF\n)"`,
  );
  p('pem', (s) => `<key>\n${BEGIN}PRIVATE KEY-----\n${body(s, 300).join('\n')}\n${END}PRIVATE KEY-----\n</key>`);
  p('pem', (s) => `{"lines":["${BEGIN}PRIVATE KEY-----","${body(s, 300).join('","')}","${END}PRIVATE KEY-----"]}`);
  p('pem', (s) => `${BEGIN}OPENSSH PRIVATE KEY-----\n${body(s, 240).join('\n')}\n[... 12 more lines]`);
  p('pem', (s) => `${BEGIN}PRIVATE KEY----- ${body(s, 300).join(' ')} ${END}PRIVATE KEY-----`);
  p(
    'pem',
    (s) =>
      `data "x" {}\nprivate_key_pem = <<-EOT\n    ${BEGIN}EC PRIVATE KEY-----\n${body(s, 120)
        .map((l) => '    ' + l)
        .join('\n')}\n    ${END}EC PRIVATE KEY-----\nEOT`,
  );
  p(
    'pem',
    (s) =>
      `ssh-keygen output\n\u001b[32m${BEGIN}OPENSSH PRIVATE KEY-----\u001b[0m\n${body(s, 240)
        .map((l) => `\u001b[32m${l}\u001b[0m`)
        .join('\n')}\n\u001b[32m${END}OPENSSH PRIVATE KEY-----\u001b[0m`,
  );
  p(
    'pem',
    (s) => `{"kty":"RSA","n":"${url(342)}","e":"AQAB","d":"${s(url(342))}","p":"${s(url(171))}","q":"${s(url(171))}"}`,
  );
  // urls
  p('db-url', (s) => `amqp://guest2:${s(b62(10))}@rabbit/%2f`);
  p(
    'db-url',
    (s) =>
      `engine = create_engine("mssql+pyodbc://sa:${s(noq(pw(12)).replace(/[@%]/g, 'z'))}@sql/erp?driver=ODBC+Driver+18")`,
  );
  p('db-url', (s) => `mongodb://root:${s(b62(16))}@mongo1:27017,mongo2:27017/app?replicaSet=rs0`);
  p('db-url', (s) => `redis://default:${s(b62(32))}@eu1-fit-cat-12345.upstash.io:6379`);
  p('db-url', (s) => `snowflake://ada:${s(b62(14))}@acme-eu/DB/PUBLIC?warehouse=WH`);
  p('db-url', (s) => `nats://svc:${s(b62(14))}@nats:4222`);
  p('db-url', (s) => `ftp://ada:${s(human().replace(/[@#]/g, '!'))}@ftp.acme.io/pub`);
  p('db-url', (s) => `DSN=ada:${s(b62(12) + '1')}@tcp(10.0.0.2:3306)/shop?parseTime=true`);
  p(
    'db-url',
    (s) => `Driver={ODBC Driver 18 for SQL Server};Server=db;Uid=sa;Pwd={${s(noq(pw(12)).replace(/[{}]/g, 'x'))}};`,
  );
  p('db-url', (s) => `couchbase: cluster.authenticate("Administrator", "${s(noq(human()))}")`);
  p('db-url', (s) => `ldap://cn=admin,dc=acme:${s(b62(12) + '1')}@ldap.acme.io:389`);
  p('db-url', (s) => `proxy=http://corp\\ada:${s(b62(12) + '1')}@proxy.acme:3128`);
  p('db-url', (s) => `rediss://:${s(b64c(43).replace(/[/+]/g, 'w') + '%3D')}@acme.redis.cache.windows.net:6380`);
  p('db-url', (s) => `libsql://app-acme.turso.io?authToken=${s(jwt())}`);
  // hidden
  p('obfuscated', (s) => {
    const v = s('glpat-' + url(20));
    return `PRIVATE-TOKEN&#58; ${v}`;
  });
  p('obfuscated', (s) => {
    const v = b62(24);
    s(v);
    return `{\\"db\\":{\\"password\\":\\"${v}\\"}}`;
  });
  p('obfuscated', (s) => {
    const v = s(hex(32));
    return `%7B%22api_key%22%3A%22${v}%22%7D`;
  });
  p('obfuscated', (s) => `\u001b[38;5;208mDB_PASSWORD\u001b[0m=\u001b[38;5;115m${s(noq(pw(14)))}\u001b[0m`);
  p('obfuscated', (s) => {
    const v = 'ghp_' + b62(36);
    s(v.slice(0, 20));
    s(v.slice(20));
    return `token = ("${v.slice(0, 20)}"\n         "${v.slice(20)}")`;
  });
  p('obfuscated', (s) => {
    const v = s('ghp_' + b62(36));
    return `| token         | ${v.slice(0, 20)}${v.slice(20)} |`;
  });
  p('obfuscated', (s) => `diff --git a/.env b/.env\n-API_SECRET=${s(b62(32))}\n+API_SECRET=${s(b62(32))}`);
  p(
    'obfuscated',
    (s) =>
      `docker inspect app\n"Env": [\n  "PATH=/usr/bin",\n  "DB_PASS=${s(noq(human()))}",\n  "JWT_KEY=${s(hex(32))}"\n]`,
  );
  p(
    'obfuscated',
    (s) => `2026-07-11T10:00:00Z INFO config {"level":"info","cfg":{"smtp":{"user":"x","pass":"${s(noq(human()))}"}}}`,
  );
  p(
    'obfuscated',
    (s) =>
      `Error: connect ECONNREFUSED\n    at Client.connect {\n  host: 'db',\n  user: 'app',\n  password: '${s(noq(pw(12)))}',\n  ssl: false\n}`,
  );
  p('obfuscated', (s) => `Config(host='db', user='app', password='${s(noq(pw(13)))}', timeout=3)`);
  p('obfuscated', (s) => `map[host:db password:${s(b62(14) + '1')} user:app]`);
  p('obfuscated', (s) => `&{Host:db User:app Password:${s(b62(14) + '1')} Port:5432}`);
  p('obfuscated', (s) => `DataSource{url='jdbc:h2:mem', username='sa', password='${s(b62(12) + '7')}'}`);
  p('obfuscated', (s) => `[Symbol(auth)]: { token: '${s(b62(36))}' }`);
  p('k8s', (s) =>
    `$ kubectl get secret db -o yaml\napiVersion: v1\ndata:\n  DB_PASS: ${s(base64Of(pw(16)))}\n  tls.key: ${s(base64Of(`${BEGIN}RSA PRIVATE KEY-----\n` + pemBody(200).join('\n')).slice(44))}\nkind: Secret`.replace(
      'tls.key: ',
      'tls.key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpa',
    ),
  );
  p('k8s', (s) => `helm install app ./chart --set db.password=${s(b62(14))} --set-string auth.apiKey=${s(hex(32))}`);
  p(
    'k8s',
    (s) =>
      `users:\n- name: oidc\n  user:\n    auth-provider:\n      config:\n        id-token: ${s(jwt())}\n        refresh-token: ${s(b62(48))}`,
  );
  p('k8s', (s) => `kubectl config set-credentials ada --token=${s(jwt())}`);
  p('k8s', (s) => `argocd login argocd.acme.io --username admin --password ${s(b62(15) + '1')}`);
  p('docker', (s) => `docker secret create db_pass - <<< "${s(noq(human()))}"`);
  p('docker', (s) => `docker run -d --name db -e "MARIADB_ROOT_PASSWORD=${s(noq(human()))}" mariadb`);
  p(
    'docker',
    (s) =>
      `aws ecr get-login-password | docker login ... \n{"auths":{"123.dkr.ecr.eu-west-1.amazonaws.com":{"auth":"${s(base64Of('AWS:eyJwYXlsb2FkIjoi' + b62(100)))}"}}}`,
  );
  p('ci', (s) => `- script: |\n    sonar-scanner -Dsonar.token=${s('sqp_' + hex(40))}`);
  p('ci', (s) => `withEnv(["DEPLOY_KEY=${s(b62(32))}"]) { sh './deploy.sh' }`);
  p('ci', (s) => `##[debug]INPUT_TOKEN='${s('ghs_' + b62(36))}'`);
  p('ci', (s) => `gh secret set NPM_TOKEN --body "${s('npm_' + b62(36))}"`);
  p('ci', (s) => `az pipelines variable create --name DbPass --secret true --value ${s(noq(pw(14)))}`);
  p('ci', (s) => `gcloud secrets versions add db --data-file=- <<< ${s(b62(20) + '9')}`);
  p('ci', (s) => `vault kv put secret/app api_key=${s(hex(32))} db_password=${s(human())}`);
  p('ci', (s) => `aws ssm put-parameter --name /app/db --type SecureString --value '${s(noq(pw(14)))}'`);
  p(
    'ci',
    (s) =>
      `aws secretsmanager create-secret --name db --secret-string '{"username":"app","password":"${s(noq(pw(14)))}"}'`,
  );
  p('ci', (s) => `echo "::set-output name=x::y" && export NODE_AUTH_TOKEN=${s('npm_' + b62(36))}`);
  p('ci', (s) => `wrangler secret put STRIPE <<< ${s('sk_live_' + b62(24))}`);
  p('ci', (s) => `vercel env add DB_URL production <<< "postgres://a:${s(b62(12))}@db/app"`);
  p('ci', (s) => `ansible-playbook site.yml -e "db_password=${s(human())} env=prod"`);
  p('ci', (s) => `TF_VAR_db_password=${s(human())} terraform apply`);
  p('ci', (s) => `terraform output\ndb_password = "${s(noq(pw(16)))}"\nkubeconfig = <sensitive>`);
  p(
    'ci',
    (s) =>
      `{"resources":[{"type":"random_password","instances":[{"attributes":{"length":16,"result":"${s(noq(pw(16)))}"}}]}]}`,
  );

  return rows;
}

export function commandsAndFilesHarmless(seed = 5511): HarmlessRow[] {
  const { b62, hex, b36, B36, b64c, url, digits, b64, uuid } = drawsOf(seed);
  const rows: HarmlessRow[] = [];
  const n = (kind: string, ...texts: readonly string[]): void => {
    for (const text of texts) rows.push({ kind, text });
  };
  n(
    'curl',
    `curl -u 'demo:demo' http://localhost:3000`,
    `curl -sf --user "$2:$3" "$1"`,
    `curl -u <name:password> https://example.org/v1`,
    `curl --user admin:[PASSWORD] http://[HOST]:7474/`,
    `curl -u "ada" http://localhost:3000/whoami`,
    `curl -u "\${user}:\${pass}" https://example.org`,
    `curl -u "\${{ env.USER_ID }}:\${{ env.PASS }}" https://example.org`,
    `curl --user "$(cat user.txt):$(cat pass.txt)" https://example.org`,
    `curl --user "ada@example.org" --upload-file mail.txt smtps://smtp.example.org`,
    `curl -H "Authorization: Bearer XXXXXXXXXXXX" https://example.org`,
    `curl -H "Authorization: Basic ..." https://example.org`,
    `curl -H "Authorization: Bearer $(gcloud auth print-access-token)" https://example.org/executions/${uuid()}`,
    `curl -H "apikey: $API_KEY" "$API_URL/v1/stats"`,
    `curl -fsSL https://example.org/setup | sudo -E bash -`,
  );
  n(
    'names',
    `"accessor": "${b62(16)}",`,
    `access_id: ${uuid()}`,
    `accessibilityOptionId = "${uuid()}"`,
    `this.pictureBox${digits(1)}.Name = "pictureBox${digits(1)}";`,
    `message-api:rc0.15.0_20251217_1420-SNAPSHOT`,
    `SomeAPI_version=${hex(40)}`,
    `org.example.some-api:jar:1.7.8:compile (version managed)`,
    `author = "ada@example.org",`,
    `Authentication-Results: mx1.example.org`,
    `usernamePassword(credentialsId: '${uuid()}', usernameVariable: 'USERNAME', passwordVariable: 'PASSWORD')`,
    `deployCredentialsId: '${uuid()}'`,
    `CREDENTIALS_ID = "PROD_CLUSTER"`,
    `dev.credentials.url=dev1.api.example.org:5215`,
    `keyword: "Befähigung_P2"`,
    `struct X509_pubkey_st;`,
    `Ssl.KeyFile=server_rsa2048_priv.pem`,
    `"bucket_key": "SalesResults-1.2"`,
    `schemaKey = 'DOC_Vector_5_32'`,
    `app.keystore.file=env/cert.p12`,
    `-DKEYTAB_FILE=/tmp/app.keytab`,
    `KeySize = EncryptionKeySize.Key128Bit;`,
    `"key_name": "prod5zyxlmy-cmk",`,
    `"kms_key_id": "${uuid()}",`,
    `const keyChars = "0123456789abcdefghijklmnopqrstuvwxyz_-."`,
    `const keyText = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="`,
    `KeyPair = X25519.KeyPair`,
    `PuttyPassword=0`,
    `LLM_SECRET_NAME = "TEAM-GPT4-API-KEY"`,
    `<UserSecretsId>${uuid()}</UserSecretsId>`,
    `#RUN --mount=type=secret,id=a_secret \\\n#    A_SECRET=$(cat /run/secrets/a_secret) && \\`,
    `access_token_url='https://example.org/login/oauth/access_token',`,
    `implementation "io.jsonwebtoken:jjwt-jackson-0.11.2"`,
    `clientId = "${uuid()}"`,
    `GITHUB_API_KEY=\nOTHER_API_KEY=`,
    `SRCREV_some = "${hex(40)}"`,
    `LIC_FILES_CHKSUM = "file://license.html;md5=${hex(32)}"`,
    `TOKEN_AUDIENCE = "${uuid()}"`,
    `"SecretApiKey": "string"`,
    `ssh -p 2222 # the port`,
    `10.2.3.4 Chapter Local Area Network`,
  );
  n(
    'session',
    `Session ${uuid()} started at 2026-07-11T10:00:00Z`,
    `token usage: input 12034, output 900, cache_read 88123`,
    `Read(src/auth/password.ts)`,
    `● Update(src/tokens/refresh.ts)\n  ⎿  Updated with 3 additions and 1 removal`,
    `✓ src/auth/password.test.ts (12 tests) 48ms`,
    `FAIL  test/token.spec.ts > verify > rejects an expired token\nAssertionError: expected 'valid' to be 'expired'`,
    `Error: invalid signature\n    at verify (node_modules/jsonwebtoken/verify.js:171:19)`,
    `npm error code E401\nnpm error Incorrect or missing password.`,
    `remote: HTTP Basic: Access denied. The provided password or token is incorrect`,
    `Permission denied (publickey,password).`,
    `[1/4] Resolving packages...\nsuccess Saved lockfile.`,
    `PASS_MIN_DAYS 0\nPASS_MAX_DAYS 99999\nPASS_WARN_AGE 7`,
    `passwd: files systemd\nshadow: files`,
    `root:x:0:0:root:/root:/bin/bash`,
    `drwx------ 2 me me 4096 Jul 11 10:00 .ssh\n-rw------- 1 me me 2602 Jul 11 10:00 id_rsa`,
    `Host github.com\n  IdentityFile ~/.ssh/id_ed25519\n  IdentitiesOnly yes`,
    `git push --set-upstream origin fix/password-reset-token`,
    `gh auth status\ngithub.com\n  ✓ Logged in to github.com account octo (keyring)\n  - Token: gho_************************************`,
    `aws sts get-caller-identity\n{"UserId":"AIDA${B36(17)}","Account":"${digits(12)}","Arn":"arn:aws:iam::${digits(12)}:user/ada"}`,
    `{"AKID":"not set"}`,
    `kubectl get secrets\nNAME   TYPE     DATA   AGE\ndb     Opaque   2      12d`,
    `docker secret ls\nID                          NAME      DRIVER\n${b36(25)}   db_pass`,
    `terraform plan\n  + password = (sensitive value)`,
    `  ~ token = (sensitive value) -> (known after apply)`,
    `vault token lookup\naccessor    ${b62(24)}\nexpire_time n/a`,
    `heroku config\nDATABASE_URL: [set]`,
    `NODE_OPTIONS=--max-old-space-size=4096 npm run test:auth`,
    `Compiling secrecy v0.10.3\nCompiling password-hash v0.5.0`,
    `go: downloading github.com/golang-jwt/jwt/v5 v5.2.1`,
    `added 12 packages: passport@0.7.0 passport-jwt@4.0.1`,
  );
  n(
    'hash',
    `bcrypt.compare(password, user.passwordHash)`,
    `commit-graph-chain ${hex(40)}`,
    `asset manifest: {"main.js":"main.${hex(20)}.js"}`,
    `cache-key: v1-deps-${hex(64)}`,
    `nix-store /nix/store/${b36(32)}-openssl-3.0.13`,
    `brew: sha256 cellar: :any, arm64_sequoia: "${hex(64)}"`,
    `pnpm: resolution: {integrity: sha512-${b64(64)}}`,
    `Gemfile.lock CHECKSUMS\n  bcrypt (3.1.20) sha256=${hex(64)}`,
    `poetry: {file = "cryptography-42.0.5.whl", hash = "sha256:${hex(64)}"}`,
    `"contentHash": "${b64(64)}"`,
    `yarn: checksum: 10c0/${hex(128)}`,
    `uv: { url = "https://files.pythonhosted.org/x.whl", hash = "sha256:${hex(64)}", size = 12 }`,
    `Cargo: checksum = "${hex(64)}"`,
    `.sha1: ${hex(40)} *jdk.tar.gz`,
    `Content-MD5: ${b64(16)}`,
    `Digest: SHA-256=${b64(32)}`,
    `X-Amz-Content-Sha256: ${hex(64)}`,
    `Sec-WebSocket-Key: ${b64(16)}\nSec-WebSocket-Version: 13`,
    `Sec-WebSocket-Accept: ${b64(20)}`,
    `sourceHash=${hex(32)}`,
    `buildId: "${url(21)}"`,
    `/_next/static/${url(21)}/_buildManifest.js`,
    `?v=${hex(8)}&h=${hex(40)}`,
    `snapshot \`${hex(64)}\``,
    `objectId ${hex(24)}`,
    `ipfs://bafybei${b36(52)}`,
    `did:key:z6Mk${b62(44)}`,
    `0x${hex(40)} → 0x${hex(40)}`,
    `txid ${hex(64)} confirmed`,
    `pubkey: ${hex(66)}`,
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${b64c(300)} ada@laptop`,
    `publicKey: "${b64(32)}"`,
    `PublicKey = ${b64(32)}\nEndpoint = vpn.acme.io:51820`,
    `"x":"${url(43)}","y":"${url(43)}","crv":"P-256","kty":"EC"`,
    `"n":"${url(342)}","e":"AQAB","kty":"RSA","kid":"${url(27)}"`,
  );
  n(
    'code',
    `password: z.string().min(8).max(128)`,
    `const hashed = await argon2.hash(dto.password);`,
    `@Column({ select: false }) password: string;`,
    `password = models.CharField(max_length=128)`,
    `user.setPassword(passwordEncoder.encode(request.getPassword()));`,
    `expect(screen.getByLabelText(/password/i)).toBeInTheDocument()`,
    `await page.getByLabel('Password').fill(process.env.E2E_PASSWORD!)`,
    `cy.get('[name=password]').type(Cypress.env('password'))`,
    `token: ctx.session.accessToken,`,
    `headers: { Authorization: \`Bearer \${token}\` }`,
    `if (!token) return res.status(401).json({ error: 'missing token' })`,
    `export type Token = { kind: TokenKind; start: number; end: number }`,
    `const [token, setToken] = useState<string | null>(null)`,
    `secret = Rails.application.credentials.dig(:aws, :secret_access_key)`,
    `api_key: ENV.fetch("STRIPE_API_KEY")`,
    `secret_key: settings.SECRET_KEY`,
    `.setSecret(config.get('auth.secret'))`,
    `key := os.Getenv("API_KEY")`,
    `log.Printf("token expires in %d seconds", ttl)`,
    `throw new UnauthorizedException('Invalid credentials')`,
    `$this->validate($request, ['password' => 'required|min:8|confirmed']);`,
    `'password' => Hash::make($request->password),`,
    `'secret' => env('STRIPE_SECRET'),`,
    `@Value("\${jwt.secret}") private String jwtSecret;`,
    `auth: { user: process.env.SMTP_USER, pass: process.env.SMTP_PASS }`,
    `password_confirmation: params[:password_confirmation]`,
    `resource "random_password" "db" {\n  length  = 24\n  special = false\n}`,
    `sensitive = true`,
    `password = random_password.db.result`,
    `secrets:\n  db_password:\n    file: ./db_password.txt`,
    `- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}`,
    `env_file: .env.local`,
    `NPM_TOKEN: \${{ secrets.NPM_TOKEN }}`,
    `password: \${DB_PASSWORD}`,
    `basic_auth:\n  password_file: /etc/prom/pass`,
    `ssl_certificate_key /etc/letsencrypt/live/acme/privkey.pem;`,
    `const tokenRegex = /^[A-Za-z0-9_-]{20,}$/`,
    `const SECRET_PATTERN = /sk_live_[A-Za-z0-9]{24}/`,
    `// e.g. postgres://user:pass@host/db`,
    `"token": "<paste your token>"`,
    `"apiKey": "YOUR_API_KEY"`,
    `apiKey: "test-api-key"`,
    `password: "password123"`.replace('password123', 'password'),
    `const key = \`\${prefix}:\${userId}:profile\`;`,
    `keys: ["createdAt", "userId"]`,
    `<Key>Escape</Key>`,
    `event.key === 'ArrowDown'`,
    `for (const [key, value] of Object.entries(headers))`,
    `key={item.id}`,
    `tokens: { colors: { primary: '#1e293b' } }`,
    `design-tokens/color-primary-500`,
    `<PasswordInput value={password} onChange={setPassword} />`,
  );
  n(
    'prose',
    `비밀번호가 일치하지 않습니다.`,
    `비밀번호는 8자 이상이어야 합니다.`,
    `Пароль должен содержать не менее 8 символов.`,
    `Неверный пароль.`,
    `Hasło jest nieprawidłowe.`,
    `A senha deve ter pelo menos 8 caracteres.`,
    `La password è obbligatoria.`,
    `Şifre en az 8 karakter olmalıdır.`,
    `Mật khẩu không đúng.`,
    `Das Token ist abgelaufen; melde dich neu an.`,
    `Le jeton a expiré.`,
    `El token no es válido.`,
    `令牌已过期，请重新登录。`,
    `API 密钥未配置。`,
    `トークンの有効期限が切れています。`,
    `认证失败：用户名或密码错误`,
    `Use a password of at least 12 characters, e.g. four random words.`,
    `I moved the credentials into the keychain and deleted the old ones.`,
    `The secret to good tests: fast and honest.`,
    `Key takeaways: caching helps, retries hurt.`,
    `Do you want to store the password in plain text? [y/N]`,
    `login: success, user: ada, role: admin`,
    `The token is: valid`,
    `Password: required`,
    `Secret: none`,
    `pw: 12/12 rounds`,
    `pass: 1203, fail: 2`,
    `bypass the cache with ?nocache=1`,
    `compass/passenger/passport modules upgraded`,
    `The Monkey key press handler was removed in 2.4.1.`,
    `Rotated: STRIPE_SECRET_KEY, SENDGRID_API_KEY (values in 1Password)`,
  );

  return rows;
}
