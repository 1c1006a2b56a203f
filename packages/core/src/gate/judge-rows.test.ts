import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Verdict } from '../check.ts';
import { metricsOfTree } from '../metrics/formats.ts';
import { toTree } from '../metrics/tolerant-json.ts';
import { type Judgement, type JudgeOptions, judge, judgeDefaults } from './judge.ts';
import type { Champion } from './judge-files.ts';
import { parseRules } from './parse-rules.ts';
import { type Stub, stubTestSet } from './testing/stub-test-set.ts';

const nobody: Champion = { kind: 'missing', reason: 'no `champion` is given', accepted: false };
const nothing = metricsOfTree(toTree({}), 'json', 'm.json');
const directions = { up: 'higher', down: 'lower' } as const;

function judged(
  rules: string,
  stub: Stub,
  options: Partial<JudgeOptions> = {},
  shape: { rows?: number; paired?: boolean } = {},
): Judgement {
  const parsed = parseRules(rules, directions);
  return judge(parsed, nothing, nobody, stubTestSet(stub, shape), { ...judgeDefaults, ...options });
}
const verdictOf = (...given: Parameters<typeof judged>): Verdict => judged(...given).verdict;
const reasonOf = (...given: Parameters<typeof judged>): string => judged(...given).checks[0]?.reason ?? '';

/** The half of the stub's 95 % interval is 3 standard errors. */
const certain = (candidate: number, champion: number, half = 0.006): Stub => ({
  up: { candidate, champion, error: half / -Math.log(0.05) },
});

describe('the champion is compared by the bounds of the difference', () => {
  test.each<[string, number, number, Verdict]>([
    // [rule, difference, half of its interval, verdict]
    ['up >= champion - 0.01', 0, 0.006, 'pass'],
    ['up >= champion - 0.01', -0.003, 0.006, 'pass'],
    ['up >= champion - 0.01', -0.005, 0.006, 'inconclusive'],
    ['up >= champion - 0.01', -0.015, 0.006, 'inconclusive'],
    ['up >= champion - 0.01', -0.017, 0.006, 'fail'],
    ['up >= champion - 1%', -0.002, 0.006, 'pass'],
    ['up >= champion', 0, 0, 'pass'],
    ['up >= champion', 0, 0.006, 'inconclusive'],
    ['up > champion', 0, 0, 'fail'],
    ['up > champion', 0.007, 0.006, 'pass'],
    ['up > champion', 0.005, 0.006, 'inconclusive'],
    ['up > champion', -0.007, 0.006, 'fail'],
    ['up > champion + 0.01', 0.02, 0.006, 'pass'],
    ['up > champion + 0.01', 0.015, 0.006, 'inconclusive'],
    ['up > champion + 0.01', 0.003, 0.006, 'fail'],
    ['up >= champion * 1.01', 0.02, 0.006, 'pass'],
  ])('%s: Δ %d ± %d is %s', (rule, difference, half, verdict) => {
    expect(verdictOf(rule, certain(0.8 + difference, 0.8, half))).toBe(verdict);
    const mirrored = rule
      .replace('up', 'down')
      .replace('>', '<')
      .replace(/[-+]/, (sign) => (sign === '+' ? '-' : '+'))
      .replace('1.01', '0.99');
    const [stub] = Object.values(certain(0.8 - difference, 0.8, half));
    expect(verdictOf(mirrored, { down: stub ?? {} })).toBe(verdict);
  });

  test.each([
    [
      0.01,
      'up 0.81 is at least champion 0.8 - 0.005: the difference is +0.01, with 95 % confidence no worse than +0.004',
    ],
    [
      -0.02,
      'up 0.78 is below champion 0.8 - 0.005: the difference is -0.02, with 95 % confidence no better than -0.014',
    ],
    [
      -0.001,
      'up 0.799 against champion 0.8 - 0.005 cannot be told on 1,000 rows: the difference is -0.001, with 95 % confidence no worse than -0.007 and no better than +0.005; about 3,300 rows would tell if the models are equally good',
    ],
  ])('Δ %d in words', (difference, reason) => {
    expect(reasonOf('up >= champion - 0.005', certain(0.8 + difference, 0.8))).toBe(reason);
  });

  test('the figures are in the check, unrounded', () => {
    expect(judged('up >= champion - 0.1', certain(0.75, 0.8)).checks[0]).toMatchObject({
      value: 0.75,
      baseline: 0.8,
      threshold: 0.7,
      margin: -0.1,
      significance: 'tested',
      comparison: { method: 'bootstrap', n: 1000 },
    });
  });

  test('not when the champion is not to be compared with', () => {
    const { verdict, notCompared } = judged('up >= 0.5\nup > champion', certain(0.8, 0.9), { compare: false });
    expect([verdict, notCompared.map((rule) => rule.text)]).toEqual(['pass', ['up > champion']]);
  });

  test('a champion of 0 has no share, and a fraction is no percentage', () => {
    expect(verdictOf('up >= champion - 1%', certain(0, 0))).toBe('error');
    expect(verdictOf('accuracy >= 90', { accuracy: { candidate: 0.93, champion: 0.9 } })).toBe('error');
  });
});

