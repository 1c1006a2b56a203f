/** Numbers that look random and are the same for the same seed, on every machine. Not for secrets. */
export interface RandomGenerator {
  /** A number in [0, 1), with 53 random bits. */
  next(): number;
  /** A whole number in [0, bound), each as likely as the others. `bound` is a whole number from 1 to 2⁵³. */
  integer(bound: number): number;
  /**
   * Another generator, which depends on this one's seed and on `key` alone: not on how many numbers were drawn, nor on other forks. Work
   * that is split by key gives the same numbers in every order.
   */
  fork(key: number | string): RandomGenerator;
}

type Words = readonly [number, number, number, number];

const two32 = 2 ** 32;

/** xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021): period 2¹²⁸ − 1. */
export function randomGenerator(seed: number | string): RandomGenerator {
  return generator(absorb([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], String(seed)));
}

function generator(words: Words): RandomGenerator {
  let [a, b, c, d] = words;

  function next32(): number {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  function next53(): number {
    const high = next32() >>> 11;
    return high * two32 + next32();
  }

  /** Lemire, "Fast random integer generation in an interval", 2019. Below 2²¹ the product is exact. */
  function smallInteger(bound: number): number {
    let product = next32() * bound;
    let value = Math.floor(product / two32);
    if (product - value * two32 < bound) {
      const threshold = (two32 - bound) % bound;
      while (product - value * two32 < threshold) {
        product = next32() * bound;
        value = Math.floor(product / two32);
      }
    }
    return value;
  }

  function largeInteger(bound: number): number {
    const limit = 2 ** 53 - (2 ** 53 % bound);
    let value = next53();
    while (value >= limit) value = next53();
    return value % bound;
  }

  return {
    next: () => next53() / 2 ** 53,
    integer: (bound) => (bound <= 2 ** 21 ? smallInteger(bound) : largeInteger(bound)),
    fork: (key) => generator(absorb(words, `${typeof key} ${key}`)),
  };
}

/** Mixes a text into a state, by the finaliser of MurmurHash3 (Appleby, 2011), one lane after the other. */
function absorb(words: Words, text: string): Words {
  let [a, b, c, d] = words;
  for (let index = 0; index < text.length; index++) {
    a = mix(a ^ text.charCodeAt(index));
    [a, b, c, d] = [b + a, c ^ a, d + a, a];
  }
  for (let round = 0; round < 4; round++) {
    a = mix(a ^ (text.length + round));
    [a, b, c, d] = [b + a, c ^ a, d + a, a];
  }
  // All zeros is the one state that xoshiro never leaves.
  return (a | b | c | d) === 0 ? [1, 0, 0, 0] : [a | 0, b | 0, c | 0, d | 0];
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
