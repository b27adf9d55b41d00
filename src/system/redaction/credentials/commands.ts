// Credentials on command lines: flags, positional arguments, what is piped into a command.

import { flagRule, lineBefore, rule } from './credential-rule.ts';
import { COOKIE_FLAG, ECHOED, SHORT_FLAG, USER_FLAG, USER_OF_REQUEST } from './frequent-commands.ts';
import { PASSWORD_FLAGS, TOKEN_FLAGS } from './gate.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

export const COMMAND_CREDENTIALS: readonly Rule[] = [
  USER_FLAG,
  USER_OF_REQUEST,
  COOKIE_FLAG,
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
  flagRule(
    'password',
    PASSWORD_FLAGS.split('~'),
    [
      String.raw`(?<!\S)--[\w.-]{0,60}?(?:password|passwd|pass|passphrase|pwd|pw) {1,3}["']?([^\s"'$<-][^\s"'$<]{3,400})`,
      'gi',
    ],
    (secret) => isPlaceholder(secret),
    ' --',
  ),
  flagRule(
    'token',
    TOKEN_FLAGS.split('~'),
    [
      String.raw`(?<!\S)--[\w.-]{0,60}?(?:token|secret|key|auth|pat|bearer) {1,3}["']?([^\s"'$<-][^\s"'$<]{7,4000})`,
      'gi',
    ],
    (secret) =>
      isPlaceholder(secret) || isWeakValue(secret) || /^(?:id|type|src|env)=|^[a-z]{2,8}:\d{3,5}$/.test(secret),
    ' --',
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
      'gi',
    ],
    (secret) => isPlaceholder(secret) || /^(?:env|file|fd|stdin)\b/.test(secret),
    'pass',
  ),
  rule(
    'password',
    ['--password-stdin', '--passwd-stdin', 'chpasswd', 'passwd --stdin', 'sudo -s', 'secret create', 'kinit', 'su -'],
    [
      String.raw`\b(?:echo|printf)(?: -n| -e| %s| '%s'| "%s")* ["']?(?:[\w.-]{1,40}:)?([^\s"'$|]{4,400})(?=["']? {0,3}\| {0,3}(?:sudo |su |kinit|docker |podman |chpasswd|passwd |helm |crane |buildah |skopeo |oras ))`,
      'g',
    ],
    (secret) => isPlaceholder(secret),
    '|',
  ),
  ECHOED,
  rule(
    'password',
    [' <<<'],
    [String.raw`(?<=\s)<<< ?["']?([^\s"'$<]{6,4000})(?=["']?(?:\s|$|[;|)]))`, 'g'],
    (secret, offset, text) =>
      isPlaceholder(secret) ||
      !(
        isChosenPassword(secret) ||
        isRandom(secret) ||
        /\b(?:kinit|sudo|su|passwd|chpasswd|login|secrets?)\b/.test(lineBefore(text, offset))
      ),
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
  SHORT_FLAG,
  // As PowerShell writes flags.
  rule(
    'token',
    ['key "', "key '", 'token "', "token '", 'secret "', "secret '"],
    [String.raw`(?<=\s)-[A-Za-z]\w{0,60}?(?:key|token|secret) {1,3}["']([^\s"'$<]{8,4000})(?=["'])`, 'gi'],
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
    ' -',
  ),
  // As Windows writes flags.
  rule(
    'password',
    ['/p:', '/pass', '/pwd:', '/rp '],
    [String.raw`(?<=\s)/(?:p|pass|password|pwd|rp)[: ]["']?([^\s"'%$]{6,120})`, 'gi'],
    // `/p:Name=value` sets a property of a build.
    (secret) =>
      isPlaceholder(secret) || !/[^a-z]/.test(secret) || /^\d+$/.test(secret) || /^[A-Za-z]{2,40}=/.test(secret),
  ),
  // The value of a flag, where another flag or the command says what it is.
  rule(
    'secret',
    ['--value', '--secret-string', '--body'],
    [String.raw`(?<=\s)--(?:value|secret-string|body)[ =]["']?([^\s"'$<{][^\s"'$<]{5,4000})`, 'g'],
    (secret, offset, text) =>
      isPlaceholder(secret) ||
      !/secret|secure|passw|token|credential|[_-]key/i.test(lineBefore(text, offset)) ||
      !(isChosenPassword(secret) || isRandom(secret) || /secure ?string|secret set/i.test(lineBefore(text, offset))),
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
      String.raw`(?:\bchpasswd\b[^$]{0,200}?\n\s{0,12}[\w-]{1,32}:|\bnet use\b[^\n]{0,160}?/user:\S{1,80} {1,3}|\bnet use {1,3}(?:\w:|\*) {1,3}\\\\\S{1,120} {1,3}|\blftp\b[^\n]{0,80}? -u ["']?[^\s,]{1,60},|\b(?:store|key)Password ["']|\bmc alias set(?: \S{1,80}){3} {1,3}["']?)([^\s"'/:]{7,120})`,
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
      String.raw`(?:\bnet user {1,3}[\w.-]{1,40}|\b(?:requirepass|masterauth)|\b(?:useradd|usermod|ldap\w{2,10}|unzip|zip|7za?|openssl enc)\b[^\n|;]{0,200}? -[pPwk](?= {0,2}\S)|\bsmbclient\b[^\n|;]{0,120}?-U {0,2}["']?[\w\\.-]{1,40}%) {0,3}["']?([^\s"'$<-][^\s"'$<]{5,120}(?:\$[^\s"'{(]{1,60})?)`,
      'g',
    ],
    (secret) => !isChosenPassword(secret),
  ),
  // Where the command alone says what the word after it is.
  rule(
    'password',
    'htpasswd,add_user ,change_password ,openssl passwd,mkpasswd ,obscure ,config set --secret,wpa_passphrase,keyring set,hash-password'.split(
      ',',
    ),
    [
      String.raw`\b(?:htpasswd -\w{0,6}b\w{0,6} \S{1,200} \S{1,100}|(?:add_user|change_password) \S{1,100}|openssl passwd(?: -\w{1,6}){0,3}|mkpasswd|rclone obscure|config set --secret \S{1,100}|wpa_passphrase \S{1,100}|keyring set \S{1,60} \S{1,60}|hash-password(?: --plaintext)?) {1,3}["']?([^\s"'$<>)-][^\s"'$<>)]{5,200})`,
      'g',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  rule(
    'password',
    ['creds ', 'creds='],
    [String.raw`(?<=\s)--[\w-]{0,20}creds[ =]["']?[\w.@-]{1,80}:([^\s"'$]{4,200})`, 'g'],
    (secret) => isPlaceholder(secret),
    ':',
  ),
];
