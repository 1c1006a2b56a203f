import type { PairedComparison } from '../metrics/paired.ts';
import { normalQuantile } from '../statistics/normal.ts';

/** The share of test sets in which a difference of the smallest detectable size is found. */
export const power = 0.8;

/**
 * The smallest true difference that a test set like this one shows in 80 of 100 cases: (z of the bound + z of the power) standard errors,
 * the standard error taken from the interval (Cohen 1988). `confidence` is that of each one-sided end of the interval. 0 when the interval
 * has no width.
 */
export function detectableDifference({ lo, hi }: PairedComparison, confidence: number): number {
  const bound = normalQuantile(confidence);
  return ((bound + normalQuantile(power)) * (hi - lo)) / (2 * bound);
}

/** How many rows it would take, of the same kind, to tell apart two values that lie `distance` from each other. */
export function rowsToTell(comparison: PairedComparison, confidence: number, distance: number): number {
  return Math.ceil(comparison.n * (detectableDifference(comparison, confidence) / distance) ** 2);
}
