/** What a binary classifier's answers are expected to be worth, while their truth is not known yet. */
export interface EstimatedPerformance {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly accuracy: number;
  /** 0 where nothing is predicted positive; `recall`, `f1` and `specificity` likewise. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly specificity: number;
  /** NaN when no positive or no negative is expected. */
  readonly rocAuc: number;
}

/**
 * Confidence-based performance estimation (NannyML's CBPE): a row of calibrated probability p̂ counts as p̂ positives and 1 − p̂ negatives.
 * It sees that the rows have become easier or harder, and is blind to a change of what they mean. Rows without a score (NaN) are left out;
 * with no row left every share is NaN or 0.
 *
 * @param scores what the model gave each row, from low to high.
 * @param predictions the model's class of each row: 1, or 0.
 * @param calibrate the probability that a row with this score is positive, such as an isotonic regression of the truth on the scores of a
 * reference.
 */
export function estimatePerformance(
  scores: ArrayLike<number>,
  predictions: ArrayLike<number>,
  calibrate: (score: number) => number,
): EstimatedPerformance {
  let [truePositives, falsePositives, trueNegatives, falseNegatives] = [0, 0, 0, 0];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] as number;
    if (Number.isNaN(score)) continue;
    const positive = calibrate(score);
    if (predictions[row] === 1) {
      truePositives += positive;
      falsePositives += 1 - positive;
    } else {
      falseNegatives += positive;
      trueNegatives += 1 - positive;
    }
  }
  return {
    truePositives,
    falsePositives,
    trueNegatives,
    falseNegatives,
    accuracy: (truePositives + trueNegatives) / (truePositives + trueNegatives + falsePositives + falseNegatives),
    precision: share(truePositives, falsePositives),
    recall: share(truePositives, falseNegatives),
    f1: share(truePositives, (falsePositives + falseNegatives) / 2),
    specificity: share(trueNegatives, falsePositives),
    rocAuc: estimatedRocAuc(scores, calibrate),
  };
}

function share(part: number, rest: number): number {
  return part + rest === 0 ? 0 : part / (part + rest);
}

/**
 * The area under the curve of expected true over expected false positives, from the highest score down. NannyML rounds both to 5 decimals.
 */
function estimatedRocAuc(scores: ArrayLike<number>, calibrate: (score: number) => number): number {
  const descending = Float64Array.from(scores)
    .filter((score) => !Number.isNaN(score))
    .sort()
    .reverse();
  let [area, positives, lastPositives, lastNegatives] = [0, 0, 0, 0];
  for (const [index, score] of descending.entries()) {
    positives += calibrate(score);
    const [roundedPositives, roundedNegatives] = [roundTo5(positives), roundTo5(index + 1 - positives)];
    area += ((roundedNegatives - lastNegatives) * (roundedPositives + lastPositives)) / 2;
    [lastPositives, lastNegatives] = [roundedPositives, roundedNegatives];
  }
  return area / (lastPositives * lastNegatives);
}

function roundTo5(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
