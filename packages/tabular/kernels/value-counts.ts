// Different values of a column with how often each occurs, in a hash table with linear probing. Most columns of real tables hold few
// different numbers (ages, prices, flags, whole numbers); for them this table is all that can be known, so every statistic is exact, and
// it is smaller than the values. It is a kernel because it sees every such cell: one multiplication and one probe each.

/** 2⁶⁴ over the golden ratio: a product with it spreads neighbouring keys widely (Knuth, The Art of Computer Programming 3, 6.4). */
const spread = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;

/** A table of 2^bits slots: 64-bit keys (the bits of the doubles), then 32-bit counts, 0 in an empty slot. */
@unmanaged
class ValueCounts {
  keys: u32;
  counts: u32;
  bits: u32;
  distinct: u32;
}

/**
 * Counts `count` finite values, each once, or `weights[i]` times (over 0) when `weights` is not 0. Stops before a value that would fill
 * the table to over three quarters, and returns how many values were counted: fewer than `count` mean that the table must grow.
 */
export function countValues(table: usize, values: usize, count: u32, weights: usize): u32 {
  const known = changetype<ValueCounts>(table);
  const keys = known.keys;
  const counts = known.counts;
  const bits = known.bits;
  const most: u32 = 3 << (bits - 2);
  let distinct = known.distinct;
  let i: u32 = 0;
  for (; i < count; i++) {
    const key = load<u64>(values + (i << 3));
    const slot = slotOf(keys, counts, bits, key);
    const before = load<u32>(counts + (slot << 2));
    if (before === 0) {
      if (distinct === most) break;
      distinct++;
      store<u64>(keys + (slot << 3), key);
    }
    store<u32>(counts + (slot << 2), before + (weights === 0 ? 1 : load<u32>(weights + (i << 2))));
  }
  known.distinct = distinct;
  return i;
}

/** Adds all that `from` holds to the larger, empty table `to`. */
export function moveValueCounts(from: usize, to: usize): void {
  const smaller = changetype<ValueCounts>(from);
  const larger = changetype<ValueCounts>(to);
  for (let slot: u32 = 0; slot < 1 << smaller.bits; slot++) {
    const count = load<u32>(smaller.counts + (slot << 2));
    if (count === 0) continue;
    const key = load<u64>(smaller.keys + (slot << 3));
    const target = slotOf(larger.keys, larger.counts, larger.bits, key);
    store<u64>(larger.keys + (target << 3), key);
    store<u32>(larger.counts + (target << 2), count);
  }
  larger.distinct = smaller.distinct;
}

/** Writes how often each of `count` values, all of which are in the table, was counted. */
export function findValueCounts(table: usize, values: usize, count: u32, into: usize): void {
  const known = changetype<ValueCounts>(table);
  for (let i: u32 = 0; i < count; i++) {
    const slot = slotOf(known.keys, known.counts, known.bits, load<u64>(values + (i << 3)));
    store<u32>(into + (i << 2), load<u32>(known.counts + (slot << 2)));
  }
}

/** Writes the values of the table, in no order. */
export function listValues(table: usize, into: usize): void {
  const known = changetype<ValueCounts>(table);
  for (let slot: u32 = 0; slot < 1 << known.bits; slot++) {
    if (load<u32>(known.counts + (slot << 2)) === 0) continue;
    store<u64>(into, load<u64>(known.keys + (slot << 3)));
    into += 8;
  }
}

/**
 * The slot that holds `key`, or the empty one where it belongs. The upper half is folded into the lower before the multiplication:
 * small whole numbers differ in the upper bits of a double alone.
 */
function slotOf(keys: u32, counts: u32, bits: u32, key: u64): u32 {
  const last = (1 << bits) - 1;
  let slot = <u32>(((key ^ (key >> 32)) * spread) >> (64 - bits));
  while (load<u32>(counts + (slot << 2)) !== 0 && load<u64>(keys + (slot << 3)) !== key) slot = (slot + 1) & last;
  return slot;
}
