import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { knownMetric } from './direction.ts';
import { isUndefined } from './paired.ts';
import type { Answers, BinaryTruth, Truth } from './predictions.ts';
import { computeMetrics, metricsFor, predictionMetric } from './registry.ts';

const tasks = ['binary', 'multiclass', 'multilabel', 'regression', 'ranking'] as const;
const binary = (labels: number[], scores: number[]): [BinaryTruth, Answers] => [
  { task: 'binary', labels: Uint8Array.from(labels) },
  { scores: Float64Array.from(scores) },
];
const value = (name: string, truth: Truth, answers: Answers): number => {
  const found = predictionMetric(name)?.compute(truth, answers);
  if (typeof found !== 'number') throw new Error(`${name}: ${JSON.stringify(found)}`);
  return found;
};
const reason = (name: string, truth: Truth, answers: Answers): string => {
  const found = predictionMetric(name)?.compute(truth, answers);
  return found !== undefined && isUndefined(found) ? found.undefined : `not undefined: ${found}`;
};

describe('names', () => {
  test.each([
    ['accuracy', 'accuracy'],
    [' Accuracy_Score ', 'accuracy'],
    ['acc', 'accuracy'],
    ['AUC', 'roc_auc'],
    ['roc-auc', 'roc_auc'],
    ['ap', 'average_precision'],
    ['logloss', 'log_loss'],
    ['brier_score_loss', 'brier'],
    ['f1_score', 'f1'],
    ['F1 macro', 'f1_macro'],
    ['macro_f1', 'f1_macro'],
    ['f1_binary', 'f1'],
    ['fbeta_2', 'f2'],
    ['f0.5_weighted', 'f0.5_weighted'],
    ['f0_5', 'f0.5'],
    ['precision-weighted', 'precision_weighted'],
    ['tpr', 'recall'],
    ['sensitivity_macro', 'recall_macro'],
    ['fpr', 'fpr'],
    ['ndcg@10', 'ndcg@10'],
    ['ndcg_at_5', 'ndcg@5'],
    ['mrr', 'mrr'],
    ['top_5_accuracy', 'top_5_accuracy'],
    ['top1_acc', 'top_1_accuracy'],
    ['accuracy@3', 'top_3_accuracy'],
    ['pinball_0.9', 'pinball_0.9'],
    ['quantile_loss_0.25', 'pinball_0.25'],
    ['root_mean_squared_error', 'rmse'],
  ])('%j is %s', (written, name) => expect(predictionMetric(written)?.name).toBe(name));

  test.each([
    '',
    'accuracy_macro',
    'f',
    'f0',
    'f-1',
    'ndcg@0',
    'ndcg@1.5',
    'top_0_accuracy',
    'pinball_1.5',
    'pinball_0',
    'pinball',
    'pr_auc',
    'constructor',
    '__proto__',
    '__proto___macro',
    'toString',
    'val_accuracy',
    'latency_ms',
  ])('%j is none', (written) => expect(predictionMetric(written)).toBeUndefined());

  test('any text is a metric or none', () => {
    fc.assert(fc.property(fc.string(), (text) => void predictionMetric(text)));
  });

  test('a metric is found by its own name', () => {
    for (const name of [...tasks.flatMap(metricsFor), 'f2_samples', 'pinball_0.05', 'roc_auc_ovr_weighted', 'rmsle']) {
      expect(predictionMetric(name)?.name).toBe(name);
    }
  });

  test('the direction is the one that the name says elsewhere', () => {
    const names =
      `accuracy error_rate hamming_loss balanced_accuracy mcc cohen_kappa selection_rate precision recall jaccard specificity npv
      fpr fnr fdr f1 f2 f0.5 f1_macro precision_weighted recall_samples roc_auc average_precision roc_auc_ovr roc_auc_ovo log_loss brier ece
      mae mse rmse mape msle rmsle r2 explained_variance median_absolute_error max_error ndcg ndcg@10 mrr map top_5_accuracy`.split(
        /\s+/,
      );
    const known = names.map((name) => [name, knownMetric(name)?.direction]);
    expect(names.map((name) => [name, predictionMetric(name)?.direction])).toEqual(known);
  });

  test('a report has metrics of every task, and each is for it', () => {
    for (const task of tasks) {
      expect(metricsFor(task).length).toBeGreaterThan(3);
      for (const name of metricsFor(task)) expect(predictionMetric(name)?.tasks).toContain(task);
    }
  });
});

