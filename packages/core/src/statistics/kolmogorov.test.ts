import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kolmogorovSf } from './kolmogorov.ts';
import { ksAsymptoticP, ksExactP, ksP } from './kolmogorov-smirnov.ts';

function apart(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value / expected - 1);
}

describe('kolmogorovSf', () => {
  // SciPy 1.17.1, kstwo.sf
  test.each([
    [0.1, 100, 0.2526927570063874],
    [0.05, 400, 0.26121244607129124],
    [0.02, 5000, 0.03613941395325637],
    [0.3, 10, 0.27053557479999946],
    [0.5, 5, 0.112],
  ])('(%d, %d)', (d, n, p) => expect(apart(kolmogorovSf(d, n), p)).toBeLessThan(1e-11));

  test('has ends', () => {
    expect([kolmogorovSf(0, 7), kolmogorovSf(1, 7), kolmogorovSf(1, 1), kolmogorovSf(0.5, 1)]).toEqual([1, 0, 0, 1]);
    expect([kolmogorovSf(Number.NaN, 7), kolmogorovSf(0.5, 0)]).toEqual([Number.NaN, Number.NaN]);
    expect(kolmogorovSf(0.3, 1e15)).toBe(0);
  });

  const anyN = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 1e9 }));
  const falls = (n: number, d: number, higher: number): void => {
    const [low, high] = [kolmogorovSf(d, n), kolmogorovSf(higher, n)];
    expect(low <= 1 && high >= 0 && high <= low * (1 + 1e-11)).toBe(true);
  };

  test('is a probability that falls', () => {
    fc.assert(
      fc.property(
        anyN,
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, z, more) => falls(n, z / Math.sqrt(n), (z + more) / Math.sqrt(n)),
      ),
    );
  });

  test('falls where one method takes over from another', () => {
    const step = fc.double({ min: 0, max: 1e-3, noNaN: true });
    fc.assert(
      fc.property(anyN, step, step, fc.constantFrom('tail', 'middle', 'small'), (n, below, above, where) => {
        const boundary =
          where === 'tail' ? Math.sqrt(2.2 / n) : where === 'small' ? Math.sqrt(4 / n) : (1.4 / n) ** (2 / 3);
        falls(n, boundary * (1 - below), boundary * (1 + above));
      }),
      { numRuns: 500 },
    );
  });
});

describe('two samples', () => {
  // SciPy 1.17.1, ks_2samp; the samples are those of the specification's table.
  test.each([
    [0.65, 10, 12, 0.010543635930632832, 0.013794999999999995],
    [0.18, 50, 50, 0.3959398631708505, 0.3501198034535574],
    [0.02, 300, 200, 0.9999999994673097, 0.9999999988031986],
    [0.0104, 9000, 10_000, 0.6800425062877874, 0.680773503226286],
    [0.01025050167809864, 9973, 9967, 0.6655827399964973, 0.6675005127248561],
  ])('d = %d, %d and %d values', (d, n, m, exact, asymptotic) => {
    expect(apart(ksExactP(d, n, m), exact)).toBeLessThan(1e-12);
    expect(apart(ksAsymptoticP(d, n, m), asymptotic)).toBeLessThan(1e-11);
    expect(ksP(d, n, m)).toBe(ksExactP(d, n, m));
  });

  test('is asymptotic when one sample is large', () => {
    expect(apart(ksP(0.01065, 12_000, 15_000), 0.43307644775288656)).toBeLessThan(1e-11);
    expect(ksP(0.3, 1, 20_000)).toBe(kolmogorovSf(0.3, 1));
  });

  test('is symmetric, falls with the distance, and stays a probability', () => {
    const count = fc.integer({ min: 1, max: 60 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(count, count, share, share, (n, m, one, other) => {
        const [d, more] = [Math.min(one, other), Math.max(one, other)];
        expect(apart(ksP(d, n, m), ksP(d, m, n))).toBeLessThan(1e-13);
        const [low, high] = [ksP(d, n, m), ksP(more, n, m)];
        expect(low <= 1 && high >= 0 && high <= low * (1 + 1e-12)).toBe(true);
      }),
    );
  });

  test('counts every order of small samples', () => {
    expect(ksExactP(1, 1, 1)).toBe(1);
    expect(ksExactP(1, 2, 2)).toBeCloseTo(2 / 6, 15);
    expect(ksExactP(1, 2, 3)).toBeCloseTo(2 / 10, 15);
    expect(ksExactP(0, 5, 7)).toBe(1);
    expect(ksExactP(Number.NaN, 5, 7)).toBeNaN();
  });
});
