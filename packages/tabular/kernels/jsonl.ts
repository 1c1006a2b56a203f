// The JSONL kernel: lines of flat JSON objects to typed columns. It exists because `JSON.parse` makes an object and its texts of every line, nine
// times the cost of reading the values where they lie. Keys are compared with the one that came next in the line before, which they nearly
// always are. What is rare (nested values, keys that are new or have escapes, texts that are no JSON) is left to JavaScript, line by line.
import {
  Column,
  categoryCells,
  columnAt,
  newColumns,
  numberCells,
  putCell,
  putEmpty,
  putText,
  skippedCells,
} from './cells';
import { escapedEnd, unescaped, unescapedLength } from './json-text';
import { allocate } from './memory';
import { numberAt, numberEnd } from './number';
import { hashText } from './text';

const lineFeed: u32 = 0x0a;
const quote: u32 = 0x22;
const comma: u32 = 0x2c;
const minus: u32 = 0x2d;
const colon: u32 = 0x3a;
const backslash: u32 = 0x5c;
const openingBrace: u32 = 0x7b;
const closingBrace: u32 = 0x7d;

/** The name of a column with the quote that closes it. */
@unmanaged
class Key {
  /** Padded with zeros to a multiple of 8. */
  bytes: usize;
  /** With the quote; 0 for a name that JSON writes with escapes, which no key is compared with. */
  length: u32;
  hash: u32;
  /** The record in which the key was found last. */
  record: u32;
}

let keys: usize = 0;
let keyCount: u32 = 0;
/** An open hash table of key indexes plus 1. */
let slots: usize = 0;
let slotMask: u32 = 0;
/** Counts records, so that a key knows whether it was in this one. */
let record: u32 = 0;
let stoppedAt: usize = 0;
let lines: f64 = 0;

/**
 * A table whose columns have the names of a list: for each a u32 with its length and its bytes, without padding. A length of 0 stands for a
 * name that has escapes in JSON. All columns are skipped until `setColumn` says otherwise.
 */
export function jsonOpen(count: u32, names: usize): void {
  newColumns(count);
  keyCount = count;
  keys = allocate(count * offsetof<Key>());
  slotMask = (1 << (33 - clz(count | 7))) - 1;
  slots = allocate((slotMask + 1) << 2);
  let at = names;
  for (let index: u32 = 0; index < count; index++) {
    const length = load<u32>(at);
    if (length > 0) placeKey(index, at + 4, length);
    at += 4 + length;
  }
}

function placeKey(index: u32, name: usize, length: u32): void {
  const key = keyAt(index);
  key.bytes = allocate(length + 8);
  memory.copy(key.bytes, name, length);
  store<u8>(key.bytes + length, quote);
  key.length = length + 1;
  key.hash = hashText(key.bytes, length);
  let slot = key.hash & slotMask;
  while (load<u32>(slots + (slot << 2)) !== 0) slot = (slot + 1) & slotMask;
  store<u32>(slots + (slot << 2), index + 1);
}

function keyAt(index: u32): Key {
  return changetype<Key>(keys + index * offsetof<Key>());
}

/** The start of the first line that was not read. */
export function jsonStoppedAt(): usize {
  return stoppedAt;
}

/** Lines that were read, blank ones too. */
export function jsonLines(): f64 {
  return lines;
}

/**
 * Reads lines from `from` up to `end`, which is behind a line end and has 16 readable bytes behind it, into the rows from `row` up to but not
 * including `rows`. Returns the next row. Blank lines are passed over. Ends early at a line that is left to JavaScript; cells of its row may then have
 * been written.
 */
export function jsonParse(from: usize, end: usize, row: u32, rows: u32): u32 {
  let at = from;
  while (at < end && row < rows) {
    const start = behindSpaces(at);
    if (load<u8>(start) === lineFeed) {
      at = start + 1;
    } else {
      const next = readObject(start, row);
      if (next === 0) break;
      at = next;
      row++;
    }
    lines += 1;
  }
  stoppedAt = at;
  return row;
}

/** Reads the object of a line; returns where the next line starts, or 0 for a line that is left to JavaScript. */
function readObject(start: usize, row: u32): usize {
  if (load<u8>(start) !== openingBrace) return 0;
  record++;
  let found: u32 = 0;
  let expected: u32 = 0;
  let at = behindSpaces(start + 1);
  if (load<u8>(at) !== closingBrace) {
    for (;;) {
      if (load<u8>(at) !== quote) return 0;
      const index = keyIndex(at + 1, expected);
      if (index === keyCount) return 0;
      const key = keyAt(index);
      at = behindSpaces(at + 1 + key.length);
      if (load<u8>(at) !== colon) return 0;
      at = readValue(columnAt(index), behindSpaces(at + 1), row);
      if (at === 0) return 0;
      if (key.record !== record) {
        key.record = record;
        found++;
      }
      expected = index + 1;
      at = behindSpaces(at);
      if (load<u8>(at) !== comma) break;
      at = behindSpaces(at + 1);
    }
    if (load<u8>(at) !== closingBrace) return 0;
  }
  at = behindSpaces(at + 1);
  if (load<u8>(at) !== lineFeed) return 0;
  if (found < keyCount) fillMissing(row);
  return at + 1;
}

