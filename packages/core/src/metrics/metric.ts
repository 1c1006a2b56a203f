import type { Undefined } from './paired.ts';

/**
 * How often each unit stands in a sample: once everywhere in the data as they are, otherwise what a bootstrap drew. A unit is a row; for
 * ranking it is a query. Eight bits are enough: n draws out of n rows take one row 256 times with a probability below 1e-500.
 */
export type Counts = Uint8Array;

/**
 * Counts of a classification by class: all that precision, recall, F, MCC, kappa and their kin need of a confusion matrix. Weighted where
 * the truth has weights.
 */
export interface Tally {
  /** By class: rows that have it and for which it was predicted, the diagonal of the confusion matrix. */
  readonly hits: Float64Array;
  /** By class: rows that have it. */
  readonly actual: Float64Array;
  /** By class: rows for which it was predicted. */
  readonly predicted: Float64Array;
  /** All rows. */
  total: number;
  /** Each label is a question of its own, so that one which no row has counts in a macro average too. */
  readonly multilabel: boolean;
}

/**
 * A metric of one model on one test set, ready to be evaluated on the data as they are and on resamples of them. What it is decides how
 * two models are compared: two proportions by McNemar, two areas with placements by DeLong, everything else by the bootstrap.
 */
export type Prepared =
  /** The share of rows with a 1. */
  | { readonly kind: 'proportion'; readonly hits: Uint8Array; readonly weights?: Float64Array }
  /** The mean of a number a unit; `of` turns the mean into the metric, such as a root. */
  | {
      readonly kind: 'mean';
      readonly values: Float64Array;
      readonly weights?: Float64Array;
      readonly of?: (mean: number) => number;
    }
  /** A function of the counts by class. */
  | { readonly kind: 'tally'; readonly of: (tally: Tally) => number | Undefined }
  /** Anything else: a pass over all units. */
  | {
      readonly kind: 'counts';
      readonly of: (counts: Counts) => number | Undefined;
      /** Unweighted area under the ROC curve: what DeLong's method needs. */
      readonly placements?: () => Placements;
    };

/**
 * Structural components of an area under the ROC curve: for each positive row the share of negative rows that it outranks, for each
 * negative row the share of positive rows that outrank it, a tie counted half. In the order of the rows.
 */
export interface Placements {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}
