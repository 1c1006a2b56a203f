import type { Answered } from './answered.ts';
import * as classification from './classification.ts';
import type { Direction } from './direction.ts';
import type { Prepared } from './metric.ts';
import type { Undefined } from './paired.ts';
import type { Truth } from './predictions.ts';
import * as probability from './probability.ts';
import * as ranking from './ranking-curve.ts';
import * as regression from './regression.ts';
import * as retrieval from './retrieval.ts';

export type Task = Truth['task'];

/** What a metric is called, what it is for and how it is made ready. */
export interface Definition {
  /** The name we write, whichever the user wrote: `roc_auc` for `auc`. */
  readonly name: string;
  /** Of another task it is undefined. */
  readonly tasks: readonly Task[];
  /** Absent for what is neither good nor bad, such as the selection rate. */
  readonly direction?: Direction;
  /**
   * What of `Answers` it is computed from. Classes are derived from probabilities where the answers have none; scores need be no
   * probabilities.
   */
  readonly needs: 'classes' | 'scores' | 'probabilities' | 'values';
  /** Makes it ready for one model's answers to the rows of a test set. */
  prepare(data: Answered): Prepared | Undefined;
}

/** The metric of a name in lower case with `_` between words. */
export function definitionOf(key: string): Definition | undefined {
  const name = key.replace(/_score$/, '');
  const plain = plainMetrics();
  return plain.get(name) ?? plain.get(aliases().get(name) ?? '') ?? numberedMetric(name) ?? averagedMetric(name);
}

const classTasks: readonly Task[] = ['binary', 'multiclass'];
const labelTasks: readonly Task[] = ['binary', 'multiclass', 'multilabel'];

let plainMetricsMade: ReadonlyMap<string, Definition> | undefined;

function plainMetrics(): ReadonlyMap<string, Definition> {
  const all = () => [...classMetrics(), ...scoreMetrics(), ...regressionMetrics(), ...rankingMetrics()];
  plainMetricsMade ??= new Map(all().map((definition) => [definition.name, definition]));
  return plainMetricsMade;
}

let aliasesMade: ReadonlyMap<string, string> | undefined;

function aliases(): ReadonlyMap<string, string> {
  aliasesMade ??= new Map(
    Object.entries({
      accuracy: 'acc exact_match subset_accuracy',
      error_rate: 'err zero_one_loss misclassification_rate misclassification_error classification_error',
      precision: 'ppv positive_predictive_value',
      recall: 'sensitivity tpr true_positive_rate',
      jaccard: 'iou',
      specificity: 'tnr true_negative_rate',
      npv: 'negative_predictive_value',
      fpr: 'false_positive_rate',
      fnr: 'false_negative_rate',
      fdr: 'false_discovery_rate',
      mcc: 'matthews_corrcoef matthews_correlation',
      cohen_kappa: 'kappa cohens_kappa',
      roc_auc: 'auc auroc area_under_roc',
      roc_auc_ovr: 'roc_auc_ovr_macro',
      roc_auc_ovo: 'roc_auc_ovo_macro',
      average_precision: 'ap',
      log_loss: 'logloss cross_entropy binary_crossentropy categorical_crossentropy',
      brier: 'brier_score_loss',
      ece: 'expected_calibration_error',
      mae: 'mean_absolute_error',
      mse: 'mean_squared_error mean_square_error',
      rmse: 'root_mean_squared_error root_mean_square_error',
      mape: 'mean_absolute_percentage_error',
      msle: 'mean_squared_log_error',
      rmsle: 'root_mean_squared_log_error',
      median_absolute_error: 'medae',
      r2: 'r_squared',
      map: 'mean_average_precision',
      mrr: 'mean_reciprocal_rank',
    }).flatMap(([name, others]) => others.split(' ').map((other) => [other, name] as const)),
  );
  return aliasesMade;
}

function classMetrics(): Definition[] {
  const { tallied } = classification;
  return [
    ofClasses('accuracy', 'higher', labelTasks, (data) => classification.preparedAccuracy(data, false)),
    ofClasses('error_rate', 'lower', labelTasks, (data) => classification.preparedAccuracy(data, true)),
    ofClasses('hamming_loss', 'lower', labelTasks, classification.preparedHammingLoss),
    ofClasses('balanced_accuracy', 'higher', classTasks, (data) => tallied(data, classification.balancedAccuracy)),
    ofClasses('mcc', 'higher', classTasks, (data) => tallied(data, classification.matthewsCorrelation)),
    ofClasses('cohen_kappa', 'higher', classTasks, (data) => tallied(data, classification.cohenKappa)),
    {
      name: 'selection_rate',
      tasks: ['binary'],
      needs: 'classes',
      prepare: classification.preparedSelectionRate,
    },
    ...Object.entries(shares()).map(([name, [share, direction]]) => averagedShare(name, share, direction, 'binary')),
  ];
}

function ofClasses(
  name: string,
  direction: Direction,
  tasks: readonly Task[],
  prepare: Definition['prepare'],
): Definition {
  return { name, direction, tasks, needs: 'classes', prepare };
}

function shares(): Readonly<Record<string, readonly [classification.Share, Direction]>> {
  return {
    precision: [classification.precision, 'higher'],
    recall: [classification.recall, 'higher'],
    jaccard: [classification.jaccard, 'higher'],
    specificity: [classification.specificity, 'higher'],
    npv: [classification.negativePredictiveValue, 'higher'],
    fpr: [classification.falsePositiveRate, 'lower'],
    fnr: [classification.falseNegativeRate, 'lower'],
    fdr: [classification.falseDiscoveryRate, 'lower'],
  };
}

