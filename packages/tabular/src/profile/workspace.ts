import { sorter } from './kept-values.ts';
import type { KernelMemory } from './kernel.ts';
import type { ProfileLimits } from './limits.ts';

/** Cells that are looked at together, so that they and what is made of them stay in the processor's nearest cache. */
export const blockCells = 4096;

/** Room for one block in the kernel. */
export interface Block {
  readonly values: number;
  /** 32 bits each. */
  readonly weights: number;
}

/** What the columns of one table share while it is read. */
export interface Workspace {
  readonly memory: KernelMemory;
  readonly limits: ProfileLimits;
  /** For what comes in. */
  readonly block: Block;
  /** For what goes from one store to another meanwhile. */
  readonly moving: Block;
  /** Room for what a function of the kernel finds: five doubles. */
  readonly found: number;
  /** Cells of a column after which its counts in the kernel, of 32 bits, are emptied. */
  readonly mostCells: number;
  /** Asks for room to keep `count` more values. Once it is refused, nobody gets any. */
  mayKeep(count: number): boolean;
  readonly isKeeping: () => boolean;
  sorted(pieces: readonly Float64Array[]): Float64Array;
}

export function workspace(memory: KernelMemory, limits: ProfileLimits, mostCells = 2 ** 32 - 1): Workspace {
  const block = () => ({ values: memory.take(blockCells * 8), weights: memory.take(blockCells * 4) });
  let left = limits.keptBytes;
  return {
    memory,
    limits,
    block: block(),
    moving: block(),
    found: memory.take(40),
    mostCells,
    mayKeep(count) {
      left = left < count * 8 ? -1 : left - count * 8;
      return left >= 0;
    },
    isKeeping: () => left >= 0,
    sorted: sorter(),
  };
}
