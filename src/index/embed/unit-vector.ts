// Brings vectors to length 1. Pure.

/** The vector divided by its length; what is zero or no number becomes all zeros. */
export function normalize(vector: Float32Array | Float64Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  if (!(length > 0) || !Number.isFinite(length)) return new Float32Array(vector.length);
  return Float32Array.from(vector, (value) => value / length);
}
