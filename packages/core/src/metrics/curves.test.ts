import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomGenerator } from '../statistics/index.ts';
import { confusionMatrix, disagreement } from './agreement.ts';
import { calibrationBinsFor, calibrationCurve, curvePoints, precisionRecallCurve, rocCurve } from './curves.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { BinaryTruth, MulticlassTruth } from './predictions.ts';
import { predictionMetric } from './registry.ts';

const binary = (labels: number[]): BinaryTruth => ({ task: 'binary', labels: Uint8Array.from(labels) });

function defined<T>(value: T | Undefined): T {
  if (isUndefined(value)) throw new Error(value.undefined);
  return value;
}

describe('curves', () => {
  test('of four rows, point by point', () => {
    const truth = binary([1, 0, 1, 0]);
    const answers = { scores: Float64Array.of(0.9, 0.8, 0.7, 0.1) };
    expect(rocCurve(truth, answers)).toEqual([
      { x: 0, y: 0, threshold: Number.POSITIVE_INFINITY },
      { x: 0, y: 0.5, threshold: 0.9 },
      { x: 0.5, y: 0.5, threshold: 0.8 },
      { x: 0.5, y: 1, threshold: 0.7 },
      { x: 1, y: 1, threshold: 0.1 },
    ]);
    expect(precisionRecallCurve(truth, answers)).toEqual([
      { x: 0, y: 1, threshold: Number.POSITIVE_INFINITY },
      { x: 0.5, y: 1, threshold: 0.9 },
      { x: 0.5, y: 0.5, threshold: 0.8 },
      { x: 1, y: 2 / 3, threshold: 0.7 },
      { x: 1, y: 0.5, threshold: 0.1 },
    ]);
  });

  test('of many rows have few points and the same area', () => {
    const next = randomGenerator('curve').next;
    const truth = binary(Array.from({ length: 30_000 }, () => (next() < 0.1 ? 1 : 0)));
    const answers = { scores: Float64Array.from(truth.labels, (label) => next() + 0.3 * label) };
    const points = defined(rocCurve(truth, answers));
    expect(points.length).toBe(curvePoints);
    const area = points.slice(1).reduce((sum, point, at) => {
      const before = points[at] as (typeof points)[number];
      return sum + ((point.x - before.x) * (point.y + before.y)) / 2;
    }, 0);
    expect(Math.abs(area - (predictionMetric('roc_auc')?.compute(truth, answers) as number))).toBeLessThan(1e-3);
  });

  test('go from end to end without a step back', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 9 })), { maxLength: 300 });
    fc.assert(
      fc.property(rows, (given) => {
        const truth = binary([0, 1, ...given.map(([label]) => label)]);
        const answers = { scores: Float64Array.from([4, 4, ...given.map(([, score]) => score)]) };
        const points = defined(rocCurve(truth, answers));
        expect(points[0]).toMatchObject({ x: 0, y: 0 });
        expect(points.at(-1)).toMatchObject({ x: 1, y: 1 });
        for (const [at, point] of points.slice(1).entries()) {
          const before = points[at] as typeof point;
          expect(point.x >= before.x && point.y >= before.y && point.threshold < before.threshold).toBe(true);
        }
      }),
    );
  });

  test('of one class are undefined', () => {
    const answers = { scores: Float64Array.of(0.1, 0.2) };
    expect(rocCurve(binary([0, 0]), answers)).toEqual({ undefined: 'all rows are of one class' });
    expect(precisionRecallCurve(binary([0, 0]), answers)).toEqual({ undefined: 'no row is of the positive class' });
    expect(rocCurve(binary([]), { scores: new Float64Array() })).toEqual({ undefined: 'there are no rows' });
  });

  test('of calibration leave empty bins out, and their gaps are the calibration error', () => {
    const truth = binary([0, 1, 1, 0]);
    const answers = { scores: Float64Array.of(0.05, 0.5, 0.95, 0.97) };
    const points = defined(calibrationCurve(truth, answers));
    expect(points).toEqual([
      { confidence: 0.05, share: 0, rows: 1 },
      { confidence: 0.5, share: 1, rows: 1 },
      { confidence: expect.closeTo(0.96, 12), share: 0.5, rows: 2 },
    ]);
    const error = points.reduce(
      (sum, { confidence, share, rows }) => sum + (rows / 4) * Math.abs(confidence - share),
      0,
    );
    expect(predictionMetric('ece')?.compute(truth, answers)).toBeCloseTo(error, 12);
  });

  test('of calibration have fewer bins in pictures of few rows', () => {
    expect([0, 114, 1000, 1e6].map(calibrationBinsFor)).toEqual([4, 5, 10, 15]);
    const truth = binary([0, 1, 1, 0]);
    const points = defined(calibrationCurve(truth, { scores: Float64Array.of(0, 0.5, 0.51, 1) }, 2));
    expect(points).toEqual([
      { confidence: 0.25, share: 0.5, rows: 2 },
      { confidence: 0.755, share: 0.5, rows: 2 },
    ]);
  });
});

describe('agreement', () => {
  const truth: MulticlassTruth = { task: 'multiclass', classes: ['a', 'b', 'c'], labels: Uint32Array.of(0, 1, 2, 2) };
  const candidate = { predicted: Uint32Array.of(0, 1, 1, 0) };
  const champion = { predicted: Uint32Array.of(0, 2, 2, 0) };

  test('counts rows by class and prediction', () => {
    expect(defined(confusionMatrix(truth, candidate))).toEqual({
      classes: 3,
      cells: Float64Array.of(1, 0, 0, 0, 1, 0, 1, 1, 0),
    });
  });

  test('counts rows that both, one or none of two models get right', () => {
    expect(defined(disagreement(truth, candidate, champion))).toEqual({
      bothRight: 1,
      candidateAlone: 1,
      championAlone: 1,
      bothWrong: 1,
      predictions: { classes: 3, cells: Float64Array.of(2, 0, 0, 0, 0, 2, 0, 0, 0) },
    });
  });

  test('of too many classes has no matrix, and counts all the same', () => {
    const classes = Array.from({ length: 100_000 }, (_value, index) => String(index));
    const found = defined(disagreement({ ...truth, classes }, candidate, champion));
    expect(found.bothRight).toBe(1);
    expect(found.predictions).toEqual({ undefined: 'a matrix of 100000 classes is too large' });
  });
});
