/**
 * The right answers of a test set, row by row. Metrics and paired comparisons take them with each model's answers to the same rows.
 * Arrays of one set have one length.
 */
export type Truth = BinaryTruth | MulticlassTruth | MultilabelTruth | RegressionTruth | RankingTruth;

export interface BinaryTruth {
  readonly task: 'binary';
  /** 1 for the positive class, 0 for the other. */
  readonly labels: Uint8Array;
  readonly weights?: Float64Array;
}

export interface MulticlassTruth {
  readonly task: 'multiclass';
  /** In the order of their indices, which is that of scikit-learn: sorted. */
  readonly classes: readonly string[];
  /** Index into `classes`. */
  readonly labels: Uint32Array;
  readonly weights?: Float64Array;
}

export interface MultilabelTruth {
  readonly task: 'multilabel';
  readonly classes: readonly string[];
  /** By class: 1 where the row has the label. */
  readonly labels: readonly Uint8Array[];
  readonly weights?: Float64Array;
}

export interface RegressionTruth {
  readonly task: 'regression';
  readonly targets: Float64Array;
  readonly weights?: Float64Array;
}

export interface RankingTruth {
  readonly task: 'ranking';
  /** Which query each row belongs to; rows of one query need not be neighbours. */
  readonly groups: Uint32Array;
  readonly relevance: Float64Array;
}

/** What one model answered to the rows of a `Truth`. What a metric needs and is not there makes that metric an error, never a number. */
export interface Answers {
  /** Predicted class: index into `classes`, or 0 and 1 for binary. */
  readonly predicted?: Uint32Array;
  /** Multilabel: by class, 1 where the label is predicted. */
  readonly predictedLabels?: readonly Uint8Array[];
  /** Binary: score of the positive class, higher is more positive. Ranking: score of the row. */
  readonly scores?: Float64Array;
  /** Whether `scores` and `probabilities` are probabilities in [0, 1]. */
  readonly calibrated?: boolean;
  /** By class: probability of each row. */
  readonly probabilities?: readonly Float64Array[];
  /** Regression: predicted value. */
  readonly values?: Float64Array;
}

/** A subset of rows by index, ascending; absent: all rows. */
export type Rows = Uint32Array;
