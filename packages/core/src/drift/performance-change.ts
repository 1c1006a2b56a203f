import type { Direction } from '../metrics/direction.ts';
import { ownBounds } from '../metrics/own-bounds.ts';
import { isUndefined, type PairedOptions, type Undefined } from '../metrics/paired.ts';
import type { Answers, Truth } from '../metrics/predictions.ts';
import { type PredictionMetric, predictionMetric, unknownMetric } from '../metrics/registry.ts';
import type { Interval } from '../statistics/interval.ts';

/** Rows with their right answers, and what a model answered to them. */
export interface AnsweredRows {
  readonly truth: Truth;
  readonly answers: Answers;
}

/** How one metric of one model differs between two sets of rows. */
export interface PerformanceChange {
  readonly metric: string;
  readonly direction: Direction;
  readonly reference: number;
  readonly current: number;
  /** Current − reference, in the metric's own unit and sign. */
  readonly change: number;
  /** Two-sided bounds of the change. */
  readonly bounds: Interval;
  readonly confidence: number;
  /** By how much the metric may be worse, in its own unit. */
  readonly margin: number;
  /** `drift`: certainly worse by more than the margin. `warn`: worse by more than it, and perhaps by chance. */
  readonly verdict: 'ok' | 'warn' | 'drift';
}

/** `maxDrop`: the share of the reference by which a metric may be worse. */
export interface ChangeOptions extends PairedOptions {
  readonly maxDrop: number;
}

/**
 * Compares a metric of two sets of different rows. Undefined, with the reason, where it has no number on a side. Its bounds are made of
 * each side's own (see `ownBounds`) by `differenceBounds`.
 */
export function performanceChange(
  name: string,
  reference: AnsweredRows,
  current: AnsweredRows,
  options: ChangeOptions,
): PerformanceChange | Undefined {
  const metric = predictionMetric(name);
  if (metric === undefined) return unknownMetric(name);
  const { direction } = metric;
  if (direction === undefined) return { undefined: 'it is neither better nor worse when it is higher' };
  const before = estimated(metric, reference, options);
  if (isUndefined(before)) return { undefined: `of the reference: ${before.undefined}` };
  const now = estimated(metric, current, options);
  if (isUndefined(now)) return { undefined: `of the current data: ${now.undefined}` };
  const margin = options.maxDrop * Math.abs(before.value);
  const change = now.value - before.value;
  const bounds = differenceBounds(before, now);
  return {
    metric: metric.name,
    direction,
    reference: before.value,
    current: now.value,
    change,
    bounds,
    confidence: options.confidence,
    margin,
    verdict: changeVerdict(change, bounds, direction, margin),
  };
}

/** A figure with its bounds. */
export interface BoundedFigure {
  readonly value: number;
  readonly bounds: Interval;
}

function estimated(
  metric: PredictionMetric,
  { truth, answers }: AnsweredRows,
  options: PairedOptions,
): BoundedFigure | Undefined {
  const value = metric.compute(truth, answers);
  if (isUndefined(value)) return value;
  const bounds = ownBounds(metric.name, truth, answers, options);
  return isUndefined(bounds) ? bounds : { value, bounds };
}

/**
 * Bounds of current − reference, two independent figures, from the bounds of each: the distances of the ends that widen the difference are
 * squared and added (Zou and Donner, "Construction of confidence limits about effect measures", 2008). Of two shares with Wilson's bounds
 * it is Newcombe's hybrid score interval (1998, method 10).
 */
export function differenceBounds(reference: BoundedFigure, current: BoundedFigure): Interval {
  const change = current.value - reference.value;
  return {
    lo: change - Math.hypot(current.value - current.bounds.lo, reference.bounds.hi - reference.value),
    hi: change + Math.hypot(current.bounds.hi - current.value, reference.value - reference.bounds.lo),
  };
}

/** What a change of a metric within `bounds` comes to. */
export function changeVerdict(
  change: number,
  bounds: Interval,
  direction: Direction,
  margin: number,
): PerformanceChange['verdict'] {
  const [worse, atLeast] = direction === 'higher' ? [-change, -bounds.hi] : [change, bounds.lo];
  if (atLeast > margin) return 'drift';
  return worse > margin ? 'warn' : 'ok';
}
