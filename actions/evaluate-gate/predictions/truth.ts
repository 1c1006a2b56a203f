import { type Answers, type Task, type Truth, UserError } from '@mlops-actions/core';
import { alike, allClasses, binaryClasses, type ClassColumn, classColumn, indicesInto } from '../../classes.ts';
import {
  type Answered,
  binaryAnswers,
  multiclassAnswers,
  multilabelAnswers,
  rankingAnswers,
  regressionAnswers,
} from './answers.ts';
import type { Joined, Placed } from './joined.ts';
import { holderAmong, type Plan } from './plan.ts';
import type { PredictionsAsked } from './read-predictions.ts';
import { inOrder, requireClasses } from './rows.ts';
import { suggestedTask } from './task.ts';

/** The right answers and each model's. */
export interface Made {
  readonly truth: Truth;
  readonly candidate: Answers;
  readonly champion?: Answers;
  readonly classes: readonly string[];
}

/** What the truth of any task is made from. */
interface Given {
  readonly asked: PredictionsAsked;
  readonly plan: Plan;
  /** The table with the right answers. */
  readonly right: Placed;
  readonly models: readonly Answered[];
  readonly weights: { readonly weights?: Float64Array };
}

/** Makes the test set of the task that is asked for, or that the columns suggest. */
export function testSetOf(asked: PredictionsAsked, plan: Plan, join: Joined, models: readonly Answered[]): Made {
  const right = join[plan.truth] as Placed;
  const given: Given = { asked, plan, right, models, weights: weightsOf(asked, join) };
  const task = asked.task === 'auto' ? autoTask(given) : asked.task;
  if (plan.label === undefined && task !== 'multilabel') {
    throw new UserError(
      `${right.table.shown} has no one column with the right answers, which ${task} needs. Name it in \`label-column\`.`,
    );
  }
  const { truth, answers, classes } = made(task, given, join);
  const [candidate, champion] = answers;
  return { truth, candidate: candidate as Answers, ...(champion === undefined ? {} : { champion }), classes };
}

interface Parts {
  readonly truth: Truth;
  readonly answers: readonly Answers[];
  readonly classes: readonly string[];
}

function made(task: Task, given: Given, join: Joined): Parts {
  switch (task) {
    case 'binary':
    case 'multiclass':
      return classification(task, given);
    case 'multilabel':
      return multilabel(given);
    case 'regression':
      return {
        truth: { task, targets: targetsOf(given), ...given.weights },
        answers: given.models.map(regressionAnswers),
        classes: [],
      };
    case 'ranking':
      return ranking(given, join);
  }
}

function autoTask({ plan, right, models, asked }: Given): Task {
  if (plan.label === undefined) return 'multilabel';
  if (asked.columns.query !== undefined) return 'ranking';
  const [candidate] = models as readonly [Answered];
  const { prediction } = candidate.columns;
  const labels = right.table.column(plan.label);
  if (labels.type !== 'category') right.table.numbers(plan.label);
  return suggestedTask(
    labels,
    candidate.columns,
    prediction === undefined ? undefined : candidate.table.column(prediction),
    right.table.shown,
  );
}

function targetsOf({ plan, right }: Given): Float64Array {
  return inOrder(right.table.numbers(plan.label as string).values, right.order);
}

