import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitIsotonic, isotonicAt } from './isotonic.ts';

describe('isotonic regression', () => {
  test('golden values of scikit-learn 1.9.1', () => {
    const regression = fitIsotonic([1, 2, 3, 3, 4, 5, 6], [1, 3, 2, 4, 0, 5, 6]);
    expect(regression).toEqual({
      places: Float64Array.of(1, 2, 4, 5, 6),
      values: Float64Array.of(1, 2.25, 2.25, 5, 6),
    });
    const at = [0, 1, 1.5, 2, 3, 3.5, 4, 4.5, 5, 7].map((x) => isotonicAt(regression, x));
    expect(at).toEqual([1, 1, 1.625, 2.25, 2.25, 2.25, 2.25, 3.625, 5, 6]);
  });

  test('of one place is its mean everywhere', () => {
    const regression = fitIsotonic([3, 3], [1, 2]);
    expect([2, 3, 4].map((x) => isotonicAt(regression, x))).toEqual([1.5, 1.5, 1.5]);
  });

  test('refuses nothing, and a value too few', () => {
    expect(() => fitIsotonic([], [])).toThrow(RangeError);
    expect(() => fitIsotonic([1, 2], [1])).toThrow(RangeError);
  });

  test('rises, stays within the values, keeps their mean, and leaves what rises as it is', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -5, max: 5 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (points) => {
        const x = points.map(([place]) => place);
        const y = points.map(([, value]) => value);
        const regression = fitIsotonic(x, y);
        const fitted = x.toSorted((one, other) => one - other).map((place) => isotonicAt(regression, place));
        for (const [index, value] of fitted.entries()) {
          expect(value >= (fitted[index - 1] ?? Math.min(...y)) - 1e-12 && value <= Math.max(...y) + 1e-12).toBe(true);
        }
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        expect(sum(fitted)).toBeCloseTo(sum(y), 9);
        const again = fitIsotonic(regression.places, regression.values);
        for (const place of x) expect(isotonicAt(again, place)).toBeCloseTo(isotonicAt(regression, place), 12);
      }),
    );
  });
});
