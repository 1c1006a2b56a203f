import type { Counts, Tally } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type {
  Answers,
  BinaryTruth,
  MulticlassTruth,
  MultilabelTruth,
  RankingTruth,
  Rows,
  Truth,
} from './predictions.ts';
import { type Ranked, rankedBy } from './ranked-rows.ts';
import { type ScoreOrder, scoreOrder } from './score-order.ts';
import { classTally, labelTally } from './tally.ts';

/** Scores at or above it mean the positive class, where a model did not say which class it predicts. */
export const decisionThreshold = 0.5;

/** A test set with one model's answers to it, and what several metrics need of both, each worked out once. */
export interface Answered {
  readonly truth: Truth;
  readonly answers: Answers;
  /** Rows; for ranking queries. */
  readonly units: number;
  /**
   * Binary and multiclass: the class of each row. Where the answers do not say it, the positive class at probabilities of 0.5 and more,
   * or the first class of the highest probability.
   */
  predicted(): Uint32Array | Undefined;
  /** Multilabel: by class, the rows for which it is predicted, given or by a probability of 0.5 and more. */
  predictedLabels(): readonly Uint8Array[] | Undefined;
  /** Binary and ranking: finite scores. */
  scores(): Float64Array | Undefined;
  /** Binary: `scores` as probabilities of the positive class. */
  probability(): Float64Array | Undefined;
  /** Multiclass and multilabel: by class, probabilities in [0, 1]; multiclass: of each row they sum to 1 within 1 %. */
  probabilities(): readonly Float64Array[] | Undefined;
  /** Rows by descending score. */
  order(): ScoreOrder | Undefined;
  /** Binary: rows by descending score, laid out for the areas under curves. */
  ranked(): Ranked | Undefined;
  /** Rows by query. */
  queries(): Queries;
  /** Counts by class of a sample. */
  tally(counts: Counts): Tally | Undefined;
}

