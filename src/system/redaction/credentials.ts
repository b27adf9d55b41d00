// Credentials that are known by where they stand: in URLs, headers, command lines, netrc and Docker files.

import { isChosenPassword, isPlaceholder, isRandom, isScrambled, isWeakValue } from './values.ts';
import type { Rule } from './rule.ts';

const rule = (
  kind: string,
  hints: readonly string[],
  [source, flags]: readonly [string, string],
  keep: NonNullable<Rule['keep']>,
  needs = '',
): Rule => {
  let compiled: RegExp | undefined;
  return { kind, hints, needs, pattern: () => (compiled ??= new RegExp(source, flags)), keep };
};

/** Expressions as texts: the engine checks literal ones when it loads the file, which a hook does at every event. */
export const CREDENTIAL_RULES: readonly Rule[] = [
  rule(
    'url-password',
    ['://'],
    [
      String.raw`://[^\s:/?#@"'<>\x60]{0,120}:([^\s@"'<>\x60/][^\s@"'<>\x60]{0,200}(?:@[^\s@/"'<>\x60]{0,100})?)(?=@)`,
      'g',
    ],
    (secret) =>
      isPlaceholder(secret) ||
      /\\[wdsS]|\[\^|\(\?/.test(secret) ||
      (/^(?:postgres|root|admin|user|guest|test|\d{2,5}\/)/i.test(secret) && isWeakValue(secret)) ||
      /^\d{1,5}(?:\/|$)/.test(secret),
    '@',
  ),
  rule('url-token', ['://'], [String.raw`://([A-Za-z0-9_-]{20,200})(?=@)`, 'g'], (secret) => !/\d/.test(secret), '@'),
  rule(
    'authorization',
    ['authorization'],
    [
      String.raw`authorization\\?["']?\s{0,3}[:=,]\s{0,3}\\?["'\x60]?(?:[A-Za-z]{3,12} {1,2})?([^\s"'\x60\\,;<>\x24{}()[\]]{8,4000})`,
      'gi',
    ],
    (secret) =>
      isPlaceholder(secret) || isWord(secret) || /^(?:req|res|ctx|this|process|headers?|config)\b/.test(secret),
  ),
  rule(
    'bearer',
    ['bearer '],
    [String.raw`\bbearer {1,2}([A-Za-z0-9._~+/-]{16,4000}={0,2})`, 'gi'],
    (secret) => isPlaceholder(secret) || !/\d/.test(secret) || /^[a-z._-]*$/i.test(secret),
  ),
  rule(
    'basic-auth',
    ['basic '],
    [String.raw`\bbasic {1,2}([A-Za-z0-9+/]{8,1000}={0,2})`, 'gi'],
    (secret) => !decodesToPair(secret),
  ),
  rule(
    'cookie',
    ['cookie'],
    [String.raw`\b(?:set-)?cookie2?\\?["']?: {0,3}\\?["']?([A-Za-z0-9_.$-]{1,80}=[^\n"'\x60\\]{6,8000})`, 'gi'],
    (secret) => /^[^=]*=(?:\$|<|\{|;|\[redacted)/.test(secret),
  ),
  rule(
    'basic-auth',
    ['-u', '--user', '--proxy-user', 'curl'],
    [
      String.raw`(?<=\s)(?:-[A-Za-z]{0,8}u|--user|--proxy-user)(?: {1,3}|=)?["']?[^\s:"'$]{1,100}:([^\s"'@]{3,200})`,
      'g',
    ],
    (secret, offset, text) =>
      isPlaceholder(secret) || !/\b(?:curl|wget|http|https|xh)\b/.test(lineBefore(text, offset)),
    ':',
  ),
  rule(
    'password',
    ['sshpass', 'docker login', 'podman login', 'redis-cli', 'mongosh', 'htpasswd', 'smbclient', 'lftp'],
    [String.raw`(?<=\s)(?:-p|-a)(?: {1,3}|=)?["']?([^\s"'$-][^\s"'$]{3,200})`, 'g'],
    (secret, offset, text) =>
      isPlaceholder(secret) ||
      /^\d{1,5}(?::\d{1,5})?$/.test(secret) ||
      !/\b(?:sshpass|(?:docker|podman) login|redis-cli|mongosh|htpasswd|smbclient|lftp)\b/.test(
        lineBefore(text, offset),
      ),
    ' -',
  ),
  rule(
    'password',
    ['-password ', '-passwd ', '-pass ', '-passphrase ', '-pw '],
    [
      String.raw`(?<!\S)--(?:[a-z]{1,20}-){0,3}(?:password|passwd|pass|passphrase|pw) {1,3}["']?([^\s"'$<-][^\s"'$<]{3,400})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret),
    ' --',
  ),
  rule(
    'token',
    ['-token ', '-secret ', '-key ', 'apikey ', '-auth '],
    [
      String.raw`(?<!\S)--(?:[a-z]{1,20}-){0,3}(?:token|secret|api-?key|key|auth|pat) {1,3}["']?([^\s"'$<-][^\s"'$<]{7,4000})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
    ' --',
  ),
  rule(
    'password',
    ['login '],
    [
      String.raw`\b(?:machine {1,3}\S{1,200}|default)\s{1,8}login\s{1,8}\S{1,200}\s{1,8}password\s{1,8}(\S{3,400})`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    'password',
  ),
  rule(
    'docker',
    ['auth"', 'auth\\"', '_auth'],
    [
      String.raw`(?:\\?"(?:auth|identitytoken)\\?"\s{0,3}:\s{0,3}\\?"|\b_auth\s{0,3}=\s{0,3}"?)([A-Za-z0-9+/_.-]{8,4000}={0,2})`,
      'g',
    ],
    (secret) => isWord(secret),
  ),
  rule(
    'password',
    [
      'password is ',
      'passwort ist ',
      'passwort lautet ',
      'kennwort ',
      'mot de passe ',
      'contrase\u00F1a ',
      'password: ',
      'pwd is ',
      'pw is ',
      'passphrase is ',
      'pin is ',
      'token is ',
      'key is ',
      'secret is ',
    ],
    [
      String.raw`\b(?:password|passwort|kennwort|mot de passe|contrase\u00F1a|passphrase|pwd|pw|pin|token|key|secret) (?:is|ist|lautet|est|es)(?: now| still| set to)?:? {1,2}["'\x60]?([^\s"'\x60<>()]{6,200})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWeakValue(secret.replace(/[.,;:!?]+$/, '')) || /[./]\w+$/.test(secret),
  ),
  rule(
    'basic-auth',
    ['curl', 'wget', 'http ', 'https ', 'xh '],
    [String.raw`(?<=\s)(?:-u|-a |--auth[ =])["']?([^\s:"'$/=-][^\s:"'$/=]{0,99}:[^\s"'@$]{3,200})`, 'g'],
    (secret, offset, text) =>
      /^\d{1,5}:\d{1,5}/.test(secret) ||
      isPlaceholder(secret.slice(secret.indexOf(':') + 1)) ||
      !/\b(?:curl|wget|https?|xh)\b/.test(lineBefore(text, offset)),
    ':',
  ),
  rule(
    'basic-auth',
    ['auth=(', 'auth = (', 'basicauth(', 'basic_auth(', 'setbasicauth('],
    [String.raw`auth ?(?:= ?)?\(\s{0,4}["'][^"'\s]{1,100}["']\s{0,4},\s{0,4}["']([^"'\s]{4,200})(?=["'])`, 'gi'],
    (secret) => isPlaceholder(secret) || isWord(secret),
    '(',
  ),
  rule(
    'cookie',
    ['curl'],
    [String.raw`(?<=\s)(?:-b|--cookie)[ =]["']?([\w.-]{1,80}=[^\n"'\x60\\]{6,4000})`, 'g'],
    (secret) => /=(?:\$|<|\{|\[redacted)/.test(secret),
    '=',
  ),
  rule(
    'password',
    ['mysql', 'mariadb'],
    [
      String.raw`\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b[^\n|;]{0,200}? -p([^\s"'$<>-][^\s"'$<>]{2,100})`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'password',
    [
      'storepass',
      'keypass',
      'srcpass',
      'destpass',
      'dbpass',
      'newpass',
      'oldpass',
      '-passin',
      '-passout',
      '-passphrase',

      ' -pass ',
      ' -password ',
    ],
    [
      String.raw`(?<=\s)-(?:(?:store|key|src|dest|deststore|srcstore|new|old|db)pass(?:word)?|pass(?:in|out)?|passphrase|pw|password)[ =](?:pass:)?["']?([^\s"'$<-][^\s"'$<]{3,200})`,
      'g',
    ],
    (secret) => isPlaceholder(secret) || /^(?:env|file|fd|stdin)\b/.test(secret),
    'pass',
  ),
  rule(
    'password',
    ['@tcp(', '@unix('],
    [String.raw`["'\x60=\s][\w.-]{1,60}:([^\s"'\x60@]{3,120})(?=@(?:tcp|unix)\()`, 'g'],
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'password',
    [':5432:', ':*:', ':3306:'],
    [
      String.raw`(?<![\w.:*-])[\w.*-]{1,120}:(?:\d{2,5}|\*):[\w*-]{1,63}:[\w*.-]{1,63}:([^\s:"'\x60]{4,200})(?!\S)`,
      'g',
    ],
    (secret) => isPlaceholder(secret) || /^\d+$/.test(secret),
  ),
  rule(
    'password',
    ['identified by', 'password ', 'identified with'],
    [
      String.raw`\b(?:identified (?:with \w{1,40} )?by|(?:encrypted |with |set )?password)(?: for \S{1,80})?(?: =|:)? {1,2}(?:as )?'([^'\s]{4,200})(?=')`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isIdentifierish(secret),
    "'",
  ),
  rule(
    'password',
    ['--password-stdin', '--passwd-stdin', 'chpasswd', 'passwd --stdin', 'sudo -s', 'password-stdin', 'secret create'],
    [
      String.raw`\b(?:echo|printf)(?: -n| -e| %s| '%s'| "%s")* ["']?(?:[\w.-]{1,40}:)?([^\s"'$|]{4,400})(?=["']? {0,3}\| {0,3}(?:sudo |docker |podman |chpasswd|passwd |helm |crane |buildah |skopeo |oras ))`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    '|',
  ),
  rule(
    'token',
    ['wandb login', 'vault login', 'auth init', 'auth login', 'login --', 'vercel', 'jira', 'gh auth', 'authtoken '],
    [
      String.raw`\b(?:wandb login|vault login|ngrok (?:config add-)?authtoken|snyk auth|doctl auth init|flyctl auth token|codecov)(?: -t| --relogin)? {1,3}["']?([A-Za-z0-9_.=-]{20,200})`,
      'g',
    ],
    (secret) => !isRandom(secret),
  ),
  rule(
    'token',
    [' -t ', ' --token'],
    [String.raw`(?<=\s)(?:-t|--token|--auth|--pat)[ =]["']?([A-Za-z0-9_.=-]{20,300})(?![A-Za-z0-9_./:-])`, 'g'],
    (secret) => !isRandom(secret),
  ),
  rule(
    'api-key',
    [
      'client(',
      'credentials(',
      'login(',
      'auth(',
      'sdk(',
      'api(',
      'key(',
      'token(',
      'secret(',
      'connect(',
      'init(',
      'twilio(',
      'search(',
      'configure(',
      'provider(',
    ],
    [
      String.raw`(?:client|credentials|login|auth|sdk|api|key|token|secret|connect|init|twilio|search|configure|provider)\((?:[^()\n]{0,120}[,\s])?["'\x60]([A-Za-z0-9_+/=.-]{24,200})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !isRandom(secret) || /^(?:sha\d{3}-|data:)/.test(secret),
    '(',
  ),
  rule(
    'api-key',
    [
      'api key',
      'api-key',
      'api token',
      'access token',
      'secret key',
      'auth token',
      'access key',
      'token |',
      'key |',
      'secret |',
      'password |',
    ],
    [
      String.raw`(?:(?:api|access|secret|auth|private|admin)[ -](?:key|token|secret)|\b(?:token|secret|password|key)(?= {0,3}\|))[^\n:=|]{0,20}[|:=\s]{1,5}["'\x60*]{0,3}([^\s"'\x60|*<>()[\]]{12,400})(?=["'\x60*]{0,3}(?:[\s|.,;]|$))`,
      'gi',
    ],
    (secret) => !isRandom(secret.replace(/[.,;]$/, '')),
  ),
  rule(
    'api-key',
    ['unseal key', 'root token', 'recovery key', 'recovery code', 'backup code'],
    [
      String.raw`\b(?:unseal key|root token|recovery key|recovery code|backup code)s?(?: \d{1,2})?: {1,3}([A-Za-z0-9+/=._-]{8,120})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWord(secret),
    ': ',
  ),
  rule(
    'seed-phrase',
    ['mnemonic', 'seed phrase', 'recovery phrase', 'seed words'],
    [
      String.raw`\b(?:mnemonic|seed phrase|recovery phrase|seed words)(?: is)?["']?\s{0,3}[:=]?\s{0,3}["'\x60]?((?:[a-z]{3,8} ){11,23}[a-z]{3,8})\b`,
      'gi',
    ],
    (secret) => /\b(?:the|and|is|are|of|to|a|an|for|with|that|this)\b/.test(secret),
    ' ',
  ),
  rule(
    'sentry-dsn',
    ['ingest.', 'sentry.io'],
    [String.raw`://([0-9a-f]{32}(?::[0-9a-f]{32})?)(?=@)`, 'g'],
    () => false,
  ),
  rule(
    'password',
    ['@'],
    [String.raw`(?<![\w/:.@-])[\w.-]{2,40}:([^\s:@"'\x60/\\]{7,100})(?=@[\w-]{1,60}\.[\w.-]{1,100})`, 'g'],
    (secret) => !isChosenPassword(secret),
    ':',
  ),
  rule(
    'password',
    ['password ', 'passwort ', 'passphrase ', 'kennwort ', 'passcode '],
    [
      String.raw`\b(?:password|passwort|passphrase|kennwort|passcode) (?:for [^\n]{1,120}?:\s{1,4})?["'\x60]?([^\s"'\x60,;]{7,120})`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/[.,;:!?)]+$/, '')),
  ),
  rule(
    'password',
    ['credentials', 'login:', 'log in as', 'log in with', 'logged in as'],
    [
      String.raw`\b(?:credentials?(?: are| is)?|login|log(?:ged)? in (?:as|with)):? {0,2}["'\x60]?[\w.@-]{2,60}["'\x60]? ?[/,:|] ?["'\x60]?([^\s"'\x60,;]{7,120})`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret.replace(/[.,;:!?)]+$/, '')),
  ),
  rule(
    'password',
    ['login(', 'authenticate(', 'signin(', 'auth(', 'credentials(', 'credential(', 'authentication('],
    [
      String.raw`(?:login|authenticate|signin|auth|credentials?|authentication)\(\s{0,3}["'\x60][^"'\x60\n]{1,80}["'\x60]\s{0,3},\s{0,3}["'\x60]([^"'\x60\s]{7,120})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret),
    ',',
  ),
  rule(
    'password',
    ["-p '", '-p "', "-p'", '-p"', "-w '", '-w "'],
    [String.raw`(?<=\s)-[pPw] ?["']([^\s"'$]{7,100})(?=["'])`, 'g'],
    (secret) => !isChosenPassword(secret),
    ' -',
  ),
  rule(
    'password',
    ['jdbc:oracle:', 'sqlplus '],
    [
      String.raw`(?:jdbc:oracle:\w{1,10}:|\bsqlplus (?:-\w{1,10} ){0,3})[^\s/"'@]{1,60}/["']?([^\s"'@/$<]{3,120})(?=["']?@)`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    '@',
  ),
  rule(
    'password',
    [
      'authprovider(',
      'getconnection(',
      'pdo(',
      'mysqli(',
      'mysqli_connect(',
      'pg_connect(',
      'createconnection(',
      'sequelize(',
    ],
    [
      String.raw`(?:authprovider|getconnection|pdo|mysqli|mysqli_connect|pg_connect|createconnection|sequelize)\((?:[^()\n]{0,160},)?\s{0,3}["'\x60]([^"'\x60\s]{7,120})(?=["'\x60]\s{0,3}[,)])`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  // An entry of a list of names and values: containers, task definitions, pipelines.
  rule(
    'secret',
    ['value:', 'value"', "value'", 'value =', 'value='],
    [
      String.raw`\b(?:name|key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?[\w.-]{0,60}(?:pass|password|passwd|secret|token|api_?key|credentials?)\\?["']?,?\s{0,16}\\?["']?value\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([^\s"'\\,}]{7,400})`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'password',
    ['base64 -d', 'base64 --decode'],
    [
      String.raw`(?:password|passwd|secret|token|credential)[^\n]{0,160}base64 (?:-d|-D|--decode)[^\n]{0,20}\n(\S{7,400})`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'password',
    ['chpasswd', 'net use ', 'lftp ', 'storepassword ', 'keypassword ', 'mc alias set '],
    [
      String.raw`(?:\bchpasswd\b[^$]{0,200}?\n\s{0,12}[\w-]{1,32}:|\bnet use\b[^\n]{0,160}?/user:\S{1,80} {1,3}|\blftp\b[^\n]{0,80}? -u ["']?[^\s,]{1,60},|\b(?:store|key)Password ["']|\bmc alias set(?: \S{1,80}){3} {1,3}["']?)([^\s"'/:]{7,120})`,
      'g',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  rule(
    'password',
    ['send "', 'send -- "'],
    [String.raw`\bsend (?:-- )?"([^"\s]{7,120}?)(?=\\[rn]")`, 'g'],
    (secret) => !isChosenPassword(secret),
    'expect',
  ),
  rule(
    'password',
    ['altool', 'notarytool', 'app-specific'],
    [String.raw`(?<![\w-])[a-z]{4}(?:-[a-z]{4}){3}(?![\w-])`, 'g'],
    () => false,
  ),
  rule(
    'secret',
    ['jwt.sign(', 'jwt.verify(', 'jwt.encode(', 'jwt.decode(', 'createhmac(', 'fernet('],
    [
      String.raw`(?:jwt\.(?:sign|verify|encode|decode)\([^()\n]{1,120}, ?|createHmac\([^()\n]{1,40}, ?|Fernet\()b?["'\x60]([^\s"'\x60]{12,200})(?=["'\x60])`,
      'g',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'password',
    ['as the ', 'is the ', 'is my ', 'is our ', 'as my '],
    [
      String.raw`["'\x60]([^\s"'\x60]{7,120})(?=["'\x60] (?:as|is) (?:the|my|our) (?:[\w-]{1,20} ){0,3}(?:password|passphrase|token|secret)\b)`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  // Where a type stands between name and value.
  rule(
    'password',
    [' string =', ': string =', ' str =', ': str ='],
    [
      String.raw`(?:pass|password|passwd|passphrase|secret|token|key)\w{0,20}(?::? {1,3})(?:string|str) {0,3}= {0,3}["'\x60]([^\s"'\x60]{7,400})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'jwk',
    ['kty'],
    [String.raw`"(?:d|p|q|dp|dq|qi|k)\\?"\s{0,3}:\s{0,3}\\?"([A-Za-z0-9_-]{40,1400})(?=\\?")`, 'g'],
    (secret) => !isRandom(secret),
  ),
  // What an environment variable is replaced by when it is not set.
  rule(
    'password',
    ['env.', "env['", 'env["', 'env.fetch(', 'getenv(', 'environ.get(', 'env('],
    [
      String.raw`(?:env\.|env\[["']|fetch\(["']|getenv\(["']|environ\.get\(["']|\benv\(["'])\w{1,80}["')\]]{0,3}\s{0,2}(?:\|\||\?\?|\?:|,|\bor\b)\s{0,2}["'\x60]([^\s"'\x60]{7,300})(?=["'\x60])`,
      'gi',
    ],
    (secret, offset, text) =>
      !(isChosenPassword(secret) || isRandom(secret)) ||
      !/pass|pwd|secret|token|key|credential/i.test(
        lineBefore(text, offset) + text.slice(offset, offset + 100).split(/["'\x60] ?[|?,]|\|\||\?\?/)[0],
      ),
  ),
  rule(
    'secret',
    ['define('],
    [
      String.raw`define\(\s{0,3}["'][A-Z_]{0,40}(?:KEY|SALT|PASSWORD|SECRET|TOKEN)["']\s{0,20},\s{0,20}'([^'\n]{12,200})(?=')`,
      'g',
    ],
    (secret) => isPlaceholder(secret) || /^[A-Za-z ]+$/.test(secret),
  ),
  rule(
    'token',
    ['token '],
    [String.raw`\btoken["'\x60]?[ \t]{1,20}["'\x60]?([A-Za-z0-9_.=-]{20,300})(?![\w./:-])`, 'gi'],
    (secret) => !isRandom(secret),
  ),
  rule(
    'cookie',
    ['.cookie'],
    [String.raw`\.cookie\s{0,2}=\s{0,2}["'\x60]([\w.-]{1,60}=[^\s"'\x60;]{16,2000})`, 'g'],
    (secret) => !isRandom(secret.slice(secret.indexOf('=') + 1)),
    '=',
  ),
  rule(
    'secret',
    ['secret set'],
    [String.raw`\bsecrets? set {1,3}[\w.-]{1,80}[^\n]{0,60}? (?:-b|--body|--value)[ =]["']?([^\s"'$<]{6,4000})`, 'g'],
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'password',
    ['securestring'],
    [String.raw`ConvertTo-SecureString {1,3}(?:-String {1,3})?["']([^"'$\n]{4,200})(?=["'])`, 'gi'],
    (secret) => isPlaceholder(secret),
  ),
  rule(
    'password',
    [
      'net user ',
      'useradd',
      'usermod',
      'ldap',
      'smbclient',
      'zip -',
      '7z ',
      'openssl enc',
      'requirepass ',
      'masterauth ',
    ],
    [
      String.raw`(?:\bnet user {1,3}[\w.-]{1,40}|\b(?:requirepass|masterauth)|\b(?:useradd|usermod|ldap\w{2,10}|unzip|zip|7za?|openssl enc)\b[^\n|;]{0,200}? -[pPwk](?= {0,2}\S)|\bsmbclient\b[^\n|;]{0,120}?-U {0,2}[\w\\.-]{1,40}%) {0,3}["']?([^\s"'$<-][^\s"'$<]{5,120}(?:\$[^\s"'{(]{1,60})?)`,
      'g',
    ],
    (secret) => !isChosenPassword(secret),
  ),
];

function isWord(secret: string): boolean {
  return /^[A-Za-z_.-]{0,40}$/.test(secret) && !isScrambled(secret);
}

/** `user_name`, `Enter your password`: what code and SQL put in quotes without being secret. */
function isIdentifierish(secret: string): boolean {
  return /^[A-Za-z_]+$/.test(secret) && !isScrambled(secret);
}

/** The part of the line that stands before a match; at most 400 characters. */
function lineBefore(text: string, offset: number): string {
  const from = Math.max(0, offset - 400);
  const part = text.slice(from, offset);
  return part.slice(part.lastIndexOf('\n') + 1);
}

function decodesToPair(secret: string): boolean {
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,200}:[\x20-\x7e]{1,400}$/.test(decoded);
}
