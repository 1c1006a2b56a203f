import { type Answers, UserError } from '@mlops-actions/core';
import { type ClassColumn, indicesInto } from '../../classes.ts';
import type { Model, ModelColumns } from './roles.ts';
import { inOrder, type Order, requireClasses } from './rows.ts';
import type { ReadTable } from './tables.ts';

/** Where one model's answers stand, and in what order the test set takes them. */
export interface Answered {
  readonly model: Model;
  readonly table: ReadTable;
  readonly columns: ModelColumns;
  readonly order: Order;
}

/** The answers of a binary task; `classes` has the positive one last. */
export function binaryAnswers(
  answered: Answered,
  predicted: ClassColumn | undefined,
  classes: readonly [string, string],
): Answers {
  const { columns, order } = answered;
  return {
    ...(predicted === undefined ? {} : { predicted: predictedIndices(answered, predicted, classes) }),
    ...(fractions(answered, predicted, classes) ?? positiveScores(answered, classes) ?? ownScores()),
  };

  function ownScores(): Answers {
    if (columns.score === undefined) return {};
    const scores = inOrder(answered.table.numbers(columns.score.column).values, order);
    return { scores, ...(columns.score.isProbability ? { calibrated: true } : {}) };
  }
}

/** Probabilities that stand in the column of the predictions, where classes are 0 and 1 and no other column has scores. */
function fractions(
  answered: Answered,
  predicted: ClassColumn | undefined,
  classes: readonly [string, string],
): Answers | undefined {
  const { table, columns, order } = answered;
  if (predicted !== undefined || columns.prediction === undefined || columns.score !== undefined) return undefined;
  if (classes[0] !== '0' || classes[1] !== '1') return undefined;
  return { scores: inOrder(table.numbers(columns.prediction).values, order), calibrated: true };
}

function positiveScores(
  { table, columns, order }: Answered,
  [negative, positive]: readonly [string, string],
): Answers | undefined {
  const own = columnOfClass(columns.probabilities, positive);
  const other = columnOfClass(columns.probabilities, negative);
  if (own !== undefined) return { scores: inOrder(table.numbers(own).values, order), calibrated: true };
  if (other === undefined) return undefined;
  return { scores: inOrder(table.numbers(other).values, order).map((share) => 1 - share), calibrated: true };
}

export function multiclassAnswers(
  answered: Answered,
  predicted: ClassColumn | undefined,
  classes: readonly string[],
): Answers {
  const { table, columns, order, model } = answered;
  const byClass = classes.map((name) => columnOfClass(columns.probabilities, name));
  const absent = classes.filter((_, index) => byClass[index] === undefined);
  if (columns.probabilities.size > 0 && absent.length > 0) {
    throw new UserError(
      `${table.shown} has probabilities of ${columns.probabilities.size} classes for the ${model}, and none of ${absent.slice(0, 5).join(', ')}. Give a column for each class, or none.`,
    );
  }
  return {
    ...(predicted === undefined ? {} : { predicted: predictedIndices(answered, predicted, classes) }),
    ...(columns.probabilities.size === 0
      ? {}
      : {
          probabilities: byClass.map((column) => inOrder(table.numbers(column as string).values, order)),
          calibrated: true,
        }),
  };
}

export function regressionAnswers({ table, columns, order, model }: Answered): Answers {
  const column = columns.prediction ?? columns.score?.column;
  if (column === undefined) throw nothingFor(model, table, 'a column of predictions');
  return { values: inOrder(table.numbers(column).values, order) };
}

export function rankingAnswers({ table, columns, order, model }: Answered): Answers {
  const column = columns.score?.column ?? columns.prediction;
  if (column === undefined) throw nothingFor(model, table, 'a column of scores');
  return { scores: inOrder(table.numbers(column).values, order) };
}

export function multilabelAnswers(answered: Answered, classes: readonly string[]): Answers {
  const { table, columns, order, model } = answered;
  const all = (byClass: ReadonlyMap<string, string>): Float64Array[] | undefined => {
    const found = classes.map((name) => columnOfClass(byClass, name));
    if (found.includes(undefined)) return undefined;
    return found.map((column) => inOrder(table.numbers(column as string).values, order));
  };
  const predicted = all(columns.predictions);
  const probabilities = all(columns.probabilities);
  if (predicted === undefined && probabilities === undefined) {
    throw nothingFor(model, table, `a column for each label, such as prediction_${classes[0]}`);
  }
  return {
    ...(predicted === undefined ? {} : { predictedLabels: predicted.map((cells) => Uint8Array.from(cells, Number)) }),
    ...(probabilities === undefined ? {} : { probabilities, calibrated: true }),
  };
}

/** Columns are named after classes as people write them: `probability_1` is of the class 1.0. */
function columnOfClass(columns: ReadonlyMap<string, string>, name: string): string | undefined {
  const exact = columns.get(name);
  if (exact !== undefined) return exact;
  const found = [...columns].filter(([other]) => other.toLowerCase() === name.toLowerCase());
  return found.length === 1 ? found[0]?.[1] : undefined;
}

function predictedIndices(
  { table, columns, order }: Answered,
  predicted: ClassColumn,
  classes: readonly string[],
): Uint32Array {
  requireClasses(predicted.codes, columns.prediction ?? '', table.shown);
  return inOrder(indicesInto(classes, predicted), order);
}

function nothingFor(model: Model, table: ReadTable, what: string): UserError {
  return new UserError(`${table.shown} has no answers of the ${model}: ${what} is expected.`);
}
