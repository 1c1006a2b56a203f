import { chiSquareSf, chiSquareTest, fisherExact, ksP } from '../statistics/index.ts';
import type { Interval } from '../statistics/interval.ts';
import type { CategoryTable } from './categories.ts';
import { exactly, falling } from './interval.ts';
import type { NumericScores } from './numeric.ts';

/** How likely differences like these are when both sides are samples of one population. */
export interface Significance {
  readonly test: 'ks' | 'chi-square' | 'fisher' | 'chi-square and fisher' | 'none';
  readonly p: Interval;
}

/** Below so many expected rows the χ² approximation is not to be trusted (Cochran 1954). */
const fewestExpected = 5;

/** p of the two-sided Kolmogorov–Smirnov test. */
export function ksSignificance(scores: NumericScores, n: number, m: number): Significance {
  // exp(−2·d²·n·m / (n + m)) bounds it but for a small factor: below the smallest number there is nothing to compute, and the exact test
  // takes longest there.
  const p = (d: number): number => ((2 * d * d * n * m) / (n + m) > 800 ? 0 : ksP(d, n, m));
  return { test: 'ks', p: falling(scores.ks, p) };
}

/** p of Pearson's χ² test of the shares between the reference's deciles. */
export function decileSignificance(scores: NumericScores): Significance {
  return { test: 'chi-square', p: chiSquareP(scores.chiSquare, scores.bins) };
}

/**
 * p of a divergence that is `factor`·(1 / n + 1 / m)·χ² with one degree of freedom fewer than bins, when nothing has changed: PSI with
 * factor 1 (Yurdakul 2018), the Jensen–Shannon divergence in nats with factor 1/8.
 */
export function divergenceP(divergence: Interval, factor: number, bins: Interval, n: number, m: number): Interval {
  const unit = factor * (1 / n + 1 / m);
  return chiSquareP({ lo: divergence.lo / unit, hi: divergence.hi / unit }, bins);
}

function chiSquareP(statistic: Interval, bins: Interval): Interval {
  // Of one bin there is nothing to test. Of more, p grows with their number.
  if (bins.hi < 2) return exactly(1);
  return { lo: chiSquareSf(statistic.hi, Math.max(1, bins.lo - 1)), hi: chiSquareSf(statistic.lo, bins.hi - 1) };
}

/**
 * The test of a 2 × K table. Categories with fewer than 5 expected rows on a side are taken together, all others are tested by χ² (with
 * Yates' correction when there are two). Where the rare ones stay below 5 even together, as when one row of a new category meets a
 * large reference, χ² would be wrong about them by orders of magnitude: Fisher's exact test asks whether their share has changed, χ²
 * looks at the others, and the smaller p counts twice (Bonferroni). Without two categories to compare p is 1.
 * The rest of the table is one category: a change among categories that were not kept is not seen.
 */
export function tableSignificance(table: CategoryTable): Significance {
  const { frequent, rare } = pooled(table);
  const [a, b] = rare;
  const share = Math.min(table.n, table.m) / (table.n + table.m);
  if ((a + b) * share >= fewestExpected) frequent.push(rare);
  else if (a + b > 0) return withRare(frequent, rare);
  if (frequent.length < 2) return { test: 'none', p: exactly(1) };
  return { test: 'chi-square', p: exactly(chiSquareOf(frequent)) };
}

type Pair = readonly [reference: number, current: number];

function pooled({ reference, current, referenceRest, currentRest, n, m }: CategoryTable): {
  readonly frequent: Pair[];
  readonly rare: Pair;
} {
  const share = Math.min(n, m) / (n + m);
  const frequent: Pair[] = [];
  let left = 0;
  let right = 0;
  function add(a: number, b: number): void {
    if ((a + b) * share >= fewestExpected) frequent.push([a, b]);
    else {
      left += a;
      right += b;
    }
  }
  for (const [category, count] of reference.entries()) add(count, current[category] as number);
  add(referenceRest, currentRest);
  return { frequent, rare: [left, right] };
}

function withRare(frequent: readonly Pair[], [a, b]: Pair): Significance {
  if (frequent.length === 0) return { test: 'none', p: exactly(1) };
  const n = frequent.reduce((sum, [count]) => sum + count, 0);
  const m = frequent.reduce((sum, [, count]) => sum + count, 0);
  const changed = fisherExact(a, b, n, m, 'two-sided').p;
  if (frequent.length === 1) return { test: 'fisher', p: exactly(changed) };
  return { test: 'chi-square and fisher', p: exactly(Math.min(1, 2 * Math.min(changed, chiSquareOf(frequent)))) };
}

function chiSquareOf(pairs: readonly Pair[]): number {
  return chiSquareTest([pairs.map(([a]) => a), pairs.map(([, b]) => b)]).p;
}
