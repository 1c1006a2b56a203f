import type { KernelExports } from '../kernels/kernel.ts';

/** What the kernels of `packages/tabular/kernels/` do for profiles; each is described there. */
export interface ProfileKernel extends KernelExports {
  reset(): void;
  finiteValues(cells: number, count: number, into: number, extent: number): number;
  sums(values: number, count: number, scale: number, min: number, max: number, into: number): void;
  finiteValueCounts(
    cells: number,
    counts: number,
    count: number,
    into: number,
    weights: number,
    extent: number,
  ): number;
  weightedSums(
    values: number,
    weights: number,
    count: number,
    total: number,
    scale: number,
    min: number,
    max: number,
    into: number,
  ): void;
  countValues(table: number, values: number, count: number, weights: number): number;
  moveValueCounts(from: number, to: number): void;
  listValueCounts(table: number, values: number, counts: number): void;
  findValueCounts(table: number, values: number, count: number, into: number): void;
  addToLinearBins(bins: number, values: number, count: number, weights: number, scale: number, base: number): void;
  addToPrefixBins(pages: number, values: number, count: number, weights: number, shift: number): number;
  countAtMark(values: number, count: number, weights: number, mark: number): bigint;
  sortDoubles(values: number, scratch: number, count: number): void;
  countCodes(codes: number, count: number, counts: number, registers: number): number;
  hashText(text: number, length: number): number;
}

/** Memory of a kernel that is handed out and taken back. */
export interface KernelMemory {
  readonly kernel: ProfileKernel;
  /** Zeroed memory, aligned to 16. Kills every view of the kernel's memory that was made before. */
  take(bytes: number): number;
  /** Takes back what `take(bytes)` gave. */
  give(pointer: number, bytes: number): void;
  doubles(pointer: number, length: number): Float64Array;
  words(pointer: number, length: number): Uint32Array;
}

/**
 * Memory of `kernel`, which itself never takes any back. What was given back is cut for the next that fits into it: the tables in which
 * values are counted become the bins of columns that turn out to have too many values.
 */
export function kernelMemory(kernel: ProfileKernel): KernelMemory {
  const free: { pointer: number; bytes: number }[] = [];

  function reuse(bytes: number): number | undefined {
    const index = free.findIndex((each) => each.bytes >= bytes);
    const piece = free[index];
    if (piece === undefined) return undefined;
    const { pointer } = piece;
    piece.pointer += bytes;
    piece.bytes -= bytes;
    if (piece.bytes === 0) free.splice(index, 1);
    new Uint8Array(kernel.memory.buffer, pointer, bytes).fill(0);
    return pointer;
  }

  return {
    kernel,
    take(bytes) {
      const whole = aligned(bytes);
      return reuse(whole) ?? kernel.allocate(whole) >>> 0;
    },
    give(pointer, bytes) {
      free.push({ pointer, bytes: aligned(bytes) });
    },
    doubles: (pointer, length) => new Float64Array(kernel.memory.buffer, pointer, length),
    words: (pointer, length) => new Uint32Array(kernel.memory.buffer, pointer, length),
  };
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
