import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Verdict } from '../check.ts';
import { metricsOfTree } from '../metrics/formats.ts';
import type { Answers, BinaryTruth } from '../metrics/predictions.ts';
import { toTree } from '../metrics/tolerant-json.ts';
import { type Judgement, judge, judgeDefaults } from './judge.ts';
import type { Champion } from './judge-files.ts';
import { parseRules } from './parse-rules.ts';
import { predictionTestSet } from './prediction-set.ts';

/** One row: its class, and class and score by each model. */
interface Row {
  readonly label: number;
  readonly candidate: number;
  readonly champion: number;
  readonly candidateScore: number;
  readonly championScore: number;
  readonly group: number;
}

const bit = fc.constantFrom(0, 1);
const score = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const row: fc.Arbitrary<Row> = fc.record({
  label: bit,
  candidate: bit,
  champion: bit,
  candidateScore: score,
  championScore: score,
  group: fc.constantFrom(1, 2),
});
const rows = fc.array(row, { minLength: 8, maxLength: 60 });
const metrics = ['accuracy', 'error_rate', 'f1', 'recall', 'roc_auc', 'brier'] as const;
const metric = fc.constantFrom(...metrics);
const isLower = (name: string): boolean => name.startsWith('error_rate') || name.startsWith('brier');

const nobody: Champion = { kind: 'missing', reason: 'nobody', accepted: false };
const nothing = metricsOfTree(toTree({}), 'json', 'm.json');

function judged(rules: string, given: readonly Row[]): Judgement {
  const answers = (classes: 'candidate' | 'champion', scores: 'candidateScore' | 'championScore'): Answers => ({
    predicted: Uint32Array.from(given, (each) => each[classes]),
    scores: Float64Array.from(given, (each) => each[scores]),
  });
  const truth: BinaryTruth = { task: 'binary', labels: Uint8Array.from(given, ({ label }) => label) };
  const testSet = predictionTestSet(
    {
      source: 'p.csv',
      truth,
      candidate: answers('candidate', 'candidateScore'),
      champion: answers('champion', 'championScore'),
      slices: new Map([['g', { codes: Uint32Array.from(given, ({ group }) => group), texts: ['a', 'b'] }]]),
    },
    { resamples: 60, seed: 1 },
  );
  const options = { ...judgeDefaults, minSamples: 2, minSlice: 2 };
  return judge(parseRules(rules, {}), nothing, nobody, testSet, options);
}
const verdictOf = (rules: string, given: readonly Row[]): Verdict => judged(rules, given).verdict;
const swapped = (given: readonly Row[]): Row[] =>
  given.map((each) => ({
    ...each,
    candidate: each.champion,
    champion: each.candidate,
    candidateScore: each.championScore,
    championScore: each.candidateScore,
  }));
const alike = (given: readonly Row[]): Row[] =>
  given.map((each) => ({ ...each, champion: each.candidate, championScore: each.candidateScore }));
const better = (name: string): string => `${name} ${isLower(name) ? '<' : '>'} champion`;
const notWorse = (name: string, margin: number): string =>
  isLower(name) ? `${name} <= champion + ${margin}` : `${name} >= champion - ${margin}`;

const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 150 });
const rank = (verdict: Verdict): number => ['pass', 'inconclusive', 'error', 'fail'].indexOf(verdict);

