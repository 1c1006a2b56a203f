import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Verdict, worstFirst } from '../check.ts';
import { metricsOfTree } from '../metrics/formats.ts';
import type { MetricSet } from '../metrics/metric-set.ts';
import { toTree } from '../metrics/tolerant-json.ts';
import { defaultRules } from './default-rules.ts';
import { type Judgement, judge } from './judge.ts';
import type { Champion } from './judge-files.ts';
import { parseRules } from './parse-rules.ts';

type Numbers = Readonly<Record<string, unknown>>;
const directions = { up: 'higher', down: 'lower', up2: 'higher' } as const;

const set = (numbers: Numbers, source = 'm.json'): MetricSet => metricsOfTree(toTree(numbers), 'json', source);
const found = (numbers: Numbers): Champion => ({ kind: 'found', metrics: set(numbers, 'champion.json') });
const nobody = (accepted: boolean): Champion => ({ kind: 'missing', reason: 'nobody is there', accepted });

function judged(rules: string, candidate: Numbers, champion: Numbers | Champion): Judgement {
  const other = 'kind' in champion ? (champion as Champion) : found(champion);
  return judge(parseRules(rules, directions), set(candidate), other);
}
const verdictOf = (rules: string, candidate: Numbers, champion: Numbers | Champion = {}): Verdict =>
  judged(rules, candidate, champion).verdict;
const reasonOf = (rules: string, candidate: Numbers, champion: Numbers | Champion = {}): string =>
  judged(rules, candidate, champion).checks[0]?.reason ?? '';

describe('figures in words', () => {
  test.each([
    ['accuracy >= 0.9', { accuracy: 0.871 }, {}, 'accuracy 0.871 is below 0.9'],
    ['accuracy >= 0.9', { accuracy: 0.9 }, {}, 'accuracy 0.9 is at least 0.9'],
    ['accuracy > champion', { accuracy: 0.9 }, { accuracy: 0.9 }, 'accuracy 0.9 is not above champion 0.9'],
    [
      'accuracy >= champion - 0.005',
      { accuracy: 0.871 },
      { accuracy: 0.942 },
      'accuracy 0.871 is below champion 0.942 - 0.005 = 0.937',
    ],
    [
      'accuracy >= champion',
      { accuracy: 0.9419999 },
      { accuracy: 0.942 },
      'accuracy 0.9419999 is below champion 0.942',
    ],
    [
      'log_likelihood >= champion * 0.99',
      { log_likelihood: -102 },
      { log_likelihood: -100 },
      'log_likelihood -102 is below champion -100 * 0.99 = -101',
    ],
    ['rmse <= champion + 1%', { rmse: 1 }, { rmse: 2 }, 'rmse 1 is at most champion 2 + 1% = 2.02'],
  ])('%s', (rule, candidate, champion, reason) => expect(reasonOf(rule, candidate, champion)).toBe(reason));
});

describe('margins', () => {
  test.each([
    // [rule, candidate, champion, verdict]
    ['up >= champion * 0.99', 99, 100, 'pass'],
    ['up >= champion * 0.99', 98.9, 100, 'fail'],
    ['up >= champion * 0.99', -101, -100, 'pass'],
    ['up >= champion * 0.99', -101.1, -100, 'fail'],
    ['up >= champion * 1.01', -99.5, -100, 'fail'],
    ['up >= champion * 1.01', -99, -100, 'pass'],
    ['down <= champion * 1.01', -99, -100, 'pass'],
    ['down <= champion * 1.01', -98.9, -100, 'fail'],
    ['down <= champion + 1%', 101, 100, 'pass'],
    ['down <= champion + 1%', 101.01, 100, 'fail'],
    ['up >= champion - 0.1', 0.7, 0.8, 'pass'],
    ['up >= champion - 0.1', -0.1, 0, 'pass'],
    ['up >= champion - 0.1', -0.11, 0, 'fail'],
    ['up >= champion', 0, 0, 'pass'],
    ['up >= champion', -0, 0, 'pass'],
    ['up > champion', 1e-300, 0, 'pass'],
  ] as const)('%s: %d against %d', (rule, candidate, champion, verdict) => {
    const metric = rule.startsWith('up') ? 'up' : 'down';
    expect(verdictOf(rule, { [metric]: candidate }, { [metric]: champion })).toBe(verdict);
  });

  test.each([0, -0, 1e-13, -1e-13])('a share of %d is no margin', (champion) => {
    for (const rule of ['up >= champion * 0.99', 'up >= champion - 1%']) {
      expect(verdictOf(rule, { up: 5 }, { up: champion })).toBe('error');
      expect(reasonOf(rule, { up: 5 }, { up: champion })).toContain('`up >= champion - 0.01`');
    }
  });

  test('the report has the unrounded figures', () => {
    expect(judged('up >= champion - 0.1', { up: 0.7 }, { up: 0.8 }).checks[0]).toMatchObject({
      value: 0.7,
      baseline: 0.8,
      threshold: 0.7,
      margin: -0.1,
      verdict: 'pass',
      advisory: false,
    });
  });
});

