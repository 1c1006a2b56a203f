// The timestamp kernel: ISO 8601 text to milliseconds since 1970, the same forms and values as `cellValue('timestamp', …)` of
// packages/tabular/src/cell.ts. It exists because `Date.parse` takes a string, half a microsecond, and forms that no standard knows.

/**
 * YYYY-MM-DD, or that with "T" or a space and HH:MM, then :SS, then a point and 1 to 9 digits, then "Z" or ±HH:MM or ±HHMM, each of the three
 * or not. Without a zone it is UTC. NaN for any other text and for a day or an hour that does not exist.
 */
export function timestampOf(text: usize, length: u32): f64 {
  if (length < 10 || load<u8>(text, 4) !== 0x2d || load<u8>(text, 7) !== 0x2d) return NaN;
  const century = twoDigits(text);
  const year = twoDigits(text + 2);
  const month = twoDigits(text + 5);
  const day = twoDigits(text + 8);
  if ((century | year | month | day) < 0) return NaN;
  const days = daysSince1970(century * 100 + year, month, day);
  if (days === noDay) return NaN;
  const date = <f64>days * 86400000;
  return length === 10 ? date : date + timeOf(text + 10, text + length) * 1000;
}

/** Seconds since midnight of the part from "T" on; NaN when it is none. */
function timeOf(start: usize, end: usize): f64 {
  const letter = <u32>load<u8>(start);
  if (end - start < 6 || (letter !== 0x54 && letter !== 0x20) || load<u8>(start, 3) !== 0x3a) return NaN;
  const hour = twoDigits(start + 1);
  const minute = twoDigits(start + 4);
  let at = start + 6;
  let second: i32 = 0;
  let fraction: f64 = 0;
  if (at < end && load<u8>(at) === 0x3a) {
    if (end - at < 3) return NaN;
    second = twoDigits(at + 1);
    at += 3;
    if (at < end && load<u8>(at) === 0x2e) {
      fraction = fractionOf(at + 1, end);
      if (fraction !== fraction) return NaN;
      at = fractionEnd;
    }
  }
  if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return NaN;
  const zone = at === end ? 0 : zoneOf(at, end);
  if (zone === noZone) return NaN;
  return <f64>((hour * 60 + minute - zone) * 60 + second) + fraction;
}

let fractionEnd: usize = 0;

/** The fraction that 1 to 9 digits at `start` write; sets `fractionEnd`. */
function fractionOf(start: usize, end: usize): f64 {
  let at = start;
  let digits: u32 = 0;
  let scale: u32 = 1;
  while (at < end && at - start < 9) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    digits = digits * 10 + digit;
    scale *= 10;
    at++;
  }
  fractionEnd = at;
  // Both are exact doubles, so that the quotient is rounded once: the same as `Number('0.' + digits)`.
  return at === start ? NaN : <f64>digits / <f64>scale;
}

const noZone: i32 = i32.MIN_VALUE;

/** Minutes that the zone at `start` is ahead of UTC. */
function zoneOf(start: usize, end: usize): i32 {
  const sign = <u32>load<u8>(start);
  const length = <u32>(end - start);
  if (sign === 0x5a) return length === 1 ? 0 : noZone;
  if (sign !== 0x2b && sign !== 0x2d) return noZone;
  if (length !== 5 && (length !== 6 || load<u8>(start, 3) !== 0x3a)) return noZone;
  const hour = twoDigits(start + 1);
  const minute = twoDigits(end - 2);
  if ((hour | minute) < 0 || hour > 23 || minute > 59) return noZone;
  return sign === 0x2d ? -(hour * 60 + minute) : hour * 60 + minute;
}

const noDay: i32 = i32.MIN_VALUE;

/**
 * Days from 1970-01-01 to a day of the Gregorian calendar, for the years 0 to 9999 (Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * 2013: years begin in March, so that the leap day is their last).
 */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  if (month < 1 || month > 12 || day < 1 || day > daysOf(month, year)) return noDay;
  const marchYear = month <= 2 ? year - 1 : year;
  const era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400;
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysOf(month: i32, year: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  // 30 days have the even months from August on and the odd ones before: April, June, September, November.
  return 30 + ((month + (month >> 3)) & 1);
}

/** Two digits as a number; negative when they are none. */
function twoDigits(at: usize): i32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens > 9 || ones > 9 ? -1 : <i32>(tens * 10 + ones);
}