/** The rows of query `q` are `rows` from `starts[q]` to before `starts[q + 1]`, ascending; queries in the order of their first rows. */
export interface Queries {
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** Joins a test set and a model's answers. Undefined when there is nothing to compute on: no rows, other lengths, weights that are none. */
export function answered(truth: Truth, answers: Answers): Answered | Undefined {
  const rows = rowCount(truth);
  const fault = rows === 0 ? 'there are no rows' : (lengthFault(rows, answers) ?? weightFault(truth));
  if (fault !== undefined) return { undefined: fault };
  const predicted = once(() => predictedClasses(truth, answers, probability, probabilities));
  const predictedLabels = once(() => predictedByLabel(truth, answers, probabilities));
  const scores = once(() => finiteScores(answers));
  const probability = once(() => probabilityOf(scores(), answers));
  const probabilities = once(() => probabilitiesOf(truth, answers));
  const order = once(() => {
    const values = scores();
    return isUndefined(values) ? values : scoreOrder(values);
  });
  const queries = once(() => queriesOf(truth as RankingTruth));
  return {
    truth,
    answers,
    units: truth.task === 'ranking' ? queries().starts.length - 1 : rows,
    predicted,
    predictedLabels,
    scores,
    probability,
    probabilities,
    order,
    ranked: once(() => {
      const sorted = order();
      const { labels, weights } = truth as BinaryTruth;
      return isUndefined(sorted) ? sorted : rankedBy(sorted, labels, weights);
    }),
    queries,
    tally: (counts) => {
      if (truth.task === 'multilabel') {
        const labels = predictedLabels();
        return isUndefined(labels) ? labels : labelTally(truth, labels, counts);
      }
      const classes = predicted();
      return isUndefined(classes) ? classes : classTally(truth as BinaryTruth | MulticlassTruth, classes, counts);
    },
  };
}

/** How many rows a test set has. */
export function rowCount(truth: Truth): number {
  if (truth.task === 'regression') return truth.targets.length;
  if (truth.task === 'ranking') return truth.relevance.length;
  return truth.task === 'multilabel' ? (truth.labels[0]?.length ?? 0) : truth.labels.length;
}

/** The given rows of a test set. */
export function truthOfRows(truth: Truth, rows: Rows | undefined): Truth {
  if (rows === undefined) return truth;
  if (truth.task === 'ranking') {
    return { ...truth, groups: gathered(truth.groups, rows), relevance: gathered(truth.relevance, rows) };
  }
  const weights = truth.weights === undefined ? {} : { weights: gathered(truth.weights, rows) };
  if (truth.task === 'regression') return { ...truth, ...weights, targets: gathered(truth.targets, rows) };
  if (truth.task === 'multilabel') {
    return { ...truth, ...weights, labels: truth.labels.map((column) => gathered(column, rows)) };
  }
  return truth.task === 'binary'
    ? { ...truth, ...weights, labels: gathered(truth.labels, rows) }
    : { ...truth, ...weights, labels: gathered(truth.labels, rows) };
}

/** The answers to the given rows. */
export function answersOfRows(answers: Answers, rows: Rows | undefined): Answers {
  if (rows === undefined) return answers;
  const { predicted, predictedLabels, scores, calibrated, probabilities, values } = answers;
  return {
    ...(predicted && { predicted: gathered(predicted, rows) }),
    ...(predictedLabels && { predictedLabels: predictedLabels.map((column) => gathered(column, rows)) }),
    ...(scores && { scores: gathered(scores, rows) }),
    ...(calibrated !== undefined && { calibrated }),
    ...(probabilities && { probabilities: probabilities.map((column) => gathered(column, rows)) }),
    ...(values && { values: gathered(values, rows) }),
  };
}

/** The given cells of a column. */
export function gathered<T extends Uint8Array | Uint32Array | Float64Array>(column: T, rows: Rows): T {
  const result = new (column.constructor as new (length: number) => T)(rows.length);
  for (let i = 0; i < rows.length; i++) result[i] = column[rows[i] as number] as number;
  return result;
}

/** Why a column cannot be computed with, when it holds NaN or infinities. */
export function notFinite(column: Float64Array, what: string): Undefined | undefined {
  let odd = 0;
  for (let i = 0; i < column.length; i++) if (!Number.isFinite(column[i])) odd++;
  return odd === 0
    ? undefined
    : { undefined: `${odd} ${odd === 1 ? 'row has' : 'rows have'} NaN or infinity as ${what}` };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function lengthFault(rows: number, answers: Answers): string | undefined {
  const { predicted, predictedLabels, scores, probabilities, values } = answers;
  const columns = [predicted, scores, values, ...(predictedLabels ?? []), ...(probabilities ?? [])];
  const other = columns.find((column) => column !== undefined && column.length !== rows);
  return other && `the test set has ${rows} rows and the answers have ${other.length}`;
}

function weightFault(truth: Truth): string | undefined {
  const weights = truth.task === 'ranking' ? undefined : truth.weights;
  if (weights === undefined) return undefined;
  if (weights.length !== rowCount(truth)) return `there are ${weights.length} weights for ${rowCount(truth)} rows`;
  let total = 0;
  for (const weight of weights) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) return `a row has the weight ${weight}`;
    total += weight;
  }
  return total === 0 ? 'all weights are 0' : undefined;
}

function finiteScores(answers: Answers): Float64Array | Undefined {
  const scores = answers.scores ?? (answers.probabilities?.length === 2 ? answers.probabilities[1] : undefined);
  if (scores === undefined) return { undefined: 'the answers have no scores' };
  return notFinite(scores, 'a score') ?? scores;
}

function probabilityOf(scores: Float64Array | Undefined, answers: Answers): Float64Array | Undefined {
  if (isUndefined(scores)) return scores;
  if (answers.calibrated === false) return { undefined: 'the scores are no probabilities' };
  const odd = scores.find((score) => !(score >= 0 && score <= 1));
  return odd === undefined ? scores : { undefined: `the score ${odd} is no probability` };
}