describe('laws of the judge on rows', () => {
  test('antisymmetry: when A beats B, B does not beat A and is not found as good without a margin', () => {
    check(
      fc.property(rows, metric, (given, name) => {
        if (verdictOf(better(name), given) !== 'pass') return;
        expect(verdictOf(better(name), swapped(given))).not.toBe('pass');
        expect(verdictOf(notWorse(name, 0), swapped(given))).toBe('fail');
      }),
    );
  });

  test('the difference and its interval are mirrored when the models are swapped', () => {
    check(
      fc.property(rows, metric, (given, name) => {
        const [one] = judged(notWorse(name, 0), given).checks;
        const [other] = judged(notWorse(name, 0), swapped(given)).checks;
        expect(other?.comparison?.difference).toBe(negated(one?.comparison?.difference));
        expect(other?.comparison?.lo ?? 0).toBeCloseTo(-(one?.comparison?.hi ?? 0), 12);
        expect(other?.comparison?.hi ?? 0).toBeCloseTo(-(one?.comparison?.lo ?? 0), 12);
      }),
    );
  });

  test('a model never beats itself, in any metric, slice or group', () => {
    check(
      fc.property(rows, metric, (given, name) => {
        for (const rule of [better(name), better(`${name}[g=a]`), better(`${name}[worst of g]`)]) {
          expect(verdictOf(rule, alike(given))).not.toBe('pass');
        }
      }),
    );
  });

  test('a model is never refused for being worse than itself', () => {
    check(
      fc.property(rows, metric, fc.constantFrom(0, 0.01, 0.5), (given, name, margin) => {
        expect(verdictOf(notWorse(name, margin), alike(given))).not.toBe('fail');
      }),
    );
  });

  test('the order of the rows changes no figure that has a formula, and no point', () => {
    check(
      fc.property(
        rows,
        fc.constantFrom('accuracy', 'error_rate', 'roc_auc'),
        fc.infiniteStream(fc.nat()),
        (given, name, keys) => {
          const shuffled = given
            .map((each) => ({ each, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ each }) => each);
          const figures = (some: readonly Row[]) => {
            const [found] = judged(notWorse(name, 0.1), some).checks;
            return [found?.verdict, found?.comparison?.p.toFixed(9), found?.comparison?.lo.toFixed(9)];
          };
          expect(figures(shuffled)).toEqual(figures(given));
        },
      ),
    );
  });

  test('direction: an error rate is judged as the accuracy that mirrors it', () => {
    check(
      fc.property(rows, fc.constantFrom(0, 0.05, 0.2), (given, margin) => {
        expect(verdictOf(notWorse('error_rate', margin), given)).toBe(verdictOf(notWorse('accuracy', margin), given));
        expect(verdictOf(better('error_rate'), given)).toBe(verdictOf(better('accuracy'), given));
      }),
    );
  });

  test('a wider margin is never judged worse', () => {
    check(
      fc.property(rows, metric, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (given, name, a, b) => {
        const [narrow, wide] = [Math.min(a, b) / 100, Math.max(a, b) / 100];
        expect(rank(verdictOf(notWorse(name, wide), given))).toBeLessThanOrEqual(
          rank(verdictOf(notWorse(name, narrow), given)),
        );
      }),
    );
  });

  test('the worst group passes a number exactly when every group does', () => {
    check(
      fc.property(rows, fc.constantFrom('accuracy', 'roc_auc'), (given, name) => {
        const groups = [1, 2].map((group) => given.filter((each) => each.group === group).length);
        if (groups.some((count) => count < 2)) return;
        const each = ['a', 'b'].map((value) => verdictOf(`${name}[g=${value}] >= 0.5`, given));
        expect(verdictOf(`${name}[worst of g] >= 0.5`, given) === 'pass').toBe(each.every((one) => one === 'pass'));
      }),
    );
  });

  test('NaN among the scores never passes', () => {
    check(
      fc.property(rows, fc.nat(), (given, index) => {
        const spoilt = given.map((each, at) =>
          at === index % given.length ? { ...each, candidateScore: Number.NaN } : each,
        );
        for (const rule of ['roc_auc >= 0', 'brier <= 1', 'roc_auc >= champion - 1']) {
          expect(verdictOf(rule, spoilt)).not.toBe('pass');
        }
      }),
    );
  });

  test('a bound with confidence is never easier to meet than the figure', () => {
    check(
      fc.property(rows, metric, score, (given, name, bound) => {
        const rule = `${name} ${isLower(name) ? '<=' : '>='} ${bound}`;
        if (verdictOf(`${rule} confident`, given) === 'pass') expect(verdictOf(rule, given)).toBe('pass');
      }),
    );
  });
});

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value === 0 ? value : -value;
}
