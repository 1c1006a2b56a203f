import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chiSquareGoodnessOfFit, chiSquareTest, fisherExact, mcNemar } from './contingency.ts';

const count = fc.integer({ min: 0, max: 200 });
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
