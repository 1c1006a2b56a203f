import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomGenerator } from '../statistics/index.ts';
import { comparePaired, comparePairedAll } from './compare.ts';
import { isUndefined, type PairedComparison, type PairedOptions } from './paired.ts';
import type { Answers, BinaryTruth, MulticlassTruth, RankingTruth, RegressionTruth, Truth } from './predictions.ts';
import { metricsFor, predictionMetric } from './registry.ts';

const options: PairedOptions = { confidence: 0.9, resamples: 300, seed: 1 };

function compared(
  name: string,
  truth: Truth,
  candidate: Answers,
  champion: Answers,
  given = options,
): PairedComparison {
  const result = comparePaired(name, truth, candidate, champion, given);
  if (isUndefined(result)) throw new Error(`${name}: ${result.undefined}`);
  return result;
}

interface Match {
  readonly truth: Truth;
  readonly candidate: Answers;
  readonly champion: Answers;
}

/** Two models of different quality on rows of any task. */
function match(task: Truth['task'], rows: number, seed: number | string, grid = 0): Match {
  const next = randomGenerator(seed).next;
  const each = <T>(make: () => T): T[] => Array.from({ length: rows }, make);
  const rounded = (value: number): number => (grid === 0 ? value : Math.round(value * grid) / grid);
  const noisy = (values: ArrayLike<number>, noise: number): Float64Array =>
    Float64Array.from(values, (value) => rounded((value + noise * next()) / (1 + noise)));
  if (task === 'binary') {
    const labels = Uint8Array.from(each(() => (next() < 0.4 ? 1 : 0)));
    labels.set([1, 1, 0, 0]);
    const truth: BinaryTruth = { task, labels };
    return { truth, candidate: { scores: noisy(labels, 2) }, champion: { scores: noisy(labels, 3) } };
  }
  if (task === 'multiclass') {
    const labels = Uint32Array.from(each(() => Math.floor(next() * 3)));
    labels.set([0, 1, 2, 0, 1, 2]);
    const truth: MulticlassTruth = { task, classes: ['a', 'b', 'c'], labels };
    const answers = (sure: number): Answers => {
      const columns = [0, 1, 2].map((index) =>
        Float64Array.from(labels, (label) => next() + (label === index ? sure : 0)),
      );
      const total =
        labels.map(() => 0) &&
        Float64Array.from(labels, (_label, row) => columns.reduce((sum, column) => sum + (column[row] as number), 0));
      return { probabilities: columns.map((column) => column.map((value, row) => value / (total[row] as number))) };
    };
    return { truth, candidate: answers(0.6), champion: answers(0.4) };
  }
  if (task === 'multilabel') {
    const labels = [0.5, 0.3].map((share) => Uint8Array.from(each(() => (next() < share ? 1 : 0))));
    const answers = (right: number): Answers => ({
      predictedLabels: labels.map((column) => column.map((label) => (next() < right ? label : 1 - label))),
    });
    return { truth: { task, classes: ['a', 'b'], labels }, candidate: answers(0.8), champion: answers(0.7) };
  }
  if (task === 'regression') {
    const truth: RegressionTruth = { task, targets: Float64Array.from(each(() => 1 + next())) };
    return { truth, candidate: { values: noisy(truth.targets, 0.5) }, champion: { values: noisy(truth.targets, 0.8) } };
  }
  const relevance = Float64Array.from(each(() => Math.floor(next() * 3)));
  const truth: RankingTruth = { task, groups: Uint32Array.from(relevance, (_value, row) => row % 12), relevance };
  return { truth, candidate: { scores: noisy(relevance, 3) }, champion: { scores: noisy(relevance, 6) } };
}

const tasks = ['binary', 'multiclass', 'multilabel', 'regression', 'ranking'] as const;

