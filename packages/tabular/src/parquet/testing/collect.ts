import { firstHashCode, type ScanColumn, type ScanFacts, type Scanner, type Sink } from '../../scan.ts';
import type { ByteSource } from '../../source.ts';

export type Cell = number | string | null;

/** Bytes as a source that can be read from any place. */
export function bytesSource(bytes: Uint8Array, label = 'data.parquet'): ByteSource {
  return {
    label,
    size: bytes.length,
    range: async (from, to) => bytes.slice(from, to),
    async *stream() {
      yield bytes;
    },
  };
}

/** The text of a code, or `#` and the hash of a text that was not kept. */
function textOrHash(code: number, text: (code: number) => string): string {
  return code < firstHashCode ? text(code) : `#${code}`;
}

export interface Rows {
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  /** By column of numbers: why how many of its cells are no number. */
  readonly missing: ReadonlyMap<string, { nulls: number; nans: number; mistyped: number }>;
  readonly facts: ScanFacts;
  /** Rows of each batch. */
  readonly batches: readonly number[];
}

/** Every cell of the wanted columns, in order; null for what is no number. Checks what every scan promises on the way. */
export async function rowsOf(scanner: Scanner, wanted: readonly ScanColumn[]): Promise<Rows> {
  const cells = wanted.map((): Cell[] => []);
  const missing = wanted.map(() => ({ nulls: 0, nans: 0, mistyped: 0 }));
  const batches: number[] = [];
  let rows = 0;
  const sink: Sink = {
    rowsWanted: true,
    numbers(column, { values, pointer, nulls, nans, mistyped }) {
      const found = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
      if (found !== nulls + nans + mistyped) throw new Error(`${found} NaNs: ${nulls}, ${nans}, ${mistyped}`);
      if (values.byteOffset !== pointer) throw new Error('The pointer is another than that of the values.');
      const sums = missing[column] as { nulls: number; nans: number; mistyped: number };
      sums.nulls += nulls;
      sums.nans += nans;
      sums.mistyped += mistyped;
      for (const value of values) cells[column]?.push(Number.isNaN(value) ? null : value);
    },
    codes(column, { codes, distinct, text }) {
      for (const code of codes) {
        if (code > distinct && code < firstHashCode) throw new Error(`Code ${code} of ${distinct}`);
        cells[column]?.push(code === 0 ? null : textOrHash(code, text));
      }
    },
    endBatch(count) {
      batches.push(count);
      rows += count;
      for (const column of cells) if (column.length !== rows) throw new Error(`${column.length} cells of ${rows}`);
    },
  };
  const facts = await scanner.scan(wanted, sink);
  const byName = <T>(values: readonly T[]) => new Map(wanted.map(({ name }, index) => [name, values[index] as T]));
  return { cells: byName(cells), missing: byName(missing), facts, batches };
}

export interface Counts {
  /** By column: how often each value occurs, null and `nan` among them. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<Cell, number>>;
  readonly facts: ScanFacts;
  /** Columns of which no cell was handed on by itself. */
  readonly counted: ReadonlySet<string>;
}

/** How often every value of the wanted columns occurs. */
export async function countsOf(scanner: Scanner, wanted: readonly ScanColumn[]): Promise<Counts> {
  const counts = wanted.map(() => new Map<Cell, number>());
  const counted = new Set(wanted.map(({ name }) => name));

  function add(column: number, cell: Cell, times: number): void {
    const known = counts[column] as Map<Cell, number>;
    const key = typeof cell === 'number' && Number.isNaN(cell) ? 'nan' : cell;
    if (times > 0) known.set(key, (known.get(key) ?? 0) + times);
  }

  const sink: Sink = {
    rowsWanted: false,
    numbers(column, { values, nulls, mistyped }) {
      counted.delete((wanted[column] as ScanColumn).name);
      for (const value of values) add(column, value, 1);
      add(column, null, nulls + mistyped);
      if (nulls + mistyped > 0) add(column, 'nan', -nulls - mistyped);
    },
    codes(column, { codes, text }) {
      counted.delete((wanted[column] as ScanColumn).name);
      for (const code of codes) add(column, code === 0 ? null : textOrHash(code, text), 1);
    },
    numberCounts(column, values, times, nulls) {
      values.forEach((value, index) => {
        if (times[index] === 0) throw new Error(`${value} does not occur.`);
        add(column, value, times[index] as number);
      });
      add(column, null, nulls);
    },
    textCounts(column, texts, times, nulls) {
      texts.forEach((text, index) => {
        add(column, text, times[index] as number);
      });
      add(column, null, nulls);
    },
  };
  const facts = await scanner.scan(wanted, sink);
  return { counts: new Map(wanted.map(({ name }, index) => [name, counts[index] ?? new Map()])), facts, counted };
}
