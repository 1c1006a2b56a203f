import type { KernelMemory } from './kernel.ts';
import { binOf, type LinearBins, narrowestExponent } from './linear-bins.ts';

/** A histogram of equal bins in the kernel, whose range grows with the values. */
export interface GrowingLinearBins {
  /** `min` and `max` are the least and the greatest of all values so far, these included. */
  add(values: number, count: number, weights: number, min: number, max: number): void;
  bins(): LinearBins;
  free(): void;
}

/**
 * The bins lie in a window of `size` neighbouring ones. A value outside moves the window as far as it must, with room on the side to which
 * the values grow; when the range does not fit any more, pairs of bins become one. The width is always the narrowest for the range so far.
 */
export function growingLinearBins(memory: KernelMemory, size: number): GrowingLinearBins {
  const bytes = size * 4;
  const counts = memory.take(bytes);
  let exponent = Number.NaN;
  /** The number of the window's first bin. */
  let base = 0;

  const window = () => memory.words(counts, size);
  const isInside = (bin: number) => bin >= base && bin < base + size;

  function start(min: number, max: number): void {
    exponent = narrowestExponent(min, max, size);
    const first = binOf(min, exponent);
    base = first - Math.floor((size - 1 - (binOf(max, exponent) - first)) / 2);
  }

  function makeRoom(min: number, max: number): void {
    const narrowest = narrowestExponent(min, max, size);
    while (exponent < narrowest) {
      base = foldPairs(window(), base);
      exponent++;
    }
    const first = binOf(min, exponent);
    const last = binOf(max, exponent);
    if (!isInside(last)) base = slide(window(), base, first);
    else if (!isInside(first)) base = slide(window(), base, last - size + 1);
  }

  return {
    add(values, count, weights, min, max) {
      if (Number.isNaN(exponent)) start(min, max);
      if (!isInside(binOf(min, exponent)) || !isInside(binOf(max, exponent))) makeRoom(min, max);
      memory.kernel.addToLinearBins(counts, values, count, weights, 2 ** -exponent, base);
    },
    bins: () => ({ exponent, ...nonEmpty(window(), base) }),
    free: () => memory.give(counts, bytes),
  };
}

/** Bins of double width: the number of a bin halves. Returns the new number of the first. */
function foldPairs(counts: Uint32Array, base: number): number {
  const half = Math.floor(base / 2);
  const shift = base - 2 * half;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    counts[bin] = 0;
    const target = (bin + shift) >> 1;
    counts[target] = (counts[target] as number) + count;
  }
  return half;
}

/** Moves the window to begin at `first`; what leaves it is empty. */
function slide(counts: Uint32Array, base: number, first: number): number {
  const { length } = counts;
  const by = Math.max(-length, Math.min(length, first - base));
  if (by > 0) counts.copyWithin(0, by).fill(0, length - by);
  else counts.copyWithin(-by, 0).fill(0, 0, -by);
  return first;
}

function nonEmpty(counts: Uint32Array, base: number) {
  const held = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const result = { keys: new Float64Array(held), counts: new Float64Array(held) };
  let next = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue;
    result.keys[next] = base + bin;
    result.counts[next++] = counts[bin] as number;
  }
  return result;
}
