import { UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';
import { isFilled, type SideRows } from './read-rows.ts';

/** Rows of current data with the labels that came for them later. */
export interface Joined {
  readonly rows: SideRows;
  /** What the reader should know, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Gives each row of `current` the label that `labels` has for its id; a row without one gets none, and labels of other rows are passed over.
 * Throws a `UserError` for an id with two different labels: which of them is right cannot be known.
 */
export function joinLabels(current: SideRows, labels: SideRows): Joined {
  const ids = labels.id as CollectedColumn;
  const values = labels.label as CollectedColumn;
  const rowOf = new Map<string | number, number>();
  let repeated = 0;
  for (let row = 0; row < labels.rows; row++) {
    const id = idOf(ids, row);
    if (id === undefined || !isFilled(values, row)) continue;
    const first = rowOf.get(id);
    if (first === undefined) {
      rowOf.set(id, row);
      continue;
    }
    repeated++;
    if (cellOf(values, first) === cellOf(values, row)) continue;
    throw new UserError(
      `${labels.shown}: id ${JSON.stringify(String(id))} has the label ${JSON.stringify(cellOf(values, first))} in row ${first + 1} and ${JSON.stringify(cellOf(values, row))} in row ${row + 1}. Give each id one label.`,
    );
  }
  const own = current.id as CollectedColumn;
  const found = Uint32Array.from({ length: current.rows }, (_, row) => {
    const id = idOf(own, row);
    return id === undefined ? 0 : (rowOf.get(id) ?? -1) + 1;
  });
  const matched = found.reduce((count, row) => (row === 0 ? count : count + 1), 0);
  return {
    rows: { ...current, label: gathered(values, found) },
    warnings: [
      ...(repeated === 0
        ? []
        : [`${labels.shown}: ${repeated} rows repeat an id with the same label; they count once.`]),
      ...(matched > 0 || rowOf.size === 0
        ? []
        : [`${labels.shown}: none of its ${rowOf.size} ids is in ${current.shown}. Check \`id-column\`.`]),
    ],
  };
}

function idOf(column: CollectedColumn, row: number): string | number | undefined {
  if (!isFilled(column, row)) return undefined;
  return column.type === 'category' ? column.texts[(column.codes[row] as number) - 1] : column.values[row];
}

function cellOf(column: CollectedColumn, row: number): string | number {
  return column.type === 'category'
    ? (column.texts[(column.codes[row] as number) - 1] as string)
    : (column.values[row] as number);
}

/** Cells by 1 + row; 0 is an empty cell. */
function gathered(column: CollectedColumn, rows: Uint32Array): CollectedColumn {
  if (column.type === 'category') {
    return { ...column, codes: rows.map((row) => (row === 0 ? 0 : (column.codes[row - 1] as number))) };
  }
  const values = Float64Array.from(rows, (row) => (row === 0 ? Number.NaN : (column.values[row - 1] as number)));
  const nulls = rows.reduce((count, row) => (row === 0 ? count + 1 : count), 0);
  return { ...column, values, nulls, nans: 0, mistyped: 0 };
}
