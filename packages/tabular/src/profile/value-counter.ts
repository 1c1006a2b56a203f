import type { KernelMemory } from './kernel.ts';
import type { Tally } from './tally.ts';

/** Counts the different values of a column, in the kernel, up to a bound. */
export interface ValueCounter {
  /**
   * Counts `count` finite values at `values`, each as often as `weights` says (0: once). Returns how many it took: fewer than `count`
   * when the next would be one different value too many.
   */
  add(values: number, count: number, weights: number): number;
  tally(): Tally;
  /** Gives its memory back. */
  free(): void;
}

const firstBits = 8;
/** Each table is so many times as large as the one before. */
const growthBits = 2;
const keyBytes = 8;
const countBytes = 4;
const headerBytes = 16;

/** `most` is 3 · 2^k: a table of 2^(k + 2) slots is full then. */
export function valueCounter(memory: KernelMemory, most: number): ValueCounter {
  const mostBits = Math.log2(most / 3) + 2;
  const { kernel } = memory;
  let table = newTable(memory, Math.min(firstBits, mostBits));

  function grow(): void {
    const larger = newTable(memory, Math.min(table.bits + growthBits, mostBits));
    kernel.moveValueCounts(table.header, larger.header);
    table.free();
    table = larger;
  }

  return {
    add(values, count, weights) {
      let taken = 0;
      for (;;) {
        const rest = weights === 0 ? 0 : weights + taken * countBytes;
        taken += kernel.countValues(table.header, values + taken * keyBytes, count - taken, rest);
        if (taken === count || table.bits === mostBits) return taken;
        grow();
      }
    },
    tally: () => sortedTally(memory, table.header, table.distinct()),
    free: () => table.free(),
  };
}

function newTable(memory: KernelMemory, bits: number) {
  const keysBytes = keyBytes << bits;
  const countsBytes = countBytes << bits;
  const header = memory.take(headerBytes);
  const keys = memory.take(keysBytes);
  const counts = memory.take(countsBytes);
  memory.words(header, 4).set([keys, counts, bits, 0]);
  return {
    header,
    bits,
    distinct: () => memory.words(header, 4)[3] as number,
    free() {
      memory.give(header, headerBytes);
      memory.give(keys, keysBytes);
      memory.give(counts, countsBytes);
    },
  };
}

function sortedTally(memory: KernelMemory, header: number, distinct: number): Tally {
  const { kernel } = memory;
  const bytes = distinct * keyBytes;
  const values = memory.take(bytes);
  const scratch = memory.take(bytes);
  kernel.listValues(header, values);
  kernel.sortDoubles(values, scratch, distinct);
  kernel.findValueCounts(header, values, distinct, scratch);
  const tally = {
    keys: memory.doubles(values, distinct).slice(),
    counts: Float64Array.from(memory.words(scratch, distinct)),
  };
  memory.give(values, bytes);
  memory.give(scratch, bytes);
  return tally;
}
