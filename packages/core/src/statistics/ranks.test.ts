import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mannWhitney, wilcoxonSignedRank } from './ranks.ts';

const values = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 60 });
const isProbability = (p: number): boolean => p >= 0 && p <= 1;

describe('ranks', () => {
  test('golden values', () => {
    // SciPy 1.17.1, wilcoxon and mannwhitneyu. Hollander and Wolfe's data of depression before and after a treatment.
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const differences = before.map((value, index) => value - (after[index] as number));
    expect(wilcoxonSignedRank(differences)).toEqual({ statistic: 5, p: 0.0390625, n: 9, method: 'exact' });
    expect(mannWhitney(before, after)).toEqual({
      statistic: 58,
      p: expect.closeTo(0.13291945818531892, 15),
      effect: 58 / 81,
    });
    const tied = [1, 1, -2, 3, 3, -1, 4, 0, 5, 2, 2, -3, 6, 7, 1, 0, 2, 3];
    expect(wilcoxonSignedRank(tied)).toEqual({
      statistic: 19.5,
      p: expect.closeTo(0.011717373883004499, 15),
      n: 16,
      method: 'normal',
    });
  });

  test('wilcoxonSignedRank of nothing but zeros says nothing', () => {
    expect(wilcoxonSignedRank([0, 0, 0])).toEqual({ statistic: 0, p: 1, n: 0, method: 'exact' });
    expect(wilcoxonSignedRank([])).toEqual({ statistic: 0, p: 1, n: 0, method: 'exact' });
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5]).p).toBe(2 / 32);
  });

  test('do not care for the sign, nor for the order', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const signed = wilcoxonSignedRank(one);
        expect(isProbability(signed.p)).toBe(true);
        expect(wilcoxonSignedRank(one.map((value) => -value)).p).toBeCloseTo(signed.p, 12);
        expect(wilcoxonSignedRank(one.toReversed())).toEqual(signed);
        const ranks = mannWhitney(one, other);
        expect(isProbability(ranks.p)).toBe(true);
        expect(mannWhitney(other, one).p).toBeCloseTo(ranks.p, 12);
        expect(mannWhitney(other, one).effect).toBeCloseTo(1 - ranks.effect, 12);
        expect(mannWhitney(one, other, 'less').p).toBeCloseTo(mannWhitney(other, one, 'greater').p, 12);
      }),
    );
  });

  test('mannWhitney of equal values is 1', () => {
    expect(mannWhitney([2, 2], [2, 2, 2]).p).toBe(1);
  });
});
