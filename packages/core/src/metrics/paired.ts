/** How two models that answered the same rows differ in one metric. Figures are unrounded. */
export interface PairedComparison {
  readonly metric: string;
  readonly candidate: number;
  readonly champion: number;
  /** `candidate − champion`, in the metric's own unit and sign. */
  readonly difference: number;
  /** Two-sided interval of `difference` at `confidence`; each end is also a one-sided bound at (1 + confidence) / 2. */
  readonly lo: number;
  readonly hi: number;
  readonly confidence: number;
  /** p of "no difference", two-sided. */
  readonly p: number;
  /** Rows that were compared; for ranking queries. */
  readonly n: number;
  readonly method: 'mcnemar' | 'delong' | 'bootstrap';
  /** Bootstrap: resamples in which the metric was defined. */
  readonly resamples?: number;
}

export interface PairedOptions {
  /** Of the two-sided interval, such as 0.9 for one-sided 95 % bounds. */
  readonly confidence: number;
  /** Bootstrap resamples, at least 1. */
  readonly resamples: number;
  readonly seed: number;
}

/** Why a metric has no number: one class only, no scores, a division by nothing. One sentence part without a full stop. */
export interface Undefined {
  readonly undefined: string;
}

/** Whether there is no number, and a reason instead. */
export function isUndefined<T>(value: T | Undefined): value is Undefined {
  return typeof value === 'object' && value !== null && 'undefined' in value;
}
