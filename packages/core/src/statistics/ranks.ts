import type { Alternative } from './contingency.ts';
import { normalSf } from './normal.ts';
import { normalP } from './proportions.ts';

export interface SignedRankTest {
  /** The smaller of the rank sums of the positive and of the negative differences. */
  readonly statistic: number;
  readonly p: number;
  /** Differences that are not 0. */
  readonly n: number;
  readonly method: 'exact' | 'normal';
}

/**
 * Wilcoxon's signed-rank test (1945) that the finite `differences` lie symmetrically about 0, two-sided; zeros are left out. Exact for up
 * to 50 differences without ties or zeros and for up to 13 of any kind, else normal with the correction for ties. As
 * `scipy.stats.wilcoxon`; nothing but zeros gives p = 1.
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>): SignedRankTest {
  const values = Float64Array.from(differences);
  const positive = values.filter((value) => value > 0).sort();
  const negative = values
    .filter((value) => value < 0)
    .map(Math.abs)
    .sort();
  const n = positive.length + negative.length;
  const { firstSum, ties, groups } = rankSums(positive, negative);
  const secondSum = (n * (n + 1)) / 2 - firstSum;
  const statistic = Math.min(firstSum, secondSum);
  if (n === 0) return { statistic, p: 1, n, method: 'exact' };
  if (values.length <= 13 || (values.length <= 50 && ties === 0 && n === values.length)) {
    return { statistic, p: Math.min(1, 2 * signedRankCdf(statistic, groups)), n, method: 'exact' };
  }
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
  const z = (statistic - (n * (n + 1)) / 4) / deviation;
  return { statistic, p: Math.min(1, normalP(z, 'two-sided')), n, method: 'normal' };
}

/**
 * P(R ≤ statistic) when each rank has either sign with probability ½: all the sums of twice the ranks, counted one rank after the other.
 */
function signedRankCdf(statistic: number, groups: readonly TiedGroup[]): number {
  const ranks = groups.flatMap(({ rank, size }) => new Array<number>(size).fill(2 * rank));
  const counts = new Float64Array(ranks.reduce((sum, rank) => sum + rank, 1));
  counts[0] = 1;
  for (const rank of ranks) {
    for (let sum = counts.length - 1; sum >= rank; sum--) {
      counts[sum] = (counts[sum] as number) + (counts[sum - rank] as number);
    }
  }
  let below = 0;
  for (let sum = 0; sum <= 2 * statistic; sum++) below += counts[sum] as number;
  return below / 2 ** ranks.length;
}

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

/** Values that are equal share the mean of their ranks. */
interface TiedGroup {
  readonly rank: number;
  readonly size: number;
}

interface RankSums {
  /** The sum of the ranks of the first sample among both. */
  readonly firstSum: number;
  /** Σ (t³ − t) over the groups of t equal values. */
  readonly ties: number;
  /** The groups in ascending order; only the first 50. */
  readonly groups: readonly TiedGroup[];
}

function rankSums(first: Float64Array, second: Float64Array): RankSums {
  const groups: TiedGroup[] = [];
  let [firstSum, ties, i, j] = [0, 0, 0, 0];
  while (i < first.length || j < second.length) {
    const value = Math.min(first[i] ?? Number.POSITIVE_INFINITY, second[j] ?? Number.POSITIVE_INFINITY);
    const before = i + j;
    const firstBefore = i;
    while (i < first.length && (first[i] as number) <= value) i++;
    while (j < second.length && (second[j] as number) <= value) j++;
    const size = i + j - before;
    const rank = before + (size + 1) / 2;
    firstSum += rank * (i - firstBefore);
    ties += size ** 3 - size;
    if (groups.length < 50) groups.push({ rank, size });
  }
  return { firstSum, ties, groups };
}
