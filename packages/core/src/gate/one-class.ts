import type { Undefined } from '../metrics/paired.ts';
import type { Rows, Truth } from '../metrics/predictions.ts';

const ofPositives = /^(?:recall|precision|jaccard|f[\d.]+|fnr|fdr)$/;
const ofNegatives = /^(?:specificity|npv|fpr)$/;
const ofBoth = /^(?:mcc|cohen_kappa|balanced_accuracy)$/;

/**
 * Why the rows cannot say anything by a metric, whatever a model answers; undefined when they can. Where no row is positive every model has
 * a recall of 0, by scikit-learn's convention: as a figure that is harmless, as evidence that two models are equally good it is none.
 */
export function nothingToShow(metric: string, truth: Truth, rows: Rows | undefined): Undefined | undefined {
  if (truth.task !== 'binary') return undefined;
  const [needsPositives, needsNegatives] = [ofPositives, ofNegatives].map(
    (names) => names.test(metric) || ofBoth.test(metric),
  );
  if (!needsPositives && !needsNegatives) return undefined;
  const { labels } = truth;
  const count = rows?.length ?? labels.length;
  let positives = 0;
  for (let index = 0; index < count; index++)
    positives += labels[rows === undefined ? index : (rows[index] as number)] as number;
  if (needsPositives && positives === 0) return { undefined: 'no row is of the positive class' };
  if (needsNegatives && positives === count) return { undefined: 'no row is of the negative class' };
  return undefined;
}
