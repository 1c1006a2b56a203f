import type { Answered } from './answered.ts';
import type { Prepared, Tally } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { MultilabelTruth } from './predictions.ts';

/** How the numbers of several classes become one, by scikit-learn's names. */
export type Average = 'binary' | 'macro' | 'micro' | 'weighted' | 'samples';

/**
 * A share of one class's counts: `hits` rows have the class and the prediction, `actual` have the class, `predicted` the prediction, of
 * `total`. A share of nothing is 0, as with scikit-learn's zero_division; for an error rate, where 0 is the best, it is undefined.
 */
export interface Share {
  readonly part: (hits: number, actual: number, predicted: number, total: number) => number;
  readonly whole: (hits: number, actual: number, predicted: number, total: number) => number;
  /** Why there is no number when the whole is 0. */
  readonly ofNothing?: string;
}

export const precision: Share = { part: (hits) => hits, whole: (_hits, _actual, predicted) => predicted };
export const recall: Share = { part: (hits) => hits, whole: (_hits, actual) => actual };
export const jaccard: Share = {
  part: (hits) => hits,
  whole: (hits, actual, predicted) => actual + predicted - hits,
};
/** Recall of the other class. */
export const specificity: Share = {
  part: (hits, actual, predicted, total) => total - actual - predicted + hits,
  whole: (_hits, actual, _predicted, total) => total - actual,
};
/** Precision of the other class. */
export const negativePredictiveValue: Share = {
  part: (hits, actual, predicted, total) => total - actual - predicted + hits,
  whole: (_hits, _actual, predicted, total) => total - predicted,
};
export const falsePositiveRate: Share = {
  part: (hits, _actual, predicted) => predicted - hits,
  whole: (_hits, actual, _predicted, total) => total - actual,
  ofNothing: 'no row is of the negative class',
};
export const falseNegativeRate: Share = {
  part: (hits, actual) => actual - hits,
  whole: (_hits, actual) => actual,
  ofNothing: 'no row is of the positive class',
};
export const falseDiscoveryRate: Share = {
  part: (hits, _actual, predicted) => predicted - hits,
  whole: (_hits, _actual, predicted) => predicted,
  ofNothing: 'no row is predicted to be of the positive class',
};

/** F score: `beta` says how many times recall counts as much as precision. */
export function fBeta(beta: number): Share {
  const squared = beta * beta;
  return {
    part: (hits) => (1 + squared) * hits,
    whole: (_hits, actual, predicted) => squared * actual + predicted,
  };
}

/** A share of one class or averaged over classes. Macro averages take the classes that a row has or a prediction says. */
export function preparedShare(share: Share, average: Average, data: Answered): Prepared | Undefined {
  if (average === 'samples') return sharePerRow(share, data);
  return tallied(data, (tally) => averaged(share, average, tally));
}

function averaged(share: Share, average: Exclude<Average, 'samples'>, tally: Tally): number | Undefined {
  const { hits, actual, predicted, total } = tally;
  if (average === 'binary') {
    return quotient(share, hits[1] as number, actual[1] as number, predicted[1] as number, total);
  }
  if (average === 'micro') {
    const classes = hits.length;
    return quotient(share, sum(hits), sum(actual), sum(predicted), total * classes);
  }
  let weightedSum = 0;
  let weight = 0;
  for (let index = 0; index < hits.length; index++) {
    const has = actual[index] as number;
    const said = predicted[index] as number;
    const counts = average === 'weighted' ? has : tally.multilabel || has + said > 0 ? 1 : 0;
    if (counts === 0) continue;
    const value = quotient(share, hits[index] as number, has, said, total);
    if (isUndefined(value)) return value;
    weightedSum += counts * value;
    weight += counts;
  }
  return weight === 0 ? 0 : weightedSum / weight;
}

function quotient(share: Share, hits: number, actual: number, predicted: number, total: number): number | Undefined {
  const whole = share.whole(hits, actual, predicted, total);
  if (whole > 0) return share.part(hits, actual, predicted, total) / whole;
  return share.ofNothing === undefined ? 0 : { undefined: share.ofNothing };
}

function sharePerRow(share: Share, data: Answered): Prepared | Undefined {
  const labels = data.predictedLabels();
  if (isUndefined(labels)) return labels;
  const truth = data.truth as MultilabelTruth;
  const values = new Float64Array(data.units);
  for (let row = 0; row < data.units; row++) {
    let hits = 0;
    let actual = 0;
    let predicted = 0;
    for (const [index, column] of truth.labels.entries()) {
      const label = column[row] as number;
      const answer = (labels[index] as Uint8Array)[row] as number;
      hits += label & answer;
      actual += label;
      predicted += answer;
    }
    values[row] = quotient(share, hits, actual, predicted, labels.length) as number;
  }
  return { kind: 'mean', values, ...weightsOf(data) };
}

