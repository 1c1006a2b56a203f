import { UserError } from '@mlops-actions/core';
import {
  type CollectedColumn,
  type CollectedNumbers,
  collectColumns,
  type ScanColumn,
  type Scanner,
  type ScanType,
  tableFault,
} from '@mlops-actions/tabular';
import { present } from './roles.ts';

/** A table that is open and not read yet. */
export interface OpenTable {
  /** How messages name it. */
  readonly shown: string;
  readonly names: readonly string[];
  /** What the first rows suggest. */
  suggested(column: string): ScanType;
  /** Says that a column will be needed, as what. A column that is needed as a number and as a category is read as a number. */
  want(column: string, type: 'number' | 'category'): void;
  read(signal: AbortSignal): Promise<ReadTable>;
}

export interface ReadTable {
  readonly shown: string;
  readonly rows: number;
  readonly warnings: readonly string[];
  /** Whether a column was wanted, and is there. */
  has(name: string): boolean;
  /** A column that was wanted. */
  column(name: string): CollectedColumn;
  /** A column of finite numbers. Throws a located `UserError` for a cell that is none. */
  numbers(name: string): CollectedNumbers;
}

export function openedTable(shown: string, scanner: Scanner): OpenTable {
  const names = scanner.columns.map(({ name }) => name);
  const wanted = new Map<string, 'number' | 'category'>();
  return {
    shown,
    names,
    suggested: (column) => scanner.columns.find(({ name }) => name === column)?.type ?? 'category',
    want(column, type) {
      present(column, names, shown, 'slices');
      if (wanted.get(column) !== 'number') wanted.set(column, type);
    },
    async read(signal) {
      const list = [...wanted].map(([name, type]): ScanColumn => ({ name, type }));
      const { rows, columns, facts } = await collectColumns(scanner, list, { signal, label: shown });
      if (rows === 0) throw new UserError(`${shown} has no rows. Did the evaluation write its predictions?`);
      const byName = new Map(columns.map((column) => [column.name, column]));
      const column = (name: string): CollectedColumn => byName.get(name) as CollectedColumn;
      return {
        shown,
        rows,
        warnings: facts.warnings.map((warning) => `${shown}: ${warning}`),
        has: (name) => byName.has(name),
        column,
        numbers(name) {
          const numbers = column(name) as CollectedNumbers;
          const text = facts.mistyped.get(name);
          if (text !== undefined) {
            throw tableFault(
              { file: shown, row: text.row, column: name, ...(text.line === undefined ? {} : { line: text.line }) },
              `${JSON.stringify(text.text)} is no number, as the other cells are. Mend the cell, or set \`task\` when the column holds classes.`,
            );
          }
          const row = numbers.values.findIndex((value) => !Number.isFinite(value));
          if (row === -1) return numbers;
          const count = numbers.values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
          const what = Number.isNaN(numbers.values[row]) ? 'no number' : String(numbers.values[row]);
          throw tableFault(
            { file: shown, row: row + 1, column: name },
            `holds ${what}${count === 1 ? '' : `, as ${count} rows in all`}. Every row of the test set needs one.`,
          );
        },
      };
    },
  };
}
