// Reads tensors from a safetensors file: a length, a JSON header, then plain little-endian numbers.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MemvaultError } from '../../model/errors.ts';

type Kind = keyof typeof BYTES;

export interface Tensor {
  readonly rows: number;
  /** Numbers in a row; 1 for a list. */
  readonly width: number;
  /** Reads one row from the file. */
  readRow(row: number): Float32Array;
  /** Reads all rows, one after the other. */
  readAll(): Float64Array;
}

export interface TensorFile {
  /** Undefined when the file has no tensor of that name. Throws `corrupt` for a shape or a kind of number that cannot be read. */
  tensor(name: string): Tensor | undefined;
  close(): void;
}

/** Opens the file and reads its header. Throws `corrupt` when it is none. */
export function openTensors(file: string): TensorFile {
  const descriptor = openSync(file, 'r');
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  try {
    const { header, start } = readHeader(descriptor, file);
    const size = fstatSync(descriptor).size;
    return { tensor: (name) => openTensor({ descriptor, file, start, size }, name, header[name]), close };
  } catch (error) {
    close();
    throw error;
  }
}

const BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I8: 1, U8: 1 } as const;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

interface Place {
  readonly descriptor: number;
  readonly file: string;
  /** Where the numbers begin. */
  readonly start: number;
  readonly size: number;
}

function readHeader(descriptor: number, file: string): { header: Record<string, unknown>; start: number } {
  const length = Number(readBytes(descriptor, file, 0, 8).readBigUInt64LE(0));
  if (length < 2 || length > MAX_HEADER_BYTES) throw corrupt(file, 'it does not begin like a safetensors file');
  try {
    const header: unknown = JSON.parse(readBytes(descriptor, file, 8, length).toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return { header: Object.fromEntries(Object.entries(header)), start: 8 + length };
  } catch (error) {
    if (error instanceof MemvaultError) throw error;
  }
  throw corrupt(file, 'its header is not JSON');
}

function openTensor(place: Place, name: string, entry: unknown): Tensor | undefined {
  if (entry === undefined) return undefined;
  const { kind, shape, from, to } = readEntry(place.file, name, entry);
  const [rows = 1, width = 1] = shape;
  const rowBytes = width * BYTES[kind];
  if (shape.length > 2 || to - from !== rows * rowBytes || place.start + to > place.size)
    throw corrupt(place.file, `its tensor "${name}" does not have the size that it says`);
  const read = (offset: number, length: number): Buffer =>
    readBytes(place.descriptor, place.file, place.start + from + offset, length);
  return {
    rows,
    width,
    readRow(row) {
      if (row < 0 || row >= rows) throw corrupt(place.file, `its tensor "${name}" has no row ${row}`);
      const bytes = read(row * rowBytes, rowBytes);
      return Float32Array.from({ length: width }, (_, at) => readNumber(bytes, at, kind));
    },
    readAll() {
      const bytes = read(0, rows * rowBytes);
      return Float64Array.from({ length: rows * width }, (_, at) => readNumber(bytes, at, kind));
    },
  };
}

function readEntry(file: string, name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = entry as Partial<Record<string, unknown>>;
  if (
    typeof dtype === 'string' &&
    Object.hasOwn(BYTES, dtype) &&
    Array.isArray(shape) &&
    shape.every((part) => Number.isSafeInteger(part) && Number(part) > 0) &&
    Array.isArray(offsets) &&
    offsets.every((part) => Number.isSafeInteger(part) && Number(part) >= 0)
  )
    return { kind: dtype as Kind, shape: shape.map(Number), from: Number(offsets[0]), to: Number(offsets[1]) };
  throw corrupt(file, `its tensor "${name}" is of a kind that cannot be read (${JSON.stringify(dtype)})`);
}

function readNumber(bytes: Buffer, at: number, kind: Kind): number {
  switch (kind) {
    case 'F64':
      return bytes.readDoubleLE(at * 8);
    case 'F32':
      return bytes.readFloatLE(at * 4);
    case 'F16':
      return halfToNumber(bytes.readUInt16LE(at * 2));
    case 'BF16':
      return brainToNumber(bytes.readUInt16LE(at * 2));
    case 'I64':
      return Number(bytes.readBigInt64LE(at * 8));
    case 'I32':
      return bytes.readInt32LE(at * 4);
    case 'I8':
      return bytes.readInt8(at);
    case 'U8':
      return bytes.readUInt8(at);
  }
}

/** IEEE 754 half precision: 1 sign, 5 exponent, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a single-precision number. */
function brainToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

function readBytes(descriptor: number, file: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const count = readSync(descriptor, bytes, done, length - done, position + done);
    if (count === 0) throw corrupt(file, 'it ends too early');
    done += count;
  }
  return bytes;
}

function corrupt(file: string, what: string): MemvaultError {
  return new MemvaultError('corrupt', `cannot read ${file}: ${what}`, {
    hint: 'Run `memvault model install` for the model again.',
  });
}
