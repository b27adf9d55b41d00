// Vectors as whole numbers of eight bits, and the signs of their numbers as bits. Pure.

/**
 * Each number divided by the largest one, times 127, rounded: a quarter of the bytes, a cosine that differs in the third digit.
 * The scale is not kept: a cosine does not depend on it.
 */
export function quantize(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const whole = new Int8Array(vector.length);
  if (!(largest > 0)) return whole;
  for (let at = 0; at < whole.length; at++) whole[at] = Math.round(((vector[at] ?? 0) / largest) * 127);
  return whole;
}

/** How many 32-bit words hold one bit for each dimension. */
export function bitWords(dimensions: number): number {
  return Math.ceil(dimensions / 32);
}

/** A bit for each of `count` numbers from `from` on that is above its centre, written to `into` from word `at` on. */
export function setSignBits(
  numbers: { readonly values: Int8Array; readonly from: number },
  centre: Int8Array,
  target: { readonly bits: Uint32Array; readonly at: number },
): void {
  const { length } = centre;
  const values = numbers.values.subarray(numbers.from, numbers.from + length);
  for (let word = 0, start = 0; start < length; word++, start += 32) {
    let bits = 0;
    for (let at = Math.min(length, start + 32) - 1; at >= start; at--)
      bits = (bits << 1) | ((values[at] ?? 0) > (centre[at] ?? 0) ? 1 : 0);
    target.bits[target.at + word] = bits;
  }
}

/** How many bits of a 32-bit word are set. From "Hacker's Delight", 5-1. */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
