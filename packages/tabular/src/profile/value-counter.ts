import type { KernelMemory } from './kernel.ts';
import { slotBytes } from './limits.ts';
import type { Tally } from './tally.ts';

/** Counts the different values of a column, in the kernel, up to a bound. */
export interface ValueCounter {
  /**
   * Counts `count` finite values at `values`, each as often as `weights` says (0: once). Returns how many it took: fewer than `count`
   * when the next would be one different value too many.
   */
  add(values: number, count: number, weights: number): number;
  /** The values in no order, with their counts. */
  entries(): Tally;
  tally(): Tally;
  /** Gives its memory back. */
  free(): void;
}

const firstBits = 8;
/** Each table is so many times as large as the one before. */
const growthBits = 2;
const valueBytes = 8;
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
        taken += kernel.countValues(table.header, values + taken * valueBytes, count - taken, rest);
        if (taken === count || table.bits === mostBits) return taken;
        grow();
      }
    },
    entries: () => entriesOf(memory, table.header, table.distinct()),
    tally: () => sortedTally(memory, table.header, table.distinct()),
    free: () => table.free(),
  };
}

function newTable(memory: KernelMemory, bits: number) {
  const bytes = slotBytes << bits;
  const header = memory.take(headerBytes);
  const slots = memory.take(bytes);
  memory.words(header, 3).set([slots, bits, 0]);
  return {
    header,
    bits,
    distinct: () => memory.words(header, 3)[2] as number,
    free() {
      memory.give(header, headerBytes);
      memory.give(slots, bytes);
    },
  };
}

function entriesOf(memory: KernelMemory, header: number, distinct: number): Tally {
  const values = memory.take(distinct * valueBytes);
  const counts = memory.take(distinct * countBytes);
  memory.kernel.listValueCounts(header, values, counts);
  const entries = {
    keys: memory.doubles(values, distinct).slice(),
    counts: Float64Array.from(memory.words(counts, distinct)),
  };
  memory.give(values, distinct * valueBytes);
  memory.give(counts, distinct * countBytes);
  return entries;
}

function sortedTally(memory: KernelMemory, header: number, distinct: number): Tally {
  const { kernel } = memory;
  const bytes = distinct * valueBytes;
  const values = memory.take(bytes);
  const other = memory.take(bytes);
  kernel.listValueCounts(header, values, other);
  kernel.sortDoubles(values, other, distinct);
  kernel.findValueCounts(header, values, distinct, other);
  const tally = {
    keys: memory.doubles(values, distinct).slice(),
    counts: Float64Array.from(memory.words(other, distinct)),
  };
  memory.give(values, bytes);
  memory.give(other, bytes);
  return tally;
}
