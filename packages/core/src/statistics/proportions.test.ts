import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clopperPearson, newcombePaired, twoProportionTest, wilson } from './proportions.ts';

const count = fc.integer({ min: 0, max: 200 });
const isProbability = (p: number): boolean => p >= 0 && p <= 1;

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
