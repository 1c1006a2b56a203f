import { binomialCdf, chiSquareSf } from './distributions.ts';
import {
  hypergeometricCdf,
  hypergeometricMode,
  hypergeometricPmf,
  hypergeometricSf,
  type Urn,
} from './hypergeometric.ts';

/** Which departures from "no difference" count: any, or those of the first sample below (above) the second. */
export type Alternative = 'two-sided' | 'less' | 'greater';

export interface ChiSquareTest {
  readonly statistic: number;
  readonly p: number;
  readonly degreesOfFreedom: number;
  /** The least count that was expected in a cell. Below 5 the p-value is a rough one. */
  readonly leastExpected: number;
}

/**
 * Pearson's test of independence of the rows and columns of a table of counts. Rows and columns without any count are left out. A table
 * that has then one row or column says nothing: statistic 0, p 1. As `scipy.stats.chi2_contingency`.
 *
 * @param yates `auto`: at one degree of freedom each count is moved towards the expected one by ½ (Yates, 1934).
 */
export function chiSquareTest(
  table: readonly ArrayLike<number>[],
  { yates = 'auto' }: { readonly yates?: 'auto' | 'never' } = {},
): ChiSquareTest {
  const rowSums = table.map((row) => sumOf(row));
  const columnSums = columnSumsOf(table);
  const total = sumOf(rowSums);
  const rows = rowSums.filter((sum) => sum > 0).length;
  const columns = columnSums.filter((sum) => sum > 0).length;
  const degreesOfFreedom = Math.max(0, rows - 1) * Math.max(0, columns - 1);
  const corrected = yates === 'auto' && degreesOfFreedom === 1;

  let statistic = 0;
  let leastExpected = Number.POSITIVE_INFINITY;
  for (const [index, row] of table.entries()) {
    for (let column = 0; column < columnSums.length; column++) {
      const expected = ((rowSums[index] as number) * (columnSums[column] as number)) / total;
      if (!(expected > 0)) continue;
      leastExpected = Math.min(leastExpected, expected);
      const distance = Math.abs((row[column] ?? 0) - expected);
      statistic += (distance - (corrected ? Math.min(0.5, distance) : 0)) ** 2 / expected;
    }
  }
  if (degreesOfFreedom === 0) return { statistic: 0, p: 1, degreesOfFreedom, leastExpected };
  return { statistic, p: chiSquareSf(statistic, degreesOfFreedom), degreesOfFreedom, leastExpected };
}

function columnSumsOf(table: readonly ArrayLike<number>[]): number[] {
  const sums: number[] = [];
  for (const row of table) {
    for (let column = 0; column < row.length; column++) sums[column] = (sums[column] ?? 0) + (row[column] as number);
  }
  return sums;
}

/**
 * Pearson's test of counts against expected ones. A count where none is expected makes the statistic infinite and p 0; a cell with
 * neither makes both NaN. As `scipy.stats.chisquare`.
 *
 * @throws RangeError when the sums differ by more than 1.5e-8 of the smaller, or the lengths differ.
 */
export function chiSquareGoodnessOfFit(observed: ArrayLike<number>, expected: ArrayLike<number>): ChiSquareTest {
  const [observedSum, expectedSum] = [sumOf(observed), sumOf(expected)];
  if (observed.length !== expected.length) {
    throw new RangeError(`${observed.length} counts cannot be compared with ${expected.length} expected ones.`);
  }
  if (Math.abs(observedSum - expectedSum) > 1.5e-8 * Math.min(observedSum, expectedSum)) {
    throw new RangeError(`The counts sum to ${observedSum}, the expected ones to ${expectedSum}.`);
  }
  let statistic = 0;
  let leastExpected = Number.POSITIVE_INFINITY;
  for (let index = 0; index < observed.length; index++) {
    const each = expected[index] as number;
    statistic += ((observed[index] as number) - each) ** 2 / each;
    leastExpected = Math.min(leastExpected, each);
  }
  const degreesOfFreedom = observed.length - 1;
  const p = degreesOfFreedom > 0 ? chiSquareSf(statistic, degreesOfFreedom) : 1;
  return { statistic, p, degreesOfFreedom, leastExpected };
}

export interface FisherTest {
  /** a·d / (b·c) of the sample; NaN when a row or column is empty. */
  readonly oddsRatio: number;
  readonly p: number;
}

/** Probabilities that differ by less than this are those of equally likely tables. */
const equallyLikely = 1 + 1e-10;

/**
 * Fisher's exact test of the table [[a, b], [c, d]], by the hypergeometric distribution of `a`; `less` and `greater` are about the odds
 * ratio against 1. Two-sided: the probability of all tables that are no likelier than this one. As `scipy.stats.fisher_exact`.
 */
export function fisherExact(
  a: number,
  b: number,
  c: number,
  d: number,
  alternative: Alternative = 'two-sided',
): FisherTest {
  if (a + b === 0 || c + d === 0 || a + c === 0 || b + d === 0) return { oddsRatio: Number.NaN, p: 1 };
  const urn = { marked: a + b, unmarked: c + d, draws: a + c };
  const oddsRatio = (a * d) / (b * c);
  if (alternative === 'less') return { oddsRatio, p: hypergeometricCdf(a, urn) };
  if (alternative === 'greater') return { oddsRatio, p: hypergeometricSf(a - 1, urn) };
  return { oddsRatio, p: Math.min(1, noLikelier(a, urn)) };
}

function noLikelier(a: number, urn: Urn): number {
  const limit = hypergeometricPmf(a, urn) * equallyLikely;
  const mode = hypergeometricMode(urn);
  if (hypergeometricPmf(mode, urn) <= limit) return 1;
  const likely = (k: number): boolean => hypergeometricPmf(k, urn) > limit;
  if (a < mode) {
    const top = Math.min(urn.marked, urn.draws);
    return hypergeometricCdf(a, urn) + hypergeometricSf(lastLikely(mode, top, likely), urn);
  }
  const bottom = Math.max(0, urn.draws - urn.unmarked);
  return hypergeometricSf(a - 1, urn) + hypergeometricCdf(lastLikely(mode, bottom, likely) - 1, urn);
}

/** The last likely number on the way from `from`, which is likely, to `to`: there is one change on the way. */
function lastLikely(from: number, to: number, likely: (k: number) => boolean): number {
  let [near, far] = [from, to];
  if (likely(far)) return far;
  while (Math.abs(far - near) > 1) {
    const middle = Math.trunc((near + far) / 2);
    if (likely(middle)) near = middle;
    else far = middle;
  }
  return near;
}

export interface McNemarTest {
  /** Exact: the smaller count. Otherwise the chi-square statistic with continuity correction. */
  readonly statistic: number;
  readonly p: number;
  readonly method: 'exact' | 'chi-square';
}

/** Up to so many discordant pairs the exact test is made. */
const exactPairs = 10_000;

/**
 * McNemar's test (1947) of pairs: `b` in which the first succeeded and the second failed, `c` the other way round. Two-sided: exact by the
 * binomial distribution up to 10,000 such pairs, then with Edwards' continuity correction (1948). As `mcnemar` of statsmodels.
 */
export function mcNemar(b: number, c: number): McNemarTest {
  if (b + c <= exactPairs) {
    const statistic = Math.min(b, c);
    return { statistic, p: Math.min(1, 2 * binomialCdf(statistic, b + c, 0.5)), method: 'exact' };
  }
  const statistic = (Math.abs(b - c) - 1) ** 2 / (b + c);
  return { statistic, p: chiSquareSf(statistic, 1), method: 'chi-square' };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum;
}
