import { type KernelExports, newKernel } from '../../kernels/kernel.ts';
import type { ScanColumn, Scanner, Sink } from '../../scan.ts';

/** A column of a table in memory: cells of numbers (NaN: empty), different numbers with counts, or texts. */
export type MemoryColumn =
  | { readonly numbers: readonly number[] }
  | { readonly valueCounts: readonly (readonly [value: number, count: number])[] }
  | { readonly texts: readonly (string | null)[] }
  | { readonly textCounts: readonly (readonly [text: string, count: number])[] };

/** A table in memory as a scanner hands it on: batches of `batchRows` rows, in the memory of a kernel. */
export function memoryScanner(table: Readonly<Record<string, MemoryColumn>>, batchRows = 1000): Scanner {
  const rows = Math.max(0, ...Object.values(table).map(rowsOf));
  return {
    columns: Object.entries(table).map(([name, column]) => ({ name, type: isNumeric(column) ? 'number' : 'category' })),
    async scan(wanted, sink) {
      const kernel = newKernel();
      const pointer = kernel.allocate(batchRows * 8);
      sink.start?.(kernel);
      const dictionaries = wanted.map(() => new Map<string, number>());
      for (let from = 0; from < rows; from += batchRows) {
        wanted.forEach(({ name }: ScanColumn, index) => {
          const column = table[name] as MemoryColumn;
          if ('numbers' in column) {
            const cells = column.numbers.slice(from, from + batchRows);
            const values = new Float64Array(kernel.memory.buffer, pointer, cells.length);
            values.set(cells);
            const nulls = cells.filter(Number.isNaN).length;
            sink.numbers(index, { values, pointer, nulls, nans: 0, mistyped: 0 });
          } else if ('texts' in column) {
            handCodes(
              sink,
              index,
              column.texts.slice(from, from + batchRows),
              dictionaries[index] as Map<string, number>,
            );
          } else if (from === 0) {
            handCounts(kernel, sink, index, column);
          }
        });
        sink.endBatch?.(Math.min(batchRows, rows - from));
      }
      return { rows, mistyped: new Map(), warnings: [] };

      function handCodes(to: Sink, index: number, texts: readonly (string | null)[], known: Map<string, number>) {
        const codes = new Uint32Array(kernel.memory.buffer, pointer, texts.length);
        texts.forEach((text, row) => {
          if (text !== null && !known.has(text)) known.set(text, known.size + 1);
          codes[row] = text === null ? 0 : (known.get(text) as number);
        });
        const names = [...known.keys()];
        to.codes(index, {
          codes,
          pointer,
          distinct: known.size,
          text: (code) => names[code - 1] as string,
        });
      }
    },
  };
}

/** As a scanner does: the numbers and the counts are views of the kernel's memory. */
function handCounts(kernel: KernelExports, sink: Sink, index: number, column: MemoryColumn): void {
  if ('valueCounts' in column) {
    const { length } = column.valueCounts;
    const [at, countsAt] = [kernel.allocate(length * 8), kernel.allocate(length * 4)];
    const values = new Float64Array(kernel.memory.buffer, at, length);
    const counts = new Uint32Array(kernel.memory.buffer, countsAt, length);
    column.valueCounts.forEach(([value, count], i) => {
      values[i] = value;
      counts[i] = count;
    });
    sink.numberCounts?.(index, values, counts, 0);
  } else if ('textCounts' in column) {
    const texts = column.textCounts.map(([text]) => text);
    sink.textCounts?.(
      index,
      texts,
      Uint32Array.from(column.textCounts, ([, count]) => count),
      0,
    );
  }
}

function rowsOf(column: MemoryColumn): number {
  if ('numbers' in column) return column.numbers.length;
  if ('texts' in column) return column.texts.length;
  const counts: readonly (readonly [unknown, number])[] =
    'valueCounts' in column ? column.valueCounts : column.textCounts;
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function isNumeric(column: MemoryColumn): boolean {
  return 'numbers' in column || 'valueCounts' in column;
}
