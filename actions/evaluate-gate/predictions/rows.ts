import { gathered, type SliceColumn, UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';
import { classColumn, missing } from '../../classes.ts';

/** For each row of the test set its row in a table; absent when they are the same. */
export type Order = Uint32Array | undefined;

/** The cells of a table in the order of the test set. */
export function inOrder<A extends Float64Array | Uint32Array>(cells: A, order: Order): A {
  return order === undefined ? cells : gathered(cells, order);
}

/** A column to slice by; numbers are its values as they print. */
export function sliceColumn(column: CollectedColumn, order: Order, table: string): SliceColumn {
  if (column.type === 'category') return { codes: inOrder(column.codes, order), texts: column.texts };
  const { codes, names } = classColumn(column, table);
  return { codes: inOrder(codes, order).map((code) => (code === missing ? 0 : code + 1)), texts: names };
}

/** Throws a `UserError` for a row without a class. */
export function requireClasses(codes: Uint32Array, column: string, table: string): void {
  const row = codes.indexOf(missing);
  if (row === -1) return;
  const count = codes.reduce((sum, code) => sum + (code === missing ? 1 : 0), 0);
  throw new UserError(
    `${table}: ${count} of ${codes.length} rows have no ${column}; the first is row ${row + 1}. Every row of the test set needs one.`,
  );
}