/** The column whose key starts at `text`, most likely `expected`; `keyCount` when there is none. */
function keyIndex(text: usize, expected: u32): u32 {
  if (expected < keyCount && isKey(keyAt(expected), text)) return expected;
  const end = specialAt(text);
  if (load<u8>(end) !== quote) return keyCount;
  const hash = hashText(text, <u32>(end - text));
  let slot = hash & slotMask;
  let index = load<u32>(slots + (slot << 2));
  while (index !== 0) {
    const key = keyAt(index - 1);
    if (key.hash === hash && isKey(key, text)) return index - 1;
    slot = (slot + 1) & slotMask;
    index = load<u32>(slots + (slot << 2));
  }
  return keyCount;
}

function isKey(key: Key, text: usize): bool {
  const length = key.length;
  if (length === 0) return false;
  const whole = length & ~7;
  for (let offset: u32 = 0; offset < whole; offset += 8) {
    if (load<u64>(key.bytes + offset) !== load<u64>(text + offset)) return false;
  }
  const unused = 64 - 8 * <u64>(length & 7);
  return unused === 64 || (load<u64>(key.bytes + whole) ^ load<u64>(text + whole)) << unused === 0;
}

function fillMissing(row: u32): void {
  for (let index: u32 = 0; index < keyCount; index++) {
    if (keyAt(index).record !== record) putEmpty(columnAt(index), row);
  }
}

/** Words as the bytes of a u32 or u64, lowest first. */
const nullWord: u32 = 0x6c6c756e;
const trueWord: u32 = 0x65757274;
const falsWord: u32 = 0x736c6166;
const nanWord: u32 = 0x4e614e;
const infinityWord: u64 = 0x7974696e69666e49;

/** Reads a value; returns its end, or 0 for one that is left to JavaScript. */
function readValue(column: Column, start: usize, row: u32): usize {
  const first = <u32>load<u8>(start);
  if (first === quote) return readText(column, start + 1, row);
  if (first - 48 <= 9) return readNumber(column, start, row);
  const word = load<u32>(start);
  if (word === nullWord) {
    putEmpty(column, row);
    return start + 4;
  }
  if (word === trueWord) return readWord(column, start, 4, 1, row);
  if (word === falsWord && load<u8>(start, 4) === 0x65) return readWord(column, start, 5, 0, row);
  // The three words that Python writes and JSON does not know.
  if ((word & 0xffffff) === nanWord) return readNotFinite(column, start, 3, row);
  if (load<u64>(start) === infinityWord) return readNotFinite(column, start, 8, row);
  if (first !== minus) return 0;
  return load<u64>(start, 1) === infinityWord ? readNotFinite(column, start, 9, row) : readNumber(column, start, row);
}

function readWord(column: Column, start: usize, length: u32, value: f64, row: u32): usize {
  if (column.kind === numberCells) store<f64>(column.cells + (row << 3), value);
  else if (column.kind !== skippedCells) putCell(column, row, start, length);
  return start + length;
}

function readNotFinite(column: Column, start: usize, length: u32, row: u32): usize {
  if (column.kind !== skippedCells) putCell(column, row, start, length);
  return start + length;
}

function readNumber(column: Column, start: usize, row: u32): usize {
  const value = numberAt(start);
  const end = numberEnd;
  if (end === 0) return 0;
  const digits = start + (load<u8>(start) === minus ? 1 : 0);
  const point = behindDigits(digits);
  const isWhole = point === end;
  if (point === digits || (load<u8>(digits) === 0x30 && point > digits + 1)) return 0;
  // JSON wants a digit behind the point: "1." and "1.e5" are none of its numbers.
  if (!isWhole && load<u8>(point) === 0x2e && <u32>load<u8>(point, 1) - 48 > 9) return 0;
  const kind = column.kind;
  if (kind === numberCells && column.nullsFirst === 0) {
    store<f64>(column.cells + (row << 3), value);
  } else if (kind === categoryCells && (!isWhole || (value === 0 && digits !== start))) {
    // The text of such a number is the one that JavaScript gives it.
    return 0;
  } else if (kind !== skippedCells) {
    putCell(column, row, start, <u32>(end - start));
  }
  return end;
}

function behindDigits(start: usize): usize {
  let at = start;
  while (<u32>load<u8>(at) - 48 <= 9) at++;
  return at;
}

function readText(column: Column, start: usize, row: u32): usize {
  const end = specialAt(start);
  const byte = <u32>load<u8>(end);
  if (byte === backslash) return readEscaped(column, start, end, row);
  if (byte !== quote) return 0;
  const kind = column.kind;
  if (kind === categoryCells) putText(column, row, start, <u32>(end - start));
  else if (kind !== skippedCells) putCell(column, row, start, <u32>(end - start));
  return end + 1;
}

function readEscaped(column: Column, start: usize, firstEscape: usize, row: u32): usize {
  const end = escapedEnd(firstEscape);
  if (end === 0) return 0;
  const text = unescaped(start, end);
  if (text === 0) return 0;
  if (column.kind !== skippedCells) putCell(column, row, text, unescapedLength);
  return end + 1;
}

/** The first quote, backslash or control character from `start` on. A line end is one, so that there is always some. */
function specialAt(start: usize): usize {
  const quotes = i8x16.splat(<i8>quote);
  const backslashes = i8x16.splat(<i8>backslash);
  const spaces = i8x16.splat(0x20);
  let at = start;
  let found: i32 = 0;
  do {
    const bytes = v128.load(at);
    found = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_u(bytes, spaces)),
    );
    at += 16;
  } while (found === 0);
  return at - 16 + ctz(found);
}

/** The first byte from `start` on that is no space, tab or carriage return. */
function behindSpaces(start: usize): usize {
  let at = start;
  let byte = <u32>load<u8>(at);
  while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = <u32>load<u8>(++at);
  return at;
}
