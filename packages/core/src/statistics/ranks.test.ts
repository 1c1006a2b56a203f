import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mannWhitney } from './ranks.ts';

const values = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 60 });

describe("Mann and Whitney's test", () => {
  test('golden values', () => {
    // SciPy 1.17.1. Hollander and Wolfe's data of depression before and after a treatment.
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    expect(mannWhitney(before, after)).toEqual({
      statistic: 58,
      p: expect.closeTo(0.13291945818531892, 15),
      effect: 58 / 81,
    });
  });

  test('does not care which sample comes first, nor for the order in one', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const ranks = mannWhitney(one, other);
        expect(ranks.p >= 0 && ranks.p <= 1).toBe(true);
        expect(mannWhitney(one.toReversed(), other)).toEqual(ranks);
        expect(mannWhitney(other, one).p).toBeCloseTo(ranks.p, 12);
        expect(mannWhitney(other, one).effect).toBeCloseTo(1 - ranks.effect, 12);
        expect(mannWhitney(one, other, 'less').p).toBeCloseTo(mannWhitney(other, one, 'greater').p, 12);
      }),
    );
  });

  test('of equal values is 1', () => {
    expect(mannWhitney([2, 2], [2, 2, 2]).p).toBe(1);
  });
});
