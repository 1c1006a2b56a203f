import {
  type CodeCells,
  firstHashCode,
  type Interning,
  type MistypedCell,
  type ScanColumn,
  type Sink,
} from '../scan.ts';
import { type KernelExports, type KernelImports, newKernel } from './kernel.ts';
import { type NumberKernel, prepareNumbers } from './number.ts';

/** What the kernel of cells and the kernel of texts export: what all text formats share. */
export interface CellKernel extends NumberKernel {
  setColumn(index: number, kind: number, cells: number, nullTexts: number, nullsFirst: number, texts: number): void;
  countNaNs(cells: number, count: number, counts: number): void;
  newTexts(mostTexts: number, mostBytes: number): number;
  textCount(texts: number): number;
  textsHashing(texts: number): number;
  textBytes(texts: number, code: number): number;
  textLength(texts: number, code: number): number;
  textHashCode(texts: number, code: number): number;
}

/** Texts that stand for an empty cell, as well as the empty text. */
export interface NullTexts {
  /** In number and timestamp columns. Default: NA, N/A, null, NULL, None, NaT. */
  readonly values?: readonly string[];
  /** In category columns. Default: none. */
  readonly categories?: readonly string[];
}

/** The kernel's kinds of columns. */
export const cellKinds = { number: 1, timestamp: 2, category: 3 } as const;
export const defaultNullTexts = ['NA', 'N/A', 'null', 'NULL', 'None', 'NaT'];
const mostBatchRows = 4096;
/** Bounds what a batch of a very wide table takes. */
const mostBatchBytes = 32 << 20;
const mostTexts = 1 << 20;
const mostTextBytes = 256 << 20;
const mostTextBytesOfColumn = 64 << 20;

/** The wanted columns of one scan: where the kernel puts their cells, and how they reach the sink. */
export interface CellColumns<Kernel extends CellKernel> {
  readonly kernel: Kernel;
  /** Rows that a batch has room for. */
  readonly batchRows: number;
  /** Allocates the columns. To be called once the kernel has a table with all columns. `indexes`: where each wanted column is in it. */
  place(indexes: readonly number[]): void;
  /** Hands the first `rows` rows to the sink and starts the next batch. */
  endBatch(rows: number): void;
  /** Rows of the batches that were handed over. */
  readonly rowsBefore: number;
  readonly mistyped: ReadonlyMap<string, MistypedCell>;
}

export interface CellOptions {
  readonly nullTexts?: NullTexts | undefined;
  readonly interning?: Interning | undefined;
}

/**
 * A kernel that reads cells of the columns `wanted` for `sink`. `lineOfRecord` says, while the kernel runs, on which line the record starts
 * that it is at.
 */
export function cellColumns<Kernel extends CellKernel>(
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: CellOptions,
  lineOfRecord: () => number,
  imports: KernelImports = {},
): CellColumns<Kernel> {
  const mistyped = new Map<string, MistypedCell>();
  const byIndex = new Map<number, ScanColumn>();
  const batchRows = Math.max(
    16,
    Math.min(mostBatchRows, Math.floor(mostBatchBytes / (8 * Math.max(1, wanted.length)))),
  );
  let rowsBefore = 0;
  let columns: readonly PlacedColumn[] = [];
  let counts = 0;

  const kernel = newKernel({
    ...imports,
    numberOf: (pointer, length) => Number(latin1(kernel, pointer as number, length as number)),
    mistyped: (index, row, pointer, length) => {
      const column = byIndex.get(index as number);
      if (column === undefined || mistyped.has(column.name)) return;
      const text = decoded(kernel, pointer as number, Math.min(length as number, 1024));
      mistyped.set(column.name, { row: rowsBefore + (row as number) + 1, line: lineOfRecord(), text });
    },
  }) as Kernel;
  prepareNumbers(kernel);
  sink.start?.(kernel);

  return {
    kernel,
    batchRows,
    mistyped,
    get rowsBefore() {
      return rowsBefore;
    },
    place(indexes) {
      columns = placedColumns(kernel, wanted, indexes, batchRows, options);
      counts = kernel.allocate(12);
      wanted.forEach((column, position) => {
        byIndex.set(indexes[position] as number, column);
      });
    },
    endBatch(rows) {
      columns.forEach((column, position) => {
        if (column.type === 'category') sink.codes(position, codeCells(kernel, column, rows));
        else sink.numbers(position, numberCells(kernel, column.cells, rows, counts));
      });
      sink.endBatch?.(rows);
      rowsBefore += rows;
    },
  };
}

