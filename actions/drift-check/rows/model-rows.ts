import { type AnsweredRows, decisionThreshold, gathered, manyValues, type Truth, UserError } from '@mlops-actions/core';
import type { CollectedColumn, CollectedNumbers } from '@mlops-actions/tabular';
import { alike, allClasses, binaryClasses, type ClassColumn, classColumn, indicesInto } from '../../classes.ts';
import { isFilled, type SideRows } from './read-rows.ts';

/** The rows of one side that have a right answer and an answer of the model. */
export interface ModelRows extends AnsweredRows {
  /** Their numbers on that side, from 0. */
  readonly rows: Uint32Array;
}

export interface BothModelRows {
  readonly task: 'binary' | 'multiclass' | 'regression';
  /** By index; the positive one last. Empty for regression. */
  readonly classes: readonly string[];
  readonly reference: ModelRows;
  readonly current: ModelRows;
}

/**
 * Makes a test set of each side, with the same classes. Texts are classes, and so are numbers of at most 20 different whole values; other
 * numbers are amounts. Throws a `UserError` for columns that do not go together.
 */
export function modelRows(reference: SideRows, current: SideRows, positiveClass: string | undefined): BothModelRows {
  const sides = [reference, current].map((side) => ({ ...side, answered: answeredRows(side) }));
  const [first, second] = sides as [Side, Side];
  if (!sides.every(hasClasses)) {
    return { task: 'regression', classes: [], reference: amountsOf(first), current: amountsOf(second) };
  }
  return classified(first, second, positiveClass);
}

interface Side extends SideRows {
  readonly answered: Uint32Array;
}

/** Rows with a label and with each kind of answer that is named. */
function answeredRows(side: SideRows): Uint32Array {
  const { label, prediction, probability, rows } = side;
  const found = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (label === undefined || !isFilled(label, row)) continue;
    if (prediction !== undefined && !isFilled(prediction, row)) continue;
    if (probability !== undefined && !Number.isFinite(probability[row])) continue;
    found[count++] = row;
  }
  return found.slice(0, count);
}

function hasClasses({ label, answered }: Side): boolean {
  if (label === undefined || label.type === 'category') return true;
  const values = new Set<number>();
  for (const row of answered) {
    const value = label.values[row] as number;
    if (!Number.isInteger(value)) return false;
    values.add(value);
    if (values.size > manyValues) return false;
  }
  return true;
}

function amountsOf({ label, prediction, shown, answered }: Side): ModelRows {
  if (label?.type === 'category' || prediction === undefined || prediction.type === 'category') {
    throw new UserError(
      `${shown}: the labels are amounts, and the predictions are not. Name the column with the predicted amounts in \`prediction-column\`.`,
    );
  }
  return {
    rows: answered,
    truth: { task: 'regression', targets: gathered((label as CollectedNumbers).values, answered) },
    answers: { values: gathered(prediction.values, answered) },
  };
}

function classified(reference: Side, current: Side, positiveClass: string | undefined): BothModelRows {
  const sides = [reference, current].map((side) => ({
    side,
    label: classColumn(side.label as CollectedColumn, side.shown),
    ...answersOf(side),
  }));
  const columns = sides.flatMap(({ label, prediction }) => (prediction === undefined ? [label] : [label, prediction]));
  const unified = alike(columns);
  const names = allClasses(unified.map((column) => column.names));
  const isBinary = names.length <= 2;
  const shown = `${reference.shown} and ${current.shown}`;
  if (!isBinary && sides.some(({ prediction }) => prediction === undefined)) {
    throw new UserError(
      `${shown}: the labels hold ${names.length} classes, and a probability alone says only which of two it is. Name the column with the predicted classes in \`prediction-column\`.`,
    );
  }
  const classes = isBinary ? binaryClasses(names, positiveClass, shown) : names;
  let next = 0;
  const [first, second] = sides.map(({ side, prediction, scores }): ModelRows => {
    const indices = (column: ClassColumn): Uint32Array => gathered(indicesInto(classes, column), side.answered);
    const labels = indices(unified[next++] as ClassColumn);
    const predicted = prediction === undefined ? undefined : indices(unified[next++] as ClassColumn);
    const truth: Truth = isBinary
      ? { task: 'binary', labels: Uint8Array.from(labels) }
      : { task: 'multiclass', classes, labels };
    return {
      rows: side.answered,
      truth,
      answers: {
        ...(predicted === undefined ? {} : { predicted }),
        ...(scores === undefined || !isBinary
          ? {}
          : { scores: gathered(scores, side.answered), calibrated: isShare(scores) }),
      },
    };
  }) as [ModelRows, ModelRows];
  return { task: isBinary ? 'binary' : 'multiclass', classes, reference: first, current: second };
}

/** Fractions in the column of predictions are probabilities, when no other column has them. */
function answersOf({ prediction, probability, shown, answered }: Side): {
  readonly prediction?: ClassColumn;
  readonly scores?: Float64Array;
} {
  const scores = probability === undefined ? {} : { scores: probability };
  if (prediction === undefined) return scores;
  const hasFractions =
    prediction.type !== 'category' && answered.some((row) => !Number.isInteger(prediction.values[row]));
  if (!hasFractions) return { prediction: classColumn(prediction, shown), ...scores };
  return probability === undefined ? { scores: (prediction as CollectedNumbers).values } : scores;
}

function isShare(scores: Float64Array): boolean {
  return scores.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1));
}

/** 1 where the model's answer is wrong, 0 where it is right; of amounts where it is farther off than `limit`. */
export function errorsOf({ truth, answers }: AnsweredRows, limit: number): Uint8Array {
  if (truth.task === 'regression') {
    const values = answers.values as Float64Array;
    return Uint8Array.from(truth.targets, (target, row) =>
      Math.abs((values[row] as number) - target) > limit ? 1 : 0,
    );
  }
  const { labels } = truth as { readonly labels: Uint8Array | Uint32Array };
  const { predicted, scores } = answers;
  return Uint8Array.from(labels, (label, row) => {
    const answer = predicted?.[row] ?? ((scores?.[row] as number) >= decisionThreshold ? 1 : 0);
    return answer === label ? 0 : 1;
  });
}

/** The distance that three quarters of the answers to amounts stay within. */
export function usualError({ truth, answers }: AnsweredRows): number {
  if (truth.task !== 'regression') return 0;
  const values = answers.values as Float64Array;
  const sorted = truth.targets.map((target, row) => Math.abs((values[row] as number) - target)).sort();
  return sorted[Math.floor(0.75 * (sorted.length - 1))] ?? 0;
}
