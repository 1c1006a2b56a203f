import type { MistypedCell, ScanColumn, Sink } from '../scan.ts';
import { codeCells, type TextLimits } from './code-cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import { type NumberTable, numberReader } from './numbers.ts';
import type { Damage, DictionaryPage } from './pages.ts';
import { parsedCells } from './parsed-cells.ts';
import type { ValueReader } from './values.ts';

/** Makes cells of one kind out of values, at `target` in the kernel's memory. */
export interface CellMaker {
  readonly cellBytes: 4 | 8;
  /** Takes the dictionary of a chunk; undefined is that of Booleans. */
  useDictionary(page: DictionaryPage | undefined): void;
  /** Writes the cells of `count` indices into the dictionary. */
  lookUp(indices: number, count: number, target: number): void;
  /** Writes the cells of the next `count` values. */
  read(values: ValueReader, count: number, target: number): void;
  /** Moves `present` cells to where `levels` says 1, and writes empty ones between them. */
  spread(levels: number, count: number, present: number, target: number): void;
  /** Hands `rows` cells on, of which the first stands in row `firstRow` (from 1) and `nulls` are empty. */
  hand(sink: Sink, column: number, pointer: number, rows: number, nulls: number, firstRow: number): void;
  /** What was seen so far that the user should know of. */
  seen(): ColumnFacts;
}

export interface ColumnFacts {
  /** The first cell that was handed on and is not of the wanted type. */
  readonly mistyped?: MistypedCell | undefined;
  /** Whether whole numbers had no double of their own. */
  readonly rounded?: boolean;
}

/** How the cells of `column` become what `wanted` asks for. */
export function cellMaker(
  workspace: Workspace,
  column: ParquetColumn,
  wanted: ScanColumn,
  limits: TextLimits,
  damage: Damage,
): CellMaker {
  if (wanted.type === 'category') return codeCells(workspace, column, limits, damage);
  return column.storage.kind === 'numbers' || column.storage.kind === 'booleans'
    ? numberCells(workspace, column, damage)
    : parsedCells(workspace, column, wanted.type, damage);
}

/** Numbers and moments that the file keeps as such. */
function numberCells(workspace: Workspace, column: ParquetColumn, damage: Damage): CellMaker {
  const { kernel } = workspace;
  const numbers = numberReader(workspace, column, damage);
  let table: NumberTable = { pointer: 0, distinct: 0 };
  return {
    cellBytes: 8,
    useDictionary(page) {
      table = numbers.table(page);
    },
    lookUp(indices, count, target) {
      if (kernel.gatherDoubles(indices, count, table.pointer, table.distinct, target) === 0) beyondDictionary(damage);
    },
    read(values, count, target) {
      numbers.convert(values.fixed(count), count, target);
    },
    spread: (levels, count, present, target) => kernel.spreadDoubles(levels, count, present, target),
    hand(sink, column, pointer, rows, nulls) {
      const nans = Math.max(0, numbers.nans(pointer, rows) - nulls);
      const values = new Float64Array(kernel.memory.buffer, pointer, rows);
      sink.numbers(column, { values, pointer, nulls, nans, mistyped: 0 });
    },
    seen: () => ({ rounded: numbers.rounded() }),
  };
}

export function beyondDictionary(damage: Damage): never {
  return damage('a cell names a value that is not in its dictionary');
}
