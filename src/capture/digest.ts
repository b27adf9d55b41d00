// SHA-256 of a short text in plain code: loading node:crypto costs a hook 7 ms of CPU, this costs under one.

/** SHA-256 as 64 hex characters. */
export function sha256Hex(bytes: Uint8Array): string {
  const state = firstBits(8, 1 / 2);
  const constants = firstBits(64, 1 / 3);
  const words = new Int32Array(64);
  forEachBlock(bytes, words, () => {
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15] as number;
      const b = words[i - 2] as number;
      const small0 = rotate(a, 25) ^ rotate(a, 14) ^ (a >>> 3);
      const small1 = rotate(b, 15) ^ rotate(b, 13) ^ (b >>> 10);
      words[i] = ((words[i - 16] as number) + small0 + (words[i - 7] as number) + small1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const sum1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
      const first = (h + sum1 + ((e & f) ^ (~e & g)) + (constants[i] as number) + (words[i] as number)) | 0;
      const sum0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
      const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    addTo(state, [a, b, c, d, e, f, g, h]);
  });
  return hex(state);
}

function rotate(word: number, left: number): number {
  return (word << left) | (word >>> (32 - left));
}

function addTo(state: Int32Array, values: readonly number[]): void {
  for (let i = 0; i < state.length; i++) state[i] = ((state[i] as number) + (values[i] as number)) | 0;
}

/** Runs `compress` with the first 16 words set to each block of the padded message. */
function forEachBlock(bytes: Uint8Array, words: Int32Array, compress: () => void): void {
  const length = (((bytes.length + 8) >> 6) + 1) << 6;
  const tail = new Uint8Array(128);
  const whole = bytes.length & ~63;
  const rest = bytes.length - whole;
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const tailLength = length - whole;
  const bits = new DataView(tail.buffer);
  bits.setUint32(tailLength - 8, Math.floor(bytes.length / 0x20000000));
  bits.setUint32(tailLength - 4, (bytes.length << 3) >>> 0);
  const body = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < length; at += 64) {
    const [view, offset] = at < whole ? [body, at] : [bits, at - whole];
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + i * 4);
    compress();
  }
}

function hex(state: Int32Array): string {
  let text = '';
  for (const word of state) text += (word >>> 0).toString(16).padStart(8, '0');
  return text;
}

/** The first 32 fractional bits of the roots of the first primes: SHA-256's constants by their definition. */
function firstBits(count: number, power: number): Int32Array {
  const result = new Int32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (!prime) continue;
    const root = candidate ** power;
    result[found++] = ((root - Math.floor(root)) * 0x100000000) | 0;
  }
  return result;
}
