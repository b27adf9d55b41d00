// Inputs that drive bad regular expressions mad: each repeats what opens a rule and never lets it end.

export interface HostileInput {
  readonly name: string;
  /** A text of about so many characters. */
  readonly make: (length: number) => string;
}

const OPENERS: Readonly<Record<string, string>> = {
  'private openers': '<private>',
  'private closers': '</private>',
  'private half tags': '<private ',
  'entities of tags': '&lt;private',
  'begin lines': ['-----BE', 'GIN RSA PRIVATE KEY-----\n'].join(''),
  'begin lines without a break': ['-----BE', 'GIN '].join(''),
  'key lines': `${'QUJD'.repeat(16)}\n`,
  'base64 without a break': 'QUJDabc1',
  curl: 'curl ',
  'curl -u': 'curl -u ',
  authorization: 'authorization: ',
  'bearer ': 'bearer ',
  cookie: 'cookie: a=b; ',
  'scheme and colon': 'a://b:',
  'scheme and slashes': '://',
  'password=': 'password=',
  'password: "': 'password: "',
  'escaped quotes': '\\"password\\":\\"',
  backslashes: '\\',
  'key=key=': 'key=',
  'netrc machines': 'machine a login b ',
  'kind: Secret': 'kind: Secret\ndata:\n',
  'jwt heads': 'eyJhbGciOiJIUzI1NiJ9.',
  'jwt dots': 'eyJ.eyJ.',
  'slack urls': 'hooks.slack.com/services/',
  'prefixes ghp_': 'ghp_',
  'prefixes sk-': 'sk-',
  'prefixes AKIA': 'AKIA',
  'dots and words': 'a.b-c_',
  'hex run': 'deadbeef',
  digits: '0123456789',
  'percent escapes': '%3C%2F',
  'unicode escapes': '\\u0061',
  'hex escapes': '\\x61',
  entities: '&amp;',
  'ansi colours': '\u001B[31m',
  'ansi links': '\u001B]8;;',
  'zero width': '\u200B',
  'quotes and blanks': '" \' ` ',
  blanks: ' ',
  tabs: '\t',
  'line breaks': '\n',
  'passwords in prose': 'password is ',
  'options --password': '--password ',
  'mysql -p': 'mysql -p',
  'docker auth': '"auth": "',
  'define calls': "define('DB_PASSWORD', ",
  'xml password': '<password>',
  'connection strings': 'AccountKey=',
  'server and pwd': 'Server=a;Pwd=',
  'upper-case letters that grow': '\u0130',
  surrogates: '\u{1F600}',
};

export const HOSTILE_INPUTS: readonly HostileInput[] = Object.entries(OPENERS).map(([name, opener]) => ({
  name,
  make: (length) => opener.repeat(Math.ceil(length / opener.length)).slice(0, length),
}));