describe('a number', () => {
  const stub: Stub = { up: { candidate: 0.91, error: 0.02 / -Math.log(0.05) } };
  test('is held against the figure as it is', () => {
    expect(verdictOf('up >= 0.9', stub)).toBe('pass');
    expect(reasonOf('up >= 0.9', stub)).toBe('up 0.91 is at least 0.9');
  });
  test.each([
    ['up >= 0.88 confident', 'pass', 'up 0.91 is at least 0.88 with 95 % confidence (0.89 at worst)'],
    [
      'up >= 0.9 confident',
      'inconclusive',
      'up 0.91 cannot be said to be at least 0.9 with 95 % confidence: it may be 0.89',
    ],
    ['up >= 0.94 confident', 'fail', 'up 0.91 is below 0.94 with 95 % confidence (0.93 at best)'],
  ] as const)('%s is %s', (rule, verdict, reason) => {
    expect([verdictOf(rule, stub), reasonOf(rule, stub)]).toEqual([verdict, reason]);
  });
  test('a metrics file has no confidence to give', () => {
    const set = metricsOfTree(toTree({ accuracy: 0.95 }), 'json', 'm.json');
    const { verdict, checks } = judge(parseRules('accuracy >= 0.9 confident', {}), set, nobody);
    expect(verdict).toBe('error');
    expect(checks[0]?.reason).toContain('m.json holds figures only');
  });
});

describe('fails closed', () => {
  test('a metric that is undefined is an error', () => {
    expect(verdictOf('up >= 0.5', { up: {} })).toBe('error');
    expect(reasonOf('up >= 0.5', { up: {} })).toBe('up of the candidate is undefined: one class only');
    expect(verdictOf('up >= champion', { up: { candidate: 0.9 } })).toBe('error');
    expect(verdictOf('up >= 0.5', { up: { candidate: Number.NaN } })).toBe('fail');
    expect(verdictOf('up >= champion', { up: { candidate: 1, champion: Number.NaN } })).toBe('error');
    expect(verdictOf('up >= champion', certain(0.9, 0.8, Number.NaN))).toBe('error');
  });
  test('few rows are inconclusive, whatever they show', () => {
    expect(verdictOf('up > champion', certain(1, 0, 0), {}, { rows: 30 })).toBe('inconclusive');
    expect(reasonOf('up >= 0.1', certain(1, 0, 0), {}, { rows: 30 })).toBe(
      'up says too little: predictions.csv has 30 rows, and `min-samples` is 200',
    );
    expect(verdictOf('up > champion', certain(1, 0, 0), { minSamples: 30 }, { rows: 30 })).toBe('pass');
  });
  test('a slice that is not there, and one that is too small', () => {
    const stub: Stub = { ...certain(0.9, 0.8), 'up[segment=new]': { candidate: 0.9, champion: 0.8, rows: 20 } };
    expect(verdictOf('up[segment=odd] >= 0.1', stub)).toBe('error');
    expect(verdictOf('up[segment=new] >= 0.1', stub)).toBe('inconclusive');
    expect(verdictOf('up[segment=new] >= 0.1', stub, { minSlice: 20 })).toBe('pass');
  });
  test('no champion is an error', () =>
    expect(verdictOf('up >= champion', certain(1, 0), {}, { paired: false })).toBe('error'));
});

