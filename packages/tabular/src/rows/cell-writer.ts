import type { Json } from '@mlops-actions/core';
import type { CellKernel } from '../kernels/cells.ts';
import type { ScanColumn } from '../scan.ts';

/** What the kernel of rows exports. */
export interface RowKernel extends CellKernel {
  newColumns(count: number): void;
  putCellAt(column: number, row: number, text: number, length: number): void;
  putNumberAt(column: number, row: number, value: number): void;
  putEmptyAt(column: number, row: number): void;
}

/**
 * Puts the cell of column `column`, which is at `index` of the kernel's table, into a row of the batch. A text is read as its column's type. Booleans are 1 and
 * 0 among numbers. A list or an object is the text of its JSON.
 */
export type CellWriter = (column: ScanColumn, index: number, row: number, cell: Json | undefined) => void;

export function cellWriter(kernel: RowKernel): CellWriter {
  let pointer = 0;
  let capacity = 0;
  let bytes = Buffer.alloc(0);

  function putText(index: number, row: number, text: string): void {
    // A zero goes behind the text, and one UTF-16 unit takes up to three bytes.
    const most = 3 * text.length + 1;
    if (most > capacity) {
      capacity = Math.max(1024, 2 * most);
      pointer = kernel.allocate(capacity);
    }
    if (bytes.buffer !== kernel.memory.buffer || bytes.byteOffset !== pointer) {
      bytes = Buffer.from(kernel.memory.buffer, pointer, capacity);
    }
    const length = bytes.write(text);
    bytes[length] = 0;
    kernel.putCellAt(index, row, pointer, length);
  }

  return ({ type }, index, row, cell) => {
    if (cell === null || cell === undefined) kernel.putEmptyAt(index, row);
    else if (typeof cell === 'number' && type === 'number') kernel.putNumberAt(index, row, cell);
    else if (typeof cell === 'boolean' && type === 'number') kernel.putNumberAt(index, row, cell ? 1 : 0);
    else putText(index, row, typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
  };
}
