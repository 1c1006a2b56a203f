import type { ScanColumn, Scanner, Sink } from '@mlops-actions/tabular';

/** Cells of every `stride`-th row: NaN or `undefined` where one is empty. */
export type SampledCells = Float64Array | readonly (string | undefined)[];

/**
 * Reads every `stride`-th row of the columns, each of its own type. A column of more different texts than a scan keeps is `undefined`.
 */
export async function sampleRows(
  scanner: Scanner,
  wanted: readonly ScanColumn[],
  stride: number,
  signal: AbortSignal,
): Promise<readonly (SampledCells | undefined)[]> {
  const numbers: number[][] = wanted.map(() => []);
  const texts: (string | undefined)[][] = wanted.map(() => []);
  const overgrown = new Set<number>();
  /** By column: how many rows until the next one that is taken. */
  const ahead = new Uint32Array(wanted.length);

  function taken(column: number, rows: number, take: (row: number) => void): void {
    let row = ahead[column] as number;
    for (; row < rows; row += stride) take(row);
    ahead[column] = row - rows;
  }

  const sink: Sink = {
    rowsWanted: true,
    numbers(column, { values }) {
      const kept = numbers[column] as number[];
      taken(column, values.length, (row) => kept.push(values[row] as number));
    },
    codes(column, cells) {
      const kept = texts[column] as (string | undefined)[];
      if (cells.hashing === true) overgrown.add(column);
      if (overgrown.has(column)) return;
      taken(column, cells.codes.length, (row) => {
        const code = cells.codes[row] as number;
        kept.push(code === 0 ? undefined : cells.text(code));
      });
    },
  };
  await scanner.scan(wanted, sink, signal);
  return wanted.map(({ type }, column) => {
    if (overgrown.has(column)) return undefined;
    return type === 'category'
      ? (texts[column] as (string | undefined)[])
      : Float64Array.from(numbers[column] as number[]);
  });
}
