import {
  type BoundedFigure,
  changeVerdict,
  decisionThreshold,
  differenceBounds,
  type EstimatedPerformance,
  estimatePerformance,
  fitIsotonic,
  formatNumber,
  formatSigned,
  type Interval,
  isotonicAt,
  normalQuantile,
  wilson,
} from '@mlops-actions/core';
import type { SignalResult } from '../signals.ts';

/** What the model's answers are expected to be worth, without labels of the current data. */
export interface EstimatedFindings {
  readonly rows: number;
  /** By the labels of the reference. */
  readonly referenceAccuracy: number;
  readonly estimate: EstimatedPerformance;
  readonly change: number;
  readonly bounds: Interval;
  readonly margin: number;
  readonly verdict: 'ok' | 'warn' | 'drift';
}

interface Labelled {
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
  readonly predicted: ArrayLike<number>;
}

/**
 * Confidence-based performance estimation: scores are calibrated by the labels of the reference (isotonic regression), and each current row
 * counts as the calibrated probability of being right. Decided by the accuracy, whose bounds follow from the rows.
 */
export function estimatedFindings(
  reference: Labelled,
  current: Omit<Labelled, 'labels'>,
  { confidence, maxDrop }: { readonly confidence: number; readonly maxDrop: number },
): EstimatedFindings {
  const regression = fitIsotonic(reference.scores, reference.labels);
  const calibrate = (score: number): number => isotonicAt(regression, score);
  const estimate = estimatePerformance(current.scores, current.predicted, calibrate);
  const hits = reference.labels.reduce((sum, label, row) => sum + (label === reference.predicted[row] ? 1 : 0), 0);
  const own = wilson(hits, reference.labels.length, confidence);
  const before: BoundedFigure = { value: hits / reference.labels.length, bounds: own };
  const now = { value: estimate.accuracy, bounds: estimateBounds(current, calibrate, estimate.accuracy, confidence) };
  const change = now.value - before.value;
  const bounds = differenceBounds(before, now);
  const margin = maxDrop * before.value;
  return {
    rows: current.scores.length,
    referenceAccuracy: before.value,
    estimate,
    change,
    bounds,
    margin,
    verdict: changeVerdict(change, bounds, 'higher', margin),
  };
}

/** Normal bounds of the mean of the rows' chances of being right. */
function estimateBounds(
  { scores, predicted }: Omit<Labelled, 'labels'>,
  calibrate: (score: number) => number,
  mean: number,
  confidence: number,
): Interval {
  let squares = 0;
  for (let row = 0; row < scores.length; row++) {
    const positive = calibrate(scores[row] as number);
    const right = predicted[row] === 1 ? positive : 1 - positive;
    squares += (right - mean) ** 2;
  }
  const distance = (normalQuantile((1 + confidence) / 2) * Math.sqrt(squares)) / scores.length;
  return { lo: mean - distance, hi: mean + distance };
}

/** The class that a score means where no column says it. */
export function predictedByScore(scores: Float64Array): Uint8Array {
  return Uint8Array.from(scores, (score) => (score >= decisionThreshold ? 1 : 0));
}

/** What the estimate cannot see, said wherever it is shown. */
export const estimateCaveat =
  'An estimate without labels: it sees rows become harder or easier, and is blind to a change of what they mean.';

export function estimatedResult({
  verdict,
  referenceAccuracy,
  estimate,
  bounds,
  change,
  margin,
}: EstimatedFindings): SignalResult {
  const text = `The estimated accuracy is ${formatNumber(estimate.accuracy)}, that of the reference ${formatNumber(referenceAccuracy)}: a change of ${formatSigned(change, 3)} (${formatSigned(bounds.lo, 3)} to ${formatSigned(bounds.hi, 3)}) where ${formatNumber(margin, 3)} is allowed`;
  return {
    signal: 'estimated-performance',
    verdict,
    reason: verdict === 'warn' ? `${text}; this may be chance.` : `${text}.`,
  };
}
