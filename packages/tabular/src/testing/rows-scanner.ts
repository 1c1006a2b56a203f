import type { ScanColumn, Scanner, ScanType } from '../scan.ts';

/** Cells as a CSV file has them: text, empty for none. */
export type TestRows = Readonly<Record<string, readonly string[]>>;

/**
 * A scanner of columns in memory, for tests: batches of `batchRows` rows in buffers that are used again, as a kernel's are. A column is of
 * numbers when all its cells are.
 */
export function rowsScanner(table: TestRows, batchRows = 3): Scanner {
  const columns = Object.entries(table).map(([name, cells]): ScanColumn => ({ name, type: typeOf(cells) }));
  const rows = Object.values(table)[0]?.length ?? 0;
  return {
    columns,
    async scan(wanted, sink, signal) {
      const buffer = new Float64Array(batchRows);
      const codeBuffer = new Uint32Array(batchRows);
      const texts = wanted.map((): string[] => []);
      const mistyped = new Map<string, { readonly row: number; readonly text: string }>();
      for (let start = 0; start < rows; start += batchRows) {
        signal?.throwIfAborted();
        const end = Math.min(rows, start + batchRows);
        wanted.forEach(({ name, type }, column) => {
          const cells = (table[name] ?? []).slice(start, end);
          if (type === 'category') {
            const known = texts[column] ?? [];
            cells.forEach((cell, index) => {
              if (cell !== '' && !known.includes(cell)) known.push(cell);
              codeBuffer[index] = cell === '' ? 0 : 1 + known.indexOf(cell);
            });
            const codes = codeBuffer.subarray(0, cells.length);
            sink.codes(column, { codes, pointer: 0, distinct: known.length, text: (code) => known[code - 1] ?? '' });
            return;
          }
          cells.forEach((cell, index) => {
            buffer[index] = cell === '' ? Number.NaN : Number(cell);
            if (cell !== '' && cell.toLowerCase() !== 'nan' && Number.isNaN(Number(cell)) && !mistyped.has(name)) {
              mistyped.set(name, { row: start + index + 1, text: cell });
            }
          });
          const nulls = cells.filter((cell) => cell === '').length;
          const nans = cells.filter((cell) => cell.toLowerCase() === 'nan').length;
          const bad = cells.filter((cell) => Number.isNaN(Number(cell))).length - nans;
          sink.numbers(column, {
            values: buffer.subarray(0, cells.length),
            pointer: 0,
            nulls,
            nans,
            mistyped: bad,
          });
        });
        sink.endBatch?.(end - start);
      }
      return { rows, mistyped, warnings: [] };
    },
  };
}

function typeOf(cells: readonly string[]): ScanType {
  return cells.every((cell) => cell === '' || !Number.isNaN(Number(cell))) ? 'number' : 'category';
}
