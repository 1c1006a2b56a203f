import { normalP, normalQuantile } from '../statistics/index.ts';
import type { Placements } from './metric.ts';

/** How two areas under the ROC curve of the same rows differ. */
export interface AreaComparison {
  readonly lo: number;
  readonly hi: number;
  readonly p: number;
  /** Of the difference. */
  readonly standardError: number;
}

/**
 * The test of DeLong, DeLong and Clarke-Pearson (1988) for two correlated areas, from placements by midranks as in Sun and Xu, "Fast
 * implementation of DeLong's algorithm" (2014). The interval is the normal one. Two areas that never differ have p = 1 and the interval
 * [0, 0]; two that differ without any variance, which takes two models that rank everything right and everything wrong, have p = 0.
 * Needs at least two rows of each class.
 */
export function compareAreas(
  difference: number,
  candidate: Placements,
  champion: Placements,
  confidence: number,
): AreaComparison {
  const variance =
    varianceOfMean(candidate.positives, champion.positives) + varianceOfMean(candidate.negatives, champion.negatives);
  const standardError = Math.sqrt(variance);
  const half = -normalQuantile((1 - confidence) / 2) * standardError;
  const z = variance === 0 ? (difference === 0 ? 0 : Number.POSITIVE_INFINITY) : difference / standardError;
  return { lo: difference - half, hi: difference + half, p: normalP(z, 'two-sided'), standardError };
}

/** Variance of the mean of the differences of two columns. */
function varianceOfMean(left: Float64Array, right: Float64Array): number {
  const n = left.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += ((left[i] as number) - (right[i] as number)) / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((left[i] as number) - (right[i] as number) - mean) ** 2;
  return squares / (n - 1) / n;
}
