import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Alternative,
  benjaminiHochberg,
  betaQuantile,
  binomialCdf,
  bonferroni,
  chiSquareGoodnessOfFit,
  chiSquareSf,
  chiSquareTest,
  clopperPearson,
  fisherExact,
  holm,
  hypergeometricCdf,
  hypergeometricPmf,
  hypergeometricSf,
  kolmogorovSf,
  ksExactP,
  ksP,
  mannWhitney,
  mcNemar,
  newcombePaired,
  normalQuantile,
  normalSf,
  type RandomGenerator,
  randomGenerator,
  studentTSf,
  twoProportionTest,
  wilcoxonSignedRank,
  wilson,
} from '@mlops-actions/core';
import { askOracle, oracleNumber, oraclePython } from './oracle.ts';

type Answer = number | string;

const alternatives: readonly Alternative[] = ['two-sided', 'less', 'greater'];

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Between the two, evenly on a logarithmic scale. */
function spread(random: RandomGenerator, low: number, high: number): number {
  return low * (high / low) ** random.next();
}

/** Nothing but the numbers that differ too much: relative to the oracle's, or by less than `floor`. */
function differing(
  ours: readonly number[],
  theirs: readonly Answer[],
  cases: readonly unknown[],
  relative: number,
  floor = 0,
): string[] {
  expect(ours).toHaveLength(theirs.length);
  return ours.flatMap((value, index) => {
    const expected = oracleNumber(theirs[index] as Answer);
    if (Object.is(value, expected) || Math.abs(value - expected) <= Math.max(floor, relative * Math.abs(expected)))
      return [];
    return [`${JSON.stringify(cases[index])}: ${value}, not ${expected}`];
  });
}

