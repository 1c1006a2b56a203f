import type { Alternative } from './contingency.ts';
import { betaQuantile } from './distributions.ts';
import { normalQuantile, normalSf } from './normal.ts';

/** An estimate and the ends of its two-sided confidence interval. */
export interface Estimate {
  readonly estimate: number;
  readonly lo: number;
  readonly hi: number;
}

export interface ProportionTest {
  /** x₁ / n₁ − x₂ / n₂. */
  readonly difference: number;
  /** z. */
  readonly statistic: number;
  readonly p: number;
}

/**
 * The z-test of two independent proportions, x₁ of n₁ and x₂ of n₂, with the pooled variance; `less` is x₁ / n₁ < x₂ / n₂. As
 * `proportions_ztest` of statsmodels, but that two proportions of 0 or of 1 give z = 0 and p = 1 instead of NaN.
 */
export function twoProportionTest(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  alternative: Alternative = 'two-sided',
): ProportionTest {
  const difference = x1 / n1 - x2 / n2;
  const pooled = (x1 + x2) / (n1 + n2);
  if (pooled === 0 || pooled === 1) return { difference, statistic: 0, p: 1 };
  const statistic = difference / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  return { difference, statistic, p: normalP(statistic, alternative) };
}

/**
 * The score test that x₁ / n₁ exceeds x₂ / n₂ by more than `margin` (0 ≤ margin < 1), one-sided: Miettinen and Nurminen, "Comparative
 * analysis of two rates", 1985, with the maximum-likelihood proportions that differ by exactly the margin (closed form: Farrington and
 * Manning, "Test statistics and sample size formulae for comparative binomial trials", 1990). Where the proportions leave no variance, p
 * is 1. `test_proportions_2indep` of statsmodels up to 0.15.0 is near, but has a count in the place of a sample size in its cubic equation,
 * and so not quite the likeliest proportions.
 */
export function exceedsByMarginTest(x1: number, n1: number, x2: number, n2: number, margin: number): ProportionTest {
  const difference = x1 / n1 - x2 / n2;
  const [q1, q2] = restrictedProportions(x1 / n1, x2 / n2, n2 / n1, margin);
  const correction = (n1 + n2) / (n1 + n2 - 1);
  const variance = ((q1 * (1 - q1)) / n1 + (q2 * (1 - q2)) / n2) * correction;
  if (!(variance > 0)) return { difference, statistic: 0, p: 1 };
  const statistic = (difference - margin) / Math.sqrt(variance);
  return { difference, statistic, p: normalSf(statistic) };
}

/** The likeliest two proportions that differ by `margin`, given p₁ and p₂ of samples of which the second is `ratio` times as large. */
function restrictedProportions(p1: number, p2: number, ratio: number, margin: number): [number, number] {
  const a = 1 + ratio;
  const b = -(1 + ratio + p1 + ratio * p2 + margin * (ratio + 2));
  const c = margin * margin + margin * (2 * p1 + ratio + 1) + p1 + ratio * p2;
  const d = -p1 * margin * (1 + margin);
  const third = b / (3 * a);
  const v = third ** 3 - (b * c) / (6 * a * a) + d / (2 * a);
  const u = (v < 0 ? -1 : 1) * Math.sqrt(Math.max(0, third * third - c / (3 * a)));
  const cosine = u === 0 ? 0 : Math.min(1, Math.max(-1, v / u ** 3));
  const first = 2 * u * Math.cos((Math.PI + Math.acos(cosine)) / 3) - third;
  const within = Math.min(1, Math.max(margin, first));
  return [within, within - margin];
}

/** The p-value of a statistic with the standard normal distribution. */
export function normalP(z: number, alternative: Alternative): number {
  if (alternative === 'two-sided') return 2 * normalSf(Math.abs(z));
  return normalSf(alternative === 'greater' ? z : -z);
}

/** Wilson's score interval (1927) of the proportion x of n. Nothing known (n = 0): from 0 to 1. As statsmodels `proportion_confint`. */
export function wilson(x: number, n: number, confidence = 0.95): Estimate {
  if (n === 0) return { estimate: Number.NaN, lo: 0, hi: 1 };
  const estimate = x / n;
  const z = normalOf(confidence);
  const scale = 1 + (z * z) / n;
  const centre = (estimate + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((estimate * (1 - estimate)) / n + (z * z) / (4 * n * n))) / scale;
  return {
    estimate,
    lo: x === 0 ? 0 : Math.max(0, centre - half),
    hi: x === n ? 1 : Math.min(1, centre + half),
  };
}

/**
 * The interval of Clopper and Pearson (1934) of the proportion x of n, which covers with `confidence` or more for certain. Each end is also
 * a one-sided bound at (1 + confidence) / 2: no error in 300 requests means at most 1 % with 95 %, the `hi` at a confidence of 0.9.
 */
export function clopperPearson(x: number, n: number, confidence = 0.95): Estimate {
  const tail = (1 - confidence) / 2;
  return {
    estimate: x / n,
    lo: x === 0 ? 0 : betaQuantile(tail, x, n - x + 1),
    // The quantile of the other tail, for the digits of a small one.
    hi: x === n ? 1 : 1 - betaQuantile(tail, n - x, x + 1),
  };
}

/**
 * The difference of two proportions of the same n pairs: `a` pairs in which both succeeded, `b` the first alone, `c` the second alone, `d`
 * neither. Estimate (b − c) / n with the interval of Newcombe, "Improved confidence intervals for the difference between binomial
 * proportions based on paired data", 1998, method 10: Wilson's intervals of both, combined by their correlation, continuity-corrected.
 */
export function newcombePaired(a: number, b: number, c: number, d: number, confidence = 0.95): Estimate {
  const n = a + b + c + d;
  if (n === 0) return { estimate: Number.NaN, lo: -1, hi: 1 };
  const first = wilson(a + b, n, confidence);
  const second = wilson(a + c, n, confidence);
  const correlation = pairedCorrelation(a, b, c, d);
  const distance = (one: number, other: number): number =>
    Math.sqrt(Math.max(0, one * one - 2 * correlation * one * other + other * other));
  const estimate = (b - c) / n;
  return {
    estimate,
    lo: estimate - distance(first.estimate - first.lo, second.hi - second.estimate),
    hi: estimate + distance(first.hi - first.estimate, second.estimate - second.lo),
  };
}

function pairedCorrelation(a: number, b: number, c: number, d: number): number {
  const margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins === 0) return 0;
  const product = a * d - b * c;
  const half = (a + b + c + d) / 2;
  return (product > half ? product - half : Math.min(product, 0)) / Math.sqrt(margins);
}

/** How many standard deviations to either side hold `confidence` of a normal distribution. */
function normalOf(confidence: number): number {
  return -normalQuantile((1 - confidence) / 2);
}
