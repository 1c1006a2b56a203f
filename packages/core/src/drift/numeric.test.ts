import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { distances, scaleOf } from './distances.ts';
import { type NumericScores, numericScores } from './numeric.ts';
import type { Sample } from './sample.ts';
import {
  binnedSampleOf,
  congruential,
  countedSampleOf,
  exactSampleOf,
  linearSampleOf,
  numericColumn,
} from './testing/columns.ts';

/** Numbers with ties, tiny and large ones, and both zeros. */
const value = fc.oneof(
  fc.integer({ min: -6, max: 6 }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, -0, 1e-9, 2.5, 2.5, 2.5),
);
const values = fc.array(value, { minLength: 1, maxLength: 60 });

/** Ways to know a sample only roughly, or wholly. */
const views: fc.Arbitrary<(all: readonly number[]) => Sample> = fc.oneof(
  fc.constant(exactSampleOf),
  fc.constant(countedSampleOf),
  fc.double({ min: 0.01, max: 8, noNaN: true }).map((width) => (all: readonly number[]) => linearSampleOf(all, width)),
  fc
    .uniqueArray(fc.integer({ min: -10, max: 10 }), { maxLength: 8 })
    .map(
      (inner) => (all: readonly number[]) =>
        binnedSampleOf(all, [-11, ...inner.sort((a, b) => a - b), 11], [2.5, 1, 0]),
    ),
);

const names = [
  'ks',
  'wasserstein',
  'normalizedWasserstein',
  'psi',
  'js',
  'hellinger',
  'lInfinity',
  'chiSquare',
  'bins',
] as const;

function exactScores(a: readonly number[], b: readonly number[]): NumericScores {
  return numericScores(numericColumn(a), numericColumn(b));
}

describe('the distance of two samples', () => {
  test('is that of SciPy on the golden values', () => {
    // scipy.stats.ks_2samp, from the specification.
    const cases = [
      [congruential(1, 10), congruential(2, 12).map((u) => 1.3 * u), 0.65],
      [congruential(3, 50), congruential(4, 50).map((u) => u ** 1.2), 0.18],
      [congruential(5, 300).map((u) => Math.round(4 * u)), congruential(6, 200).map((u) => Math.round(4 * u)), 0.02],
      [congruential(7, 12_000), congruential(8, 15_000).map((u) => 1.01 * u), 0.01065],
      [congruential(9, 9973), congruential(10, 9967).map((u) => 1.01 * u), 0.01025050167809864],
    ] as const;
    for (const [a, b, d] of cases) {
      const { ks } = distances(exactSampleOf(a), exactSampleOf(b));
      expect(Math.abs(ks.lo - d)).toBeLessThan(1e-15);
      expect(ks.hi).toBe(ks.lo);
    }
  });

  test('is what a short sum by hand says', () => {
    const { ks, wasserstein } = distances(exactSampleOf([0, 1, 3]), exactSampleOf([5, 6, 8]));
    expect(ks).toEqual({ lo: 1, hi: 1 });
    expect(wasserstein.lo).toBeCloseTo(5, 14);
  });

  test('is seen just below the end of a bin', () => {
    const bin = binnedSampleOf([0.2, 0.9], [0, 1]);
    expect(distances(bin, exactSampleOf([1])).ks).toEqual({ lo: 1, hi: 1 });
  });

  test('of ranges that overflow or vanish is still a number', () => {
    for (const unit of [1.7e308, 1e300, 1e-300, 5e-324]) {
      const column = numericColumn([-unit, 0, unit, unit]);
      const other = numericColumn([-unit, -unit, 0, unit]);
      const { normalizedWasserstein } = numericScores(column, other);
      // The same four values at unit 1: ¼·1 + ¼·1 over the deviation of -1, 0, 1, 1.
      expect(normalizedWasserstein.lo).toBeCloseTo(0.5 / Math.sqrt(0.6875), 9);
    }
    expect(scaleOf(0, 1e-9)).toBe(1);
  });
});