describe('the method', () => {
  const { truth, candidate, champion } = match('binary', 200, 1);

  test.each([
    ['accuracy', 'mcnemar'],
    ['error_rate', 'mcnemar'],
    ['selection_rate', 'mcnemar'],
    ['roc_auc', 'delong'],
    ['average_precision', 'bootstrap'],
    ['f1', 'bootstrap'],
    ['log_loss', 'bootstrap'],
  ])('of %s is %s', (name, method) => {
    const found = compared(name, truth, candidate, champion);
    expect(found.method).toBe(method);
    expect(found.resamples).toBe(method === 'bootstrap' ? 300 : undefined);
    expect(found).toMatchObject({ metric: name, confidence: 0.9, n: 200 });
    expect(found.candidate).toBe(predictionMetric(name)?.compute(truth, candidate));
    expect(found.difference).toBe(found.candidate - found.champion);
    expect(found.lo).toBeLessThanOrEqual(found.difference);
    expect(found.hi).toBeGreaterThanOrEqual(found.difference);
  });

  test('of weighted rows is the bootstrap', () => {
    const weighted = { ...(truth as BinaryTruth), weights: new Float64Array(200).fill(2) };
    for (const name of ['accuracy', 'roc_auc'])
      expect(compared(name, weighted, candidate, champion).method).toBe('bootstrap');
  });

  test('the error rate mirrors the accuracy', () => {
    const accuracy = compared('accuracy', truth, candidate, champion);
    const errors = compared('error_rate', truth, candidate, champion);
    expect(errors.difference).toBeCloseTo(-accuracy.difference, 12);
    expect([errors.lo, errors.hi]).toEqual([expect.closeTo(-accuracy.hi, 12), expect.closeTo(-accuracy.lo, 12)]);
    expect(errors.p).toBe(accuracy.p);
  });
});

test("DeLong's test on the golden case: research notes, numpy transcription", () => {
  const uniform = (seed: number): Float64Array => {
    let state = seed;
    return new Float64Array(200).map(() => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 2 ** 31;
    });
  };
  const [u, first, second] = [uniform(11), uniform(12), uniform(13)];
  const truth: Truth = { task: 'binary', labels: Uint8Array.from(u, (value) => (value > 0.6 ? 1 : 0)) };
  const candidate = { scores: u.map((value, row) => 0.6 * value + 0.4 * (first[row] as number)) };
  const champion = { scores: u.map((value, row) => 0.4 * value + 0.6 * (second[row] as number)) };
  const found = compared('roc_auc', truth, candidate, champion, { ...options, confidence: 0.95 });
  expect(found.candidate).toBeCloseTo(0.9508791208791209, 14);
  expect(found.champion).toBeCloseTo(0.7464835164835165, 14);
  expect((found.hi - found.lo) / 2 / 1.959963984540054).toBeCloseTo(0.03718798539045128, 13);
  expect(found.p / 3.878850418688489e-8).toBeCloseTo(1, 9);
});

