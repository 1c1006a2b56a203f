import type { Counts, Tally } from './metric.ts';
import type { BinaryTruth, MulticlassTruth, MultilabelTruth } from './predictions.ts';

/** A tally of nothing yet. */
export function emptyTally(classes: number, multilabel: boolean): Tally {
  return {
    hits: new Float64Array(classes),
    actual: new Float64Array(classes),
    predicted: new Float64Array(classes),
    total: 0,
    multilabel,
  };
}

export function clearTally(tally: Tally): void {
  tally.hits.fill(0);
  tally.actual.fill(0);
  tally.predicted.fill(0);
  tally.total = 0;
}

export function classCount(truth: BinaryTruth | MulticlassTruth): number {
  return truth.task === 'binary' ? 2 : truth.classes.length;
}

/** Counts rows of one class each. */
export function classTally(truth: BinaryTruth | MulticlassTruth, predicted: Uint32Array, counts: Counts): Tally {
  const tally = emptyTally(classCount(truth), false);
  const { labels, weights } = truth;
  for (let row = 0; row < labels.length; row++) {
    const weight = (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
    addToTally(tally, labels[row] as number, predicted[row] as number, weight);
  }
  return tally;
}

/** Adds rows of one class for which one class was predicted. */
export function addToTally(tally: Tally, label: number, predicted: number, weight: number): void {
  tally.actual[label] = (tally.actual[label] as number) + weight;
  tally.predicted[predicted] = (tally.predicted[predicted] as number) + weight;
  if (label === predicted) tally.hits[label] = (tally.hits[label] as number) + weight;
  tally.total += weight;
}

/** Counts each label by itself; `total` is the rows, the same for each. */
export function labelTally(truth: MultilabelTruth, predicted: readonly Uint8Array[], counts: Counts): Tally {
  const tally = emptyTally(truth.classes.length, true);
  const { weights } = truth;
  for (const [index, labels] of truth.labels.entries()) {
    const answers = predicted[index] as Uint8Array;
    let hits = 0;
    let actual = 0;
    let said = 0;
    let total = 0;
    for (let row = 0; row < labels.length; row++) {
      const weight = (counts[row] as number) * (weights === undefined ? 1 : (weights[row] as number));
      const label = labels[row] as number;
      const answer = answers[row] as number;
      hits += weight * (label & answer);
      actual += weight * label;
      said += weight * answer;
      total += weight;
    }
    tally.hits[index] = hits;
    tally.actual[index] = actual;
    tally.predicted[index] = said;
    tally.total = total;
  }
  return tally;
}
