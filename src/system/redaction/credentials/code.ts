// Credentials in code: arguments of calls, defaults, statements of SQL.

import { isIdentifierish, isWord, rule } from './credential-rule.ts';
import {
  COMPARED,
  DEFAULT_OF_VARIABLE,
  ENCODED_PAIR,
  KEY_IN_CALL,
  PASSWORD_IN_CALL,
  TYPED_VALUE,
} from './frequent-code.ts';
import type { Rule } from '../rule.ts';
import { isChosenPassword, isPlaceholder, isRandom } from '../values.ts';

export const CODE_CREDENTIALS: readonly Rule[] = [
  rule(
    'basic-auth',
    ['auth=(', 'auth = (', 'basicauth(', 'basic_auth(', 'setbasicauth('],
    [String.raw`auth ?(?:= ?)?\(\s{0,4}["'][^"'\s]{1,100}["']\s{0,4},\s{0,4}["']([^"'\s]{4,200})(?=["'])`, 'gi'],
    (secret) => isPlaceholder(secret) || isWord(secret),
    '(',
  ),
  KEY_IN_CALL,
  PASSWORD_IN_CALL,
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
  TYPED_VALUE,
  DEFAULT_OF_VARIABLE,
  rule(
    'secret',
    ['define('],
    [
      String.raw`define\(\s{0,3}["'][A-Z_]{0,40}(?:KEY|SALT|PASSWORD|SECRET|TOKEN)["']\s{0,20},\s{0,20}'([^'\n]{12,200})(?=')`,
      'g',
    ],
    (secret) => isPlaceholder(secret) || /^[A-Za-z ]+$/.test(secret),
  ),
  ENCODED_PAIR,
  COMPARED,
];