describe('laws', () => {
  const anything = fc.record({
    task: fc.constantFrom(...tasks),
    rows: fc.integer({ min: 8, max: 60 }),
    seed: fc.integer(),
    grid: fc.constantFrom(0, 4),
  });
  const few: PairedOptions = { confidence: 0.9, resamples: 40, seed: 3 };

  test('swapping the models mirrors the difference and its interval', () => {
    fc.assert(
      fc.property(anything, ({ task, rows, seed, grid }) => {
        const { truth, candidate, champion } = match(task, rows, seed, grid);
        const there = comparePairedAll(metricsFor(task), truth, candidate, champion, few);
        const back = comparePairedAll(metricsFor(task), truth, champion, candidate, few);
        for (const [name, found] of there) {
          const other = back.get(name);
          expect(isUndefined(other)).toBe(isUndefined(found));
          if (isUndefined(found) || other === undefined || isUndefined(other)) continue;
          expect(other.difference).toBe(0 - found.difference);
          expect(other.lo).toBeCloseTo(-found.hi, 12);
          expect(other.hi).toBeCloseTo(-found.lo, 12);
          expect(other.p).toBeCloseTo(found.p, 12);
        }
      }),
    );
  });

  test('a model does not win against itself', () => {
    fc.assert(
      fc.property(anything, ({ task, rows, seed, grid }) => {
        const { truth, candidate } = match(task, rows, seed, grid);
        for (const found of comparePairedAll(metricsFor(task), truth, candidate, candidate, few).values()) {
          if (isUndefined(found)) continue;
          expect(found.difference).toBe(0);
          expect(found.p).toBe(1);
          expect(found.lo).toBeLessThanOrEqual(0);
          expect(found.hi).toBeGreaterThanOrEqual(0);
          if (found.method !== 'mcnemar') expect([found.lo, found.hi]).toEqual([0, 0]);
        }
      }),
    );
  });

  test('an order of the rows changes no figure of the exact methods', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 4), (seed, grid) => {
        const { truth, candidate, champion } = match('binary', 50, seed, grid);
        const next = randomGenerator(seed).next;
        const keys = Array.from({ length: 50 }, next);
        const order = Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number));
        for (const name of ['accuracy', 'roc_auc']) {
          const found = compared(name, truth, candidate, champion);
          const shuffled = comparePaired(name, truth, candidate, champion, options, order);
          for (const figure of ['difference', 'lo', 'hi', 'p'] as const) {
            expect((shuffled as PairedComparison)[figure]).toBeCloseTo(found[figure], 12);
          }
        }
      }),
    );
  });

  test.each(tasks)('%s: the figures of a metric do not depend on the others', (task) => {
    const { truth, candidate, champion } = match(task, 60, 9);
    const names = metricsFor(task);
    const together = comparePairedAll(names, truth, candidate, champion, options);
    const turned = comparePairedAll([...names].reverse(), truth, candidate, champion, options);
    expect([...together.keys()]).toEqual(names);
    for (const name of names) {
      expect(turned.get(name)).toEqual(together.get(name));
      expect(comparePaired(name, truth, candidate, champion, options)).toEqual(together.get(name));
    }
  });

  test('another seed draws other resamples, the same seed the same', () => {
    const { truth, candidate, champion } = match('binary', 200, 5);
    for (const name of ['f1', 'average_precision']) {
      const found = compared(name, truth, candidate, champion);
      expect(compared(name, truth, candidate, champion)).toEqual(found);
      expect(compared(name, truth, candidate, champion, { ...options, seed: 2 }).lo).not.toBe(found.lo);
    }
  });

  test('a slice is compared as if its rows were all', () => {
    const { truth, candidate, champion } = match('binary', 100, 5);
    const rows = Uint32Array.from({ length: 50 }, (_value, index) => 2 * index);
    const half = <T extends Uint8Array | Float64Array>(column: T): T =>
      column.filter((_value, row) => row % 2 === 0) as T;
    const halves = [candidate, champion].map(({ scores }) => ({ scores: half(scores as Float64Array) })) as [
      Answers,
      Answers,
    ];
    const ofHalf: Truth = { task: 'binary', labels: half((truth as BinaryTruth).labels) };
    const names = metricsFor('binary');
    expect(comparePairedAll(names, truth, candidate, champion, options, rows)).toEqual(
      comparePairedAll(names, ofHalf, ...halves, options),
    );
  });
});