/** The share of rows whose class, or whose whole set of labels, is predicted; with `wrong`, of those whose is not. */
export function preparedAccuracy(data: Answered, wrong: boolean): Prepared | Undefined {
  const hits = new Uint8Array(data.units);
  const { truth } = data;
  if (truth.task === 'multilabel') {
    const labels = data.predictedLabels();
    if (isUndefined(labels)) return labels;
    hits.fill(wrong ? 0 : 1);
    for (const [index, column] of truth.labels.entries()) {
      const answers = labels[index] as Uint8Array;
      for (let row = 0; row < hits.length; row++) if (column[row] !== answers[row]) hits[row] = wrong ? 1 : 0;
    }
  } else {
    const predicted = data.predicted();
    if (isUndefined(predicted)) return predicted;
    const labels = (truth as { readonly labels: Uint8Array | Uint32Array }).labels;
    for (let row = 0; row < hits.length; row++) hits[row] = (labels[row] === predicted[row]) === wrong ? 0 : 1;
  }
  return { kind: 'proportion', hits, ...weightsOf(data) };
}

/** Labels that are predicted wrong, of all labels of all rows; of one class a row, the rows. */
export function preparedHammingLoss(data: Answered): Prepared | Undefined {
  if (data.truth.task !== 'multilabel') return preparedAccuracy(data, true);
  const labels = data.predictedLabels();
  if (isUndefined(labels)) return labels;
  const values = new Float64Array(data.units);
  for (const [index, column] of data.truth.labels.entries()) {
    const answers = labels[index] as Uint8Array;
    for (let row = 0; row < values.length; row++) {
      if (column[row] !== answers[row]) values[row] = (values[row] as number) + 1 / labels.length;
    }
  }
  return { kind: 'mean', values, ...weightsOf(data) };
}

/** The share of rows that are predicted to be of the positive class. It says nothing about right and wrong. */
export function preparedSelectionRate(data: Answered): Prepared | Undefined {
  const predicted = data.predicted();
  if (isUndefined(predicted)) return predicted;
  return { kind: 'proportion', hits: Uint8Array.from(predicted), ...weightsOf(data) };
}

/** Mean recall of the classes that rows have. */
export function balancedAccuracy(tally: Tally): number {
  let recalls = 0;
  let classes = 0;
  for (let index = 0; index < tally.hits.length; index++) {
    const actual = tally.actual[index] as number;
    if (actual === 0) continue;
    recalls += (tally.hits[index] as number) / actual;
    classes++;
  }
  return recalls / classes;
}

/** Matthews' correlation, for several classes by Gorodkin (2004). 0 when all rows or all predictions are of one class. */
export function matthewsCorrelation(tally: Tally): number {
  const { hits, actual, predicted, total } = tally;
  const squared = total * total;
  const spread = (squared - dot(predicted, predicted)) * (squared - dot(actual, actual));
  return spread <= 0 ? 0 : (sum(hits) * total - dot(actual, predicted)) / Math.sqrt(spread);
}

/** Cohen's kappa (1960), unweighted. */
export function cohenKappa(tally: Tally): number | Undefined {
  const byChance = dot(tally.actual, tally.predicted) / tally.total;
  const disagreement = tally.total - byChance;
  if (disagreement <= 0) return { undefined: 'all rows are of one class, and predicted to be of it' };
  return 1 - (tally.total - sum(tally.hits)) / disagreement;
}

/** A metric of the counts by class, when there are predictions to count. */
export function tallied(data: Answered, of: (tally: Tally) => number | Undefined): Prepared | Undefined {
  const predicted = data.truth.task === 'multilabel' ? data.predictedLabels() : data.predicted();
  return isUndefined(predicted) ? predicted : { kind: 'tally', of };
}

/** The weights of a test set, as a member that is absent when it has none. */
export function weightsOf(data: Answered): { readonly weights?: Float64Array } {
  const { truth } = data;
  return truth.task === 'ranking' || truth.weights === undefined ? {} : { weights: truth.weights };
}

function sum(values: Float64Array): number {
  let result = 0;
  for (const value of values) result += value;
  return result;
}

function dot(left: Float64Array, right: Float64Array): number {
  let result = 0;
  for (let i = 0; i < left.length; i++) result += (left[i] as number) * (right[i] as number);
  return result;
}