describe('groups', () => {
  const stub: Stub = {
    'up[s=a]': { candidate: 0.9, champion: 0.9, error: 0.001, rows: 100 },
    'up[s=b]': { candidate: 0.7, champion: 0.8, error: 0.001, rows: 60 },
    'up[s=c]': { candidate: 0.1, champion: 0.8, error: 0.001, rows: 10 },
  };
  test('the worst one decides, and small ones are named', () => {
    expect(verdictOf('up[worst of s] >= 0.6', stub)).toBe('pass');
    const [check] = judged('up[worst of s] >= 0.8', stub).checks;
    expect(check).toMatchObject({ verdict: 'fail', value: 0.7, tooSmall: [{ name: 's=c', rows: 10 }] });
    expect(check?.reason).toBe('the worst of 2 groups: up[s=b] 0.7 is below 0.8; too small to judge: s=c with 10');
    expect(check?.parts?.map(({ name, rows, verdict }) => [name, rows, verdict])).toEqual([
      ['s=a', 100, 'pass'],
      ['s=b', 60, 'fail'],
    ]);
    expect(verdictOf('up[worst of s] >= champion - 0.05', stub)).toBe('fail');
    expect(verdictOf('up[worst of s] >= champion - 0.2', stub)).toBe('pass');
    expect(verdictOf('up[worst of s] >= 0.1', stub, { minSlice: 200 })).toBe('inconclusive');
    expect(verdictOf('up[worst of s] >= 0.1', { ...stub, 'up[s=d]': {} })).toBe('error');
  });
  test('the gap and the ratio between them', () => {
    expect(reasonOf('gap(up by s) <= 0.3', stub)).toBe(
      'gap(up by s) 0.2 is at most 0.3 (s=b 0.7, s=a 0.9); too small to judge: s=c with 10',
    );
    expect(verdictOf('gap(up by s) <= 0.1', stub)).toBe('fail');
    expect(verdictOf('ratio(up by s) >= 0.75', stub)).toBe('pass');
    expect(verdictOf('ratio(up by s) >= 0.8', stub)).toBe('fail');
    expect(verdictOf('gap(up by s) <= champion', stub)).toBe('fail');
    expect(verdictOf('gap(up by s) <= champion + 0.11', stub)).toBe('pass');
    expect(verdictOf('gap(up by s) <= 1', stub, { minSlice: 80 })).toBe('inconclusive');
    const zeros: Stub = { 'up[s=a]': { candidate: 0 }, 'up[s=b]': { candidate: 0 } };
    expect(verdictOf('ratio(up by s) >= 0.8', zeros)).toBe('error');
    expect(verdictOf('gap(up by s) <= 0.1', zeros)).toBe('pass');
  });
  test('of metrics files are their slices', () => {
    const set = (slices: unknown, source: string): ReturnType<typeof metricsOfTree> =>
      metricsOfTree(toTree({ slices }), 'json', source);
    const candidate = set({ 's=a': { up: 0.9 }, 's=b': { up: 0.7 } }, 'new.json');
    const champion: Champion = {
      kind: 'found',
      metrics: set({ 's=a': { up: 0.9 }, 's=b': { up: 0.8 }, 's=c': { up: 0.8 } }, 'old.json'),
    };
    const of = (rule: string): Verdict => judge(parseRules(rule, directions), candidate, champion).verdict;
    expect(of('up[worst of s] >= 0.6')).toBe('pass');
    expect(of('up[worst of s] >= 0.8')).toBe('fail');
    expect(of('gap(up by s) <= 0.1')).toBe('fail');
    expect(of('up[worst of t] >= 0.6')).toBe('error');
    // The champion has a slice that the candidate dropped.
    expect(of('up[worst of s] >= champion - 0.2')).toBe('fail');
  });
});