describe('fails closed', () => {
  const rules = [
    'up >= 0',
    'up >= champion',
    'up > champion',
    'up >= champion - 100',
    'up >= champion * 0.1',
    'up >= champion - 99%',
  ];
  const holes: readonly unknown[] = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    'NaN',
    'high',
    null,
    true,
    [1],
    '93%',
  ];

  test('what the candidate does not show fails, also when a missing champion is accepted', () => {
    for (const rule of rules) {
      for (const hole of holes) {
        const candidate = hole === undefined ? {} : { up: hole };
        for (const champion of [found({ up: 1 }), nobody(false), nobody(true)]) {
          expect(verdictOf(rule, candidate, champion)).toBe('fail');
        }
      }
    }
  });

  test('what the champion does not show is an error', () => {
    for (const rule of rules.slice(1)) {
      for (const hole of holes)
        expect(verdictOf(rule, { up: 1 }, hole === undefined ? {} : { up: hole })).toBe('error');
      expect(verdictOf(rule, { up: 1 }, nobody(false))).toBe('error');
    }
  });

  test('a slice that is not there fails, whatever the whole shows', () => {
    expect(verdictOf('recall[segment=new] >= 0.5', { recall: 0.9, slices: { 'segment=old': { recall: 0.9 } } })).toBe(
      'fail',
    );
    expect(verdictOf('recall[segment=new] >= 0.5', { recall: 0.1, slices: { 'segment=new': { recall: 0.9 } } })).toBe(
      'pass',
    );
  });

  test('without a champion, an accepted lack leaves the thresholds to judge', () => {
    const { verdict, notCompared, checks } = judged('up >= 1\nup >= champion', { up: 2 }, nobody(true));
    expect([verdict, checks.length, notCompared.map((rule) => rule.text)]).toEqual(['pass', 1, ['up >= champion']]);
  });

  test('nothing judged is an error', () => {
    expect(verdictOf('up >= champion', { up: 2 }, nobody(true))).toBe('error');
    expect(verdictOf('up >= champion\nup >= 1 advisory', { up: 2 }, nobody(true))).toBe('error');
    expect(verdictOf('up >= 1 advisory', { up: 2 })).toBe('error');
  });

  test("the worst verdict is the run's, and an advisory one is shown only", () => {
    expect(verdictOf('up >= 1\ndown <= champion', { up: 2, down: 1 }, nobody(false))).toBe('error');
    expect(verdictOf('up >= 3\ndown <= champion', { up: 2, down: 1 }, nobody(false))).toBe('fail');
    const { verdict, checks } = judged('up >= 1\nup >= 3 advisory', { up: 2 }, {});
    expect([verdict, checks.map((check) => check.verdict)]).toEqual(['pass', ['pass', 'fail']]);
  });

  test.each([
    ['accuracy >= 0.9', 60, undefined],
    ['accuracy >= champion', 60, 0.93],
    ['accuracy >= champion', 0.93, 60],
    ['error_rate <= 5', 0.5, undefined],
  ])('per cent against fraction is an error: %s with %d', (rule, candidate, champion) => {
    const metric = rule.split(' ')[0] as string;
    expect(verdictOf(rule, { [metric]: candidate }, { [metric]: champion ?? null })).toBe('error');
    expect(reasonOf(rule, { [metric]: candidate }, { [metric]: champion ?? null })).toContain('percentage');
  });

  test('two percentages compare', () =>
    expect(verdictOf('accuracy >= champion', { accuracy: 94 }, { accuracy: 93 })).toBe('pass'));

  test('a threshold beyond every number is an error', () => {
    expect(verdictOf('down <= champion * 10', { down: 1 }, { down: 1e308 })).toBe('error');
  });

  test('a missing metric says what is there', () => {
    expect(reasonOf('accuracy >= 1', { 'metrics.accuracy': 0.9, loss: 1 })).toBe(
      'the candidate has no accuracy; it has metrics.accuracy (m.json)',
    );
    expect(reasonOf('accuracy >= 1', { loss: 1 })).toBe('the candidate has no accuracy; it has loss (m.json)');
    expect(reasonOf('accuracy >= 1', {})).toBe('the candidate has no metrics at all (m.json)');
    expect(reasonOf('accuracy >= 1', { accuracy: '93%' })).toContain('has the text "93%" for accuracy');
  });
});

