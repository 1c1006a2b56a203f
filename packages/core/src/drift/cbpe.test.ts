import { describe, expect, test } from '@jest/globals';
import { estimatePerformance } from './cbpe.ts';

const itself = (score: number): number => score;

describe('estimatePerformance', () => {
  const scores = [0.9, 0.8, 0.35, 0.6, 0.1, 0.2, 0.2];
  const predictions = [1, 1, 0, 1, 0, 0, 0];

  test('golden values of NannyML 0.13.1', () => {
    expect(estimatePerformance(scores, predictions, itself)).toEqual({
      truePositives: expect.closeTo(2.3, 14),
      falsePositives: expect.closeTo(0.7, 14),
      trueNegatives: expect.closeTo(3.15, 14),
      falseNegatives: expect.closeTo(0.85, 14),
      accuracy: expect.closeTo(0.7785714285714287, 14),
      precision: expect.closeTo(0.7666666666666667, 14),
      recall: expect.closeTo(0.7301587301587301, 14),
      f1: expect.closeTo(0.7479674796747968, 14),
      specificity: expect.closeTo(0.8181818181818181, 14),
      rocAuc: expect.closeTo(0.8298289012574727, 14),
    });
  });

  test('leaves out rows without a score', () => {
    const padded = estimatePerformance([Number.NaN, ...scores], [1, ...predictions], itself);
    expect(padded).toEqual(estimatePerformance(scores, predictions, itself));
  });

  test('says what has no answer', () => {
    const { precision, rocAuc, accuracy } = estimatePerformance([1, 1], [0, 0], itself);
    expect({ precision, rocAuc, accuracy }).toEqual({ precision: 0, rocAuc: Number.NaN, accuracy: 0 });
    expect(estimatePerformance([], [], itself)).toMatchObject({ accuracy: Number.NaN, f1: 0, rocAuc: Number.NaN });
  });
});