describe('refusals are corrected over the family', () => {
  const many = (count: number, half: number): { rules: string; stub: Stub } => ({
    rules: Array.from({ length: count }, (_, index) => `up${index} >= champion`).join('\n'),
    stub: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `up${index}`,
        { candidate: index === 0 ? 0.79 : 0.8, champion: 0.8, error: index === 0 ? half / -Math.log(0.05) : 0 },
      ]),
    ),
  });
  const names = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`up${index}`, 'higher' as const]));
  function verdicts(count: number, half: number, correction: JudgeOptions['correction']): Verdict {
    const { rules, stub } = many(count, half);
    const options = { ...judgeDefaults, correction };
    return judge(parseRules(rules, names), nothing, nobody, stubTestSet(stub), options).verdict;
  }
  test('one refusal among 50 metrics that chance explains is not certain enough', () => {
    expect(verdicts(1, 0.009, 'holm')).toBe('fail');
    expect(verdicts(50, 0.009, 'none')).toBe('fail');
    expect(verdicts(50, 0.009, 'holm')).toBe('inconclusive');
    expect(verdicts(50, 0.009, 'bonferroni')).toBe('inconclusive');
    expect(verdicts(50, 0.001, 'holm')).toBe('fail');
  });
  test('and says so', () => {
    const { rules, stub } = many(50, 0.009);
    const { checks } = judge(parseRules(rules, names), nothing, nobody, stubTestSet(stub));
    expect(checks[0]?.reason).toContain('among 50 comparisons that is not certain enough (holm)');
  });
  test('advisory rules are no part of it', () => {
    const { rules, stub } = many(50, 0.009);
    const advisory = rules.replace(/\n/g, ' advisory\n').replace(' advisory', '').concat(' advisory');
    expect(judge(parseRules(advisory, names), nothing, nobody, stubTestSet(stub)).verdict).toBe('fail');
  });
});

describe('laws', () => {
  const figure = fc.double({ min: -2, max: 2, noNaN: true });
  const half = fc.double({ min: 0, max: 1, noNaN: true });
  const rank = (verdict: Verdict): number => ['pass', 'inconclusive', 'error', 'fail'].indexOf(verdict);
  const margin = fc.integer({ min: 0, max: 200 }).map((hundredths) => hundredths / 100);
  const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 1000 });

  test('antisymmetry: when A beats B, B does not beat A', () => {
    check(
      fc.property(figure, figure, half, (a, b, width) => {
        const wins = verdictOf('up > champion', certain(a, b, width)) === 'pass';
        expect(wins && verdictOf('up > champion', certain(b, a, width)) === 'pass').toBe(false);
        if (wins) expect(verdictOf('up > champion', certain(b, a, width))).toBe('fail');
      }),
    );
  });
  test('a model never beats itself, however uncertain, and is never refused for being worse', () => {
    check(
      fc.property(figure, half, margin, (a, width, m) => {
        expect(verdictOf('up > champion', certain(a, a, width))).not.toBe('pass');
        expect(verdictOf(`up > champion + ${m}`, certain(a, a, width))).not.toBe('pass');
        expect(verdictOf(`up >= champion - ${m}`, certain(a, a, width))).not.toBe('fail');
      }),
    );
  });
  test('a wider margin, or a better candidate, is never judged worse', () => {
    check(
      fc.property(figure, figure, figure, half, margin, margin, (a, b, champion, width, m1, m2) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const [narrow, wide] = m1 <= m2 ? [m1, m2] : [m2, m1];
        const of = (value: number, m: number): number =>
          rank(verdictOf(`up >= champion - ${m}`, certain(value, champion, width)));
        expect(of(low, wide)).toBeLessThanOrEqual(of(low, narrow));
        expect(of(high, narrow)).toBeLessThanOrEqual(of(low, narrow));
      }),
    );
  });
  test('more certainty turns no pass into a fail and no fail into a pass', () => {
    check(
      fc.property(figure, figure, half, half, margin, (a, b, w1, w2, m) => {
        const [sure, unsure] = w1 <= w2 ? [w1, w2] : [w2, w1];
        const of = (width: number): Verdict => verdictOf(`up >= champion - ${m}`, certain(a, b, width));
        if (of(unsure) !== 'inconclusive') expect(of(sure)).toBe(of(unsure));
      }),
    );
  });
  test('a relative margin below zero keeps its side', () => {
    check(
      fc.property(fc.double({ min: -2, max: -0.01, noNaN: true }), (champion) => {
        const slightly = champion - 0.005 * Math.abs(champion);
        expect(verdictOf('up >= champion - 1%', certain(slightly, champion, 0))).toBe('pass');
        expect(verdictOf('up >= champion - 0.1%', certain(slightly, champion, 0))).toBe('fail');
      }),
    );
  });
});
