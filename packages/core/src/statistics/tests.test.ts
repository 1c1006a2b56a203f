import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chiSquareGoodnessOfFit, chiSquareTest, fisherExact, mcNemar } from './contingency.ts';
import { benjaminiHochberg, bonferroni, holm } from './corrections.ts';
import { clopperPearson, newcombePaired, twoProportionTest, wilson } from './proportions.ts';
import { mannWhitney, wilcoxonSignedRank } from './ranks.ts';

const count = fc.integer({ min: 0, max: 200 });
const values = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 60 });
const isProbability = (p: number): boolean => p >= 0 && p <= 1;

describe('chiSquareTest', () => {
  // SciPy 1.17.1, chi2_contingency
  test('leaves out empty columns', () => {
    const { statistic, p, degreesOfFreedom } = chiSquareTest([
      [14, 21, 0],
      [10, 20, 5],
    ]);
    expect(statistic).toBeCloseTo(5.691056910569106, 14);
    expect(p).toBeCloseTo(0.058103553495352143, 15);
    expect(degreesOfFreedom).toBe(2);
    const padded = chiSquareTest([
      [14, 0, 21, 0],
      [10, 0, 20, 5],
      [0, 0, 0, 0],
    ]);
    expect(padded).toEqual(chiSquareTest([[14, 21, 0], Int32Array.of(10, 20, 5)]));
  });

  test("makes Yates' correction at one degree of freedom", () => {
    const table = [
      [14, 21],
      [10, 20],
    ];
    expect(chiSquareTest(table)).toMatchObject({
      statistic: expect.closeTo(0.08846907665505219, 15),
      p: expect.closeTo(0.766132504381187, 14),
    });
    expect(chiSquareTest(table, { yates: 'never' })).toMatchObject({
      statistic: expect.closeTo(0.30826558265582643, 14),
      p: expect.closeTo(0.5787464483235072, 14),
    });
  });

  test('says nothing where there is nothing to compare', () => {
    expect(chiSquareTest([[3, 4]])).toMatchObject({ statistic: 0, p: 1, degreesOfFreedom: 0 });
    expect(
      chiSquareTest([
        [3, 0],
        [9, 0],
      ]),
    ).toMatchObject({ statistic: 0, p: 1, degreesOfFreedom: 0, leastExpected: 3 });
    expect(chiSquareTest([])).toMatchObject({ statistic: 0, p: 1, degreesOfFreedom: 0 });
  });

  test('is the same when rows and columns change places', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count, count), { minLength: 2, maxLength: 6 }), (rows) => {
        const turned = [0, 1, 2].map((column) => rows.map((row) => row[column] as number));
        const [one, other] = [chiSquareTest(rows), chiSquareTest(turned)];
        expect(isProbability(one.p)).toBe(true);
        expect(other.p).toBeCloseTo(one.p, 12);
      }),
    );
  });
});

describe('chiSquareGoodnessOfFit', () => {
  test('is infinite where none is expected', () => {
    expect(chiSquareGoodnessOfFit([10, 20, 5], [14, 21, 0])).toMatchObject({
      statistic: Number.POSITIVE_INFINITY,
      p: 0,
    });
    expect(chiSquareGoodnessOfFit([1, 0], [1, 0])).toMatchObject({ statistic: Number.NaN, p: Number.NaN });
  });

  test('refuses what cannot be compared', () => {
    expect(() => chiSquareGoodnessOfFit([1, 2], [1, 2.1])).toThrow(RangeError);
    expect(() => chiSquareGoodnessOfFit([1, 2], [1, 1, 1])).toThrow(RangeError);
  });
});

describe('fisherExact', () => {
  test('the lady tasting tea', () => {
    // Fisher, "The Design of Experiments", 1935: 17 of 70 orders are as good as three right of four, 34 as extreme.
    expect(fisherExact(3, 1, 1, 3, 'greater').p).toBeCloseTo(17 / 70, 14);
    expect(fisherExact(3, 1, 1, 3).p).toBeCloseTo(34 / 70, 14);
    expect(fisherExact(3, 1, 1, 3, 'less').p).toBeCloseTo(69 / 70, 14);
    expect(fisherExact(3, 1, 1, 3).oddsRatio).toBe(9);
  });

  test('is symmetric, and 1 without a row', () => {
    const small = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(small, small, small, small, (a, b, c, d) => {
        const { p } = fisherExact(a, b, c, d);
        expect(isProbability(p)).toBe(true);
        expect(fisherExact(c, d, a, b).p).toBeCloseTo(p, 12);
        expect(fisherExact(a, c, b, d).p).toBeCloseTo(p, 12);
        expect(fisherExact(a, b, c, d, 'less').p).toBeCloseTo(fisherExact(c, d, a, b, 'greater').p, 12);
      }),
    );
    expect(fisherExact(0, 0, 3, 4)).toEqual({ oddsRatio: Number.NaN, p: 1 });
  });
});

describe('mcNemar', () => {
  test('golden values', () => {
    // statsmodels 0.15.0, mcnemar
    expect(mcNemar(5, 12)).toEqual({ statistic: 5, p: expect.closeTo(0.143463134765625, 15), method: 'exact' });
    expect(mcNemar(0, 0)).toEqual({ statistic: 0, p: 1, method: 'exact' });
    expect(mcNemar(10_000, 10_000)).toMatchObject({ method: 'chi-square' });
  });

  test('is symmetric', () => {
    fc.assert(fc.property(count, count, (b, c) => expect(mcNemar(b, c)).toEqual(mcNemar(c, b))));
  });
});

