import { answered, answersOfRows, truthOfRows } from './answered.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { Answers, BinaryTruth, MulticlassTruth, Rows } from './predictions.ts';
import { classCount } from './tally.ts';

/** Counts of rows by two classes, one a row and one a column of the matrix; weighted where the truth has weights. */
export interface ClassMatrix {
  /** Binary has the classes 0 and 1. */
  readonly classes: number;
  /** `cells[first * classes + second]`. */
  readonly cells: Float64Array;
}

/** A matrix of more classes is no picture any more, and its memory grows by the square. */
const mostClasses = 1000;

/** Rows by their class (first) and the predicted one (second). */
export function confusionMatrix(
  truth: BinaryTruth | MulticlassTruth,
  answers: Answers,
  rows?: Rows,
): ClassMatrix | Undefined {
  const subset = truthOfRows(truth, rows) as BinaryTruth | MulticlassTruth;
  const predicted = predictedClasses(subset, answers, rows);
  return isUndefined(predicted) ? predicted : countPairs(subset, subset.labels, predicted);
}

/** Where two models agree. Counts of rows, weighted where the truth has weights. */
export interface Disagreement {
  readonly bothRight: number;
  readonly candidateAlone: number;
  readonly championAlone: number;
  readonly bothWrong: number;
  /** Rows by what the candidate (first) and the champion (second) predicted. */
  readonly predictions: ClassMatrix | Undefined;
}

/** The rows that two models predict alike and otherwise. */
export function disagreement(
  truth: BinaryTruth | MulticlassTruth,
  candidate: Answers,
  champion: Answers,
  rows?: Rows,
): Disagreement | Undefined {
  const subset = truthOfRows(truth, rows) as BinaryTruth | MulticlassTruth;
  const first = predictedClasses(subset, candidate, rows);
  if (isUndefined(first)) return first;
  const second = predictedClasses(subset, champion, rows);
  if (isUndefined(second)) return second;
  const right: [number, number, number, number] = [0, 0, 0, 0];
  for (const [row, label] of subset.labels.entries()) {
    const kind = (first[row] === label ? 0 : 2) + (second[row] === label ? 0 : 1);
    right[kind] = (right[kind] as number) + (subset.weights?.[row] ?? 1);
  }
  const [bothRight, candidateAlone, championAlone, bothWrong] = right;
  return { bothRight, candidateAlone, championAlone, bothWrong, predictions: countPairs(subset, first, second) };
}

function predictedClasses(
  subset: BinaryTruth | MulticlassTruth,
  answers: Answers,
  rows: Rows | undefined,
): Uint32Array | Undefined {
  const data = answered(subset, answersOfRows(answers, rows));
  return isUndefined(data) ? data : data.predicted();
}

function countPairs(
  truth: BinaryTruth | MulticlassTruth,
  first: Uint8Array | Uint32Array,
  second: Uint32Array,
): ClassMatrix | Undefined {
  const classes = classCount(truth);
  if (classes > mostClasses) return { undefined: `a matrix of ${classes} classes is too large` };
  const cells = new Float64Array(classes * classes);
  for (let row = 0; row < first.length; row++) {
    const cell = (first[row] as number) * classes + (second[row] as number);
    cells[cell] = (cells[cell] as number) + (truth.weights?.[row] ?? 1);
  }
  return { classes, cells };
}