function averagedShare(
  name: string,
  share: classification.Share,
  direction: Direction,
  average: classification.Average,
): Definition {
  const tasks: readonly Task[] =
    average === 'binary' ? ['binary'] : average === 'samples' ? ['multilabel'] : labelTasks;
  const fullName = average === 'binary' ? name : `${name}_${average}`;
  return ofClasses(fullName, direction, tasks, (data) => classification.preparedShare(share, average, data));
}

function scoreMetrics(): Definition[] {
  const metric = (
    name: string,
    direction: Direction,
    needs: Definition['needs'],
    tasks: readonly Task[],
    prepare: Definition['prepare'],
  ): Definition => ({ name, direction, needs, tasks, prepare });
  return [
    metric('roc_auc', 'higher', 'scores', ['binary'], ranking.preparedRocAuc),
    metric('average_precision', 'higher', 'scores', ['binary'], ranking.preparedAveragePrecision),
    metric('roc_auc_ovr', 'higher', 'probabilities', ['multiclass'], (data) =>
      ranking.preparedOneVersusRest(data, false),
    ),
    metric('roc_auc_ovr_weighted', 'higher', 'probabilities', ['multiclass'], (data) =>
      ranking.preparedOneVersusRest(data, true),
    ),
    metric('roc_auc_ovo', 'higher', 'probabilities', ['multiclass'], ranking.preparedOneVersusOne),
    metric('log_loss', 'lower', 'probabilities', classTasks, probability.preparedLogLoss),
    metric('brier', 'lower', 'probabilities', classTasks, probability.preparedBrier),
    metric('ece', 'lower', 'probabilities', classTasks, probability.preparedCalibrationError),
  ];
}

function regressionMetrics(): Definition[] {
  return [
    ofValues('mae', 'lower', (data) => regression.preparedLoss(data, regression.absoluteError)),
    ofValues('mse', 'lower', (data) => regression.preparedLoss(data, regression.squaredError)),
    ofValues('rmse', 'lower', (data) => regression.preparedLoss(data, regression.squaredError, Math.sqrt)),
    ofValues('mape', 'lower', (data) => regression.preparedLoss(data, regression.relativeError)),
    ofValues('msle', 'lower', (data) => regression.preparedLogError(data)),
    ofValues('rmsle', 'lower', (data) => regression.preparedLogError(data, Math.sqrt)),
    ofValues('r2', 'higher', regression.preparedR2),
    ofValues('explained_variance', 'higher', regression.preparedExplainedVariance),
    ofValues('median_absolute_error', 'lower', regression.preparedMedianAbsoluteError),
    ofValues('max_error', 'lower', regression.preparedMaxError),
  ];
}

function ofValues(name: string, direction: Direction, prepare: Definition['prepare']): Definition {
  return { name, direction, tasks: ['regression'], needs: 'values', prepare };
}

function rankingMetrics(): Definition[] {
  return [
    ofQueries('ndcg', (data) => retrieval.preparedNdcg(data, Number.POSITIVE_INFINITY)),
    ofQueries('mrr', (data) => retrieval.preparedReciprocalRank(data, Number.POSITIVE_INFINITY)),
    ofQueries('map', retrieval.preparedMeanAveragePrecision),
  ];
}

function ofQueries(name: string, prepare: Definition['prepare']): Definition {
  return { name, direction: 'higher', tasks: ['ranking'], needs: 'scores', prepare };
}

/** Metrics with a number in their name: a cut-off, a quantile. */
function numberedMetric(key: string): Definition | undefined {
  const [, stem, text = ''] = /^(ndcg|mrr)(?:@|_at_)([1-9]\d*)$/.exec(key) ?? [];
  const cut = Number(text);
  if (stem === 'ndcg') return ofQueries(`ndcg@${cut}`, (data) => retrieval.preparedNdcg(data, cut));
  if (stem === 'mrr') return ofQueries(`mrr@${cut}`, (data) => retrieval.preparedReciprocalRank(data, cut));
  const alpha = Number(/^(?:mean_)?(?:pinball|quantile)(?:_loss)?_(0[._]\d+)$/.exec(key)?.[1]?.replace('_', '.') ?? 0);
  if (alpha > 0)
    return ofValues(`pinball_${alpha}`, 'lower', (data) =>
      regression.preparedLoss(data, regression.pinballLoss(alpha)),
    );
  const k = Number(
    /^top_?([1-9]\d*)_acc(?:uracy)?$/.exec(key)?.[1] ?? /^acc(?:uracy)?@([1-9]\d*)$/.exec(key)?.[1] ?? 0,
  );
  if (k === 0) return undefined;
  const prepare: Definition['prepare'] = (data) => probability.preparedTopK(data, k);
  return { name: `top_${k}_accuracy`, tasks: ['multiclass'], needs: 'probabilities', direction: 'higher', prepare };
}

/** A share with its average, before or after: `f1_macro`, `macro_f1`; `f2` and `fbeta_2` alike. */
function averagedMetric(key: string): Definition | undefined {
  const averages = 'binary|macro|micro|weighted|samples';
  const match =
    new RegExp(`^(?<stem>.+)_(?<average>${averages})$`).exec(key) ??
    new RegExp(`^(?<average>${averages})_(?<stem>.+)$`).exec(key);
  const stem = match?.groups?.stem ?? key;
  const average = (match?.groups?.average ?? 'binary') as classification.Average;
  const name = aliases().get(stem) ?? stem;
  const share = Object.hasOwn(shares(), name) ? shares()[name] : undefined;
  if (share !== undefined) return averagedShare(name, ...share, average);
  const beta = Number(/^f(?:beta_)?(\d+(?:[._]\d+)?)$/.exec(stem)?.[1]?.replace('_', '.') ?? 0);
  return beta > 0 ? averagedShare(`f${beta}`, classification.fBeta(beta), 'higher', average) : undefined;
}
