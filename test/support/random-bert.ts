// Writes a tiny BERT with random weights as an ONNX file: nothing can be learned from it, but it loads and runs like a real one.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wordPieceTokenizer } from './static-model.ts';

const HIDDEN = 32;
const INNER = 64;
const HEADS = 4;
const POSITIONS = 512;
const WORDS =
  'the a hello two token request ##s race lost refresh sentence with many . , : x ##x 日 本 memory query passage'.split(
    ' ',
  );

/** A folder as the hub has it: config.json, tokenizer.json, tokenizer_config.json, onnx/model_quantized.onnx. */
export function writeRandomBert(folder: string): void {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const vocabulary = ['[CLS]', '[SEP]', ...WORDS];
  const tokenizer = wordPieceTokenizer(vocabulary);
  const special = (content: string, id: number) => ({ ...tokenizer.added_tokens[0], id, content });
  const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  write('tokenizer.json', {
    ...tokenizer,
    added_tokens: [...tokenizer.added_tokens, special('[CLS]', 2), special('[SEP]', 3)],
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
  });
  write('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    model_max_length: POSITIONS,
    do_lower_case: true,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
  });
  write('config.json', {
    model_type: 'bert',
    architectures: ['BertModel'],
    hidden_size: HIDDEN,
    num_hidden_layers: 1,
    num_attention_heads: HEADS,
    intermediate_size: INNER,
    max_position_embeddings: POSITIONS,
    vocab_size: vocabulary.length + 2,
    type_vocab_size: 2,
  });
  writeFileSync(join(folder, 'onnx', 'model_quantized.onnx'), encodeBert(vocabulary.length + 2));
}

