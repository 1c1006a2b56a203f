import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  defaultJudgeRules,
  errorEvidence,
  exceedsByMarginTest,
  judgeStep,
  type Measurement,
  randomGenerator,
} from '@mlops-actions/core';
import { askOracle, oracleNumber, oraclePython } from './oracle.ts';

type Counts = readonly [x1: number, n1: number, x2: number, n2: number, margin: number];

interface Answers {
  readonly margin: readonly (number | string)[];
  readonly any: readonly (number | string)[];
  readonly latency: readonly (number | string)[];
  readonly ranks: readonly (number | string)[];
}

const minute = 60_000;
const random = randomGenerator('rollout');

const counts: Counts[] = Array.from({ length: 300 }, (_, index) => {
  const n1 = 1 + random.integer(index % 2 === 0 ? 200 : 20_000);
  const n2 = 1 + random.integer(index % 3 === 0 ? 300 : 100_000);
  const rate = random.next() < 0.7 ? 0.05 * random.next() : random.next();
  const draw = (n: number): number => Math.min(n, Math.round(n * rate * 2 * random.next()));
  return [draw(n1), n1, draw(n2), n2, random.next() < 0.8 ? 0.005 : 0.2 * random.next()];
});

/** p95 of the minutes of candidate and stable. */
const latencies = Array.from({ length: 60 }, () => {
  const length = 3 + random.integer(30);
  const draw = (factor: number): number[] =>
    Array.from({ length }, () => 100 * factor * Math.exp(0.4 * (random.next() - 0.5)));
  return [draw(1 + 0.6 * random.next()), draw(1)] as const;
});
const ranked = Array.from({ length: 20 }, () => {
  const draw = (factor: number): number[] =>
    Array.from({ length: 60 }, () => Math.round(20 * factor * (1 + random.next())));
  return [draw(1 + random.next()), draw(1)] as const;
});

const source = `
import numpy as np
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.proportion import proportions_ztest
# The likeliest proportions p and p - margin are where the derivative of the logarithm of the likelihood is 0. statsmodels has the test, too
# (test_proportions_2indep), but solves an equation with a slip: count0 * diff where Miettinen and Nurminen have nobs0 * diff.
def likeliest(x1, n1, x2, n2, margin):
    def slope(p):
        return ((x1 / p if x1 else 0) - ((n1 - x1) / (1 - p) if n1 > x1 else 0)
            + (x2 / (p - margin) if x2 else 0) - ((n2 - x2) / (1 - p + margin) if n2 > x2 else 0))
    low, high = margin + 1e-14 * (1 - margin), 1 - 1e-14 * (1 - margin)
    if slope(low) <= 0:
        return margin
    if slope(high) >= 0:
        return 1.0
    return brentq(slope, low, high, xtol=1e-17, rtol=1e-15, maxiter=1000)
def score(x1, n1, x2, n2, margin):
    q1 = likeliest(x1, n1, x2, n2, margin)
    q2 = q1 - margin
    n = n1 + n2
    variance = (q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2) * n / (n - 1)
    return float(stats.norm.sf((x1 / n1 - x2 / n2 - margin) / np.sqrt(variance))) if variance > 0 else 1.0
def any_difference(x1, n1, x2, n2, margin):
    if min(x1, n1 - x1, x2, n2 - x2) < 5:
        return float(stats.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]], alternative='greater')[1])
    return float(proportions_ztest([x1, x2], [n1, n2], alternative='larger')[1])
answer = {
    'margin': [score(*each) for each in given['counts']],
    'any': [any_difference(*each) for each in given['counts']],
    'latency': [float(stats.ttest_1samp(np.log(np.array(c) / np.array(s)), np.log(1.25), alternative='greater').pvalue) for c, s in given['latencies']],
    'ranks': [float(stats.mannwhitneyu(c, s, alternative='greater', method='asymptotic').pvalue) for c, s in given['ranked']],
}
`;

function series(values: readonly number[]): { windows: Measurement[] } {
  return {
    windows: values.map((p95, index) => ({
      from: index * minute,
      to: (index + 1) * minute,
      requests: 1000,
      serverErrors: 0,
      latency: { p95 },
    })),
  };
}

function pOf(name: string, [candidate, stable]: readonly [readonly number[], readonly number[]]): number {
  const evidence = { candidate: series(candidate), stable: series(stable), settledAt: 0 };
  const check = judgeStep(evidence, { ...defaultJudgeRules, mannWhitney: true }).find((each) => each.name === name);
  return check?.p ?? Number.NaN;
}

function agree(ours: readonly number[], theirs: readonly (number | string)[], relative: number): void {
  const expected = theirs.map(oracleNumber);
  const wrong = ours.flatMap((value, index) => {
    const other = expected[index] as number;
    return Math.abs(value - other) <= relative * Math.max(other, 1e-300) ? [] : [`${index}: ${value}, not ${other}`];
  });
  expect(wrong).toEqual([]);
  expect(ours).toHaveLength(expected.length);
}

(oraclePython === undefined ? describe.skip : describe)('the judge of a rollout', () => {
  let answers: Answers;
  beforeAll(async () => {
    answers = await askOracle<Answers>(source, { counts, latencies, ranked });
  });

  test('tests a margin by the likeliest proportions that differ by it', () => {
    agree(
      counts.map((each) => exceedsByMarginTest(...each).p),
      answers.margin,
      1e-8,
    );
  });

  test('takes the larger one of the p-values for any difference and for one above the margin', () => {
    const larger = answers.any.map((value, index) =>
      Math.max(oracleNumber(value), oracleNumber(answers.margin[index] as number)),
    );
    const ours = counts.map(
      ([x1, n1, x2, n2, margin]) => errorEvidence({ count: x1, requests: n1 }, { count: x2, requests: n2 }, margin).p,
    );
    agree(ours, larger, 1e-8);
  });

  test('tests latency by the t-test of SciPy on the logarithms of the ratios', () => {
    agree(
      latencies.map((each) => pOf('latency', each)),
      answers.latency,
      1e-10,
    );
  });

  test('tests many windows by the ranks of SciPy', () => {
    agree(
      ranked.map((each) => pOf('latency-ranks', each)),
      answers.ranks,
      1e-10,
    );
  });
});