describe('there is no number, and a reason, for', () => {
  test.each([
    ['one class only', 'roc_auc', ...binary([1, 1], [0.1, 0.9]), 'all rows are of the positive class'],
    ['no positive row', 'average_precision', ...binary([0, 0], [0.1, 0.9]), 'all rows are of the negative class'],
    ['no rows', 'accuracy', ...binary([], []), 'there are no rows'],
    ['NaN as a score', 'roc_auc', ...binary([1, 0], [Number.NaN, 0.9]), '1 row has NaN or infinity as a score'],
    ['infinity', 'log_loss', ...binary([1, 0], [Number.POSITIVE_INFINITY, 0.9]), 'NaN or infinity as a score'],
    ['a percentage', 'brier', ...binary([1, 0], [93, 12]), 'the score 93 is no probability'],
    [
      'a threshold on no probability',
      'f1',
      ...binary([1, 0], [-2, 3]),
      'no predicted classes, and none can be derived',
    ],
    ['another length', 'accuracy', ...binary([1, 0], [0.5]), 'the test set has 2 rows and the answers have 1'],
    ['no negative row', 'fpr', ...binary([1, 1], [0.1, 0.9]), 'no row is of the negative class'],
  ] as const)('%s', (_what, name, truth, answers, why) => expect(reason(name, truth, answers)).toContain(why));

  test('scores that are said to be no probabilities', () => {
    const [truth, { scores }] = binary([1, 0], [0.2, 0.4]);
    expect(reason('log_loss', truth, { scores: scores as Float64Array, calibrated: false })).toContain(
      'no probabilities',
    );
    expect(value('roc_auc', truth, { scores: scores as Float64Array, calibrated: false })).toBe(0);
  });

  test('an average that was not named', () => {
    const truth: Truth = { task: 'multiclass', classes: ['a', 'b'], labels: Uint32Array.of(0, 1) };
    expect(reason('f1', truth, { predicted: Uint32Array.of(0, 1) })).toBe(
      'f1 is not for multiclass predictions; there is f1_macro, f1_micro, f1_weighted',
    );
    expect(reason('rmse', truth, {})).toBe('rmse is not for multiclass predictions');
  });

  test.each([
    [[Number.NaN, 1], 'the weight NaN'],
    [[-1, 1], 'the weight -1'],
    [[0, 0], 'all weights are 0'],
    [[1], '1 weights for 2 rows'],
  ])('the weights %j', (weights, why) => {
    const [truth, answers] = binary([1, 0], [0.2, 0.4]);
    expect(reason('accuracy', { ...truth, weights: Float64Array.from(weights) }, answers)).toContain(why);
  });

  test('probabilities that sum to something else', () => {
    const truth: Truth = { task: 'multiclass', classes: ['a', 'b'], labels: Uint32Array.of(0, 1) };
    const probabilities = [Float64Array.of(0.5, 0.9), Float64Array.of(0.5, 0.3)];
    expect(reason('log_loss', truth, { probabilities })).toBe('the probabilities of a row sum to 1.2');
  });

  test('targets and values that are no numbers, and logarithms of nothing', () => {
    const truth = (targets: number[]): Truth => ({ task: 'regression', targets: Float64Array.from(targets) });
    expect(reason('mae', truth([1, Number.NaN]), { values: Float64Array.of(1, 2) })).toContain('as a target');
    expect(reason('mae', truth([1, 2]), { values: Float64Array.of(1, Number.NaN) })).toContain('as a predicted value');
    expect(reason('mae', truth([1, 2]), {})).toBe('the answers have no predicted values');
    expect(reason('rmsle', truth([1, -1]), { values: Float64Array.of(1, 2) })).toBe('there is no logarithm of 1 + -1');
    expect(reason('r2', truth([1]), { values: Float64Array.of(1) })).toBe('it needs at least two rows');
    expect(reason('mse', truth([1e300]), { values: Float64Array.of(-1e300) })).toBe('it is too large for a number');
  });

  test('a class that no row has, where each class is ranked', () => {
    const truth: Truth = { task: 'multiclass', classes: ['a', 'b', 'c'], labels: Uint32Array.of(0, 1) };
    const probabilities = [Float64Array.of(0.5, 0.2), Float64Array.of(0.5, 0.3), Float64Array.of(0, 0.5)];
    expect(reason('roc_auc_ovr', truth, { probabilities })).toBe('no row is of the class "c"');
  });

  test('a predicted class that does not exist', () => {
    const [truth] = binary([1, 0], []);
    expect(reason('accuracy', truth, { predicted: Uint32Array.of(1, 2) })).toContain('class 2 of 2');
  });
});

describe('definitions of our own', () => {
  test('the calibration error by its bins: Guo et al. 2017, equations 2 and 3', () => {
    // Bins of 1/15: 0.05 is in the first, 0.95 and 0.97 in the last; |0.05 - 0| · 1/4 + |0.5 - 1| · 1/4 + |0.96 - 0.5| · 2/4.
    const [truth, answers] = binary([0, 1, 1, 0], [0.05, 0.5, 0.95, 0.97]);
    expect(value('ece', truth, answers)).toBeCloseTo(0.0125 + 0.125 + 0.23, 12);
  });

  test('the calibration error of several classes is that of the highest probability', () => {
    const truth: Truth = { task: 'multiclass', classes: ['a', 'b', 'c'], labels: Uint32Array.of(0, 2) };
    const probabilities = [Float64Array.of(0.7, 0.2), Float64Array.of(0.2, 0.5), Float64Array.of(0.1, 0.3)];
    expect(value('ece', truth, { probabilities })).toBeCloseTo((0.3 + 0.5) / 2, 12);
  });

  test('the reciprocal rank takes equal scores at their worst, and leaves out queries without a relevant row', () => {
    const truth: Truth = {
      task: 'ranking',
      groups: Uint32Array.of(7, 7, 9, 7, 9, 4),
      relevance: Float64Array.of(0, 1, 1, 0, 0, 0),
    };
    const answers = { scores: Float64Array.of(1, 1, 5, 0, 4, 3) };
    expect(value('mrr', truth, answers)).toBe((1 / 2 + 1) / 2);
    expect(value('mrr@1', truth, answers)).toBe(1 / 2);
    expect(value('map', truth, answers)).toBe((1 / 2 + 1) / 2);
  });
});

