// Rules of credentials whose hints stand in many texts. A hook loads the others only where one of their hints is.

import {
  AUTH_PAIR,
  COMPARED,
  DEFAULT_OF_VARIABLE,
  ENCODED_PAIR,
  KEY_IN_CALL,
  MIXED_VARIABLE,
  NAME_AND_VALUE,
  PASSWORD_IN_CALL,
  TYPED_VALUE,
} from './frequent-code.ts';
import { COOKIE_FLAG, ECHOED, SHORT_FLAG, USER_FLAG, USER_OF_REQUEST } from './frequent-commands.ts';
import {
  ACCOUNT_AT_HOST,
  ADDRESS_WITH_ACCOUNT,
  AFTER_KEY,
  CHOSEN_FOR_LOGIN,
  KEY_BY_NAME,
  QUOTED_AS,
  QUOTED_BESIDE,
  SESSION_COOKIE,
  URL_PASSWORD,
  URL_TOKEN,
  URL_USER,
} from './frequent-text.ts';
import type { Rule } from '../rule.ts';

/** In the order of all rules (all.ts). */
export const FREQUENT_CREDENTIALS: readonly Rule[] = [
  URL_PASSWORD,
  URL_USER,
  URL_TOKEN,
  ACCOUNT_AT_HOST,
  SESSION_COOKIE,
  USER_FLAG,
  USER_OF_REQUEST,
  COOKIE_FLAG,
  ECHOED,
  SHORT_FLAG,
  NAME_AND_VALUE,
  AUTH_PAIR,
  MIXED_VARIABLE,
  KEY_IN_CALL,
  PASSWORD_IN_CALL,
  TYPED_VALUE,
  DEFAULT_OF_VARIABLE,
  ENCODED_PAIR,
  COMPARED,
  KEY_BY_NAME,
  QUOTED_AS,
  ADDRESS_WITH_ACCOUNT,
  QUOTED_BESIDE,
  CHOSEN_FOR_LOGIN,
  AFTER_KEY,
];
