import { describe, expect, test } from '@jest/globals';
import { binomialPmf, chiSquareSf, randomGenerator } from '../statistics/index.ts';
import { drawBinomial } from './binomial-draw.ts';
import { rowDrawer } from './row-draws.ts';

describe('binomial draws', () => {
  test.each([
    [10, 0.3],
    [10, 0.9],
    [1000, 0.002],
    [1000, 0.4],
    [1000, 0.75],
    [100_000, 0.31],
    [10_000_000, 1e-5],
    [25, 0.5],
  ])('of %d with %d have the distribution', (n, p) => {
    const generator = randomGenerator(`${n} ${p}`);
    const draws = 50_000;
    const deviation = Math.sqrt(n * p * (1 - p));
    // Bins of half a deviation, merged at the tails.
    const binOf = (k: number) => Math.max(-5, Math.min(5, Math.round((2 * (k - n * p)) / deviation)));
    const seen = new Map<number, number>();
    let outside = 0;
    for (let draw = 0; draw < draws; draw++) {
      const k = drawBinomial(n, p, generator);
      if (!(k >= 0 && k <= n)) outside++;
      seen.set(binOf(k), (seen.get(binOf(k)) ?? 0) + 1);
    }
    expect(outside).toBe(0);
    const expected = new Map<number, number>();
    const [from, to] = [
      Math.max(0, Math.floor(n * p - 12 * deviation)),
      Math.min(n, Math.ceil(n * p + 12 * deviation)),
    ];
    for (let k = from; k <= to; k++) {
      expected.set(binOf(k), (expected.get(binOf(k)) ?? 0) + draws * binomialPmf(k, n, p, 1 - p));
    }
    const statistic = [...expected].reduce((sum, [bin, mass]) => sum + ((seen.get(bin) ?? 0) - mass) ** 2 / mass, 0);
    expect(chiSquareSf(statistic, expected.size - 1)).toBeGreaterThan(1e-4);
  });

  test('what is certain is not drawn', () => {
    const generator = randomGenerator(1);
    expect([drawBinomial(0, 0.5, generator), drawBinomial(9, 0, generator), drawBinomial(9, 1, generator)]).toEqual([
      0, 0, 9,
    ]);
  });
});

describe('row draws', () => {
  test.each([[1], [2], [700], [32_768], [32_769], [100_000]])(
    '%d rows: as many draws as rows, in each stratum',
    (n) => {
      const all = Uint32Array.from({ length: n }, (_value, row) => row);
      const strata = [all.filter((row) => row % 3 === 0), all.filter((row) => row % 3 !== 0)];
      const counts = new Uint8Array(n);
      const draw = rowDrawer(strata, randomGenerator(n));
      for (let resample = 0; resample < 5; resample++) {
        draw(counts);
        for (const rows of strata)
          expect(rows.reduce((sum, row) => sum + (counts[row] as number), 0)).toBe(rows.length);
      }
    },
  );

  test('rows are drawn as often as others, and their counts spread and go together as a multinomial', () => {
    const n = 40_000;
    const resamples = 300;
    const counts = new Uint8Array(n);
    const draw = rowDrawer([Uint32Array.from(counts.keys())], randomGenerator('rows'));
    const sums = new Float64Array(n);
    const half = new Float64Array(resamples);
    let squares = 0;
    for (let resample = 0; resample < resamples; resample++) {
      draw(counts);
      for (let row = 0; row < n; row++) {
        const count = counts[row] as number;
        sums[row] = (sums[row] as number) + count;
        squares += (count - 1) ** 2;
        // Across the border of two blocks.
        if (row >= 20_000) half[resample] = (half[resample] as number) + count;
      }
    }
    const uneven = sums.reduce((sum, count) => sum + (count - resamples) ** 2 / resamples, 0);
    expect(chiSquareSf(uneven, n - 1)).toBeGreaterThan(1e-4);
    expect(squares / n / resamples).toBeCloseTo(1 - 1 / n, 2);
    const spread = half.reduce((sum, count) => sum + (count - n / 2) ** 2, 0) / resamples / (n / 4);
    expect(Math.abs(spread - 1)).toBeLessThan(4 * Math.sqrt(2 / resamples));
  });
});
