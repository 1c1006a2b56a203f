// The run-length and bit-packed hybrid: how Parquet keeps levels, dictionary indices and Booleans. A run says one value many times, or holds
// groups of eight packed values. Counting works on whole runs and never writes the indices down, which is why a table of dictionary
// columns costs almost nothing; expanding works in windows and can stop inside a run, because a run of a few bytes may stand for 2^31 rows.
// Format: "RLE/Bit-Packing Hybrid" in `Encodings.md` of apache/parquet-format.

/** Where a reader of runs stands. Made by `openRuns` and `openBits` in 32 bytes of the caller's. */
@unmanaged
export class Runs {
  /** Where the next run begins, and where the last one ends. */
  next: u32;
  end: u32;
  /** Bits of one value, at most 32. */
  width: u32;
  /** How many values of the current run are left. */
  left: u32;
  /** Of a packed run: the byte, and the bit in it, at which the next value begins. */
  position: u32;
  bit: u32;
  /** Of a repeated run: the value. */
  value: u32;
  packed: bool;
}

/** Starts reading the runs of values of `width` bits between `start` and `end`. */
export function openRuns(runs: Runs, start: u32, end: u32, width: u32): void {
  runs.next = start;
  runs.end = end;
  runs.width = width;
  runs.left = 0;
  runs.position = start;
  runs.bit = 0;
  runs.value = 0;
  runs.packed = false;
}

/** Starts reading single bits that stand packed without any header (Booleans in the plain encoding). */
export function openBits(runs: Runs, start: u32, end: u32): void {
  openRuns(runs, end, end, 1);
  runs.position = start;
  runs.left = <u32>min<u64>((<u64>(end - start)) << 3, 0xffffffff);
  runs.packed = true;
}

/** Reads the header of the next run. False when there is none, or none that makes sense. */
function nextRun(runs: Runs): bool {
  const width = runs.width;
  if (width === 0) {
    runs.left = 0xffffffff;
    return true;
  }
  let header: u32 = 0;
  let shift: u32 = 0;
  let byte: u32 = 0;
  do {
    if (runs.next >= runs.end || shift > 28) return false;
    byte = load<u8>(runs.next++);
    header |= (byte & 127) << shift;
    shift += 7;
  } while (byte & 128);
  const bytesLeft = runs.end - runs.next;
  runs.packed = (header & 1) !== 0;
  if (runs.packed) {
    // Some writers cut the last group short: what is there is what counts.
    const bytes = <u32>min<u64>(<u64>(header >> 1) * width, bytesLeft);
    runs.left = <u32>min<u64>((<u64>bytes * 8) / width, 0xffffffff);
    runs.position = runs.next;
    runs.bit = 0;
    runs.next += bytes;
    return true;
  }
  const valueBytes = (width + 7) >> 3;
  if (valueBytes > bytesLeft) return false;
  const value = load<u32>(runs.next) & <u32>(0xffffffff >> ((4 - valueBytes) << 3));
  if (<u64>value >> width !== 0) return false;
  runs.value = value;
  runs.left = header >> 1;
  runs.next += valueBytes;
  return true;
}

/** Takes up to `wanted` values of the current run, or of the next one with any. 0 when the runs end or are damaged. */
function takeFromRun(runs: Runs, wanted: u32): u32 {
  while (runs.left === 0) if (!nextRun(runs)) return 0;
  const taken = min<u32>(runs.left, wanted);
  runs.left -= taken;
  return taken;
}

/** Writes the next `count` values to `target` as u32. False when there are fewer. */
export function expandRuns(runs: Runs, count: u32, target: usize): bool {
  while (count > 0) {
    const taken = takeFromRun(runs, count);
    if (taken === 0) return false;
    if (runs.packed) unpack(runs, taken, target);
    else for (let index: u32 = 0; index < taken; index++) store<u32>(target + (index << 2), runs.value);
    target += taken << 2;
    count -= taken;
  }
  return true;
}