(oraclePython === undefined ? describe.skip : describe)('statistics', () => {
  describe('distributions are those of SciPy', () => {
    const random = randomGenerator('distributions');
    const chi = many(400, () => {
      const df = Math.ceil(spread(random, 1, 10_000));
      const reach = Math.sqrt(2 * df) * 40 * random.next() ** 2;
      return [Math.max(0, random.next() < 0.3 ? df * random.next() : df + reach), df] as const;
    });
    const normal = many(300, () => -8 + 46 * random.next());
    const quantile = many(300, () => (random.next() < 0.5 ? spread(random, 1e-300, 1) : random.next()));
    const beta = many(200, () => [random.next(), spread(random, 0.5, 1e6), spread(random, 0.5, 1e6)] as const);
    const student = many(200, () => [-6 + 46 * random.next(), spread(random, 1, 1e5)] as const);
    const binomial = many(300, () => {
      const n = Math.ceil(spread(random, 1, 1e6));
      const p = random.next() < 0.5 ? random.next() : spread(random, 1e-6, 1);
      const k = Math.round(n * p + 12 * (random.next() - 0.5) * Math.sqrt(n * p * (1 - p)));
      return [Math.min(n, Math.max(0, k)), n, p] as const;
    });
    const urns = many(300, () => {
      const [marked, unmarked] = [random.integer(3000), random.integer(3000)];
      const draws = random.integer(marked + unmarked + 1);
      const mean = (draws * marked) / (marked + unmarked + 1);
      const k = Math.round(mean + 30 * (random.next() - 0.5) * Math.sqrt(mean + 1));
      return [Math.max(0, draws - unmarked, Math.min(k, marked, draws)), marked, unmarked, draws] as const;
    });
    let answer: Record<string, Answer[]>;

    beforeAll(async () => {
      answer = await askOracle(
        `
from scipy import stats
import numpy as np
columns = lambda name: [np.array(column, dtype=float) for column in zip(*given[name])]
k, marked, unmarked, draws = columns("urns")
answer = {
    "chi": stats.chi2.sf(*columns("chi")),
    "normal": stats.norm.sf(given["normal"]),
    "quantile": stats.norm.ppf(given["quantile"]),
    "beta": stats.beta.ppf(*columns("beta")),
    "student": stats.t.sf(*columns("student")),
    "cdf": stats.binom.cdf(*columns("binomial")),
    "drawn": stats.hypergeom.pmf(k, marked + unmarked, marked, draws),
    "drawn_cdf": stats.hypergeom.cdf(k, marked + unmarked, marked, draws),
    "drawn_sf": stats.hypergeom.sf(k, marked + unmarked, marked, draws),
}`,
        { chi, normal, quantile, beta, student, binomial, urns },
      );
    });

    function agree(
      name: string,
      ours: readonly number[],
      cases: readonly unknown[],
      relative: number,
      floor = 1e-300,
    ): void {
      expect(differing(ours, answer[name] as Answer[], cases, relative, floor)).toEqual([]);
    }
    const urnOf = ([, marked, unmarked, draws]: (typeof urns)[number]) => ({ marked, unmarked, draws });

    test('chi-square', () =>
      agree(
        'chi',
        chi.map(([x, df]) => chiSquareSf(x, df)),
        chi,
        1e-10,
      ));
    test('normal', () => agree('normal', normal.map(normalSf), normal, 1e-12));
    test('normal quantile', () => agree('quantile', quantile.map(normalQuantile), quantile, 1e-12));
    test('beta quantile', () =>
      agree(
        'beta',
        beta.map(([p, a, b]) => betaQuantile(p, a, b)),
        beta,
        1e-10,
      ));
    test('Student', () =>
      agree(
        'student',
        student.map(([t, df]) => studentTSf(t, df)),
        student,
        1e-10,
      ));
    test('binomial', () => {
      agree(
        'cdf',
        binomial.map(([k, n, p]) => binomialCdf(k, n, p)),
        binomial,
        1e-10,
      );
    });
    test('hypergeometric', () => {
      agree(
        'drawn',
        urns.map((urn) => hypergeometricPmf(urn[0], urnOf(urn))),
        urns,
        1e-10,
      );
      agree(
        'drawn_cdf',
        urns.map((urn) => hypergeometricCdf(urn[0], urnOf(urn))),
        urns,
        1e-10,
      );
      agree(
        'drawn_sf',
        urns.map((urn) => hypergeometricSf(urn[0], urnOf(urn))),
        urns,
        1e-10,
      );
    });
  });

  test('Kolmogorov-Smirnov p-values are those of SciPy', async () => {
    const random = randomGenerator('kolmogorov');
    const one = many(500, (index) => {
      const n = index < 200 ? 1 + random.integer(300) : Math.ceil(spread(random, 1, 1e9));
      return [Math.min(1, (0.05 + 3.8 * random.next()) / Math.sqrt(n)), n] as const;
    });
    const two = many(500, (index) => {
      const n = Math.ceil(spread(random, 1, index < 400 ? 300 : 3000));
      const m = index % 4 === 0 ? n : Math.ceil(spread(random, 1, 300));
      const step = 1 / (n * m);
      return [Math.ceil(Math.min(1, 4 * random.next() * Math.sqrt(1 / n + 1 / m)) / step) * step, n, m] as const;
    });
    const samples = many(60, (index) => {
      const sizes = [1 + random.integer(60), index % 3 === 0 ? 10_001 : 1 + random.integer(60)] as const;
      const levels = index % 2 === 0 ? 5 : 1e9;
      const [first, second] = sizes.map((size, which) =>
        many(size, () => Math.floor(levels * random.next() ** (1 + which / 2))),
      );
      return { first, second };
    });
    const answer = await askOracle<{ one: Answer[]; two: Answer[]; d: Answer[]; p: Answer[] }>(
      `
from scipy import stats
from scipy.stats._stats_py import _attempt_exact_2kssamp
import numpy as np
def exact(d, n, m):
    done, d, p = _attempt_exact_2kssamp(n, m, math.gcd(n, m), d, "two-sided")
    return p if done else stats.kstwo.sf(d, np.round(n * m / (n + m)))
results = [stats.ks_2samp(each["first"], each["second"]) for each in given["samples"]]
answer = {
    "one": [stats.kstwo.sf(d, n) for d, n in given["one"]],
    "two": [exact(*each) for each in given["two"]],
    "d": [result.statistic for result in results],
    "p": [result.pvalue for result in results],
}`,
      { one, two, samples },
    );
    expect(
      differing(
        one.map(([d, n]) => kolmogorovSf(d, n)),
        answer.one,
        one,
        1e-8,
        1e-20,
      ),
    ).toEqual([]);
    expect(
      differing(
        two.map(([d, n, m]) => ksExactP(d, n, m)),
        answer.two,
        two,
        1e-9,
        1e-300,
      ),
    ).toEqual([]);
    const shapes = samples.map(
      ({ first, second }, index) =>
        [oracleNumber(answer.d[index] as Answer), first?.length ?? 0, second?.length ?? 0] as const,
    );
    expect(
      differing(
        shapes.map(([d, n, m]) => ksP(d, n, m)),
        answer.p,
        shapes,
        1e-9,
      ),
    ).toEqual([]);
  });

  test('tests of tables are those of SciPy and statsmodels', async () => {
    const random = randomGenerator('tables');
    const tables = many(300, (index) => {
      const columns = 2 + random.integer(index < 30 ? 400 : 8);
      const cell = (): number => (random.next() < 0.15 ? 0 : random.integer(Math.ceil(spread(random, 2, 1e5))));
      const table = many(2 + random.integer(3), () => many(columns, cell));
      const kept = table.filter((row) => row.some((count) => count > 0));
      const used = many(columns, (column) => column).filter((column) => kept.some((row) => row[column] !== 0));
      return { table, kept: kept.map((row) => used.map((column) => row[column])) };
    }).filter(({ kept }) => kept.length > 0);
    const fits = many(200, () => {
      const observed = many(2 + random.integer(20), () => random.integer(1000));
      const weights = observed.map(() => 0.1 + random.next());
      const scale = observed.reduce((sum, count) => sum + count, 0) / weights.reduce((sum, weight) => sum + weight, 0);
      return { observed, expected: weights.map((weight) => weight * scale) };
    });
    const fourfold = many(400, (index) =>
      many(4, () => random.integer(index < 200 ? 12 : Math.ceil(spread(random, 2, 20_000)))),
    );
    const pairs = many(200, () => many(2, () => Math.floor(spread(random, 1, 20_000)) - 1)).filter(
      ([b, c]) => b !== c || b !== 0,
    );
    const answer = await askOracle<
      Record<'tables' | 'uncorrected' | 'fits' | 'pairs', Answer[][]> & { fourfold: Answer[] }
    >(
      `
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
answer = {
    "tables": [stats.chi2_contingency(each["kept"])[:2] for each in given["tables"]],
    "uncorrected": [stats.chi2_contingency(each["kept"], correction=False)[:2] for each in given["tables"]],
    "fits": [tuple(stats.chisquare(each["observed"], each["expected"])) for each in given["fits"]],
    "fourfold": [stats.fisher_exact([[a, b], [c, d]], alternative).pvalue for a, b, c, d in given["fourfold"] for alternative in ("two-sided", "less", "greater")],
    "pairs": [(result.statistic, result.pvalue) for b, c in given["pairs"] for result in [mcnemar([[0, b], [c, 0]], exact=b + c <= 10000)]],
}`,
      { tables, fits, fourfold, pairs },
    );
    const figures = ({ statistic, p }: { readonly statistic: number; readonly p: number }): number[] => [statistic, p];
    const twice = <T>(cases: readonly T[]): T[] => cases.flatMap((each) => [each, each]);
    const agree = (ours: readonly number[][], theirs: readonly Answer[][], cases: readonly unknown[]): void =>
      expect(differing(ours.flat(), theirs.flat(), twice(cases), 1e-10, 1e-250)).toEqual([]);
    agree(
      tables.map(({ table }) => figures(chiSquareTest(table))),
      answer.tables,
      tables,
    );
    agree(
      tables.map(({ table }) => figures(chiSquareTest(table, { yates: 'never' }))),
      answer.uncorrected,
      tables,
    );
    agree(
      fits.map(({ observed, expected }) => figures(chiSquareGoodnessOfFit(observed, expected))),
      answer.fits,
      fits,
    );
    agree(
      pairs.map(([b, c]) => figures(mcNemar(b as number, c as number))),
      answer.pairs,
      pairs,
    );
    const fisher = fourfold.flatMap(([a, b, c, d]) =>
      alternatives.map((each) => fisherExact(a as number, b as number, c as number, d as number, each).p),
    );
    const named = fourfold.flatMap((each) => alternatives.map((alternative) => [each, alternative]));
    expect(differing(fisher, answer.fourfold, named, 1e-10, 1e-300)).toEqual([]);
  });

  test("proportions are those of statsmodels and of Newcombe's method 10", async () => {
    const random = randomGenerator('proportions');
    const sized = (): [number, number] => {
      const n = Math.ceil(spread(random, 1, 1e6));
      return [random.next() < 0.1 ? (random.next() < 0.5 ? 0 : n) : Math.round(n * random.next() ** 3), n];
    };
    const levels = [0.8, 0.9, 0.95, 0.99];
    const single = many(200, (index) => [...sized(), levels[index % 4] as number] as const);
    const double = many(200, () => [...sized(), ...sized()] as const).filter(
      ([x1, n1, x2, n2]) => x1 + x2 > 0 && x1 + x2 < n1 + n2,
    );
    const paired = many(200, (index) => [
      ...many(4, () => random.integer(index < 100 ? 8 : 3000)),
      levels[index % 4] as number,
    ]).filter(([a, b, c, d]) => (a as number) + (b as number) + (c as number) + (d as number) > 0);
    const answer = await askOracle<Record<'wilson' | 'exact' | 'double' | 'paired', Answer[][]>>(
      `
import numpy as np
from statsmodels.stats.proportion import proportion_confint, proportions_ztest
def newcombe(a, b, c, d, confidence):
    n = a + b + c + d
    interval = lambda x: proportion_confint(x, n, 1 - confidence, "wilson")
    (low1, high1), (low2, high2) = interval(a + b), interval(a + c)
    p1, p2 = (a + b) / n, (a + c) / n
    margins = float(a + b) * (c + d) * (a + c) * (b + d)
    moment = a * d - b * c
    if moment > 0:
        moment = max(moment - n / 2, 0)
    phi = 0 if margins == 0 else moment / np.sqrt(margins)
    lower = np.sqrt((p1 - low1) ** 2 - 2 * phi * (p1 - low1) * (high2 - p2) + (high2 - p2) ** 2)
    upper = np.sqrt((high1 - p1) ** 2 - 2 * phi * (high1 - p1) * (p2 - low2) + (p2 - low2) ** 2)
    return p1 - p2 - lower, p1 - p2 + upper
answer = {
    "wilson": [proportion_confint(x, n, 1 - confidence, "wilson") for x, n, confidence in given["single"]],
    "exact": [proportion_confint(x, n, 1 - confidence, "beta") for x, n, confidence in given["single"]],
    "double": [proportions_ztest([x1, x2], [n1, n2], alternative=alternative) for x1, n1, x2, n2 in given["double"] for alternative in ("two-sided", "smaller", "larger")],
    "paired": [newcombe(*each) for each in given["paired"]],
}`,
      { single, double, paired },
    );
    const ends = ({ lo, hi }: { readonly lo: number; readonly hi: number }): number[] => [lo, hi];
    // SciPy's binomial distribution is 0 where it should be 1e-266.
    const agree = (
      ours: readonly number[][],
      theirs: readonly Answer[][],
      cases: readonly unknown[],
      floor: number,
    ): void =>
      expect(
        differing(
          ours.flat(),
          theirs.flat(),
          cases.flatMap((each) => [each, each]),
          1e-10,
          floor,
        ),
      ).toEqual([]);
    agree(
      single.map(([x, n, confidence]) => ends(wilson(x, n, confidence))),
      answer.wilson,
      single,
      1e-15,
    );
    agree(
      single.map(([x, n, confidence]) => ends(clopperPearson(x, n, confidence))),
      answer.exact,
      single,
      1e-300,
    );
    const tests = double.flatMap((each) => alternatives.map((alternative) => twoProportionTest(...each, alternative)));
    const named = double.flatMap((each) => alternatives.map((alternative) => [each, alternative]));
    agree(
      tests.map(({ statistic, p }) => [statistic, p]),
      answer.double,
      named,
      1e-14,
    );
    agree(
      paired.map(([a, b, c, d, confidence]) =>
        ends(newcombePaired(a as number, b as number, c as number, d as number, confidence)),
      ),
      answer.paired,
      paired,
      1e-14,
    );
  });

  test('tests of ranks are those of SciPy', async () => {
    const random = randomGenerator('ranks');
    const sample = (size: number, levels: number, shift: number): number[] =>
      many(size, () => Math.floor(levels * (random.next() + random.next() - 1 + shift)) / 4);
    const signed = many(300, (index) =>
      sample(1 + random.integer(index < 150 ? 14 : 90), index % 3 === 0 ? 6 : 1e9, random.next() / 3),
    ).filter((each) => each.some((value) => value !== 0));
    const pairs = many(300, (index) => {
      const levels = index % 3 === 0 ? 6 : 1e9;
      return [
        sample(2 + random.integer(80), levels, 0),
        sample(2 + random.integer(80), levels, random.next() / 2),
      ] as const;
    });
    const answer = await askOracle<{ signed: Answer[][]; pairs: Answer[][] }>(
      `
from scipy import stats
answer = {
    "signed": [(result.statistic, result.pvalue) for each in given["signed"] for result in [stats.wilcoxon(each)]],
    "pairs": [tuple(stats.mannwhitneyu(first, second, alternative=alternative, method="asymptotic")) for first, second in given["pairs"] for alternative in ("two-sided", "less", "greater")],
}`,
      { signed, pairs },
    );
    const twice = <T>(cases: readonly T[]): T[] => cases.flatMap((each) => [each, each]);
    const ours = signed.map(wilcoxonSignedRank);
    expect(
      differing(
        ours.flatMap(({ statistic, p }) => [statistic, p]),
        answer.signed.flat(),
        twice(signed),
        1e-10,
      ),
    ).toEqual([]);
    const tests = pairs.flatMap(([first, second]) =>
      alternatives.map((alternative) => mannWhitney(first, second, alternative)),
    );
    expect(
      differing(
        tests.flatMap(({ statistic, p }) => [statistic, p]),
        answer.pairs.flat(),
        twice(pairs.flatMap((each) => [each, each, each])),
        1e-10,
      ),
    ).toEqual([]);
  });

  test('corrections are those of statsmodels', async () => {
    const random = randomGenerator('corrections');
    const families = many(200, () =>
      many(1 + random.integer(40), () => (random.next() < 0.2 ? 0.01 : spread(random, 1e-6, 1))),
    );
    const methods = { holm, fdr_bh: benjaminiHochberg, bonferroni };
    const answer = await askOracle<Record<keyof typeof methods, Answer[][]>>(
      `
from statsmodels.stats.multitest import multipletests
answer = {method: [multipletests(each, method=method)[1] for each in given] for method in ("holm", "fdr_bh", "bonferroni")}`,
      families,
    );
    for (const [name, correct] of Object.entries(methods)) {
      expect(
        differing(families.flatMap(correct), answer[name as keyof typeof methods].flat(), families.flat(), 1e-14),
      ).toEqual([]);
    }
  });
});
