// A small filter in front of a look-up: most words of a vault share nothing with a query. Pure.

/** Says of a number whether it may be among some: seldom wrongly yes, never wrongly no. */
export type Sieve = Uint8Array;

export function openSieve(numbers: Iterable<number>): Sieve {
  const sieve = new Uint8Array(1 << BITS);
  for (const number of numbers) sieve[slotOf(number)] = 1;
  return sieve;
}

export function mayHold(sieve: Sieve, number: number): boolean {
  return sieve[slotOf(number)] === 1;
}

/** Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
function slotOf(number: number): number {
  return Math.imul(number, 0x9e3779b1) >>> (32 - BITS);
}

const BITS = 12;