describe('default rules', () => {
  test('cover what the champion has and whose direction is known', () => {
    const { rules, unjudged } = defaultRules(
      set({
        accuracy: 0.9,
        rmse: 2,
        support: 100,
        latency_ms: 5,
        train_loss: 0.1,
        ks: 1,
        slices: { 'a=1': { f1: 0.5 } },
      }),
      { ks: 'lower' },
    );
    expect(rules.map((rule) => rule.text)).toEqual([
      'accuracy >= champion - 1%',
      'rmse <= champion + 1%',
      'ks <= champion + 1%',
      'f1[a=1] >= champion - 1%',
    ]);
    expect(unjudged).toEqual(['support', 'latency_ms', 'train_loss']);
  });

  test('are the rules that their text says', () => {
    const { rules } = defaultRules(set({ accuracy: 0.9, 'odd rmse': 2 }), { 'odd rmse': 'lower' });
    expect(parseRules(rules.map((rule) => rule.text).join('\n'), { 'odd rmse': 'lower' })).toEqual(rules);
  });

  test('a metric that the candidate drops fails', () => {
    const champion = found({ accuracy: 0.9, f1: 0.8 });
    const { rules } = defaultRules(set({ accuracy: 0.9, f1: 0.8 }), {});
    expect(judge(rules, set({ accuracy: 0.99 }), champion).verdict).toBe('fail');
    expect(judge(rules, set({ accuracy: 0.892, f1: 0.8 }), champion).verdict).toBe('pass');
    expect(judge(rules, set({ accuracy: 0.89, f1: 0.8 }), champion).verdict).toBe('fail');
  });
});

test('worst first, advisory after what counts', () => {
  const { checks } = judged('up >= 1\nup >= 9 advisory\nup >= 8\ndown <= champion', { up: 2, down: 1 }, nobody(false));
  expect(worstFirst(checks).map((check) => check.name)).toEqual([
    'up >= 8',
    'up >= 9 advisory',
    'down <= champion',
    'up >= 1',
  ]);
});

