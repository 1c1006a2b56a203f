// Whole numbers as differences to their neighbours (DELTA_BINARY_PACKED), which Spark, parquet-mr and DuckDB write for sorted columns and for
// the lengths of texts. Read in windows for the same reason as runs: blocks without any bits may stand for any number of rows.
// Format: "Delta Encoding" in `Encodings.md` of apache/parquet-format.

/** The largest block that is believed. Writers use 128 to 2,048 values. */
const largestBlock: i32 = 1 << 16;

/** Where a reader of differences stands. Made by `openDeltas` in 64 bytes of the caller's. */
@unmanaged
export class Deltas {
  /** The value before the next one. */
  value: i64;
  /** The smallest difference in the block; the packed ones are above it. */
  smallest: i64;
  /** What follows the part that is being read, and where it all ends. */
  next: u32;
  end: u32;
  /** How many values there are still to come, and whether the first, which stands in the header, is one of them. */
  total: u32;
  atFirst: bool;
  /** Parts a block and values a part. */
  parts: u32;
  partLength: u32;
  /** Which part of the block is being read, where the widths of its parts stand, and how many of its values are left. */
  part: u32;
  widths: u32;
  left: u32;
  /** The bits of one difference, the byte and the bit in it at which the next one begins. */
  width: u32;
  position: u32;
  bit: u32;
}

/** Starts reading the differences between `start` and `end`. Returns how many values there are; -1 when the header makes no sense. */
export function openDeltas(deltas: Deltas, start: u32, end: u32): i32 {
  deltas.next = start;
  deltas.end = end;
  const block = lengthAt(deltas);
  const parts = lengthAt(deltas);
  const total = lengthAt(deltas);
  if (block <= 0 || block > largestBlock || parts <= 0 || parts > block || block % parts !== 0 || total < 0) return -1;
  if (!readWide(deltas)) return -1;
  deltas.value = zigzag;
  deltas.parts = parts;
  deltas.partLength = block / parts;
  if (deltas.partLength % 8 !== 0) return -1;
  deltas.part = parts;
  deltas.left = 0;
  deltas.total = total;
  deltas.atFirst = true;
  return total;
}

/** Writes the next `count` values to `target`, `bytes` (4 or 8) bytes each. False when there are fewer. */
export function expandDeltas(deltas: Deltas, count: u32, target: usize, bytes: u32): bool {
  if (count > deltas.total) return false;
  deltas.total -= count;
  if (count > 0 && deltas.atFirst) {
    deltas.atFirst = false;
    put(target, deltas.value, bytes);
    target += bytes;
    count--;
  }
  while (count > 0) {
    if (deltas.left === 0 && !nextPart(deltas)) return false;
    const taken = min<u32>(deltas.left, count);
    for (let index: u32 = 0; index < taken; index++, target += bytes) {
      deltas.value += deltas.smallest + nextDifference(deltas);
      put(target, deltas.value, bytes);
    }
    deltas.left -= taken;
    count -= taken;
  }
  return true;
}

/** The byte behind all values, once all of them were read. */
export function endOfDeltas(deltas: Deltas): u32 {
  return deltas.next;
}

function put(target: usize, value: i64, bytes: u32): void {
  if (bytes === 4) store<i32>(target, <i32>value);
  else store<i64>(target, value);
}

function nextPart(deltas: Deltas): bool {
  deltas.part++;
  if (deltas.part >= deltas.parts && !nextBlock(deltas)) return false;
  const width: u32 = load<u8>(deltas.widths + deltas.part);
  const bytes = (deltas.partLength * width) >> 3;
  if (width > 64 || bytes > deltas.end - deltas.next) return false;
  deltas.width = width;
  deltas.position = deltas.next;
  deltas.bit = 0;
  deltas.next += bytes;
  deltas.left = deltas.partLength;
  return true;
}

function nextBlock(deltas: Deltas): bool {
  if (!readWide(deltas)) return false;
  deltas.smallest = zigzag;
  if (deltas.parts > deltas.end - deltas.next) return false;
  deltas.widths = deltas.next;
  deltas.next += deltas.parts;
  deltas.part = 0;
  return true;
}

function nextDifference(deltas: Deltas): i64 {
  const width: u64 = deltas.width;
  if (width === 0) return 0;
  const bit: u64 = deltas.bit;
  let word = load<u64>(deltas.position) >> bit;
  // 58 bits and more may reach into a ninth byte.
  if (bit + width > 64) word |= (<u64>load<u8>(deltas.position + 8)) << (64 - bit);
  const after = <u32>(bit + width);
  deltas.position += after >> 3;
  deltas.bit = after & 7;
  return <i64>(width === 64 ? word : word & (((<u64>1) << width) - 1));
}

/** An unsigned length of at most 31 bits; -1 when there is none. */
function lengthAt(deltas: Deltas): i32 {
  if (!readVarint(deltas) || varint > 0x7fffffff) return -1;
  return <i32>varint;
}

/** Reads a signed number of 64 bits into `zigzag`. */
function readWide(deltas: Deltas): bool {
  if (!readVarint(deltas)) return false;
  zigzag = <i64>(varint >> 1) ^ -(<i64>(varint & 1));
  return true;
}

let varint: u64 = 0;
let zigzag: i64 = 0;

function readVarint(deltas: Deltas): bool {
  varint = 0;
  let shift: u64 = 0;
  let byte: u64 = 0;
  do {
    if (deltas.next >= deltas.end || shift > 63) return false;
    byte = load<u8>(deltas.next++);
    varint |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128);
  return true;
}
