// Credentials that are known by where they stand, all rules of them.

import { ADDRESS_CREDENTIALS } from './addresses.ts';
import { CODE_CREDENTIALS } from './code.ts';
import { COMMAND_CREDENTIALS } from './commands.ts';
import { FILE_CREDENTIALS } from './files.ts';
import { HEADER_CREDENTIALS } from './headers.ts';
import { SENTENCE_CREDENTIALS } from './sentences.ts';
import type { Rule } from '../rule.ts';

export const CREDENTIAL_RULES: readonly Rule[] = [
  ...ADDRESS_CREDENTIALS,
  ...HEADER_CREDENTIALS,
  ...COMMAND_CREDENTIALS,
  ...FILE_CREDENTIALS,
  ...CODE_CREDENTIALS,
  ...SENTENCE_CREDENTIALS,
];
