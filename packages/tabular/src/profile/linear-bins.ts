import { mergeTallies, type Tally, tallyOf } from './tally.ts';

/**
 * Bins of equal width: the bin k holds the values from k · 2^exponent up to (k + 1) · 2^exponent. Edges are multiples of a power of two,
 * so that bins of any two widths nest and two histograms can be added whatever their ranges were.
 */
export interface LinearBins extends Tally {
  readonly exponent: number;
}

/** Below this, a value times 2^-exponent would overflow before it fits into a bin. */
export const leastExponent = -1000;

/** ⌊value / 2^exponent⌋. The product is exact, unless it vanishes. */
export function binOf(value: number, exponent: number): number {
  const scaled = value * 2 ** -exponent;
  return scaled === 0 && value < 0 ? -1 : Math.floor(scaled);
}

/**
 * The exponent of the narrowest bins of which at most `size` cover `min` to `max`. It follows from the range alone, so that the bins of a
 * table are the same in whatever order its rows or parts come. Never so narrow that a bin's number would not be a whole double.
 */
export function narrowestExponent(min: number, max: number, size: number): number {
  let exponent = Math.max(leastExponent, exponentOf(Math.max(Math.abs(min), Math.abs(max))) - 52);
  while (binOf(max, exponent) - binOf(min, exponent) >= size) exponent++;
  return exponent;
}

/** ⌊log₂ value⌋ for a value over 0. */
function exponentOf(value: number): number {
  if (value === 0) return leastExponent;
  const exponent = Math.floor(Math.log2(value));
  return 2 ** exponent > value ? exponent - 1 : exponent;
}

/** The same values in wider bins. */
export function widened(bins: LinearBins, exponent: number): LinearBins {
  if (exponent === bins.exponent) return bins;
  const keys = bins.keys.map((bin) => binOf(bin, exponent - bins.exponent));
  return { exponent, ...tallyOf(keys, bins.counts) };
}

/** The bins of ascending finite values, each as often as `counts` says, once without. */
export function linearBinsOf(values: Float64Array, counts: Float64Array | undefined, size: number): LinearBins {
  const exponent = narrowestExponent(values[0] ?? 0, values[values.length - 1] ?? 0, size);
  return {
    exponent,
    ...tallyOf(
      values.map((value) => binOf(value, exponent)),
      counts,
    ),
  };
}

/** All values of two histograms, in the narrowest bins for the range that both have together. */
export function mergeLinearBins(a: LinearBins, b: LinearBins, min: number, max: number, size: number): LinearBins {
  const exponent = Math.max(a.exponent, b.exponent, narrowestExponent(min, max, size));
  return { exponent, ...mergeTallies(widened(a, exponent), widened(b, exponent)) };
}
