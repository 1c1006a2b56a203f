import { newKernel } from '../kernels/kernel.ts';
import type { ProfileKernel } from './kernel.ts';

/** Values of a column that are kept as they come, outside of the kernel's memory, which ends at 4 GiB. */
export interface KeptValues {
  add(values: Float64Array): void;
  /** In pieces, in the order in which they came. */
  pieces(): readonly Float64Array[];
}

const firstPiece = 1 << 14;
const largestPiece = 1 << 20;

export function keptValues(): KeptValues {
  const full: Float64Array[] = [];
  let piece = new Float64Array(firstPiece);
  let used = 0;
  return {
    add(values) {
      for (let from = 0; from < values.length; ) {
        if (used === piece.length) {
          full.push(piece);
          piece = new Float64Array(Math.min(2 * piece.length, largestPiece));
          used = 0;
        }
        const taken = Math.min(values.length - from, piece.length - used);
        piece.set(values.subarray(from, from + taken), used);
        used += taken;
        from += taken;
      }
    },
    pieces: () => [...full, piece.subarray(0, used)],
  };
}

/** Up to here a column and as much room again fit into a kernel's memory. */
const mostInKernel = 1 << 27;

/** Sorts columns one after another in a memory of its own, which is as large as the largest of them needs. */
export function sorter(): (pieces: readonly Float64Array[]) => Float64Array {
  let kernel: ProfileKernel | undefined;
  return (pieces) => {
    const count = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (count > mostInKernel) return joined(pieces, new Float64Array(count)).sort();
    kernel ??= newKernel() as ProfileKernel;
    kernel.reset();
    const values = kernel.allocate(count * 8) >>> 0;
    const scratch = kernel.allocate(count * 8) >>> 0;
    joined(pieces, new Float64Array(kernel.memory.buffer, values, count));
    kernel.sortDoubles(values, scratch, count);
    return new Float64Array(kernel.memory.buffer, values, count).slice();
  };
}

function joined(pieces: readonly Float64Array[], into: Float64Array): Float64Array {
  let at = 0;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
  return into;
}
