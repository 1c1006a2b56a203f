// The values of Parquet pages as what statistics are made of: doubles, and codes of texts. Every physical form becomes a double here, so that
// the kernels behind see one type; what stands in a dictionary is changed once and then only looked up.
// Format: `Encodings.md` and `LogicalTypes.md` of apache/parquet-format.

/** How the bytes of one number are to be understood. `src/parquet/kernel.ts` has the same list. */
export enum NumberForm {
  int32,
  uint32,
  int64,
  uint64,
  float,
  double,
  float16,
  /** Two's complement, the highest byte first, of any width. */
  bigEndian,
  /** Nanoseconds of the day (64 bits) and the Julian day (32 bits), as Impala and old Spark write moments. */
  int96,
  /** Days since 1970 (32 bits), as milliseconds. */
  days,
}

/** Whole numbers beyond this may have no double of their own (2^53). */
const exactLimit: i64 = 1 << 53;

/** How many numbers of a call were beyond that limit. */
let wide: u32 = 0;

/**
 * Writes `count` numbers of `width` bytes at `source` to `target` as doubles, divided by `divisor` (a decimal's power of ten, a moment's units per
 * millisecond). Returns how many whole numbers were beyond 2^53: undivided they are the nearest double, divided perhaps its neighbour, and
 * those over 64 bits are 0.
 */
export function toDoubles(form: NumberForm, source: usize, count: u32, width: u32, divisor: f64, target: usize): u32 {
  wide = 0;
  convert(form, source, count, width, divisor, target);
  return wide;
}

function convert(form: NumberForm, source: usize, count: u32, width: u32, divisor: f64, target: usize): void {
  switch (form) {
    case NumberForm.int32:
      for (let index: u32 = 0; index < count; index++)
        put(target, index, <f64>load<i32>(source + (index << 2)) / divisor);
      return;
    case NumberForm.uint32:
      for (let index: u32 = 0; index < count; index++)
        put(target, index, <f64>load<u32>(source + (index << 2)) / divisor);
      return;
    case NumberForm.int64:
      for (let index: u32 = 0; index < count; index++)
        put(target, index, quotient(load<i64>(source + (index << 3)), divisor));
      return;
    case NumberForm.uint64:
      for (let index: u32 = 0; index < count; index++) put(target, index, unsigned(load<u64>(source + (index << 3))));
      return;
    case NumberForm.float:
      for (let index: u32 = 0; index < count; index++) put(target, index, <f64>load<f32>(source + (index << 2)));
      return;
    case NumberForm.double:
      memory.copy(target, source, count << 3);
      return;
    case NumberForm.float16:
      for (let index: u32 = 0; index < count; index++) put(target, index, half(load<u16>(source + (index << 1))));
      return;
    case NumberForm.bigEndian:
      for (let index: u32 = 0; index < count; index++)
        put(target, index, bigEndian(source + index * width, width, divisor));
      return;
    case NumberForm.int96:
      for (let index: u32 = 0; index < count; index++) put(target, index, moment(source + index * 12));
      return;
    case NumberForm.days:
      for (let index: u32 = 0; index < count; index++)
        put(target, index, <f64>load<i32>(source + (index << 2)) * 86400000);
      return;
  }
}

function put(target: usize, index: u32, value: f64): void {
  store<f64>(target + (index << 3), value);
}

function quotient(value: i64, divisor: f64): f64 {
  if (value + exactLimit >= 0 && value <= exactLimit) return <f64>value / divisor;
  return wideQuotient(value, divisor);
}

/** Divides before it rounds: nanoseconds since 1970 have more digits than a double. */
function wideQuotient(value: i64, divisor: f64): f64 {
  wide++;
  if (divisor === 1 || divisor > 1e18) return <f64>value / divisor;
  const whole = <i64>divisor;
  return <f64>(value / whole) + <f64>(value % whole) / divisor;
}

function unsigned(value: u64): f64 {
  if (value > <u64>exactLimit) wide++;
  return <f64>value;
}

function half(bits: u32): f64 {
  const sign: f64 = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = <f64>(bits & 1023);
  if (exponent === 0) return sign * fraction * 5.9604644775390625e-8;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * (exponent < 25 ? 1 / <f64>(1 << (25 - exponent)) : <f64>(1 << (exponent - 25)));
}

function bigEndian(source: usize, width: u32, divisor: f64): f64 {
  const sign: i64 = load<i8>(source) < 0 ? -1 : 0;
  let value = sign;
  let fits = true;
  for (let index: u32 = 0; index < width; index++) {
    fits = fits && value >> 55 === sign;
    value = (value << 8) | <i64>load<u8>(source + index);
  }
  if (fits) return quotient(value, divisor);
  wide++;
  return 0;
}

function moment(source: usize): f64 {
  const days = <f64>load<u32>(source + 8) - 2440588;
  return days * 86400000 + <f64>load<i64>(source) / 1e6;
}

/** Looks up `count` doubles: `target[i] = table[indices[i]]`. False when an index is `distinct` or more. */
export function gatherDoubles(indices: usize, count: u32, table: usize, distinct: u32, target: usize): bool {
  for (let index: u32 = 0; index < count; index++) {
    const entry = load<u32>(indices + (index << 2));
    if (entry >= distinct) return false;
    store<f64>(target + (index << 3), load<f64>(table + (entry << 3)));
  }
  return true;
}

/** How many of `count` levels are 1. */
export function sumLevels(levels: usize, count: u32): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) sum += load<u32>(levels + (index << 2));
  return sum;
}

/** Moves the `present` doubles at `values` to where `levels` says 1, from the last to the first, and writes NaN between them. */
export function spreadDoubles(levels: usize, count: u32, present: u32, values: usize): void {
  while (count > present) {
    count--;
    const filled = load<u32>(levels + (count << 2)) !== 0;
    if (filled) present--;
    store<f64>(values + (count << 3), filled ? load<f64>(values + (present << 3)) : NaN);
  }
}

/** Moves the `present` codes at `codes` to where `levels` says 1, from the last to the first, and writes 0 between them. */
export function spreadCodes(levels: usize, count: u32, present: u32, codes: usize): void {
  while (count > present) {
    count--;
    const filled = load<u32>(levels + (count << 2)) !== 0;
    if (filled) present--;
    store<u32>(codes + (count << 2), filled ? load<u32>(codes + (present << 2)) : 0);
  }
}

/** Moves the doubles that occur, and their counts, to the front, in order. Returns how many those are. */
export function keepOccurring(values: usize, counts: usize, count: u32): u32 {
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const times = load<u32>(counts + (index << 2));
    if (times === 0) continue;
    store<f64>(values + (kept << 3), load<f64>(values + (index << 3)));
    store<u32>(counts + (kept << 2), times);
    kept++;
  }
  return kept;
}

/** Sets `bytes` bytes to 0. */
export function clear(target: usize, bytes: u32): void {
  memory.fill(target, 0, bytes);
}

/** Puts together `count` values of `width` bytes, from value `first` on, of which each byte stands in a stream of its own of `stride` bytes. */
export function joinStreams(source: usize, stride: u32, first: u32, count: u32, width: u32, target: usize): void {
  for (let byte: u32 = 0; byte < width; byte++) {
    const stream = source + byte * stride + first;
    for (let index: u32 = 0; index < count; index++) store<u8>(target + index * width + byte, load<u8>(stream + index));
  }
}
