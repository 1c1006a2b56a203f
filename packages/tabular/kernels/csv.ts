// The CSV kernel: rows of RFC 4180 to typed columns. It exists because a parser in JavaScript makes a string of every cell, which is most of what
// reading a table costs. Here a cell is found by comparing 16 bytes at once with the delimiter and the line end, and is read where it lies.
import {
  Column,
  categoryCells,
  columnAt,
  newColumns,
  numberCells,
  putCell,
  putNull,
  putText,
  skippedCells,
} from './cells';
import { allocate } from './memory';
import { numberAt, numberEnd } from './number';

const lineFeed: u32 = 10;
const carriageReturn: u32 = 13;
const quote: u32 = 34;

/** Why `csvParse` ended. */
const read: u32 = 0;
const unfinished: u32 = 1;
const wrongWidth: u32 = 2;
const goesOnAfterQuote: u32 = 3;

let delimiter: u32 = 0;
let columnCount: u32 = 0;
let status: u32 = read;
/** Fields of the record that ended `csvParse`, as far as it was read. */
let fields: u32 = 0;
let stoppedAt: usize = 0;
/** Line ends passed in all records so far, and in the quotes of the present one. */
let lines: f64 = 0;
let quotedLines: u32 = 0;

/** A table of `count` columns, all skipped until `setColumn` says otherwise. */
export function csvOpen(count: u32, separator: u32): void {
  newColumns(count);
  columnCount = count;
  delimiter = separator;
}

/** To be called after the last `setColumn`: says to each skipped column how many follow it, so that they are passed in one go. */
export function csvPlan(): void {
  let run: u32 = 0;
  for (let index = <i32>columnCount - 1; index >= 0; index--) {
    const column = columnAt(index);
    run = column.kind === skippedCells ? run + 1 : 0;
    column.run = run;
  }
}

export function csvStatus(): u32 {
  return status;
}

export function csvFields(): u32 {
  return fields;
}

/** The start of the first record that was not read. */
export function csvStoppedAt(): usize {
  return stoppedAt;
}

/** Line ends before `csvStoppedAt`. */
export function csvLines(): f64 {
  return lines;
}

/**
 * Reads the records that start from `from` on and before `until` into the rows from `row` up to but not including `rows`. The bytes go up to `end`,
 * which is behind a line end and has 16 readable bytes behind it. Returns the next row. Lines that hold nothing are passed over. It ends early, with a status, at a record whose quoted
 * field goes on behind `end` and at one that is not as the header says.
 */
export function csvParse(from: usize, until: usize, end: usize, row: u32, rows: u32): u32 {
  let at = from;
  status = read;
  while (at < until && row < rows) {
    quotedLines = 0;
    if (isLineEnd(at)) {
      at = behindLineEnd(at);
    } else {
      const next = readRecord(at, end, row);
      if (next === 0) break;
      at = next;
      row++;
    }
    lines += 1 + <f64>quotedLines;
  }
  stoppedAt = at;
  return row;
}

/** Reads one record; returns where the next starts, or 0 with a status. */
function readRecord(start: usize, end: usize, row: u32): usize {
  const separator = delimiter;
  const count = columnCount;
  let at = start;
  let field: u32 = 0;
  for (;;) {
    const column = columnAt(field);
    if (column.kind === skippedCells) {
      fields = field;
      at = skipFields(at, end, column.run);
      field = fields;
    } else {
      field++;
      at = readField(column, at, end, row);
    }
    if (at === 0) break;
    if (load<u8>(at) !== separator) {
      if (field === count) return behindLineEnd(at);
      status = wrongWidth;
      break;
    }
    at++;
    if (field === count) {
      fields = field;
      if (skipFields(at, end, u32.MAX_VALUE) !== 0) status = wrongWidth;
      return 0;
    }
  }
  fields = field;
  return 0;
}

/** Reads a field into its column; returns its end (the delimiter or line end behind it), or 0 with a status. */
function readField(column: Column, start: usize, end: usize, row: u32): usize {
  if (column.kind === numberCells) {
    const after = readNumber(column, start, row);
    if (after !== 0) return after;
  } else if (column.kind === categoryCells && load<u8>(start) !== quote) {
    return readText(column, start, row);
  }
  return readAny(column, start, end, row);
}

/** Reads a number without anything around it; returns its end, or 0 for a field that is something else. */
function readNumber(column: Column, start: usize, row: u32): usize {
  if (column.nullsFirst !== 0) return 0;
  const value = numberAt(start);
  const after = numberEnd;
  if (after === 0 || !endsField(after)) return 0;
  store<f64>(column.cells + (row << 3), value);
  return after;
}

