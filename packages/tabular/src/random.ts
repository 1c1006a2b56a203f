import { createHash } from 'node:crypto';

/**
 * Uniform numbers in [0, 1) that follow from `seed` alone, on every machine: the numbers 4 i to 4 i + 3 are the upper 53 bits of the four
 * big-endian 64-bit words of SHA-256("<seed>:<i>"), divided by 2⁵³.
 */
export function seededUniform(seed: string): () => number {
  let block: readonly number[] = [];
  let next = 0;
  let blocks = 0;
  return () => {
    if (next === block.length) {
      const digest = createHash('sha256').update(`${seed}:${blocks++}`).digest();
      block = [0, 8, 16, 24].map((at) => Number(digest.readBigUInt64BE(at) >> 11n) / 2 ** 53);
      next = 0;
    }
    return block[next++] as number;
  };
}

/** A random order of `items` (Fisher and Yates' shuffle). */
export function shuffled<T>(items: readonly T[], uniform: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
