import type { KernelMemory } from './kernel.ts';
import { pageBins } from './limits.ts';
import { fewestPrefixBits, mostPrefixBits, type PrefixBins, prefixBitStep, prefixOf } from './prefix-bins.ts';

/** A histogram of bins of equal ratio in the kernel. */
export interface GrowingPrefixBins {
  add(values: number, count: number, weights: number): void;
  bins(): PrefixBins;
  free(): void;
}

const pageBytes = pageBins * 4;

/** Takes a page of bins when a value needs it; when it has `mostPages`, bins become four times as wide. */
export function growingPrefixBins(memory: KernelMemory, mostPages: number): GrowingPrefixBins {
  let bits = mostPrefixBits;
  let pages = pageTable(memory, bits);

  function coarsen(): void {
    const wider = pageTable(memory, bits - prefixBitStep);
    for (const [number, place] of pages.used()) {
      const counts = memory.words(place, pageBins).slice();
      const target = wider.open(number >> prefixBitStep);
      const into = memory.words(target, pageBins);
      const offset = (number << (12 - prefixBitStep)) & (pageBins - 1);
      counts.forEach((count, bin) => {
        const at = offset + (bin >> prefixBitStep);
        into[at] = (into[at] as number) + count;
      });
    }
    pages.free();
    pages = wider;
    bits -= prefixBitStep;
  }

  return {
    add(values, count, weights) {
      for (let taken = 0; ; ) {
        const rest = weights === 0 ? 0 : weights + taken * 4;
        taken += memory.kernel.addToPrefixBins(pages.table, values + taken * 8, count - taken, rest, 64 - bits);
        if (taken === count) return;
        const value = memory.doubles(values + taken * 8, 1)[0] as number;
        pages.open(prefixOf(value, bits) >>> 12);
        while (pages.used().length > mostPages && bits > fewestPrefixBits) coarsen();
      }
    },
    bins: () => nonEmpty(memory, pages.used(), bits),
    free: () => pages.free(),
  };
}

/** The places of the pages, by the upper bits of their bins. */
function pageTable(memory: KernelMemory, bits: number) {
  const length = 2 ** (bits - 12);
  const table = memory.take(length * 4);

  function used(): readonly (readonly [number: number, place: number])[] {
    return [...memory.words(table, length).entries()].filter(([, place]) => place !== 0);
  }

  return {
    table,
    used,
    /** The place of a page, which is new unless it was used before. */
    open(number: number): number {
      const known = memory.words(table, length)[number] as number;
      if (known !== 0) return known;
      const place = memory.take(pageBytes);
      memory.words(table, length)[number] = place;
      return place;
    },
    free() {
      for (const [, place] of used()) memory.give(place, pageBytes);
      memory.give(table, length * 4);
    },
  };
}

function nonEmpty(memory: KernelMemory, pages: readonly (readonly [number, number])[], bits: number): PrefixBins {
  const keys: number[] = [];
  const counts: number[] = [];
  for (const [number, place] of pages) {
    memory.words(place, pageBins).forEach((count, bin) => {
      if (count === 0) return;
      keys.push(number * pageBins + bin);
      counts.push(count);
    });
  }
  return { bits, keys: Float64Array.from(keys), counts: Float64Array.from(counts) };
}
