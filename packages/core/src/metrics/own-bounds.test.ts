import { expect, test } from '@jest/globals';
import { predictionMetric } from './index.ts';
import { ownBounds } from './own-bounds.ts';

/** 2000 rows of two or three classes, of which one in ten is predicted as the next class. */
function rows(classes: number) {
  const labels = Uint32Array.from({ length: 2000 }, (_, row) => row % classes);
  const predicted = labels.map((label, row) => (Math.floor(row / classes) % 10 === 0 ? (label + 1) % classes : label));
  return classes === 2
    ? { truth: { task: 'binary', labels: Uint8Array.from(labels) } as const, answers: { predicted } }
    : { truth: { task: 'multiclass', classes: ['a', 'b', 'c'], labels } as const, answers: { predicted } };
}

test.each([
  ['f1', 2],
  ['balanced_accuracy', 2],
  ['mcc', 2],
  ['f1_macro', 3],
  ['cohen_kappa', 3],
])('%s of %i classes lies between its bounds, which are near it', (metric, classes) => {
  const { truth, answers } = rows(classes);
  const value = predictionMetric(metric)?.compute(truth, answers) as number;
  const bounds = ownBounds(metric, truth, answers, { confidence: 0.95, resamples: 1000, seed: 1 });
  const { lo, hi } = bounds as { lo: number; hi: number };
  expect(lo).toBeLessThan(value);
  expect(hi).toBeGreaterThan(value);
  // Its standard error is below 0.02.
  expect(hi - lo).toBeLessThan(0.08);
});
