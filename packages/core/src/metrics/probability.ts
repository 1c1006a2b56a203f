import type { Answered } from './answered.ts';
import { weightsOf } from './classification.ts';
import type { Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { MulticlassTruth } from './predictions.ts';

/** Bins of the calibration error, as many as in Guo et al. (2017). */
export const calibrationBins = 15;

/** A probability of 0 for what happened would cost infinitely much; scikit-learn moves it by this. */
const smallest = Number.EPSILON;

/** Mean negative logarithm of the probability that the model gave to the row's class. */
export function preparedLogLoss(data: Answered): Prepared | Undefined {
  const given = probabilityOfClass(data);
  if (isUndefined(given)) return given;
  const values = given.map((probability) => -Math.log(Math.min(Math.max(probability, smallest), 1 - smallest)));
  return { kind: 'mean', values, ...weightsOf(data) };
}

function probabilityOfClass(data: Answered): Float64Array | Undefined {
  if (data.truth.task === 'binary') {
    const { labels } = data.truth;
    const scores = data.probability();
    return isUndefined(scores) ? scores : scores.map((score, row) => (labels[row] === 1 ? score : 1 - score));
  }
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const { labels } = data.truth as MulticlassTruth;
  return Float64Array.from(labels, (label, row) => (columns[label] as Float64Array)[row] as number);
}

/**
 * Mean squared distance between probabilities and what happened (Brier, 1950): of the positive class in [0, 1] for binary, summed over the
 * classes in [0, 2] for multiclass, as scikit-learn does.
 */
export function preparedBrier(data: Answered): Prepared | Undefined {
  if (data.truth.task === 'binary') {
    const { labels } = data.truth;
    const scores = data.probability();
    if (isUndefined(scores)) return scores;
    return {
      kind: 'mean',
      values: scores.map((score, row) => (score - (labels[row] as number)) ** 2),
      ...weightsOf(data),
    };
  }
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const { labels } = data.truth as MulticlassTruth;
  const values = new Float64Array(data.units);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < values.length; row++) {
      values[row] = (values[row] as number) + ((column[row] as number) - (labels[row] === index ? 1 : 0)) ** 2;
    }
  }
  return { kind: 'mean', values, ...weightsOf(data) };
}

/**
 * Expected calibration error: rows are put into 15 bins of equal width, `(lower, upper]` with 0 in the first, by their confidence; the
 * result is the mean over rows of the distance between a bin's mean confidence and its share of right rows. The confidence is the
 * probability of the positive class and a row is right when it is positive (binary), or the highest probability and right when that class
 * is the row's (multiclass, Guo et al. 2017, "On calibration of modern neural networks").
 */
export function preparedCalibrationError(data: Answered): Prepared | Undefined {
  const confidence = confidences(data);
  if (isUndefined(confidence)) return confidence;
  const { values, right, bins } = confidence;
  const { weights } = weightsOf(data);
  const gaps = new Float64Array(calibrationBins);
  return {
    kind: 'counts',
    of: (counts) => {
      gaps.fill(0);
      let total = 0;
      for (let row = 0; row < values.length; row++) {
        const weight = (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
        const bin = bins[row] as number;
        gaps[bin] = (gaps[bin] as number) + weight * ((values[row] as number) - (right[row] as number));
        total += weight;
      }
      return total === 0
        ? { undefined: 'all weights are 0' }
        : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
    },
  };
}

/** How sure a model was of each row, whether it was right, and the bin of the calibration error. */
export interface Confidences {
  readonly values: Float64Array;
  readonly right: Uint8Array;
  readonly bins: Uint8Array;
}

export function confidences(data: Answered): Confidences | Undefined {
  if (data.truth.task === 'binary') {
    const values = data.probability();
    return isUndefined(values) ? values : binned(values, data.truth.labels);
  }
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const { labels } = data.truth as MulticlassTruth;
  const values = new Float64Array(data.units);
  const right = new Uint8Array(data.units);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < values.length; row++) {
      if (index > 0 && (column[row] as number) <= (values[row] as number)) continue;
      values[row] = column[row] as number;
      right[row] = labels[row] === index ? 1 : 0;
    }
  }
  return binned(values, right);
}

function binned(values: Float64Array, right: Uint8Array): Confidences {
  return { values, right, bins: Uint8Array.from(values, (value) => calibrationBin(value, calibrationBins)) };
}

/** The bin of a probability among so many equally wide ones; each holds its upper end. */
export function calibrationBin(value: number, bins: number): number {
  return Math.max(0, Math.ceil(value * bins) - 1);
}

/** The share of rows whose class is among the `k` of highest probability; of equal ones the later class goes first, as with scikit-learn. */
export function preparedTopK(data: Answered, k: number): Prepared | Undefined {
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const { labels } = data.truth as MulticlassTruth;
  const hits = new Uint8Array(data.units);
  for (let row = 0; row < hits.length; row++) {
    const label = labels[row] as number;
    const own = (columns[label] as Float64Array)[row] as number;
    let before = 0;
    for (let index = 0; index < columns.length; index++) {
      const other = (columns[index] as Float64Array)[row] as number;
      if (other > own || (other === own && index > label)) before++;
    }
    hits[row] = before < k ? 1 : 0;
  }
  return { kind: 'proportion', hits, ...weightsOf(data) };
}
