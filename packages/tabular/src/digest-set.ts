import { createHash } from 'node:crypto';

/** Values that a set may hold: 64 Mi of them take 1 GiB. */
const mostDigests = 1 << 26;

/**
 * A set of texts that keeps 64 bits of each one's SHA-256: 16 to 32 bytes a value, however long the texts are. `add` says whether the
 * text is new. Two different texts are taken for one with a chance of n²/2⁶⁵ (10 million values: 3 in a million).
 */
export interface DigestSet {
  add(text: string): boolean;
}

/** Throws a `RangeError` past `limit` values. */
export function digestSet(limit = mostDigests): DigestSet {
  let slots = new BigUint64Array(1 << 10);
  let size = 0;

  function insert(digest: bigint): boolean {
    const mask = slots.length - 1;
    let at = Number(digest & 0xffffffffn) & mask;
    for (;;) {
      const found = slots[at];
      if (found === 0n) break;
      if (found === digest) return false;
      at = (at + 1) & mask;
    }
    slots[at] = digest;
    return true;
  }

  function grow(): void {
    const before = slots;
    slots = new BigUint64Array(before.length * 2);
    for (const digest of before) if (digest !== 0n) insert(digest);
  }

  return {
    add(text) {
      // Zero marks a free slot, so that one digest in 2⁶⁴ shares its place with 1.
      const digest = createHash('sha256').update(text).digest().readBigUInt64LE(0) || 1n;
      if (!insert(digest)) return false;
      if (++size > limit) throw new RangeError(`over ${limit} values`);
      if (size * 2 > slots.length) grow();
      return true;
    },
  };
}
