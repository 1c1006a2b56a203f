/** Which way a metric gets better. */
export type Direction = 'higher' | 'lower';

/** What is known of a metric by its name. */
export interface KnownMetric {
  readonly direction: Direction;
  /** It lies in [0, 1], so that 93 can only be a percentage. */
  readonly fraction: boolean;
  /** It says what the model costs to run (latency, size), which varies from run to run; not how well it predicts. */
  readonly cost: boolean;
}

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

const higherFractions = names(`
  accuracy acc balanced_accuracy top_k_accuracy exact_match hit_rate
  precision recall sensitivity specificity f1 f2 f_beta fbeta f0_5 tpr tnr ppv npv
  true_positive_rate true_negative_rate positive_predictive_value negative_predictive_value
  auc roc_auc auroc area_under_roc area_under_curve au_prc auprc pr_auc area_under_pr average_precision ap map mean_average_precision
  jaccard iou miou mean_iou dice ndcg mrr mean_reciprocal_rank
  rouge rouge1 rouge2 rougel rouge_l meteor
`);

const higherOpen = names(`
  r2 r_squared r2_adjusted adjusted_r2 explained_variance mcc matthews_corrcoef matthews_correlation kappa cohen_kappa cohens_kappa
  quadratic_weighted_kappa log_likelihood loglikelihood ll elbo gini bleu sacrebleu silhouette calinski_harabasz
  adjusted_rand adjusted_mutual_info
`);

const lowerFractions = names(`
  error_rate err misclassification_rate misclassification_error classification_error zero_one_loss hamming_loss fpr fnr fdr
  false_positive_rate false_negative_rate false_discovery_rate ece expected_calibration_error
`);

const lowerOpen = names(`
  rmse mse mae mape smape wape mase rmsle msle medae mdape
  root_mean_squared_error root_mean_square_error mean_squared_error mean_square_error mean_absolute_error mean_absolute_percentage_error
  median_absolute_error mean_squared_log_error root_mean_squared_log_error max_error
  loss log_loss logloss cross_entropy crossentropy binary_crossentropy categorical_crossentropy nll negative_log_likelihood
  brier hinge_loss huber_loss pinball_loss quantile_loss poisson_deviance mean_poisson_deviance gamma_deviance mean_gamma_deviance
  perplexity ppl wer word_error_rate cer character_error_rate fid davies_bouldin aic bic
`);

const lowerCosts = names('latency inference_time prediction_time response_time model_size memory');
const higherCosts = names('throughput requests_per_second');

const known: ReadonlyMap<string, KnownMetric> = new Map(
  (
    [
      [higherFractions, 'higher', true, false],
      [higherOpen, 'higher', false, false],
      [lowerFractions, 'lower', true, false],
      [lowerOpen, 'lower', false, false],
      [lowerCosts, 'lower', false, true],
      [higherCosts, 'higher', false, true],
    ] as const
  ).flatMap(([metrics, direction, fraction, cost]) => metrics.map((name) => [name, { direction, fraction, cost }])),
);

/** Words that say on which data or how averaged, and do not change which way is better. */
const decoration = new Set(
  names(`
  val valid validation test testing eval evaluation holdout dev train training cv oof best final overall
  macro micro weighted samples binary multiclass ovr ovo mean avg average median score metric value
  ms s sec seconds us mb
`),
);
const training = new Set(['train', 'training']);

/**
 * What is known of a metric by its name: `val_accuracy`, `f1_macro`, `test.rmse`, `precision_at_5`, `neg_mean_squared_error`. Undefined
 * when the name, with its decoration taken off, is not exactly one of the table: a direction is never guessed from a likeness.
 */
export function knownMetric(metric: string): KnownMetric | undefined {
  const words = wordsOf(metric);
  const negated = words[0] === 'neg' ? knownCore(words.slice(1)) : undefined;
  if (negated !== undefined) {
    return { ...negated, fraction: false, direction: negated.direction === 'higher' ? 'lower' : 'higher' };
  }
  return knownCore(words);
}

/** Whether the name says that the metric was taken on the training data, which says little about new data. */
export function isTrainingMetric(metric: string): boolean {
  return wordsOf(metric).some((word) => training.has(word));
}

function wordsOf(metric: string): string[] {
  return metric
    .replace(/([a-z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/(?:@|_at_)(?:k|\d+)(?=$|[^a-z0-9])/g, '')
    .replace(/\btop_?\d+_(?=acc)/g, '')
    .split(/[_\-./:@ ]+/)
    .filter((word) => word !== '' && !/^p\d{2,3}$/.test(word));
}

/** The longest run of words that the table knows, when only decoration stands around it. */
function knownCore(words: readonly string[]): KnownMetric | undefined {
  for (let length = words.length; length > 0; length--) {
    for (let start = 0; start + length <= words.length; start++) {
      const outside = [...words.slice(0, start), ...words.slice(start + length)];
      const metric = known.get(words.slice(start, start + length).join('_'));
      if (metric !== undefined && outside.every((word) => decoration.has(word))) return metric;
    }
  }
  return undefined;
}
