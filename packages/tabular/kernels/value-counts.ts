// Different values of a column with how often each occurs, in a hash table with linear probing. Most columns of real tables hold few
// different numbers (ages, prices, flags, whole numbers); for them this table is all that can be known, so every statistic is exact, and
// it is smaller than the values. It is a kernel because it sees every such cell: one multiplication and one probe each.

/** 2⁶⁴ over the golden ratio: a product with it spreads neighbouring keys widely (Knuth, The Art of Computer Programming 3, 6.4). */
const spread = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;

/** A table of 2^bits slots. */
@unmanaged
class ValueCounts {
  slots: u32;
  bits: u32;
  distinct: u32;
}

/** One value by its bits, and how often it was counted: 0 in an empty slot. Key and count share a cache line. */
@unmanaged
class Slot {
  key: u64;
  count: u32;
  unused: u32;
}

/**
 * Counts `count` finite values, each once, or `weights[i]` times (over 0) when `weights` is not 0. Stops before a value that would fill
 * the table to over three quarters, and returns how many values were counted: fewer than `count` mean that the table must grow.
 */
export function countValues(table: usize, values: usize, count: u32, weights: usize): u32 {
  const known = changetype<ValueCounts>(table);
  const slots = known.slots;
  const bits = known.bits;
  const most: u32 = 3 << (bits - 2);
  let distinct = known.distinct;
  let i: u32 = 0;
  for (; i < count; i++) {
    const key = load<u64>(values + (i << 3));
    const slot = slotOf(slots, bits, key);
    if (slot.count === 0) {
      if (distinct === most) break;
      distinct++;
      slot.key = key;
    }
    slot.count += weights === 0 ? 1 : load<u32>(weights + (i << 2));
  }
  known.distinct = distinct;
  return i;
}

/** Adds all that `from` holds to the larger, empty table `to`. */
export function moveValueCounts(from: usize, to: usize): void {
  const smaller = changetype<ValueCounts>(from);
  const larger = changetype<ValueCounts>(to);
  for (let index: u32 = 0; index < 1 << smaller.bits; index++) {
    const slot = slotAt(smaller.slots, index);
    if (slot.count === 0) continue;
    const target = slotOf(larger.slots, larger.bits, slot.key);
    target.key = slot.key;
    target.count = slot.count;
  }
  larger.distinct = smaller.distinct;
}

/** Writes the values of the table, in no order, and their counts. */
export function listValueCounts(table: usize, values: usize, counts: usize): void {
  const known = changetype<ValueCounts>(table);
  let next: u32 = 0;
  for (let index: u32 = 0; index < 1 << known.bits; index++) {
    const slot = slotAt(known.slots, index);
    if (slot.count === 0) continue;
    store<u64>(values + (next << 3), slot.key);
    store<u32>(counts + (next << 2), slot.count);
    next++;
  }
}

/** Writes how often each of `count` values, all of which are in the table, was counted. */
export function findValueCounts(table: usize, values: usize, count: u32, into: usize): void {
  const known = changetype<ValueCounts>(table);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(into + (i << 2), slotOf(known.slots, known.bits, load<u64>(values + (i << 3))).count);
  }
}

/**
 * The slot that holds `key`, or the empty one where it belongs. The upper half is folded into the lower before the multiplication:
 * small whole numbers differ in the upper bits of a double alone.
 */
function slotOf(slots: u32, bits: u32, key: u64): Slot {
  const last = (1 << bits) - 1;
  let index = <u32>(((key ^ (key >> 32)) * spread) >> (64 - bits));
  let slot = slotAt(slots, index);
  while (slot.count !== 0 && slot.key !== key) {
    index = (index + 1) & last;
    slot = slotAt(slots, index);
  }
  return slot;
}

function slotAt(slots: u32, index: u32): Slot {
  return changetype<Slot>(slots + (index << 4));
}
