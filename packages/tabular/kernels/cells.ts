// What all text formats do with the text of a cell once it is found: number, timestamp or category, and what a cell that is none of them is.
import { allocate } from './memory';
import { numberAt, numberEnd } from './number';
import { codeOf, Texts } from './text';
import { timestampOf } from './timestamp';

/** Tells JavaScript of the first cell of a column that is not of its type. */
declare function mistyped(column: u32, row: u32, text: usize, length: u32): void;

export const skippedCells: u32 = 0;
export const numberCells: u32 = 1;
export const timestampCells: u32 = 2;
export const categoryCells: u32 = 3;

/** Which NaN stands for an empty cell, for one that says NaN and for one that is not of the type. All are NaN to arithmetic. */
const nullBits: u64 = 0x7ff8000000000000;
const nanBits: u64 = 0x7ff8000000000001;
const mistypedBits: u64 = 0x7ff8000000000002;

/** A column and where its cells go: one f64 a row, or one u32 for a category. */
@unmanaged
export class Column {
  kind: u32;
  /** For a skipped column: how many columns from here on are skipped. */
  run: u32;
  cells: usize;
  /** The `Texts` of a category. */
  texts: usize;
  /** A list of texts that mean an empty cell; 0 for none. */
  nullTexts: usize;
  /** 1 when one of them could be read as a value (-999), so that every cell is compared with them. */
  nullsFirst: u32;
  index: u32;
  hasMistyped: u32;
}

/** Puts the text of a cell, which may be empty, where the column keeps it. 8 bytes behind it are readable and the first is no part of a number. */
export function putCell(column: Column, row: u32, text: usize, length: u32): void {
  if (column.kind === categoryCells) putText(column, row, text, length);
  else store<u64>(column.cells + (row << 3), valueBits(column, row, text, length));
}

/** The same by the column's index, for who finds texts outside the module. */
export function putCellAt(index: u32, row: u32, text: usize, length: u32): void {
  putCell(columnAt(index), row, text, length);
}

/** Puts the cell of a category. */
export function putText(column: Column, row: u32, text: usize, length: u32): void {
  const isNull = length === 0 || (column.nullTexts !== 0 && isNullText(column.nullTexts, text, length));
  store<u32>(column.cells + (row << 2), isNull ? 0 : codeOf(changetype<Texts>(column.texts), text, length));
}

/** Puts the empty cell of a number or timestamp column. */
export function putNull(column: Column, row: u32): void {
  store<u64>(column.cells + (row << 3), nullBits);
}

/** Puts an empty cell into a column of any kind. */
export function putEmpty(column: Column, row: u32): void {
  if (column.kind === categoryCells) store<u32>(column.cells + (row << 2), 0);
  else if (column.kind !== skippedCells) putNull(column, row);
}

/** The bits of the number or timestamp that a text writes, spaces around it aside. */
function valueBits(column: Column, row: u32, text: usize, length: u32): u64 {
  let start = text;
  let end = text + length;
  while (start < end && isSpace(start)) start++;
  while (start < end && isSpace(end - 1)) end--;
  const size = <u32>(end - start);
  if (size === 0 || (column.nullsFirst !== 0 && isNullText(column.nullTexts, start, size))) return nullBits;
  if (column.kind === timestampCells) {
    const moment = timestampOf(start, size);
    if (moment === moment) return reinterpret<u64>(moment);
  } else {
    const value = numberAt(start);
    if (numberEnd === end) return reinterpret<u64>(value);
  }
  if (column.nullTexts !== 0 && isNullText(column.nullTexts, start, size)) return nullBits;
  if (column.kind === numberCells && isInfinity(start, size)) {
    return reinterpret<u64>(load<u8>(start) === 0x2d ? -Infinity : Infinity);
  }
  if (isNaNText(start, size)) return nanBits;
  if (column.hasMistyped === 0) {
    column.hasMistyped = 1;
    mistyped(column.index, row, text, length);
  }
  return mistypedBits;
}

function isSpace(at: usize): bool {
  return load<u8>(at) === 0x20 || load<u8>(at) === 0x09;
}

/** A list of texts is a u32 that counts them, and for each a u32 with its length and its bytes, without padding. */
function isNullText(list: usize, text: usize, length: u32): bool {
  let at = list + 4;
  for (let left = load<u32>(list); left > 0; left--) {
    const size = load<u32>(at);
    if (size === length && memory.compare(at + 4, text, length) === 0) return true;
    at += 4 + size;
  }
  return false;
}

const lowerNan: u32 = 0x6e616e;
const lowerInf: u32 = 0x666e69;

function isNaNText(start: usize, length: u32): bool {
  const sign = signLength(start);
  return length - sign === 3 && threeLetters(start + sign) === lowerNan;
}

/** "inf" or "infinity", in any case, with a sign or none. */
function isInfinity(start: usize, length: u32): bool {
  const sign = signLength(start);
  const word = start + sign;
  if (length - sign === 3) return threeLetters(word) === lowerInf;
  // "infinity" as eight bytes, lowest first, made small letters.
  return length - sign === 8 && (load<u64>(word) | 0x2020202020202020) === 0x7974696e69666e69;
}

function signLength(at: usize): u32 {
  return load<u8>(at) === 0x2d || load<u8>(at) === 0x2b ? 1 : 0;
}

function threeLetters(at: usize): u32 {
  return (load<u32>(at) | 0x202020) & 0xffffff;
}

/** Counts the NaNs of `count` cells by what they stand for: nulls, NaNs and mistyped cells as three u32 at `counts`. */
export function countNaNs(cells: usize, count: u32, counts: usize): void {
  memory.fill(counts, 0, 12);
  const end = cells + (count << 3);
  let at = cells;
  // Most cells are numbers: four at once are looked at for any that is not.
  for (; at + 32 <= end; at += 32) {
    const first = v128.load(at);
    const second = v128.load(at, 16);
    if (v128.any_true(v128.or(f64x2.ne(first, first), f64x2.ne(second, second)))) countSome(at, at + 32, counts);
  }
  countSome(at, end, counts);
}

function countSome(from: usize, to: usize, counts: usize): void {
  for (let at = from; at < to; at += 8) {
    const value = load<f64>(at);
    if (value === value) continue;
    const bits = load<u64>(at);
    const counter = counts + (bits === nullBits ? 0 : bits === mistypedBits ? 8 : 4);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

let columns: usize = 0;

/** Room for `count` columns, all skipped at first. */
export function newColumns(count: u32): void {
  columns = allocate(count * offsetof<Column>());
}

export function columnAt(index: u32): Column {
  return changetype<Column>(columns + index * offsetof<Column>());
}

/** Says what the column at `index` of the table is and where its cells go; `texts` is the set of texts of a category. */
export function setColumn(index: u32, kind: u32, cells: usize, nullTexts: usize, nullsFirst: u32, texts: usize): void {
  const column = columnAt(index);
  column.index = index;
  column.kind = kind;
  column.cells = cells;
  column.nullTexts = nullTexts;
  column.nullsFirst = nullsFirst;
  column.texts = texts;
}
