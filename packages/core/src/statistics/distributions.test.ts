import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { betaQuantile, binomialCdf, chiSquareSf, studentTSf } from './distributions.ts';
import { hypergeometricCdf, hypergeometricPmf, hypergeometricSf } from './hypergeometric.ts';
import { normalCdf, normalQuantile, normalSf } from './normal.ts';
import { incompleteBeta, logGamma } from './special.ts';

/** How far two positive numbers are apart, as a share. */
function apart(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value / expected - 1);
}

const probability = fc.double({ min: 1e-300, max: 1, noNaN: true });
const size = fc.integer({ min: 1, max: 5000 });

describe('normal', () => {
  // SciPy 1.17.1, norm.sf
  test.each([
    [0, 0.5],
    [1.959963984540054, 0.025],
    [-1.2, 0.8849303297782918],
    [10, 7.619853024160525e-24],
    [37, 5.725571222524577e-300],
  ])('sf(%d)', (z, p) => {
    expect(apart(normalSf(z), p)).toBeLessThan(1e-12);
    expect(normalCdf(-z)).toBe(normalSf(z));
  });

  test('has ends', () => {
    expect([normalSf(Number.POSITIVE_INFINITY), normalSf(Number.NEGATIVE_INFINITY)]).toEqual([0, 1]);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)].map((z) => z + 0)).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      0,
    ]);
    expect([normalSf(Number.NaN), normalQuantile(Number.NaN), normalQuantile(-0.1), normalQuantile(1.1)]).toEqual(
      new Array(4).fill(Number.NaN),
    );
  });

  test('the quantile is the inverse', () => {
    fc.assert(fc.property(probability, (p) => apart(normalCdf(normalQuantile(p)), p) < 1e-12));
  });
});

describe('chi-square', () => {
  // SciPy 1.17.1, chi2.sf
  test.each([
    [3.84, 1, 0.05004352124870519],
    [10.5, 4, 0.03279698999488366],
    [100, 50, 3.454931382984871e-5],
    [0.5, 9, 0.9999695662588389],
  ])('sf(%d, %d)', (x, df, p) => expect(apart(chiSquareSf(x, df), p)).toBeLessThan(1e-13));

  test('is a probability that falls', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        size,
        (x, more, df) => {
          const [low, high] = [chiSquareSf(x, df), chiSquareSf(x + more, df)];
          expect(low <= 1 && high >= 0 && high <= low * (1 + 1e-12)).toBe(true);
        },
      ),
    );
  });

  test('has ends', () => {
    expect([chiSquareSf(0, 3), chiSquareSf(-1, 3), chiSquareSf(Number.POSITIVE_INFINITY, 3)]).toEqual([1, 1, 0]);
    expect(chiSquareSf(Number.NaN, 3)).toBeNaN();
  });
});

describe('beta and binomial', () => {
  test('the quantile is the inverse', () => {
    fc.assert(
      fc.property(probability, size, size, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // Near 1 the quantile itself has too few digits to tell.
        fc.pre(x < 0.9);
        expect(apart(incompleteBeta(x, 1 - x, a, b), p)).toBeLessThan(1e-9);
      }),
    );
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3), betaQuantile(-1, 2, 3)]).toEqual([0, 1, Number.NaN]);
  });

  test('the tails of the binomial distribution make 1, the upper one being the lower one of failures', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1 }), (n, p, share) => {
        const k = Math.floor((Number.isNaN(share) ? 0 : share) * n);
        expect(binomialCdf(k, n, p) + binomialCdf(n - k - 1, n, 1 - p)).toBeCloseTo(1, 12);
      }),
    );
    expect([binomialCdf(-1, 5, 0.5), binomialCdf(5, 5, 0.5)]).toEqual([0, 1]);
    expect(binomialCdf(2, 5, 0.5)).toBeCloseTo(0.5, 15);
  });
});

test('Student: one degree of freedom is the Cauchy distribution, infinitely many the normal one', () => {
  expect(studentTSf(1, 1)).toBeCloseTo(0.25, 15);
  expect(studentTSf(-1, 1)).toBeCloseTo(0.75, 15);
  expect(apart(studentTSf(3, 1e9), normalSf(3))).toBeLessThan(1e-7);
  expect(studentTSf(Number.POSITIVE_INFINITY, 3)).toBe(0);
});

test('hypergeometric probabilities make 1 and are summed to both tails', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: -1, max: 61 }),
      (marked, unmarked, wanted, k) => {
        const urn = { marked, unmarked, draws: Math.min(wanted, marked + unmarked) };
        let sum = 0;
        for (let each = 0; each <= k; each++) sum += hypergeometricPmf(each, urn);
        expect(hypergeometricCdf(k, urn)).toBeCloseTo(sum, 12);
        expect(hypergeometricCdf(k, urn) + hypergeometricSf(k, urn)).toBeCloseTo(1, 12);
      },
    ),
  );
});

test('ln Γ of whole numbers', () => {
  let factorial = 1;
  for (let n = 1; n < 20; n++) {
    expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 13);
    factorial *= n;
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
});