test('a slice is what its rows alone would give', () => {
  const [truth, answers] = binary([1, 0, 1, 0, 1, 0], [0.9, 0.2, 0.4, 0.6, 0.3, 0.1]);
  const rows = Uint32Array.of(0, 3, 4);
  const [alone, alsoAlone] = binary([1, 0, 1], [0.9, 0.6, 0.3]);
  for (const name of metricsFor('binary')) {
    expect(predictionMetric(name)?.compute(truth, answers, rows)).toBe(value(name, alone, alsoAlone));
  }
});

test('several metrics at once are each what it is alone', () => {
  const [truth, answers] = binary([1, 0, 1, 0, 1, 0], [0.9, 0.2, 0.4, 0.6, 0.3, 0.1]);
  const all = computeMetrics([...metricsFor('binary'), 'nonsense'], truth, answers);
  for (const name of metricsFor('binary')) expect(all.get(name)).toBe(value(name, truth, answers));
  expect(all.get('nonsense')).toEqual({ undefined: '"nonsense" is no metric that is computed from predictions' });
});

describe('laws', () => {
  const rows = fc.array(
    fc.record({
      label: fc.integer({ min: 0, max: 1 }),
      score: fc.integer({ min: 0, max: 20 }),
      weight: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const both = (given: { label: number; score: number }[]) =>
    binary([1, 0, ...given.map(({ label }) => label)], [0.5, 0.5, ...given.map(({ score }) => score / 20)]);
  const names = [...metricsFor('binary'), 'cohen_kappa', 'selection_rate', 'jaccard_macro', 'specificity', 'fpr'];

  test('an order of the rows changes no metric', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const [truth, answers] = both(given);
        const keys = Array.from(truth.labels, () => numbers.next().value as number);
        const order = Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number));
        for (const name of names) {
          const shuffled = predictionMetric(name)?.compute(truth, answers, order);
          expect(shuffled).toBeCloseTo(value(name, truth, answers), 12);
        }
      }),
    );
  });

  test('weights of 1 change nothing, and a weight is that many rows', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const [truth, answers] = both(given);
        const ones = { ...truth, weights: new Float64Array(truth.labels.length).fill(1) };
        const weights = Float64Array.from([1, 1, ...given.map(({ weight }) => weight)]);
        const repeated = Uint32Array.from([...weights].flatMap((weight, row) => Array<number>(weight).fill(row)));
        for (const name of names) {
          expect(value(name, ones, answers)).toBeCloseTo(value(name, truth, answers), 12);
          const weighted = value(name, { ...truth, weights }, answers);
          expect(predictionMetric(name)?.compute(truth, answers, repeated)).toBeCloseTo(weighted, 10);
        }
      }),
    );
  });

  test('what keeps the order of the scores keeps the area and the average precision', () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(Math.exp, Math.cbrt, (x: number) => 3 * x - 7),
        (given, turned) => {
          const [truth, answers] = both(given);
          const scores = (answers.scores as Float64Array).map(turned);
          for (const name of ['roc_auc', 'average_precision']) {
            expect(value(name, truth, { scores })).toBe(value(name, truth, answers));
          }
        },
      ),
    );
  });

  test('the area of the scores turned round is what is left of 1', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const [truth, answers] = both(given);
        const turned = { scores: (answers.scores as Float64Array).map((score) => -score) };
        expect(value('roc_auc', truth, turned)).toBeCloseTo(1 - value('roc_auc', truth, answers), 12);
      }),
    );
  });

  test('errors of regression scale with the numbers, shares of them do not', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 })), {
      minLength: 3,
      maxLength: 30,
    });
    const powers: Readonly<Record<string, number>> = {
      mae: 1,
      mse: 2,
      rmse: 1,
      median_absolute_error: 1,
      max_error: 1,
      'pinball_0.9': 1,
      mape: 0,
      r2: 0,
      explained_variance: 0,
    };
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.01, max: 100, noNaN: true }), (given, scale) => {
        const of = (factor: number): [Truth, Answers] => [
          { task: 'regression', targets: Float64Array.from(given, ([target]) => factor * target) },
          { values: Float64Array.from(given, ([, predicted]) => factor * predicted) },
        ];
        fc.pre(new Set(given.map(([target]) => target)).size > 1);
        for (const [name, power] of Object.entries(powers)) {
          const plain = value(name, ...of(1));
          expect(value(name, ...of(scale)) / scale ** power).toBeCloseTo(plain, 6);
        }
      }),
    );
  });
});
