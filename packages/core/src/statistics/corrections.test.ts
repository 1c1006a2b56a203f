import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { benjaminiHochberg, bonferroni, holm } from './corrections.ts';

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
