// Writes a small static table with a WordPiece tokenizer, the form of most published ones.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Kind = 'F32' | 'F16' | 'F64' | 'I8';

export interface StaticModel {
  readonly kind?: Kind;
  /** Words and their vectors; a few words in eight dimensions when left out. */
  readonly rows?: Readonly<Record<string, readonly number[]>>;
  readonly weights?: Readonly<Record<string, number>>;
  readonly dropLastRow?: boolean;
}

export function writeStaticModel(folder: string, options: StaticModel = {}): void {
  const rows = options.rows ?? defaultRows();
  const width = Object.values(rows)[0]?.length ?? 0;
  const zero = Array.from({ length: width }, () => 0);
  const table = [zero, zero, ...Object.values(rows)];
  const tensors: Record<string, { kind: Kind; shape: number[]; values: number[] }> = {
    embeddings: {
      kind: options.kind ?? 'F32',
      shape: [table.length - (options.dropLastRow === true ? 1 : 0), width],
      values: (options.dropLastRow === true ? table.slice(0, -1) : table).flat(),
    },
  };
  const { weights } = options;
  if (weights !== undefined) {
    const values = [0, 0, ...Object.keys(rows).map((word) => weights[word] ?? 1)];
    tensors['weights'] = { kind: 'F64', shape: [values.length], values };
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.safetensors'), encodeSafetensors(tensors));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'model2vec', normalize: true }));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(wordPieceTokenizer(Object.keys(rows))));
}

/** A tokenizer.json as BERT's: lower case, no accents, words and signs apart. */
export function wordPieceTokenizer(words: readonly string[]) {
  const vocab = Object.fromEntries(['[PAD]', '[UNK]', ...words].map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [0, 1].map((id) => ({
      id,
      content: id === 0 ? '[PAD]' : '[UNK]',
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

function defaultRows(): Record<string, readonly number[]> {
  const words =
    'a the hello two token request ##s race lost refresh sentence with many word . , : x ##x unicode cls sep 日 本'.split(
      ' ',
    );
  return Object.fromEntries(
    words.map((word, row) => [word, Array.from({ length: 8 }, (_, at) => Math.sin(row * 8 + at + 1))]),
  );
}

function encodeSafetensors(tensors: Record<string, { kind: Kind; shape: number[]; values: number[] }>): Buffer {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { kind, shape, values }] of Object.entries(tensors)) {
    const bytes = encodeNumbers(kind, values);
    header[name] = { dtype: kind, shape, data_offsets: [offset, offset + bytes.length] };
    parts.push(bytes);
    offset += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

function encodeNumbers(kind: Kind, values: readonly number[]): Buffer {
  switch (kind) {
    case 'F32':
      return Buffer.from(Float32Array.from(values).buffer);
    case 'F64':
      return Buffer.from(Float64Array.from(values).buffer);
    case 'I8':
      return Buffer.from(Int8Array.from(values).buffer);
    case 'F16':
      return Buffer.concat(values.map(encodeHalf));
  }
}

/** Exact for whole numbers below 2048. */
function encodeHalf(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  if (value === 0) return bytes;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
  bytes.writeUInt16LE((value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction);
  return bytes;
}
