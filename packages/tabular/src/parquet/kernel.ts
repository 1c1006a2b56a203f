import type { CellKernel } from '../kernels/cells.ts';
import { newKernel } from '../kernels/kernel.ts';
import { prepareNumbers } from '../kernels/number.ts';

/** The kernels that Parquet pages go through; `packages/tabular/kernels/` says what each does. A Boolean comes back as 0 or 1. */
export interface ParquetKernel extends CellKernel {
  unpackSnappy(source: number, length: number, target: number, capacity: number): number;
  unpackLz4(source: number, length: number, target: number, capacity: number): number;
  openRuns(runs: number, start: number, end: number, width: number): void;
  openBits(runs: number, start: number, end: number): void;
  expandRuns(runs: number, count: number, target: number): number;
  countRuns(runs: number, count: number, counts: number, distinct: number): number;
  countOnes(runs: number, count: number): number;
  openDeltas(deltas: number, start: number, end: number): number;
  expandDeltas(deltas: number, count: number, target: number, bytes: number): number;
  endOfDeltas(deltas: number): number;
  toDoubles(form: number, source: number, count: number, width: number, divisor: number, target: number): number;
  gatherDoubles(indices: number, count: number, table: number, distinct: number, target: number): number;
  boundsOfTexts(position: number, end: number, count: number, bounds: number): number;
  codesOfTexts(texts: number, position: number, end: number, count: number, target: number): number;
  codesOfIndices(
    texts: number,
    indices: number,
    count: number,
    bounds: number,
    codes: number,
    distinct: number,
    target: number,
  ): number;
  newColumns(count: number): void;
  putCellAt(index: number, row: number, text: number, length: number): void;
  sumLevels(levels: number, count: number): number;
  spreadDoubles(levels: number, count: number, present: number, values: number): void;
  spreadCodes(levels: number, count: number, present: number, codes: number): void;
  keepOccurring(values: number, counts: number, count: number): number;
  clear(target: number, bytes: number): void;
  joinStreams(source: number, stride: number, first: number, count: number, width: number, target: number): void;
}

/** The kernel's `NumberForm`. */
export const numberForms = {
  int32: 0,
  uint32: 1,
  int64: 2,
  uint64: 3,
  float: 4,
  double: 5,
  float16: 6,
  bigEndian: 7,
  int96: 8,
  days: 9,
} as const;
export type NumberForm = keyof typeof numberForms;

/** Sizes of the kernel's `Runs` and `Deltas`. */
export const runsBytes = 32;
export const deltasBytes = 64;

/** What every buffer has behind it: the kernels may read and write so much over the end. */
const slack = 64;

/** A stretch of the kernel's memory for one purpose. Called with a number of bytes it returns where they are; what it held is lost when it grows. */
export type Stretch = (bytes: number) => number;

/** A kernel and its memory, by purpose: who asks by one name gets one stretch. Columns that are read one after the other share all of it. */
export interface Workspace {
  readonly kernel: ParquetKernel;
  /** What must hold while a column's row group is read. */
  stretch(name: string): Stretch;
  /** What is used up before another column is read. */
  scratch(name: string): Stretch;
  /** The same for a column that is read together with others: its stretches are its own. */
  apart(): Workspace;
}

/** A kernel and memory in it, `mostBytes` at most; `refuse` is called when more would be needed. */
export function openWorkspace(mostBytes: number, refuse: () => never): Workspace {
  const kernel = newKernel({
    numberOf: (pointer, length) => Number(Buffer.from(kernel.memory.buffer, pointer, length).toString('latin1')),
    // Cells are found to be mistyped where their row is known.
    mistyped: () => undefined,
  }) as ParquetKernel;
  prepareNumbers(kernel);
  kernel.newColumns(1);
  let used = 0;

  function newStretch(): Stretch {
    let pointer = 0;
    let capacity = -1;
    return (bytes) => {
      if (bytes <= capacity) return pointer;
      // At least doubled: memory is never given back, and so no more of it lies idle than is in use.
      const wanted = Math.max(bytes, 2 * capacity, 64);
      const size = used + wanted + slack <= mostBytes ? wanted : bytes;
      if (used + size + slack > mostBytes) refuse();
      used += size + slack;
      capacity = size;
      pointer = kernel.allocate(size + slack);
      return pointer;
    };
  }

  function byName(): (name: string) => Stretch {
    const known = new Map<string, Stretch>();
    return (name) => {
      const stretch = known.get(name) ?? newStretch();
      known.set(name, stretch);
      return stretch;
    };
  }

  const scratch = byName();
  const apart = (): Workspace => ({ kernel, stretch: byName(), scratch, apart });
  return apart();
}
