// What a tokenizer does to the whole text before it is split: cases, accents, Unicode forms, replacements.

import { fieldsOf, invalidPart, listOf, patternOf, textOf } from './part.ts';
import type { Fields } from './part.ts';

type Normalize = (text: string) => string;

/** The normaliser that a tokenizer.json describes; none changes nothing. Throws `invalid_input` for an unknown one. */
export function createNormalizer(part: unknown): Normalize {
  if (part === null || part === undefined) return (text) => text;
  const fields = fieldsOf(part, PLACE);
  switch (fields['type']) {
    case 'Sequence':
      return inSequence(listOf(fields['normalizers'], PLACE).map(createNormalizer));
    case 'BertNormalizer':
      return createBertNormalizer(fields);
    case 'Lowercase':
      return (text) => text.toLowerCase();
    case 'StripAccents':
      return (text) => text.replace(MARKS, '');
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = fields['type'];
      return (text) => text.normalize(form);
    }
    case 'Strip':
      return createStrip(fields);
    case 'Replace': {
      const pattern = patternOf(fields['pattern'], PLACE);
      const content = textOf(fields['content'], PLACE, '');
      return (text) => text.replaceAll(pattern, () => content);
    }
    case 'Prepend': {
      const start = textOf(fields['prepend'], PLACE, '');
      return (text) => (text === '' ? '' : start + text);
    }
    case 'Precompiled':
      return normalizeLikeSentencePiece;
    default:
      throw invalidPart(PLACE, 'a normaliser that memvault knows', fields['type']);
  }
}

const PLACE = 'tokenizer.json: normalizer';
const MARKS = /\p{Mn}/gu;
/** What BERT's cleaning drops; tab, line feed and carriage return are blanks to it. */
const CONTROLS = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu;
/** The blocks of Chinese characters that BERT splits into single ones; kana and Hangul are not among them. */
const IDEOGRAPHS =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

function inSequence(steps: readonly Normalize[]): Normalize {
  return (text) => steps.reduce((current, step) => step(current), text);
}

function createBertNormalizer(fields: Fields): Normalize {
  const lowercase = fields['lowercase'] !== false;
  const stripAccents = typeof fields['strip_accents'] === 'boolean' ? fields['strip_accents'] : lowercase;
  const steps: Normalize[] = [];
  if (fields['clean_text'] !== false) steps.push((text) => text.replace(CONTROLS, '').replace(/\s/gu, ' '));
  if (fields['handle_chinese_chars'] !== false) steps.push((text) => text.replace(IDEOGRAPHS, ' $& '));
  if (stripAccents) steps.push((text) => text.normalize('NFD').replace(MARKS, ''));
  if (lowercase) steps.push((text) => text.toLowerCase());
  return inSequence(steps);
}

function createStrip(fields: Fields): Normalize {
  const { strip_left: left, strip_right: right } = fields;
  return (text) => {
    const begun = left === false ? text : text.trimStart();
    return right === false ? begun : begun.trimEnd();
  };
}

/**
 * The table of SentencePiece (`nmt_nfkc`), by its meaning and not by the bytes of the file: controls go, odd blanks become a
 * blank, the rest is NFKC, but the full-width tilde stays.
 */
function normalizeLikeSentencePiece(text: string): string {
  return text
    .replace(/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/g, '')
    .replace(/[\t\n\f\r\u00A0\u1680\u2000-\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/g, ' ')
    .split('\uFF5E')
    .map((piece) => piece.normalize('NFKC'))
    .join('\uFF5E');
}
