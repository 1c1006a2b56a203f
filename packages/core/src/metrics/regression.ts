import { type Answered, notFinite } from './answered.ts';
import { weightsOf } from './classification.ts';
import type { Counts, Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { RegressionTruth } from './predictions.ts';
import { scoreOrder } from './score-order.ts';

interface Values {
  readonly targets: Float64Array;
  readonly predicted: Float64Array;
  readonly weights?: Float64Array;
}

function valuesOf(data: Answered): Values | Undefined {
  const { targets } = data.truth as RegressionTruth;
  const predicted = data.answers.values;
  if (predicted === undefined) return { undefined: 'the answers have no predicted values' };
  return (
    notFinite(targets, 'a target') ??
    notFinite(predicted, 'a predicted value') ?? { targets, predicted, ...weightsOf(data) }
  );
}

/** The mean of a loss of each row, such as the absolute error; `of` of that mean, such as its root. */
export function preparedLoss(
  data: Answered,
  loss: (target: number, predicted: number) => number,
  of?: (mean: number) => number,
): Prepared | Undefined {
  const values = valuesOf(data);
  if (isUndefined(values)) return values;
  const { targets, predicted } = values;
  const losses = new Float64Array(data.units);
  for (let row = 0; row < losses.length; row++) losses[row] = loss(targets[row] as number, predicted[row] as number);
  return { kind: 'mean', values: losses, ...weightsOf(data), ...(of && { of }) };
}

export const absoluteError = (target: number, predicted: number): number => Math.abs(target - predicted);
export const squaredError = (target: number, predicted: number): number => (target - predicted) ** 2;
/** A target of 0 divides by the smallest number that scikit-learn divides by. */
export const relativeError = (target: number, predicted: number): number =>
  Math.abs(predicted - target) / Math.max(Math.abs(target), Number.EPSILON);

/** Loss of a predicted quantile: being too low costs `alpha`, too high `1 − alpha` (Koenker & Bassett 1978). */
export function pinballLoss(alpha: number): (target: number, predicted: number) => number {
  return (target, predicted) => {
    const difference = target - predicted;
    return difference >= 0 ? alpha * difference : (alpha - 1) * difference;
  };
}

/** Mean squared difference of log(1 + value), or `of` of it; undefined for values of −1 and less. */
export function preparedLogError(data: Answered, of?: (mean: number) => number): Prepared | Undefined {
  const values = valuesOf(data);
  if (isUndefined(values)) return values;
  const odd = values.targets.find((value) => value <= -1) ?? values.predicted.find((value) => value <= -1);
  if (odd !== undefined) return { undefined: `there is no logarithm of 1 + ${odd}` };
  return preparedLoss(data, (target, predicted) => (Math.log1p(target) - Math.log1p(predicted)) ** 2, of);
}

/** 1 − squared error / squared distance of the targets from their mean. Constant targets: 1 when all are hit, else 0, as scikit-learn. */
export function preparedR2(data: Answered): Prepared | Undefined {
  return preparedExplained(data, false);
}

/** The same with the mean error taken off, so that a constant offset costs nothing. */
export function preparedExplainedVariance(data: Answered): Prepared | Undefined {
  return preparedExplained(data, true);
}

function preparedExplained(data: Answered, offsetIsFree: boolean): Prepared | Undefined {
  const values = valuesOf(data);
  if (isUndefined(values)) return values;
  if (data.units < 2) return { undefined: 'it needs at least two rows' };
  const { targets, predicted, weights } = values;
  const errors = targets.map((target, row) => target - (predicted[row] as number));
  return {
    kind: 'counts',
    of: (counts) => {
      const unexplained = squares(errors, counts, weights, offsetIsFree);
      const spread = squares(targets, counts, weights, true);
      if (spread === 0) return unexplained === 0 ? 1 : 0;
      return 1 - unexplained / spread;
    },
  };
}

/** Sum of squares, of the distances from the mean where `centred`. Two passes, because a sum of squares less a square loses digits. */
function squares(values: Float64Array, counts: Counts, weights: Float64Array | undefined, centred: boolean): number {
  let mean = 0;
  if (centred) {
    let total = 0;
    for (let row = 0; row < values.length; row++) {
      const weight = (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
      mean += weight * (values[row] as number);
      total += weight;
    }
    mean /= total;
  }
  let result = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
    const distance = (values[row] as number) - mean;
    result += weight * distance * distance;
  }
  return result;
}

/** The largest absolute error. Weights do not matter to it. */
export function preparedMaxError(data: Answered): Prepared | Undefined {
  const errors = absoluteErrors(data);
  if (isUndefined(errors)) return errors;
  return {
    kind: 'counts',
    of: (counts) => {
      let largest = 0;
      for (let row = 0; row < errors.length; row++) {
        if (counts[row] !== 0 && (errors[row] as number) > largest) largest = errors[row] as number;
      }
      return largest;
    },
  };
}

/** The error that half the rows, or half the weight, does not exceed; the mean of two where the half falls between them. */
export function preparedMedianAbsoluteError(data: Answered): Prepared | Undefined {
  const errors = absoluteErrors(data);
  if (isUndefined(errors)) return errors;
  const descending = scoreOrder(errors).rows;
  const { weights } = weightsOf(data);
  const weightOf = (row: number, counts: Counts): number =>
    (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
  return {
    kind: 'counts',
    of: (counts) => {
      let total = 0;
      for (let at = descending.length - 1; at >= 0; at--) total += weightOf(descending[at] as number, counts);
      let below = 0;
      let lower: number | undefined;
      for (let at = descending.length - 1; at >= 0; at--) {
        const row = descending[at] as number;
        const weight = weightOf(row, counts);
        if (weight === 0) continue;
        if (lower !== undefined) return (lower + (errors[row] as number)) / 2;
        below += weight;
        if (below > total / 2) return errors[row] as number;
        if (below === total / 2) lower = errors[row] as number;
      }
      return lower ?? { undefined: 'all weights are 0' };
    },
  };
}

function absoluteErrors(data: Answered): Float64Array | Undefined {
  const values = valuesOf(data);
  if (isUndefined(values)) return values;
  return values.targets.map((target, row) => absoluteError(target, values.predicted[row] as number));
}
