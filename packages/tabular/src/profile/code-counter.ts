import type { CodeCells } from '../scan.ts';
import type { Categories } from './category-column.ts';
import { addHash, registerCount, textHash } from './distinct-estimate.ts';
import type { KernelMemory } from './kernel.ts';
import { mostFrequent } from './most-frequent.ts';

/** Counts the codes of a category column, in the kernel. */
export interface CodeCounter {
  add(cells: CodeCells): void;
  /** Empty cells, and the at most `most` categories with the most rows. */
  finish(most: number): { readonly nulls: number; readonly categories: Categories };
}

const fewestCodes = 64;

/** `mostCells`: see `Workspace`. */
export function codeCounter(memory: KernelMemory, mostCells: number): CodeCounter {
  const registers = memory.take(registerCount);
  let capacity = 0;
  let counts = 0;
  let inKernel = 0;
  let hashed = 0;
  /** Counts that were in the kernel, by code. */
  let totals = new Float64Array(0);
  let last: CodeCells | undefined;

  function grow(codes: number): void {
    const larger = Math.max(fewestCodes, 2 * codes);
    const pointer = memory.take(larger * 4);
    memory.words(pointer, capacity).set(memory.words(counts, capacity));
    if (capacity > 0) memory.give(counts, capacity * 4);
    capacity = larger;
    counts = pointer;
  }

  /** Moves the counts out of the kernel, where they have 32 bits. */
  function empty(): void {
    const words = memory.words(counts, capacity);
    const sums = new Float64Array(capacity);
    sums.set(totals);
    words.forEach((count, code) => {
      sums[code] = (sums[code] as number) + count;
    });
    words.fill(0);
    totals = sums;
    inKernel = 0;
  }

  function finish(most: number): ReturnType<CodeCounter['finish']> {
    empty();
    if (capacity > 0) memory.give(counts, capacity * 4);
    const nulls = totals[0] ?? 0;
    if (last === undefined) return { nulls, categories: { counts: new Map(), other: 0, missed: 0 } };
    const { distinct } = last;
    const rows = totals.subarray(1, distinct + 1);
    const { text, hash } = textsOf(last);
    if (distinct <= most && hashed === 0) {
      const known = new Map(Array.from(rows, (count, index) => [text(index + 1), count] as const));
      return { nulls, categories: { counts: known, other: 0, missed: 0 } };
    }
    const seen = new Uint8Array(memory.kernel.memory.buffer, registers, registerCount).slice();
    for (let code = 1; code <= distinct; code++) addHash(seen, hash(code));
    const chosen =
      distinct <= most
        ? { indices: [...rows.keys()], otherTotal: 0, otherMost: 0 }
        : mostFrequent(rows, most, (index) => hash(index + 1));
    const categories = {
      counts: new Map(chosen.indices.map((index) => [text(index + 1), rows[index] as number])),
      other: chosen.otherTotal + hashed,
      // Any one category may be behind all the hashes.
      missed: chosen.otherMost + hashed,
      registers: seen,
    };
    return { nulls, categories };
  }

  return {
    add(cells) {
      const { length } = cells.codes;
      if (cells.distinct >= capacity) grow(cells.distinct + 1);
      if (inKernel + length > mostCells) empty();
      hashed += memory.kernel.countCodes(cells.pointer, length, counts, registers) >>> 0;
      inKernel += length;
      last = cells;
    },
    finish,
  };
}

/** The text of a code, and the hash of that. */
function textsOf(cells: CodeCells) {
  return {
    text: (code: number) => cells.text(code),
    hash: (code: number) => (cells.hash === undefined ? textHash(cells.text(code)) : cells.hash(code)) >>> 0,
  };
}