/** One layer of attention and one of feeding forward; the products with weights in eight bits, as the published files have them. */
function encodeBert(vocabulary: number): Buffer {
  const graph = startGraph();
  const { node, numbers, integers } = graph;
  const words = node('Gather', ['words', 'input_ids'], { axis: 0 });
  const kinds = node('Gather', ['kinds', 'token_type_ids'], { axis: 0 });
  numbers('words', [vocabulary, HIDDEN], 1);
  numbers('kinds', [2, HIDDEN], 0.1);
  numbers('places', [POSITIONS, HIDDEN], 0.3);
  integers('zero', [0]);
  integers('one', [1]);
  integers('split', [0, 0, HEADS, HIDDEN / HEADS]);
  integers('join', [0, 0, HIDDEN]);
  integers('masked', [1, 2]);
  const length = node('Gather', [node('Shape', ['input_ids']), 'one'], { axis: 0 });
  const places = node('Slice', ['places', 'zero', length, 'zero']);
  let state = norm(node('Add', [node('Add', [words, kinds]), places]), 'start');

  const mask = node('Cast', [node('Unsqueeze', ['attention_mask', 'masked'])], { to: 1 });
  numbers('unit', [], 0, 1);
  numbers('far', [], 0, -10_000);
  const hide = node('Mul', [node('Sub', ['unit', mask]), 'far']);
  const heads = (name: string, perm: number[]): string =>
    node('Transpose', [node('Reshape', [product(state, name, HIDDEN, HIDDEN), 'split'])], { perm });
  const likeness = node('MatMul', [heads('ask', [0, 2, 1, 3]), heads('key', [0, 2, 3, 1])]);
  const shares = node('Softmax', [node('Add', [likeness, hide])], { axis: -1 });
  const heard = node('Transpose', [node('MatMul', [shares, heads('tell', [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
  state = norm(node('Add', [product(node('Reshape', [heard, 'join']), 'gather', HIDDEN, HIDDEN), state]), 'middle');
  const inner = node('Relu', [product(state, 'up', HIDDEN, INNER)]);
  state = norm(node('Add', [product(inner, 'down', INNER, HIDDEN), state]), 'end');
  node('Identity', [state], {}, 'last_hidden_state');
  return graph.finish();

  function norm(input: string, name: string): string {
    numbers(`${name}_scale`, [HIDDEN], 0.02, 1);
    numbers(`${name}_shift`, [HIDDEN], 0.02);
    return node('LayerNormalization', [input, `${name}_scale`, `${name}_shift`], { axis: -1 });
  }

  function product(input: string, name: string, from: number, to: number): string {
    graph.bytes(name, [from, to]);
    graph.bytes(`${name}_zero`, [], 0);
    numbers(`${name}_step`, [], 0, 0.01);
    const [quantized, step, zero] = graph.nodes('DynamicQuantizeLinear', [input], 3);
    const whole = node('MatMulInteger', [quantized, name, zero, `${name}_zero`]);
    return node('Mul', [node('Cast', [whole], { to: 1 }), node('Mul', [step, `${name}_step`])]);
  }
}

type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** Collects nodes and constants; names of results are drawn. The message numbers are those of onnx.proto. */
function startGraph() {
  const parts: Buffer[] = [];
  const constants: Buffer[] = [];
  const random = seeded();
  let drawn = 0;
  const constant = (name: string, shape: readonly number[], type: number, raw: Buffer): void =>
    void constants.push(
      message(5, [...shape.map((size) => integer(1, size)), integer(2, type), text(8, name), bytesField(9, raw)]),
    );
  const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
  const nodes = (
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
    name?: string,
  ): [string, string, string] => {
    const names = Array.from({ length: outputs }, () => name ?? `r${drawn++}`);
    parts.push(
      message(1, [
        ...inputs.map((input) => text(1, input)),
        ...names.map((output) => text(2, output)),
        text(4, type),
        ...Object.entries(attributes).map(([key, value]) =>
          message(5, [
            text(1, key),
            ...(typeof value === 'number'
              ? [integer(3, value), integer(20, 2)]
              : [...value.map((one) => integer(8, one)), integer(20, 7)]),
          ]),
        ),
      ]),
    );
    return [names[0] ?? '', names[1] ?? '', names[2] ?? ''];
  };
  return {
    nodes,
    node: (type: string, inputs: readonly string[], attributes: Attributes = {}, name?: string): string =>
      nodes(type, inputs, 1, attributes, name)[0],
    numbers: (name: string, shape: readonly number[], spread: number, middle = 0): void => {
      const values = Float32Array.from({ length: sizeOf(shape) }, () => middle + spread * random());
      constant(name, shape, 1, Buffer.from(values.buffer));
    },
    integers: (name: string, values: readonly number[]): void => {
      constant(name, [values.length], 7, Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer));
    },
    bytes(name: string, shape: readonly number[], value?: number): void {
      const values = Int8Array.from({ length: sizeOf(shape) }, () => value ?? Math.round(random() * 100));
      constant(name, shape, 3, Buffer.from(values.buffer));
    },
    finish(): Buffer {
      const input = (field: number, name: string, type: number, shape: readonly (number | string)[]): Buffer =>
        message(field, [
          text(1, name),
          message(2, [
            message(1, [
              integer(1, type),
              message(
                2,
                shape.map((size) => message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)])),
              ),
            ]),
          ]),
        ]);
      const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
        input(11, name, 7, ['batch', 'length']),
      );
      const output = input(12, 'last_hidden_state', 1, ['batch', 'length', HIDDEN]);
      const graph = [...parts, text(2, 'bert'), ...constants, ...inputs, output];
      return Buffer.concat([integer(1, 8), message(7, graph), message(8, [text(1, ''), integer(2, 17)])]);
    },
  };
}

/** Numbers between -1 and 1, always the same ones. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2147483648 - 1;
  };
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytesField(field, Buffer.concat(parts));
}

function text(field: number, value: string): Buffer {
  return bytesField(field, Buffer.from(value));
}

function bytesField(field: number, value: Buffer): Buffer {
  return Buffer.concat([varint(BigInt((field << 3) | 2)), varint(BigInt(value.length)), value]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(field << 3)), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
