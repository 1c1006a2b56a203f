import type { Alternative } from './contingency.ts';
import { normalSf } from './normal.ts';

export interface RankSumTest {
  /** U of the first sample: in how many of the pairs the first value is larger, ties counted half. */
  readonly statistic: number;
  readonly p: number;
  /** U as a share of all pairs: how probably a value of the first is larger than one of the second. ½ means no difference. */
  readonly effect: number;
}

/**
 * The test of Mann and Whitney (1947) that neither of two samples of finite values tends to be larger; `less` means that the first is
 * smaller. Normal, with the corrections for ties and continuity. As `scipy.stats.mannwhitneyu(method='asymptotic')`.
 */
export function mannWhitney(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: Alternative = 'two-sided',
): RankSumTest {
  const [n, m] = [first.length, second.length];
  const all = n + m;
  const { firstSum, ties } = rankSums(Float64Array.from(first).sort(), Float64Array.from(second).sort());
  const statistic = firstSum - (n * (n + 1)) / 2;
  const other = n * m - statistic;
  const judged = alternative === 'greater' ? statistic : alternative === 'less' ? other : Math.max(statistic, other);
  const deviation = Math.sqrt(((n * m) / 12) * (all + 1 - ties / (all * (all - 1))));
  const p = normalSf((judged - (n * m) / 2 - 0.5) / deviation);
  return { statistic, p: Math.min(1, alternative === 'two-sided' ? 2 * p : p), effect: statistic / (n * m) };
}

/** Of ranks from 1 up; values that are equal share the mean of theirs. */
interface RankSums {
  /** The sum of the ranks of the first sample among both. */
  readonly firstSum: number;
  /** Σ (t³ − t) over the groups of t equal values. */
  readonly ties: number;
}

function rankSums(first: Float64Array, second: Float64Array): RankSums {
  let [firstSum, ties, i, j] = [0, 0, 0, 0];
  while (i < first.length || j < second.length) {
    const value = Math.min(first[i] ?? Number.POSITIVE_INFINITY, second[j] ?? Number.POSITIVE_INFINITY);
    const before = i + j;
    const firstBefore = i;
    while (i < first.length && (first[i] as number) <= value) i++;
    while (j < second.length && (second[j] as number) <= value) j++;
    const size = i + j - before;
    firstSum += (before + (size + 1) / 2) * (i - firstBefore);
    ties += size ** 3 - size;
  }
  return { firstSum, ties };
}