function probabilitiesOf(truth: Truth, answers: Answers): readonly Float64Array[] | Undefined {
  const classes = (truth as MulticlassTruth | MultilabelTruth).classes.length;
  const columns = answers.probabilities;
  if (columns === undefined) return { undefined: 'the answers have no probabilities by class' };
  if (columns.length !== classes)
    return { undefined: `there are probabilities of ${columns.length} of ${classes} classes` };
  if (answers.calibrated === false) return { undefined: 'the scores by class are no probabilities' };
  for (const column of columns) {
    const odd = column.find((value) => !(value >= 0 && value <= 1));
    if (odd !== undefined) return { undefined: `${odd} is no probability` };
  }
  return (truth.task === 'multiclass' ? sumFault(columns) : undefined) ?? columns;
}

function sumFault(columns: readonly Float64Array[]): Undefined | undefined {
  const rows = columns[0]?.length ?? 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (const column of columns) sum += column[row] as number;
    if (Math.abs(sum - 1) > 0.01) return { undefined: `the probabilities of a row sum to ${sum}` };
  }
  return undefined;
}

function predictedClasses(
  truth: Truth,
  answers: Answers,
  probability: () => Float64Array | Undefined,
  probabilities: () => readonly Float64Array[] | Undefined,
): Uint32Array | Undefined {
  const classes = truth.task === 'multiclass' ? truth.classes.length : 2;
  const given = answers.predicted;
  if (given !== undefined) {
    const odd = given.find((index) => index >= classes);
    return odd === undefined ? given : { undefined: `a row is predicted to be of class ${odd} of ${classes}` };
  }
  if (truth.task === 'multiclass') {
    const columns = probabilities();
    return isUndefined(columns) ? noClasses(columns) : highest(columns);
  }
  const scores = probability();
  return isUndefined(scores)
    ? noClasses(scores)
    : Uint32Array.from(scores, (score) => (score >= decisionThreshold ? 1 : 0));
}

function noClasses(because: Undefined): Undefined {
  return { undefined: `the answers have no predicted classes, and none can be derived: ${because.undefined}` };
}

function highest(columns: readonly Float64Array[]): Uint32Array {
  const best = Float64Array.from(columns[0] as Float64Array);
  const classes = new Uint32Array(best.length);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < best.length; row++) {
      if ((column[row] as number) > (best[row] as number)) {
        best[row] = column[row] as number;
        classes[row] = index;
      }
    }
  }
  return classes;
}

function predictedByLabel(
  truth: Truth,
  answers: Answers,
  probabilities: () => readonly Float64Array[] | Undefined,
): readonly Uint8Array[] | Undefined {
  const given = answers.predictedLabels;
  if (given !== undefined) {
    const classes = (truth as MultilabelTruth).classes.length;
    return given.length === classes
      ? given
      : { undefined: `there are answers for ${given.length} of ${classes} labels` };
  }
  const columns = probabilities();
  if (isUndefined(columns)) return noClasses(columns);
  return columns.map((column) => Uint8Array.from(column, (value) => (value >= decisionThreshold ? 1 : 0)));
}

function queriesOf(truth: RankingTruth): Queries {
  const index = new Map<number, number>();
  const queryOf = truth.groups.map((group) => {
    const known = index.get(group) ?? index.size;
    index.set(group, known);
    return known;
  });
  const starts = new Uint32Array(index.size + 1);
  for (const query of queryOf) starts[query + 1] = (starts[query + 1] as number) + 1;
  for (let query = 0; query < index.size; query++) {
    starts[query + 1] = (starts[query + 1] as number) + (starts[query] as number);
  }
  const next = starts.slice();
  const rows = new Uint32Array(queryOf.length);
  for (const [row, query] of queryOf.entries()) {
    rows[next[query] as number] = row;
    next[query] = (next[query] as number) + 1;
  }
  return { starts, rows };
}