describe('the comparison is undefined, with the reason, for', () => {
  const { truth, candidate } = match('binary', 20, 1);
  const reason = (found: PairedComparison | { undefined: string }): string =>
    isUndefined(found) ? found.undefined : '';

  test('a metric that nobody knows', () => {
    expect(reason(comparePaired('niceness', truth, candidate, candidate, options))).toContain(
      '"niceness" is no metric',
    );
  });

  test('answers that are not there', () => {
    expect(reason(comparePaired('roc_auc', truth, candidate, {}, options))).toBe(
      'of the champion: the answers have no scores',
    );
    expect(reason(comparePaired('roc_auc', truth, {}, candidate, options))).toContain('of the candidate: ');
  });

  test('one class only', () => {
    const oneClass: Truth = { task: 'binary', labels: new Uint8Array(20) };
    expect(reason(comparePaired('roc_auc', oneClass, candidate, candidate, options))).toContain('negative class');
  });

  test('a single row of a class, which has no variance', () => {
    const single: Truth = {
      task: 'binary',
      labels: Uint8Array.from({ length: 20 }, (_value, row) => (row === 0 ? 1 : 0)),
    };
    expect(reason(comparePaired('roc_auc', single, candidate, candidate, options))).toContain('at least two rows');
  });

  test('a metric that most resamples do not have', () => {
    const labels = Uint32Array.from({ length: 20 }, (_value, row) => (row === 0 ? 1 : row % 2 === 0 ? 2 : 0));
    const rare: Truth = { task: 'multiclass', classes: ['a', 'b', 'c'], labels };
    const third = new Float64Array(20).fill(1 / 3);
    const found = comparePaired(
      'roc_auc_ovr',
      rare,
      { probabilities: [third, third, third] },
      { probabilities: [third, third, third] },
      options,
    );
    expect(reason(found)).toMatch(/^it was undefined in 3\d % of the bootstrap's resamples$/);
  });
});

test('resamples of cells and of rows have the same spread', () => {
  const { truth, candidate, champion } = match('binary', 2000, 4);
  const weights = new Float64Array(2000).fill(1);
  const many = { confidence: 0.9, resamples: 4000, seed: 1 };
  for (const name of ['f1', 'mcc', 'balanced_accuracy', 'precision_macro']) {
    const ofCells = compared(name, truth, candidate, champion, many);
    // Weights of 1 keep to the rows.
    const ofRows = compared(name, { ...(truth as BinaryTruth), weights }, candidate, champion, many);
    const width = ofRows.hi - ofRows.lo;
    expect(Math.abs(ofCells.lo - ofRows.lo) / width).toBeLessThan(0.05);
    expect(Math.abs(ofCells.hi - ofRows.hi) / width).toBeLessThan(0.05);
  }
});

describe('an interval of 90 % holds the true difference in about 90 % of samples', () => {
  const repetitions = 250;
  const deviation = Math.sqrt((0.9 * 0.1) / repetitions);

  function coverage(
    task: 'binary' | 'regression' | 'multiclass',
    names: readonly string[],
    rows: number,
  ): Map<string, number> {
    const whole = match(task, 20_000, 'population');
    const population = whole.truth.task === 'regression' ? whole.truth.targets.length : 20_000;
    const held = new Map(names.map((name) => [name, 0]));
    const truths = names.map((name) => {
      const of = (answers: Answers) => predictionMetric(name)?.compute(whole.truth, answers) as number;
      return of(whole.candidate) - of(whole.champion);
    });
    const generator = randomGenerator('samples');
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const sample = Uint32Array.from({ length: rows }, () => generator.integer(population));
      const found = comparePairedAll(
        names,
        whole.truth,
        whole.candidate,
        whole.champion,
        { confidence: 0.9, resamples: 200, seed: repetition },
        sample,
      );
      for (const [index, name] of names.entries()) {
        const result = found.get(name);
        if (result === undefined || isUndefined(result)) throw new Error(`${name}: ${JSON.stringify(result)}`);
        const difference = truths[index] as number;
        if (result.lo <= difference && difference <= result.hi) held.set(name, (held.get(name) as number) + 1);
      }
    }
    return new Map([...held].map(([name, count]) => [name, count / repetitions]));
  }

  test.each([
    ['binary', ['accuracy', 'roc_auc', 'f1', 'mcc', 'average_precision', 'log_loss', 'brier'], 300],
    ['multiclass', ['accuracy', 'f1_macro', 'roc_auc_ovr', 'log_loss'], 300],
    ['regression', ['mae', 'rmse', 'r2'], 300],
  ] as const)('%s: %j', (task, names, rows) => {
    for (const [name, share] of coverage(task, names, rows)) {
      // Newcombe's interval is made to hold more.
      const most = name === 'accuracy' ? 1 : 0.9 + 4 * deviation;
      expect({ name, enough: share >= 0.9 - 4 * deviation, share }).toEqual({ name, enough: true, share });
      expect({ name, narrow: share <= most, share }).toEqual({ name, narrow: true, share });
    }
  });
});
