import { type Answered, answered, answersOfRows, truthOfRows } from './answered.ts';
import { type Definition, definitionOf, type Task } from './definitions.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { Answers, Rows, Truth } from './predictions.ts';
import { metricValue } from './value.ts';

/** A metric that is computed from rows, not read from a file. */
export interface PredictionMetric extends Definition {
  /** The metric of all rows or of some; undefined, with the reason, where there is no right number. */
  compute(truth: Truth, answers: Answers, rows?: Rows): number | Undefined;
}

/**
 * The metric of a name as people write it, or undefined: `accuracy`, `f1`, `f1_macro`, `macro_f1`, `precision-weighted`, `auc`, `logloss`,
 * `rmse`, `ndcg@10`, `top_5_accuracy`, `pinball_0.9`, `tpr`. An average is never guessed: `f1` of several classes is undefined, and says
 * that there is `f1_macro`.
 */
export function predictionMetric(name: string): PredictionMetric | undefined {
  const definition = definitionOf(
    name
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, '_'),
  );
  if (definition === undefined) return undefined;
  const metric: PredictionMetric = {
    ...definition,
    prepare: (data) => otherTask(definition, data.truth.task) ?? definition.prepare(data),
    compute: (truth, answers, rows) => {
      const data = answered(truthOfRows(truth, rows), answersOfRows(answers, rows));
      return isUndefined(data) ? data : computed(metric, data);
    },
  };
  return metric;
}

/** The metrics that a report shows of a task when nobody says which, the most telling first. */
export function metricsFor(task: Task): readonly string[] {
  switch (task) {
    case 'binary':
      return names('accuracy balanced_accuracy precision recall f1 mcc roc_auc average_precision log_loss brier ece');
    case 'multiclass':
      return names(
        'accuracy balanced_accuracy precision_macro recall_macro f1_macro mcc cohen_kappa roc_auc_ovr log_loss brier ece',
      );
    case 'multilabel':
      return names('accuracy hamming_loss f1_micro f1_macro f1_samples jaccard_samples');
    case 'regression':
      return names('mae rmse r2 mape median_absolute_error max_error');
    case 'ranking':
      return names('ndcg@10 ndcg map mrr');
  }
}

/** Several metrics of one model, by the names asked for. What they share, such as the order of the scores, is worked out once. */
export function computeMetrics(
  asked: readonly string[],
  truth: Truth,
  answers: Answers,
  rows?: Rows,
): Map<string, number | Undefined> {
  const data = answered(truthOfRows(truth, rows), answersOfRows(answers, rows));
  return new Map(
    asked.map((name) => {
      const metric = predictionMetric(name);
      if (metric === undefined) return [name, unknownMetric(name)];
      return [name, isUndefined(data) ? data : computed(metric, data)];
    }),
  );
}

/** What is said of a name that is no metric of ours. */
export function unknownMetric(name: string): Undefined {
  return { undefined: `${JSON.stringify(name)} is no metric that is computed from predictions` };
}

function computed(metric: PredictionMetric, data: Answered): number | Undefined {
  const prepared = metric.prepare(data);
  return isUndefined(prepared) ? prepared : metricValue(prepared, data);
}

function otherTask({ name, tasks }: Definition, task: Task): Undefined | undefined {
  if (tasks.includes(task)) return undefined;
  const endings = name === 'roc_auc' ? ['ovr', 'ovo'] : ['macro', 'micro', 'weighted', 'samples'];
  const forTask = endings
    .map((ending) => `${name}_${ending}`)
    .filter((other) => definitionOf(other)?.tasks.includes(task));
  const hint = forTask.length === 0 ? '' : `; there is ${forTask.join(', ')}`;
  return { undefined: `${name} is not for ${task} predictions${hint}` };
}

function names(text: string): readonly string[] {
  return text.split(' ');
}
