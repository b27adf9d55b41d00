// Credentials in code: arguments of calls, defaults, statements of SQL.

import { isIdentifierish, isWord, lineBefore, rule } from './credential-rule.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from '../values.ts';

export const CODE_CREDENTIALS: readonly Rule[] = [
  rule(
    'basic-auth',
    ['auth=(', 'auth = (', 'basicauth(', 'basic_auth(', 'setbasicauth('],
    [String.raw`auth ?(?:= ?)?\(\s{0,4}["'][^"'\s]{1,100}["']\s{0,4},\s{0,4}["']([^"'\s]{4,200})(?=["'])`, 'gi'],
    (secret) => isPlaceholder(secret) || isWord(secret),
    '(',
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
    'password',
    ['login(', 'authenticate(', 'signin(', 'auth(', 'credentials(', 'credential(', 'authentication('],
    [
      String.raw`(?:login|authenticate|signin|auth|credentials?|authentication)\(\s{0,3}["'\x60][^"'\x60\n]{1,80}["'\x60]\s{0,3},\s{0,3}["'\x60]([^"'\x60\s]{7,120})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || (/^\w+$/.test(secret) && /[A-Za-z]{3}\d{2,}$/.test(secret))),
    ',',
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
    'secret',
    'jwt.sign(,jwt.verify(,jwt.encode(,jwt.decode(,createhmac(,fernet(,cipheriv(,aes.new(,hmac.new(,keyspec('.split(
      ',',
    ),
    [
      String.raw`(?:jwt\.(?:sign|verify|encode|decode)\([^()\n]{1,120}, ?|createHmac\([^()\n]{1,40}, ?|create(?:C|Dec)ipheriv\([^()\n]{1,40}, ?|Fernet\(|AES\.new\(|(?:hmac|HMAC)\.[nN]ew\((?:[\w.]{1,30}, ?\[\]byte\()?|SecretKeySpec\()b?["'\x60]([^\s"'\x60]{12,200})(?=["'\x60])`,
      'g',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
  ),
  // Where a type stands between name and value.
  rule(
    'password',
    ['string =', 'str =', 'string? =', 'undefined =', 'null =', 'string> =', 'char[] =', 'bytes =', 'text ='],
    [
      String.raw`(?:pass|password|passwd|passphrase|secret|token|key)\w{0,20}(?:\? ?)?(?::? {1,3}|: ?)&?(?:'static )?(?:[\w.]{1,24}[<[])?(?:string|str|bytes|text|char)\b[\w<>[\]?|. ]{0,24}= {0,3}[bruf@]?["'\x60]([^\s"'\x60]{7,400})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !(isChosenPassword(secret) || isRandom(secret)),
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
  // A pair that is encoded where it is used.
  rule(
    'basic-auth',
    ['btoa(', 'encode(', 'encode64(', 'base64_encode(', 'buffer.from(', 'tostring(', 'getbytes('],
    [
      String.raw`(?:btoa|encode(?:64|String)?|Buffer\.from|encodeToString|GetBytes)\(\s{0,3}b?["'\x60][\w.@-]{1,60}:([^\s"'\x60]{4,200})(?=["'\x60])`,
      'gi',
    ],
    (secret) => isPlaceholder(secret) || isWeakValue(secret),
    ':',
  ),
  // What is hashed or compared, where somebody tries it by hand.
  rule(
    'password',
    ['verify(', 'compare(', 'hash(', 'sync(', 'matches(', 'encrypt(', 'decrypt(', 'setpassword('],
    [
      String.raw`(?:verify|compare|hash|sync|matches|encrypt|decrypt|setpassword)\(\s{0,3}b?["'\x60]([^\s"'\x60]{8,100})(?=["'\x60])`,
      'gi',
    ],
    (secret) => !isChosenPassword(secret) || !/[!@#$%^&*+?~]/.test(secret) || /[/\\]/.test(secret),
  ),
];
