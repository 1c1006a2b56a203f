import { UserError } from '@mlops-actions/core';
import type { CodeCells, NumberCells, ScanColumn, ScanFacts, Scanner, Sink } from './scan.ts';

/** A whole column in memory, one entry a row. */
export type CollectedColumn = CollectedNumbers | CollectedTexts;

/** A number or timestamp column; NaN for every cell that is no number. */
export interface CollectedNumbers {
  readonly type: 'number' | 'timestamp';
  readonly name: string;
  readonly values: Float64Array;
  /** How many of the NaNs are empty cells, cells that say NaN, and cells that are not of the type. */
  readonly nulls: number;
  readonly nans: number;
  readonly mistyped: number;
}

/** A category column. */
export interface CollectedTexts {
  readonly type: 'category';
  readonly name: string;
  /** 0 for an empty cell, otherwise 1 + index into `texts`. */
  readonly codes: Uint32Array;
  /** The different texts, in the order of their first rows. */
  readonly texts: readonly string[];
}

export interface CollectedTable {
  readonly rows: number;
  /** In the order of `wanted`. */
  readonly columns: readonly CollectedColumn[];
  readonly facts: ScanFacts;
}

export interface CollectOptions {
  readonly signal?: AbortSignal;
  /** More rows are refused. */
  readonly maxRows?: number;
  /** How messages name the table. */
  readonly label?: string;
}

/**
 * Reads whole columns into memory, rows in order and aligned: 8 bytes a row for a number, 4 for a category. Throws a `UserError` for a
 * table of more than `maxRows` rows (50 million), for a category column of more different texts than the scan keeps, and whatever the scan
 * throws.
 */
export async function collectColumns(
  scanner: Scanner,
  wanted: readonly ScanColumn[],
  options: CollectOptions = {},
): Promise<CollectedTable> {
  const { maxRows = 50_000_000, label = 'The table' } = options;
  const builders = wanted.map((column) => (column.type === 'category' ? textsOf(column, label) : numbersOf(column)));
  let rows = 0;
  const sink: Sink = {
    rowsWanted: true,
    numbers: (column, cells) => (builders[column] as NumbersBuilder).add(cells),
    codes: (column, cells) => (builders[column] as TextsBuilder).add(cells),
    endBatch: (batch) => {
      rows += batch;
      if (rows > maxRows) {
        throw new UserError(`${label} has more than ${maxRows} rows. Give a sample of them.`);
      }
    },
  };
  const facts = await scanner.scan(wanted, sink, options.signal);
  return { rows: facts.rows, columns: builders.map((builder) => builder.done()), facts };
}

interface NumbersBuilder {
  add(cells: NumberCells): void;
  done(): CollectedNumbers;
}

function numbersOf({ name, type }: ScanColumn): NumbersBuilder {
  const values = growing<Float64Array>((length) => new Float64Array(length));
  let nulls = 0;
  let nans = 0;
  let mistyped = 0;
  return {
    add(cells) {
      values.add(cells.values);
      nulls += cells.nulls;
      nans += cells.nans;
      mistyped += cells.mistyped;
    },
    done: () => ({ type: type as 'number' | 'timestamp', name, values: values.done(), nulls, nans, mistyped }),
  };
}

interface TextsBuilder {
  add(cells: CodeCells): void;
  done(): CollectedTexts;
}

function textsOf({ name }: ScanColumn, label: string): TextsBuilder {
  const codes = growing<Uint32Array>((length) => new Uint32Array(length));
  const texts: string[] = [];
  return {
    add(cells) {
      if (cells.hashing === true) {
        throw new UserError(
          `${label}: column ${JSON.stringify(name)} has more different texts than are kept (${cells.distinct}). Give whole numbers instead of texts, or a sample of the rows.`,
        );
      }
      codes.add(cells.codes);
      while (texts.length < cells.distinct) texts.push(cells.text(texts.length + 1));
    },
    done: () => ({ type: 'category', name, codes: codes.done(), texts }),
  };
}

/** An array that grows by doubling: what is handed to `add` is copied, as it is a view of the scan's memory. */
function growing<A extends Float64Array | Uint32Array>(make: (length: number) => A): { add(part: A): void; done(): A } {
  let array = make(1024);
  let length = 0;
  return {
    add(part) {
      if (length + part.length > array.length) {
        const larger = make(Math.max(2 * array.length, length + part.length));
        larger.set(array.subarray(0, length));
        array = larger;
      }
      array.set(part, length);
      length += part.length;
    },
    done: () => array.subarray(0, length) as A,
  };
}
