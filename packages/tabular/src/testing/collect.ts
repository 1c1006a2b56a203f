import type { ScanColumn, ScanFacts, Scanner, Sink } from '../scan.ts';
import { streamSource } from '../sources/stream.ts';

/** A cell as a test sees it: a number or a text, null when empty. A hash of a text is shown as `#` and its number. */
export type Cell = number | string | null;

export interface Collected {
  readonly facts: ScanFacts;
  /** Cells by column of `wanted`. */
  readonly columns: Cell[][];
  readonly counts: { nulls: number; nans: number; mistyped: number }[];
  readonly batches: number[];
}

/** Scans a table and keeps everything that the sink is given. */
export async function collected(scanner: Scanner, wanted: readonly ScanColumn[] = scanner.columns): Promise<Collected> {
  const columns: Cell[][] = wanted.map(() => []);
  const counts = wanted.map(() => ({ nulls: 0, nans: 0, mistyped: 0 }));
  const batches: number[] = [];
  const sink: Sink = {
    rowsWanted: true,
    numbers(column, { values, nulls, nans, mistyped }) {
      for (const value of values) (columns[column] as Cell[]).push(value);
      const count = counts[column] as (typeof counts)[number];
      count.nulls += nulls;
      count.nans += nans;
      count.mistyped += mistyped;
    },
    codes(column, { codes, distinct, text }) {
      for (const code of codes) {
        (columns[column] as Cell[]).push(code === 0 ? null : code <= distinct ? text(code) : `#${code}`);
      }
    },
    endBatch: (rows) => batches.push(rows),
  };
  const facts = await scanner.scan(wanted, sink);
  return { facts, columns, counts, batches };
}

/** A source that gives `bytes` once, in chunks of the lengths that `lengths` gives. */
export function chunked(bytes: Buffer, lengths: () => number, label = 'data.csv') {
  async function* chunks() {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.max(1, lengths());
      yield bytes.subarray(at, at + length);
      at += length;
    }
  }
  return streamSource(chunks(), label);
}
