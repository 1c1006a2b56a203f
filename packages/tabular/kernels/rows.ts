// Cells that JavaScript writes one by one, beside `putCellAt`: of rows that come as values, and of lines that their own kernel leaves to JavaScript.
import { columnAt, numberCells, putEmpty } from './cells';

/** Puts a number into the column at `index`, which must be one of numbers. */
export function putNumberAt(index: u32, row: u32, value: f64): void {
  const column = columnAt(index);
  if (column.kind === numberCells) store<f64>(column.cells + (row << 3), value);
}

/** Puts an empty cell into the column at `index`. */
export function putEmptyAt(index: u32, row: u32): void {
  putEmpty(columnAt(index), row);
}