describe('proportions', () => {
  test.each([
    [20, 0.139],
    [50, 0.058],
    [100, 0.0295],
    [300, 0.0099],
    [1000, 0.003],
  ])('no error in %d requests leaves a bound', (n, bound) => {
    // Closed form: 1 − 0.05^(1/n).
    expect(clopperPearson(0, n, 0.9).hi).toBeCloseTo(1 - 0.05 ** (1 / n), 12);
    expect(clopperPearson(0, n, 0.9).hi).toBeCloseTo(bound, 3);
  });

  test('an interval holds its estimate and mirrors', () => {
    fc.assert(
      fc.property(count, count, (x, rest) => {
        fc.pre(x + rest > 0);
        for (const interval of [wilson, clopperPearson]) {
          const { estimate, lo, hi } = interval(x, x + rest);
          expect(0 <= lo && lo <= estimate && estimate <= hi && hi <= 1).toBe(true);
          const mirrored = interval(rest, x + rest);
          expect(mirrored.lo).toBeCloseTo(1 - hi, 12);
          expect(mirrored.hi).toBeCloseTo(1 - lo, 12);
        }
      }),
    );
    expect(wilson(0, 0)).toEqual({ estimate: Number.NaN, lo: 0, hi: 1 });
  });

  test("newcombePaired: Newcombe's examples", () => {
    // Newcombe 1998, table II, method 10.
    const close = (lo: number, hi: number) => ({ lo: expect.closeTo(lo, 4), hi: expect.closeTo(hi, 4) });
    expect(newcombePaired(36, 12, 2, 0)).toMatchObject({ estimate: 0.2, ...close(0.0569, 0.3404) });
  });

  test('newcombePaired mirrors and holds its estimate', () => {
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        fc.pre(a + b + c + d > 0);
        const { estimate, lo, hi } = newcombePaired(a, b, c, d);
        expect(-1 <= lo + 1e-12 && lo <= estimate && estimate <= hi && hi <= 1 + 1e-12).toBe(true);
        const mirrored = newcombePaired(a, c, b, d);
        expect(mirrored.lo).toBeCloseTo(-hi, 12);
        expect(mirrored.hi).toBeCloseTo(-lo, 12);
      }),
    );
    expect(newcombePaired(0, 0, 0, 0)).toEqual({ estimate: Number.NaN, lo: -1, hi: 1 });
  });

  test('twoProportionTest: equal certainties are no difference', () => {
    expect(twoProportionTest(0, 10, 0, 20)).toEqual({ difference: 0, statistic: 0, p: 1 });
    expect(twoProportionTest(10, 10, 20, 20, 'greater').p).toBe(1);
    fc.assert(
      fc.property(count, count, count, count, (x1, rest1, x2, rest2) => {
        const [n1, n2] = [x1 + rest1 + 1, x2 + rest2 + 1];
        const two = twoProportionTest(x1, n1, x2, n2);
        expect(isProbability(two.p)).toBe(true);
        expect(twoProportionTest(x2, n2, x1, n1).p).toBeCloseTo(two.p, 12);
        expect(twoProportionTest(x1, n1, x2, n2, 'less').p).toBeCloseTo(
          twoProportionTest(x2, n2, x1, n1, 'greater').p,
          12,
        );
      }),
    );
  });
});

describe('ranks', () => {
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

describe('corrections', () => {
  test('golden values', () => {
    const ps = [0.01, 0.04, Number.NaN, 0.03, 0.005];
    // statsmodels 0.15.0, multipletests, of the four numbers
    expect(holm(ps)).toEqual([
      expect.closeTo(0.03, 15),
      expect.closeTo(0.06, 15),
      Number.NaN,
      expect.closeTo(0.06, 15),
      0.02,
    ]);
    expect(benjaminiHochberg(ps)).toEqual([expect.closeTo(0.02, 15), 0.04, Number.NaN, 0.04, expect.closeTo(0.02, 15)]);
    expect(bonferroni(ps)).toEqual([0.04, 0.16, Number.NaN, 0.12, 0.02]);
  });

  test('keep the order of the numbers, never below them, Bonferroni above Holm above Benjamini and Hochberg', () => {
    const p = fc.double({ min: 0, max: 1 });
    fc.assert(
      fc.property(fc.array(p, { maxLength: 30 }), (ps) => {
        const [highest, high, low] = [bonferroni(ps), holm(ps), benjaminiHochberg(ps)];
        for (const [index, raw] of ps.entries()) {
          if (Number.isNaN(raw)) {
            expect([highest[index], high[index], low[index]]).toEqual([raw, raw, raw]);
            continue;
          }
          const [a, b, c] = [highest[index] as number, high[index] as number, low[index] as number];
          expect(a <= 1 && a >= b * (1 - 1e-15) && b >= c * (1 - 1e-15) && c >= raw * (1 - 1e-15)).toBe(true);
          for (const adjusted of [high, low]) {
            for (const [other, otherRaw] of ps.entries()) {
              if (otherRaw > raw) expect((adjusted[other] as number) >= (adjusted[index] as number)).toBe(true);
            }
          }
        }
      }),
    );
    expect([holm([]), benjaminiHochberg([Number.NaN])]).toEqual([[], [Number.NaN]]);
  });
});
