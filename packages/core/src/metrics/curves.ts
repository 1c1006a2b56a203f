import { answered, answersOfRows, truthOfRows } from './answered.ts';
import { weightsOf } from './classification.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { Answers, BinaryTruth, MulticlassTruth, Rows, Truth } from './predictions.ts';
import { calibrationBin, calibrationBins, confidences } from './probability.ts';

/** A point of a curve over thresholds: what holds when every row with this score or a higher one is called positive. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Infinity at the point where no row is called positive. */
  readonly threshold: number;
}

/** Points that a picture of a curve gets; more are thinned to so many, which no eye tells from all of them. */
export const curvePoints = 200;

/** ROC curve of two classes, by descending threshold: x is the false positive rate, y the true positive rate; from (0, 0) to (1, 1). */
export function rocCurve(truth: BinaryTruth, answers: Answers, rows?: Rows): CurvePoint[] | Undefined {
  const steps = thresholdSteps(truth, answers, rows);
  if (isUndefined(steps)) return steps;
  const { hits, misses, thresholds, positives, negatives } = steps;
  if (positives === 0 || negatives === 0) return { undefined: 'all rows are of one class' };
  return thinned(
    misses.map((count) => count / negatives),
    hits.map((count) => count / positives),
    thresholds,
  );
}

/** Precision-recall curve, by descending threshold: x is recall, y precision; it starts at (0, 1), where nothing is called positive. */
export function precisionRecallCurve(truth: BinaryTruth, answers: Answers, rows?: Rows): CurvePoint[] | Undefined {
  const steps = thresholdSteps(truth, answers, rows);
  if (isUndefined(steps)) return steps;
  const { hits, misses, thresholds, positives } = steps;
  if (positives === 0) return { undefined: 'no row is of the positive class' };
  return thinned(
    hits.map((count) => count / positives),
    hits.map((count, at) => (at === 0 ? 1 : count / (count + (misses[at] as number)))),
    thresholds,
  );
}

/** One bin of probabilities: how sure the model was, and how often it was right. */
export interface CalibrationPoint {
  /** Mean probability. */
  readonly confidence: number;
  /** Share of positive rows (binary) or of rows of the class of highest probability (multiclass). */
  readonly share: number;
  readonly rows: number;
}

/** How many bins a picture of so many rows has: their cube root, from 4 to those of the calibration error. More of few rows show chance. */
export function calibrationBinsFor(rows: number): number {
  return Math.max(4, Math.min(calibrationBins, Math.round(Math.cbrt(rows))));
}

/** Reliability by equally wide bins, those of the calibration error if nothing else is said; bins without rows are left out. */
export function calibrationCurve(
  truth: BinaryTruth | MulticlassTruth,
  answers: Answers,
  bins = calibrationBins,
): CalibrationPoint[] | Undefined {
  const data = answered(truth, answers);
  const found = isUndefined(data) ? data : confidences(data);
  if (isUndefined(data) || isUndefined(found)) return found as Undefined;
  const { weights } = weightsOf(data);
  const sums = Array.from({ length: bins }, () => ({ rows: 0, weight: 0, confidence: 0, right: 0 }));
  for (const [row, value] of found.values.entries()) {
    const bin = sums[calibrationBin(value, bins)] as (typeof sums)[number];
    const weight = weights?.[row] ?? 1;
    bin.rows++;
    bin.weight += weight;
    bin.confidence += weight * value;
    bin.right += weight * (found.right[row] as number);
  }
  return sums
    .filter((bin) => bin.weight > 0)
    .map((bin) => ({ confidence: bin.confidence / bin.weight, share: bin.right / bin.weight, rows: bin.rows }));
}

/** Weighted counts of positive and negative rows at or above each score, by descending score; the first entry is of no rows. */
interface Steps {
  readonly hits: Float64Array;
  readonly misses: Float64Array;
  readonly thresholds: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

function thresholdSteps(truth: Truth, answers: Answers, rows: Rows | undefined): Steps | Undefined {
  const data = answered(truthOfRows(truth, rows), answersOfRows(answers, rows));
  if (isUndefined(data)) return data;
  const order = data.order();
  const scores = data.scores();
  if (isUndefined(order) || isUndefined(scores)) return order as Undefined;
  const { labels, weights } = data.truth as BinaryTruth;
  const groups = order.ends.reduce((count, end) => count + end, 0);
  const hits = new Float64Array(groups + 1);
  const misses = new Float64Array(groups + 1);
  const thresholds = new Float64Array(groups + 1).fill(Number.POSITIVE_INFINITY, 0, 1);
  let [positives, negatives, group] = [0, 0, 1];
  for (const [at, row] of order.rows.entries()) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    if (labels[row] === 1) positives += weight;
    else negatives += weight;
    if (order.ends[at] === 0) continue;
    hits[group] = positives;
    misses[group] = negatives;
    thresholds[group] = scores[row] as number;
    group++;
  }
  return { hits, misses, thresholds, positives, negatives };
}

/** A stretch of a curve that one line stands for, and the point that is farthest from the line. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly farthest: number;
  readonly distance: number;
}

/**
 * The points that keep the curve's shape: from its ends on, the point that is farthest from the line drawn so far, as Douglas and Peucker
 * (1973) choose them, until there are enough or nothing is left to gain.
 */
function thinned(x: Float64Array, y: Float64Array, thresholds: Float64Array): CurvePoint[] {
  const kept = new Set([0, x.length - 1]);
  const stretches = [stretch(x, y, 0, x.length - 1)];
  while (kept.size < curvePoints) {
    const worst = stretches.reduce((best, each) => (each.distance > best.distance ? each : best));
    if (worst.distance <= 1e-12) break;
    kept.add(worst.farthest);
    stretches.splice(
      stretches.indexOf(worst),
      1,
      stretch(x, y, worst.start, worst.farthest),
      stretch(x, y, worst.farthest, worst.end),
    );
  }
  return [...kept]
    .sort((a, b) => a - b)
    .map((at) => ({ x: x[at] as number, y: y[at] as number, threshold: thresholds[at] as number }));
}

function stretch(x: Float64Array, y: Float64Array, start: number, end: number): Stretch {
  const [startX, startY] = [x[start] as number, y[start] as number];
  const [alongX, alongY] = [(x[end] as number) - startX, (y[end] as number) - startY];
  const length = Math.hypot(alongX, alongY);
  let [farthest, distance] = [start, 0];
  for (let at = start + 1; at < end; at++) {
    const [toX, toY] = [(x[at] as number) - startX, (y[at] as number) - startY];
    const away = length === 0 ? Math.hypot(toX, toY) : Math.abs(toX * alongY - toY * alongX) / length;
    if (away > distance) [farthest, distance] = [at, away];
  }
  return { start, end, farthest, distance };
}