describe('laws', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    fc.constantFrom(0, -0, 1, -1, 0.1, -0.1, 1e-12, -1e-12, 1e-300, 0.9, 100),
    fc.integer({ min: -20, max: 20 }).map((tenths) => tenths / 10),
  );
  const literal = fc.integer({ min: 0, max: 300 }).map((hundredths) => String(hundredths / 100));
  const rightSide = fc.oneof(
    fc.constant('champion'),
    literal.map((text) => `champion + ${text}`),
    literal.map((text) => `champion - ${text}`),
    literal.map((text) => `champion * ${text}`),
    literal.map((text) => `champion - ${text}%`),
    literal.map((text) => `champion + ${text}%`),
  );
  const anyRight = fc.oneof(rightSide, number.map(String));
  const strict = fc.boolean();
  const rank = (verdict: Verdict): number => (verdict === 'pass' ? 0 : 1);
  const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 2000 });

  test('antisymmetry: when A strictly beats B, B does not beat A', () => {
    check(
      fc.property(number, number, (a, b) => {
        const wins = verdictOf('up > champion', { up: a }, { up: b }) === 'pass';
        const loses = verdictOf('up > champion', { up: b }, { up: a }) === 'pass';
        expect(wins && loses).toBe(false);
        expect(wins || loses).toBe(a !== b);
      }),
    );
  });

  test('a model never beats itself, and is never worse than itself', () => {
    check(
      fc.property(number, literal, (a, margin) => {
        const itself = { up: a, down: a };
        for (const rule of ['up > champion', 'down < champion']) expect(verdictOf(rule, itself, itself)).toBe('fail');
        for (const rule of [
          'up >= champion',
          'down <= champion',
          `up >= champion - ${margin}`,
          `down <= champion + ${margin}`,
        ]) {
          expect(verdictOf(rule, itself, itself)).toBe('pass');
        }
        for (const rule of [`up > champion + ${margin}`, `down < champion - ${margin}`]) {
          expect(verdictOf(rule, itself, itself)).toBe('fail');
        }
        for (const rule of [`up > champion + ${margin}%`, `down < champion * ${Math.min(1, Number(margin))}`]) {
          expect(verdictOf(rule, itself, itself)).not.toBe('pass');
        }
        for (const rule of [`up >= champion - ${margin}%`, `down <= champion + ${margin}%`]) {
          expect(verdictOf(rule, itself, itself)).toBe(Math.abs(a) < 1e-12 ? 'error' : 'pass');
        }
      }),
    );
  });

  test("monotony: a better candidate never loses, whatever the champion's sign", () => {
    check(
      fc.property(number, number, number, anyRight, strict, (a, b, champion, right, isStrict) => {
        const [low, high] = a <= b ? [a, b] : [b, a];
        const up = `up ${isStrict ? '>' : '>='} ${right}`;
        const down = `down ${isStrict ? '<' : '<='} ${right}`;
        expect(rank(verdictOf(up, { up: high }, { up: champion }))).toBeLessThanOrEqual(
          rank(verdictOf(up, { up: low }, { up: champion })),
        );
        expect(rank(verdictOf(down, { down: low }, { down: champion }))).toBeLessThanOrEqual(
          rank(verdictOf(down, { down: high }, { down: champion })),
        );
      }),
    );
  });

  test('a wider margin never turns pass into fail', () => {
    check(
      fc.property(number, number, literal, literal, fc.constantFrom('', '%'), (a, champion, one, other, unit) => {
        const [narrow, wide] = Number(one) <= Number(other) ? [one, other] : [other, one];
        const verdict = (margin: string): number =>
          rank(verdictOf(`up >= champion - ${margin}${unit}`, { up: a }, { up: champion }));
        expect(verdict(wide)).toBeLessThanOrEqual(verdict(narrow));
      }),
    );
  });

  test('flipping every sign, operator and margin changes nothing', () => {
    check(
      fc.property(
        number,
        number,
        literal,
        strict,
        fc.constantFrom('', '%'),
        fc.constantFrom('+', '-'),
        (a, champion, margin, isStrict, unit, sign) => {
          const flipped = sign === '+' ? '-' : '+';
          const up = verdictOf(
            `up ${isStrict ? '>' : '>='} champion ${sign} ${margin}${unit}`,
            { up: a },
            { up: champion },
          );
          const down = verdictOf(
            `down ${isStrict ? '<' : '<='} champion ${flipped} ${margin}${unit}`,
            { down: -a },
            { down: -champion },
          );
          expect(down).toBe(up);
        },
      ),
    );
  });

  test('a relative margin does not depend on the unit', () => {
    const amount = fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000);
    check(
      fc.property(amount, amount, literal, fc.integer({ min: -4, max: 6 }), (a, champion, factor, power) => {
        const rule = `up >= champion * ${factor}`;
        const scale = (value: number): number => Number(`${value}e${power}`);
        expect(verdictOf(rule, { up: scale(a) }, { up: scale(champion) })).toBe(
          verdictOf(rule, { up: a }, { up: champion }),
        );
      }),
    );
  });

  test('the order of rules and keys changes nothing', () => {
    const lines = ['up >= 1', 'down <= champion', 'up > champion - 1%', 'up2 >= champion * 0.9', 'down < 3 advisory'];
    const keys = fc.tuple(number, number, number);
    check(
      fc.property(
        keys,
        keys,
        fc.shuffledSubarray(lines, { minLength: lines.length }),
        ([a, b, c], [d, e, f], shuffled) => {
          const first = judged(lines.join('\n'), { up: a, down: b, up2: c }, { up: d, down: e, up2: f });
          const second = judged(shuffled.join('\n'), { up2: c, down: b, up: a }, { down: e, up2: f, up: d });
          expect(second.verdict).toBe(first.verdict);
          const byName = (judgement: Judgement): string[][] =>
            judgement.checks.map((one) => [one.name, one.verdict, one.reason]).sort();
          expect(byName(second)).toEqual(byName(first));
        },
      ),
    );
  });

  test('dropping or spoiling a metric that a rule asks for never passes', () => {
    check(
      fc.property(
        number,
        number,
        anyRight,
        fc.constantFrom<unknown>(undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 'x'),
        (a, champion, right, hole) => {
          const rules = `up2 >= ${right}\nup >= -1e9`;
          const spoilt = hole === undefined ? { up: a } : { up: a, up2: hole };
          expect(verdictOf(rules, spoilt, { up: champion, up2: champion })).toBe('fail');
        },
      ),
    );
  });
});