function readText(column: Column, start: usize, row: u32): usize {
  const after = fieldEnd(start);
  putText(column, row, start, plainLength(start, after));
  return after;
}

function readAny(column: Column, start: usize, end: usize, row: u32): usize {
  if (load<u8>(start) === quote) return readQuoted(column, start, end, row);
  const after = fieldEnd(start);
  const length = plainLength(start, after);
  if (length === 0) putNull(column, row);
  else putCell(column, row, start, length);
  return after;
}

/** The end of a field without quotes. A carriage return alone is text like any other. */
function fieldEnd(start: usize): usize {
  const delimiters = i8x16.splat(<i8>delimiter);
  const lineFeeds = i8x16.splat(<i8>lineFeed);
  let at = start;
  let bytes = v128.load(at);
  let found = i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, lineFeeds)));
  while (found === 0) {
    at += 16;
    bytes = v128.load(at);
    found = i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, lineFeeds)));
  }
  return at + ctz(found);
}

/** The length of a plain field without the carriage return of its line end. */
function plainLength(start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  return length > 0 && load<u8>(end) === lineFeed && load<u8>(end - 1) === carriageReturn ? length - 1 : length;
}

/** Passes `count` fields or the rest of the record, and counts them. Returns the end of the last; 0 with a status. */
function skipFields(start: usize, end: usize, count: u32): usize {
  let at = skipField(start, end);
  for (let left = count - 1; left > 0 && at !== 0 && load<u8>(at) === delimiter; left--) at = skipField(at + 1, end);
  return at;
}

function skipField(start: usize, end: usize): usize {
  fields++;
  if (load<u8>(start) !== quote) return fieldEnd(start);
  const closing = closingQuote(start, end);
  return closing === 0 ? 0 : behindQuote(closing);
}

let doubledQuotes: u32 = 0;

/** The quote that closes the one at `opening`; 0 when the data ends before it. Counts doubled quotes and line ends on the way. */
function closingQuote(opening: usize, end: usize): usize {
  const quotes = i8x16.splat(<i8>quote);
  const lineFeeds = i8x16.splat(<i8>lineFeed);
  doubledQuotes = 0;
  let at = opening + 1;
  while (at < end) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(i8x16.eq(bytes, quotes));
    const ends = i8x16.bitmask(i8x16.eq(bytes, lineFeeds));
    if (found === 0) {
      quotedLines += popcnt(ends);
      at += 16;
      continue;
    }
    const offset = ctz(found);
    quotedLines += popcnt(ends & ((1 << offset) - 1));
    at += offset;
    if (at >= end) break;
    if (load<u8>(at, 1) !== quote) return at;
    doubledQuotes++;
    at += 2;
  }
  status = unfinished;
  return 0;
}

/** The end of the field that the quote at `closing` closes; 0 with a status when there is more text. */
function behindQuote(closing: usize): usize {
  if (endsField(closing + 1)) return closing + 1;
  status = goesOnAfterQuote;
  return 0;
}

function readQuoted(column: Column, start: usize, end: usize, row: u32): usize {
  const closing = closingQuote(start, end);
  if (closing === 0) return 0;
  const after = behindQuote(closing);
  if (after === 0) return 0;
  const length = <u32>(closing - start - 1);
  if (doubledQuotes === 0) putCell(column, row, start + 1, length);
  else putCell(column, row, undoubled(start + 1, length), length - doubledQuotes);
  return after;
}

let scratch: usize = 0;
let scratchBytes: u32 = 0;

/** A copy of a quoted text with each doubled quote once. It holds until the next call. */
function undoubled(text: usize, length: u32): usize {
  if (length >= scratchBytes) {
    scratchBytes = max<u32>(1024, 2 * length);
    scratch = allocate(scratchBytes);
  }
  let to = scratch;
  const end = text + length;
  for (let from = text; from < end; from++) {
    const byte = load<u8>(from);
    store<u8>(to++, byte);
    if (byte === quote) from++;
  }
  store<u8>(to, 0);
  return scratch;
}

/** Whether a field ends here: at a delimiter or a line end. */
function endsField(at: usize): bool {
  const byte = <u32>load<u8>(at);
  return byte === delimiter || byte === lineFeed || (byte === carriageReturn && load<u8>(at, 1) === lineFeed);
}

function isLineEnd(at: usize): bool {
  const byte = <u32>load<u8>(at);
  return byte === lineFeed || (byte === carriageReturn && load<u8>(at, 1) === lineFeed);
}

function behindLineEnd(at: usize): usize {
  return at + (load<u8>(at) === carriageReturn ? 2 : 1);
}