describe('what is known of binned samples', () => {
  test('holds the true scores, whatever the bins', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.array(views, { minLength: 1, maxLength: 2 }),
        fc.array(views, { minLength: 1, maxLength: 2 }),
        (a, b, left, right) => {
          const truth = exactScores(a, b);
          const known = numericScores(
            numericColumn(a, {}, (all) => left.map((view) => view(all))),
            numericColumn(b, {}, (all) => right.map((view) => view(all))),
          );
          for (const name of names) {
            expect(truth[name].lo).toBe(truth[name].hi);
            // Of samples that are all atoms the figure is known, but its sum was made in another order.
            expect([name, known[name].lo <= truth[name].lo * (1 + 1e-14)]).toEqual([name, true]);
            expect([name, known[name].hi >= truth[name].hi * (1 - 1e-14)]).toEqual([name, true]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is narrow where bins are', () => {
    const a = congruential(11, 4000);
    const b = congruential(12, 3000).map((u) => u * 1.1);
    const truth = exactScores(a, b);
    const known = numericScores(
      numericColumn(a, {}, (all) => [linearSampleOf(all, 1 / 4096)]),
      numericColumn(b, {}, (all) => [linearSampleOf(all, 1 / 4096)]),
    );
    expect(known.ks.hi - known.ks.lo).toBeLessThan(0.005);
    expect(known.normalizedWasserstein.hi - known.normalizedWasserstein.lo).toBeLessThan(0.002);
    expect(known.psi.hi - known.psi.lo).toBeLessThan(0.02);
    expect(known.js.lo).toBeLessThanOrEqual(truth.js.lo);
  });
});

describe('scores of numbers', () => {
  test('are 0 for a column against itself', () => {
    fc.assert(
      fc.property(values, (all) => {
        const scores = exactScores(all, all);
        for (const name of names) if (name !== 'bins') expect([name, scores[name]]).toEqual([name, { lo: 0, hi: 0 }]);
      }),
    );
  });

  test('do not depend on the order of the rows, nor on how equal values are counted', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const other = numericScores(
          numericColumn([...a].reverse(), {}, (all) => [countedSampleOf(all)]),
          numericColumn(b, {}, (all) => [countedSampleOf(all)]),
        );
        const scores = exactScores(a, b);
        expect(other.ks).toEqual(scores.ks);
        expect(other.psi).toEqual(scores.psi);
        expect(other.js).toEqual(scores.js);
        expect(other.wasserstein.lo).toBeCloseTo(scores.wasserstein.lo, 12);
      }),
    );
  });

  test('of distances are symmetric', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(exactScores(b, a).ks).toEqual(exactScores(a, b).ks);
        expect(exactScores(b, a).wasserstein.lo).toBeCloseTo(exactScores(a, b).wasserstein.lo, 12);
      }),
    );
  });

  test('of Kolmogorov and Smirnov are the same after any rising map', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        // Of single precision, so that the cube keeps different values different.
        const cube = (v: number): number => Math.fround(v) ** 3;
        expect(exactScores(a.map(cube), b.map(cube)).ks).toEqual(
          exactScores(a.map(Math.fround), b.map(Math.fround)).ks,
        );
      }),
    );
  });

  test('of the normalised Wasserstein distance are the same after a common shift and scale', () => {
    const whole = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        whole,
        whole,
        fc.integer({ min: -30, max: 30 }),
        fc.integer({ min: -1000, max: 1000 }),
        (a, b, power, shift) => {
          const map = (v: number): number => (v + shift) * 2 ** power;
          const moved = exactScores(a.map(map), b.map(map)).normalizedWasserstein.lo;
          const { lo } = exactScores(a, b).normalizedWasserstein;
          expect(Math.abs(moved - lo)).toBeLessThanOrEqual(1e-9 * Math.max(1, lo));
        },
      ),
    );
  });
});
