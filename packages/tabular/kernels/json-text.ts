// Escapes in JSON texts. They have a kernel because Python writes every letter beyond ASCII as one.
import { allocate } from './memory';

const quote: u32 = 0x22;
const backslash: u32 = 0x5c;

/** The quote that closes a text, from the first escape of the text on; 0 when a control character comes before. */
export function escapedEnd(first: usize): usize {
  let at = first;
  let byte = <u32>load<u8>(at);
  while (byte !== quote && byte >= 0x20) {
    // What follows a backslash may be a quote. A control character may not follow it, and is looked at next.
    at += byte === backslash && <u32>load<u8>(at, 1) >= 0x20 ? 2 : 1;
    byte = <u32>load<u8>(at);
  }
  return byte === quote ? at : 0;
}

let scratch: usize = 0;
let scratchBytes: u32 = 0;
export let unescapedLength: u32 = 0;

/**
 * A copy of a text in which the escapes are what they stand for, in UTF-8, with a zero behind it; sets `unescapedLength`. 0 for an escape that JSON does not
 * have. Half a surrogate pair becomes U+FFFD, as in Node's `Buffer`. Holds until the next call.
 */
export function unescaped(start: usize, end: usize): usize {
  const length = <u32>(end - start);
  if (length >= scratchBytes) {
    scratchBytes = max<u32>(1024, 2 * length);
    scratch = allocate(scratchBytes);
  }
  target = scratch;
  let at = start;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte === <u8>backslash) {
      at = putEscape(at + 1);
      if (at === 0) return 0;
    } else {
      store<u8>(target++, byte);
      at++;
    }
  }
  store<u8>(target, 0);
  unescapedLength = <u32>(target - scratch);
  return scratch;
}

let target: usize = 0;

/** Writes what the escape whose letter is at `start` stands for; returns its end, or 0 when JSON has no such escape. */
function putEscape(start: usize): usize {
  const letter = <u32>load<u8>(start);
  if (letter === 0x75) return putCodePoint(start + 1);
  let byte: u32 = 0;
  if (letter === quote || letter === backslash || letter === 0x2f) byte = letter;
  else if (letter === 0x6e) byte = 0x0a;
  else if (letter === 0x74) byte = 0x09;
  else if (letter === 0x72) byte = 0x0d;
  else if (letter === 0x62) byte = 0x08;
  else if (letter === 0x66) byte = 0x0c;
  else return 0;
  store<u8>(target++, byte);
  return start + 1;
}

function putCodePoint(digits: usize): usize {
  const unit = codeUnit(digits);
  if (unit < 0) return 0;
  if (unit >> 10 === 0x36 && load<u16>(digits, 4) === 0x755c) {
    const low = codeUnit(digits + 6);
    if (low >> 10 === 0x37) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
      store<u8>(target, 0xf0 | (point >> 18));
      store<u8>(target, 0x80 | ((point >> 12) & 0x3f), 1);
      store<u8>(target, 0x80 | ((point >> 6) & 0x3f), 2);
      store<u8>(target, 0x80 | (point & 0x3f), 3);
      target += 4;
      return digits + 10;
    }
  }
  putUnit(unit >> 11 === 0x1b ? 0xfffd : unit);
  return digits + 4;
}

/** The four hexadecimal digits as a number; negative when they are none. */
function codeUnit(digits: usize): i32 {
  let unit: i32 = 0;
  for (let at = digits; at < digits + 4; at++) {
    const byte = <u32>load<u8>(at);
    const letter = (byte | 0x20) - 0x61;
    const digit = byte - 48 <= 9 ? byte - 48 : letter <= 5 ? letter + 10 : 16;
    if (digit === 16) return -1;
    unit = (unit << 4) | digit;
  }
  return unit;
}

function putUnit(unit: i32): void {
  if (unit < 0x80) {
    store<u8>(target++, unit);
    return;
  }
  if (unit < 0x800) {
    store<u8>(target++, 0xc0 | (unit >> 6));
  } else {
    store<u8>(target++, 0xe0 | (unit >> 12));
    store<u8>(target++, 0x80 | ((unit >> 6) & 0x3f));
  }
  store<u8>(target++, 0x80 | (unit & 0x3f));
}