function classification(task: 'binary' | 'multiclass', { asked, plan, right, models, weights }: Given): Parts {
  const label = plan.label as string;
  const own = classesIn(right, label);
  requireClasses(own.codes, label, right.table.shown);
  const predicted = models.map((model) => predictedClasses(model, task, own));
  const unified = alike([own, ...predicted.filter((column) => column !== undefined)]);
  const labels = unified[0] as ClassColumn;
  let next = 1;
  const predictions = predicted.map((column) => (column === undefined ? undefined : (unified[next++] as ClassColumn)));
  const named = models.flatMap(({ columns }) => [...columns.probabilities.keys()]);
  const found = allClasses(unified.map(({ names }) => names));
  if (task === 'multiclass' || (asked.task === 'auto' && found.length > 2)) {
    const classes = allClasses([
      found,
      named.filter((name) => !found.some((each) => each.toLowerCase() === name.toLowerCase())),
    ]);
    return {
      truth: { task: 'multiclass', classes, labels: inOrder(indicesInto(classes, labels), right.order), ...weights },
      answers: models.map((model, index) => multiclassAnswers(model, predictions[index], classes)),
      classes,
    };
  }
  if (found.length > 2) {
    throw new UserError(
      `${right.table.shown}: \`task\` is binary, and ${label} and the predictions hold ${found.length} classes: ${found.slice(0, 8).join(', ')}. Set \`task: multiclass\`.`,
    );
  }
  const classes = binaryClasses(found, asked.positiveClass, right.table.shown);
  return {
    truth: { task: 'binary', labels: Uint8Array.from(inOrder(indicesInto(classes, labels), right.order)), ...weights },
    answers: models.map((model, index) => binaryAnswers(model, predictions[index], classes)),
    classes,
  };
}

function classesIn({ table }: Placed, column: string): ClassColumn {
  const cells = table.column(column);
  if (cells.type !== 'category') table.numbers(column);
  return classColumn(cells, table.shown);
}

/** Undefined where a model predicts no classes: it has scores only, or fractions where its predictions should be. */
function predictedClasses({ table, columns }: Answered, task: string, labels: ClassColumn): ClassColumn | undefined {
  if (columns.prediction === undefined) return undefined;
  const cells = table.column(columns.prediction);
  if (cells.type !== 'category') {
    const { values } = table.numbers(columns.prediction);
    const isFraction =
      labels.names.every((name) => name === '0' || name === '1') && values.some((value) => !Number.isInteger(value));
    if (task === 'binary' && columns.score === undefined && isFraction) return undefined;
  }
  return classColumn(cells, table.shown);
}

function multilabel({ plan, right, models, weights }: Given): Parts {
  const classes = [...plan.labels.keys()];
  if (classes.length === 0) {
    throw new UserError(`${right.table.shown} has no columns such as label_sport, one for each label.`);
  }
  const labels = [...plan.labels.values()].map((column) => {
    const { values } = right.table.numbers(column);
    const row = values.findIndex((value) => value !== 0 && value !== 1);
    if (row === -1) return Uint8Array.from(inOrder(values, right.order));
    throw new UserError(`${right.table.shown}: row ${row + 1} has ${values[row]} for ${column}. A label is 1 or 0.`);
  });
  return {
    truth: { task: 'multilabel', classes, labels, ...weights },
    answers: models.map((model) => multilabelAnswers(model, classes)),
    classes,
  };
}

function ranking(given: Given, join: Joined): Parts {
  const { query } = given.asked.columns;
  if (query === undefined) {
    throw new UserError(
      'Input `task` is ranking: name the column that says which query a row belongs to in `query-column`.',
    );
  }
  const { table, order } = holderAmong(query, join);
  const { codes } = classColumn(table.column(query), table.shown, Number.POSITIVE_INFINITY);
  requireClasses(codes, query, table.shown);
  return {
    truth: { task: 'ranking', groups: inOrder(codes, order), relevance: targetsOf(given) },
    answers: given.models.map(rankingAnswers),
    classes: [],
  };
}

function weightsOf({ columns, task }: PredictionsAsked, join: Joined): { readonly weights?: Float64Array } {
  if (columns.weight === undefined) return {};
  if (task === 'ranking') throw new UserError('Input `weight-column`: ranking has no weights.');
  const { table, order } = holderAmong(columns.weight, join);
  const { values } = table.numbers(columns.weight);
  const row = values.findIndex((value) => value < 0);
  if (row !== -1)
    throw new UserError(`${table.shown}: row ${row + 1} has the weight ${values[row]}. A weight is 0 or more.`);
  return { weights: inOrder(values, order) };
}
