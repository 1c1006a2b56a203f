// Cells that JavaScript writes one by one: rows that come as values and not as text, and rows of a file that its own kernel leaves to JavaScript.
import { categoryCells, columnAt, newColumns, numberCells, putCell, putNull, skippedCells } from './cells';

/** A table of `count` columns, all skipped until `setColumn` says otherwise. */
export function rowsOpen(count: u32): void {
  newColumns(count);
}

/** Puts the text of a cell into the column at `index`, with 8 readable bytes behind it of which the first is no part of a number. */
export function putCellAt(index: u32, row: u32, text: usize, length: u32): void {
  const column = columnAt(index);
  if (column.kind !== skippedCells) putCell(column, row, text, length);
}

/** Puts a number into the column at `index`, which must be one of numbers. */
export function putNumberAt(index: u32, row: u32, value: f64): void {
  const column = columnAt(index);
  if (column.kind === numberCells) store<f64>(column.cells + (row << 3), value);
}

/** Puts an empty cell into the column at `index`. */
export function putNullAt(index: u32, row: u32): void {
  const column = columnAt(index);
  if (column.kind === categoryCells) store<u32>(column.cells + (row << 2), 0);
  else if (column.kind !== skippedCells) putNull(column, row);
}
