// Code and prose that speak of secrets and hold none stay as they are: each line stood in a public project.

import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/system/redaction/redact.ts';

describe('left alone', () => {
  it.each([
    [
      'a comparison of Python',
      'if token == self.eof:\n    raise StopIteration\nelif token == START_ELEMENT:\n    pass\n',
    ],
    ['a scope of C++', 'bool parseToken(AsmToken::TokenKind T, FSDiscriminatorPass P = FSDiscriminatorPass::Pass1);\n'],
    ['a name that is given on', 'onresumptiontoken: onLastEventIdUpdate\n'],
    ['an author', '__author__ = "Lars Gust\\u00e4bel (lars@gustaebel.de)"\n'],
    ['a pattern of a range', 'token_range = "%d,%d-%d,%d:" % (token.start + token.end)\n'],
    ['a time', "last_pass_time => '1219328376.07815',\n"],
    ['a manager beside its module', 'MovedAttribute("HTTPPasswordMgr", "urllib2", "urllib.request"),\n'],
    ['a name of its own in camel case', 'AttributeOID.CHALLENGE_PASSWORD: "challengePassword",\n'],
    ['a word with pass in it', "[ 'crc-16-buypass', 'Crc16Buypass', 0x18005, NON_REVERSE ],\n"],
    ['the file of users', "readFile('/etc/passwd', 'utf8', callback);\n"],
    ['a call after a header', "authorization = base64.decodebytes(authorization).decode('ascii')\n"],
    ['how long a new key is', 'openssl req -x509 -newkey rsa:2048 -nodes -sha256\n'],
    ['a property of a build', 'msbuild "json-c.vcxproj" /m /verbosity:normal /p:OutDir=lib\\\n'],
    [
      'the mark of a key in code',
      '_SK_START = b"-----BEGIN OPENSSH PRIVATE KEY-----"\n_SK_END = b"-----END OPENSSH PRIVATE KEY-----"\n',
    ],
    ['a link to a heading', '[Pre-shared keys]: #pre-shared-keys\n'],
    ['an index', 'the source argument for a token is `args[token.index]`.\n'],
  ])('%s', (_, text) => {
    expect(redactText(text)).toEqual({ text, counts: {} });
  });
});

describe('cut', () => {
  it.each([
    // Documentation calls them harmless; whoever tests what leaks plants just these.
    ['AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE', 'AWS_ACCESS_KEY_ID=[redacted:secret]'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'AWS_SECRET_ACCESS_KEY=[redacted:secret]'],
    ['{"password":"Demo-Passw0rd-77!","user":"ada"}', '{"password":"[redacted:password]","user":"ada"}'],
  ])('%s, and nothing beside it', (text, cut) => {
    expect(redactText(text).text).toBe(cut);
  });
});