/** Writes the next `count` values of the packed run to `target`. */
function unpack(runs: Runs, count: u32, target: usize): void {
  const width = runs.width;
  const mask = ((<u64>1) << width) - 1;
  const base = runs.position;
  let bit: u64 = runs.bit;
  for (let index: u32 = 0; index < count; index++) {
    store<u32>(target + (index << 2), <u32>((load<u64>(base + <u32>(bit >> 3)) >> (bit & 7)) & mask));
    bit += width;
  }
  runs.position = base + <u32>(bit >> 3);
  runs.bit = <u32>(bit & 7);
}

/**
 * Counts the next `count` values: `counts[value] += 1`. A value of `distinct` or more is counted in `counts[distinct]`, which the caller looks at
 * afterwards; that costs no branch. False when there are fewer values.
 */
export function countRuns(runs: Runs, count: u32, counts: usize, distinct: u32): bool {
  while (count > 0) {
    const taken = takeFromRun(runs, count);
    if (taken === 0) return false;
    if (runs.packed) countPacked(runs, taken, counts, distinct);
    else add(counts, runs.value, distinct, taken);
    count -= taken;
  }
  return true;
}

function add(counts: usize, value: u32, distinct: u32, times: u32): void {
  const slot = counts + ((value < distinct ? value : distinct) << 2);
  store<u32>(slot, load<u32>(slot) + times);
}

/** Eight values at a time where one or two words hold them: the loop that most of a Parquet scan is spent in. */
function countPacked(runs: Runs, count: u32, counts: usize, distinct: u32): void {
  const width = runs.width;
  const mask = ((<u64>1) << width) - 1;
  let index: u32 = 0;
  if (runs.bit === 0 && width <= 8) {
    for (; index + 8 <= count; index += 8, runs.position += width) {
      addFour(load<u64>(runs.position), width, mask, counts, distinct);
      addFour(load<u64>(runs.position) >> (width << 2), width, mask, counts, distinct);
    }
  } else if (runs.bit === 0 && width <= 16) {
    const middle = width << 2;
    for (; index + 8 <= count; index += 8, runs.position += width) {
      addFour(load<u64>(runs.position), width, mask, counts, distinct);
      addFour(load<u64>(runs.position + (middle >> 3)) >> (middle & 7), width, mask, counts, distinct);
    }
  }
  const base = runs.position;
  let bit: u64 = runs.bit;
  for (; index < count; index++) {
    add(counts, <u32>((load<u64>(base + <u32>(bit >> 3)) >> (bit & 7)) & mask), distinct, 1);
    bit += width;
  }
  runs.position = base + <u32>(bit >> 3);
  runs.bit = <u32>(bit & 7);
}

function addFour(word: u64, width: u64, mask: u64, counts: usize, distinct: u32): void {
  add(counts, <u32>(word & mask), distinct, 1);
  add(counts, <u32>((word >> width) & mask), distinct, 1);
  add(counts, <u32>((word >> (width << 1)) & mask), distinct, 1);
  add(counts, <u32>((word >> (width * 3)) & mask), distinct, 1);
}

/** How many of the next `count` values of one bit are 1 (how many cells are not null); -1 when there are fewer values. */
export function countOnes(runs: Runs, count: u32): i32 {
  let ones: u32 = 0;
  while (count > 0) {
    const taken = takeFromRun(runs, count);
    if (taken === 0) return -1;
    ones += runs.packed ? packedOnes(runs, taken) : runs.value * taken;
    count -= taken;
  }
  return <i32>ones;
}

function packedOnes(runs: Runs, count: u32): u32 {
  let ones: u64 = 0;
  let index: u32 = 0;
  if (runs.bit === 0) {
    for (; index + 64 <= count; index += 64, runs.position += 8) ones += popcnt<u64>(load<u64>(runs.position));
  }
  for (; index < count; index++) {
    ones += (load<u8>(runs.position) >> <u8>runs.bit) & 1;
    runs.bit++;
    runs.position += runs.bit >> 3;
    runs.bit &= 7;
  }
  return <u32>ones;
}