interface PlacedColumn {
  readonly type: ScanColumn['type'];
  readonly cells: number;
  readonly texts: number;
}

function placedColumns(
  kernel: CellKernel,
  wanted: readonly ScanColumn[],
  indexes: readonly number[],
  rows: number,
  { nullTexts = {}, interning = {} }: CellOptions,
): PlacedColumn[] {
  const values = textList(kernel, nullTexts.values ?? defaultNullTexts);
  const nullsFirst = nullTexts.values?.some((text) => /^[ \t]*[-+.\d]/.test(text)) === true ? 1 : 0;
  const categories = textList(kernel, nullTexts.categories ?? []);
  const [texts, bytes] = textLimits(wanted, interning);
  return wanted.map(({ type }, position) => {
    const isCategory = type === 'category';
    const column: PlacedColumn = {
      type,
      cells: kernel.allocate(rows * (isCategory ? 4 : 8)),
      texts: isCategory ? kernel.newTexts(texts, bytes) : 0,
    };
    const index = indexes[position] as number;
    kernel.setColumn(index, cellKinds[type], column.cells, isCategory ? categories : values, nullsFirst, column.texts);
    return column;
  });
}

/** The most texts of each category column of a scan, and the most bytes. */
export function textLimits(wanted: readonly ScanColumn[], interning: Interning = {}): [texts: number, bytes: number] {
  const categories = wanted.filter(({ type }) => type === 'category').length;
  return [
    Math.min(interning.texts ?? mostTexts, firstHashCode - 1),
    Math.min((interning.bytes ?? mostTextBytes) / Math.max(1, categories), mostTextBytesOfColumn),
  ];
}

/** A list of texts in the kernel's memory, in the form that the kernel of cells reads; 0 for none. */
export function textList(kernel: KernelExports, texts: readonly string[]): number {
  const bytes = texts.filter((text) => text !== '').map((text) => Buffer.from(text));
  if (bytes.length === 0) return 0;
  const lengths = bytes.map((each) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(each.length);
    return length;
  });
  const count = Buffer.alloc(4);
  count.writeUInt32LE(bytes.length);
  const list = Buffer.concat([count, ...bytes.flatMap((each, index) => [lengths[index] as Buffer, each])]);
  const pointer = kernel.allocate(list.length);
  new Uint8Array(kernel.memory.buffer).set(list, pointer);
  return pointer;
}

function numberCells(kernel: CellKernel, pointer: number, rows: number, counts: number) {
  kernel.countNaNs(pointer, rows, counts);
  const [nulls = 0, nans = 0, mistyped = 0] = new Uint32Array(kernel.memory.buffer, counts, 3);
  return { values: new Float64Array(kernel.memory.buffer, pointer, rows), pointer, nulls, nans, mistyped };
}

/** The codes of `rows` cells at `cells`, given by the kernel's set `texts`. */
export function codeCells(
  kernel: CellKernel,
  { cells, texts }: { readonly cells: number; readonly texts: number },
  rows: number,
): CodeCells {
  return {
    codes: new Uint32Array(kernel.memory.buffer, cells, rows),
    pointer: cells,
    distinct: kernel.textCount(texts),
    hashing: kernel.textsHashing(texts) === 1,
    text: (code) => decoded(kernel, kernel.textBytes(texts, code), kernel.textLength(texts, code)),
    hash: (code) => (code < firstHashCode ? kernel.textHashCode(texts, code) >>> 0 : code),
  };
}

function decoded(kernel: CellKernel, pointer: number, length: number): string {
  return Buffer.from(kernel.memory.buffer, pointer, length).toString();
}

function latin1(kernel: CellKernel, pointer: number, length: number): string {
  return Buffer.from(kernel.memory.buffer, pointer, length).toString('latin1');
}
