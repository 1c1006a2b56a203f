// The number kernel: decimal text to the nearest double, bit for bit what `Number(text)` gives. It exists because a table is mostly numbers and
// a call into JavaScript with a new string for each costs twenty times what the digits themselves cost. Exact products of small powers of ten
// settle most numbers, Eisel-Lemire (Lemire, "Number Parsing at a Gigabyte per Second", 2021) nearly all others; the few that neither can
// decide (over 19 digits, subnormals, exact halves) go to JavaScript as text.
import { allocate } from './memory';

/** JavaScript's `Number` of the text, which is a well-formed decimal number. */
declare function numberOf(text: usize, length: u32): f64;

/** Powers of ten from which Eisel-Lemire reads, 10^-lowestPower to 10^+lowestPower: 16 bytes each, high half of the mantissa first. */
const lowestPower: i32 = 64;
/** Up to 10^22 a power of ten is an exact double. */
const exactPowers: i32 = 22;

let powers: usize = 0;
let doubles: usize = 0;

/** Where JavaScript writes the 128-bit mantissas of 10^-64 to 10^64, cut off (not rounded), two u64 each, high half first. */
export function numberPowers(): usize {
  if (powers === 0) {
    powers = allocate((2 * lowestPower + 1) * 16);
    doubles = allocate((exactPowers + 1) * 8);
    for (let exponent = 0, power: f64 = 1; exponent <= exactPowers; exponent++, power *= 10) {
      store<f64>(doubles + (exponent << 3), power);
    }
  }
  return powers;
}

/** Where the number that `numberAt` read last ends; 0 when there was none. */
export let numberEnd: usize = 0;

/**
 * The number that starts at `start`: a sign or none, digits with a point or none, an exponent or none. Sets `numberEnd`. What follows the
 * number is the caller's to judge; there must be some byte that is no part of one, and 8 readable bytes behind it.
 */
export function numberAt(start: usize): f64 {
  let at = start;
  const sign = <u32>load<u8>(at);
  if (sign === 0x2d || sign === 0x2b) at++;
  const digits = at;
  let mantissa: u64 = 0;
  let digit = <u32>load<u8>(at) - 48;
  while (digit <= 9) {
    mantissa = mantissa * 10 + digit;
    digit = <u32>load<u8>(++at) - 48;
  }
  let count = <i32>(at - digits);
  let exponent: i32 = 0;
  if (load<u8>(at) === 0x2e) {
    const fraction = ++at;
    let eight = load<u64>(at);
    while (areDigits(eight)) {
      mantissa = mantissa * 100000000 + eightDigits(eight);
      at += 8;
      eight = load<u64>(at);
    }
    digit = <u32>load<u8>(at) - 48;
    while (digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = <u32>load<u8>(++at) - 48;
    }
    exponent = <i32>(fraction - at);
    count -= exponent;
  }
  if (count === 0) {
    numberEnd = 0;
    return 0;
  }
  if ((load<u8>(at) | 32) === 0x65) {
    exponent += exponentAt(at);
    if (exponentEnd === 0) {
      numberEnd = 0;
      return 0;
    }
    at = exponentEnd;
  }
  numberEnd = at;
  if (count > 19 && significantDigits(digits, count) > 19) return numberOf(start, <u32>(at - start));
  const size = magnitude(mantissa, exponent);
  if (size !== size) return numberOf(start, <u32>(at - start));
  return sign === 0x2d ? -size : size;
}

let exponentEnd: usize = 0;

/** The exponent whose "e" is at `start`, at most 9,999 either way; `exponentEnd` is 0 when no digit follows. */
function exponentAt(start: usize): i32 {
  let at = start + 1;
  const sign = <u32>load<u8>(at);
  if (sign === 0x2d || sign === 0x2b) at++;
  let digit = <u32>load<u8>(at) - 48;
  if (digit > 9) {
    exponentEnd = 0;
    return 0;
  }
  let value: i32 = 0;
  while (digit <= 9) {
    if (value < 1000) value = value * 10 + <i32>digit;
    digit = <u32>load<u8>(++at) - 48;
  }
  exponentEnd = at;
  return sign === 0x2d ? -value : value;
}

/** How many of `count` digits are left when leading zeros go: 0.000044462101047804126 has 22 digits, of which 17 count. */
function significantDigits(start: usize, count: i32): i32 {
  let at = start;
  let left = count;
  while (left > 0) {
    const byte = load<u8>(at++);
    if (byte === 0x30) left--;
    else if (byte !== 0x2e) break;
  }
  return left;
}

/** `mantissa` times ten to the `exponent`, rounded once; NaN when that cannot be decided here. */
function magnitude(mantissa: u64, exponent: i32): f64 {
  if (mantissa <= 1 << 53 && exponent >= -exactPowers && exponent <= exactPowers) {
    const value = <f64>mantissa;
    return exponent < 0 ? value / load<f64>(doubles + (-exponent << 3)) : value * load<f64>(doubles + (exponent << 3));
  }
  if (mantissa === 0) return 0;
  return exponent < -lowestPower || exponent > lowestPower ? NaN : eiselLemire(mantissa, exponent);
}

/** Eisel-Lemire for a mantissa above 0; NaN for a result that is subnormal, too large or too close to call. */
function eiselLemire(mantissa: u64, exponent: i32): f64 {
  const shift = <i32>clz(mantissa);
  const scaled = mantissa << shift;
  const power = powers + ((exponent + lowestPower) << 4);
  const factor = load<u64>(power);
  let high = highProduct(scaled, factor);
  let low = scaled * factor;
  if ((high & 0x1ff) === 0x1ff) {
    const carried = low + highProduct(scaled, load<u64>(power, 8));
    if (carried < low) high++;
    low = carried;
    if (low === u64.MAX_VALUE) return NaN;
  }
  const top = <i32>(high >> 63);
  const cut = top + 9;
  let bits = high >> cut;
  let binary = ((217706 * exponent) >> 16) + 63 + top - shift + 1023;
  if (binary <= 0 || binary >= 2046) return NaN;
  // Exactly between two doubles: only possible for small powers, and then the even one is right.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) === 1 && bits << cut === high) bits &= ~1;
  bits = (bits + (bits & 1)) >> 1;
  if (bits >= 1 << 53) {
    bits = 1 << 52;
    binary++;
  }
  return reinterpret<f64>((bits & ~((<u64>1) << 52)) | ((<u64>binary) << 52));
}

/** The upper 64 bits of a product of 128. */
function highProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (other >> 32);
}

/** Whether all eight bytes are digits. */
function areDigits(eight: u64): bool {
  return (
    ((eight & 0xf0f0f0f0f0f0f0f0) | (((eight + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) === 0x3333333333333333
  );
}

/** The number that eight digits write, the first in the lowest byte: pairs, then fours, then all, in three multiplications. */
function eightDigits(eight: u64): u64 {
  const values = eight - 0x3030303030303030;
  const pairs = values * 10 + (values >> 8);
  return (
    (((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
      32) &
    0xffffffff
  );
}
