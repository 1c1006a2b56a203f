import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import {
  detectFormat,
  type MetricFormat,
  metricFormats,
  metricsOfFlat,
  metricsOfMlflowFiles,
  metricsOfTree,
} from './formats.ts';
import { findMetric, type MetricSet, metricKey } from './metric-set.ts';
import { parseTolerantJson, toTree } from './tolerant-json.ts';

function read(value: unknown, format?: MetricFormat): MetricSet {
  const tree = toTree(value);
  return metricsOfTree(tree, format ?? detectFormat(tree), 'm.json');
}

function numbers(set: MetricSet): Record<string, number> {
  return Object.fromEntries([...set.values].map(([key, { value }]) => [key, value]));
}

describe('json', () => {
  test('flat and nested, with the path of each', () => {
    const set = read({ accuracy: 0.9, test: { rmse: 1.5, deep: { mae: 2 } } });
    expect(numbers(set)).toEqual({ accuracy: 0.9, 'test.rmse': 1.5, 'test.deep.mae': 2 });
    expect(set.values.get('test.deep.mae')?.path).toBe('test.deep.mae');
  });

  test('slices', () => {
    const set = read({
      recall: 0.9,
      slices: { 'segment=new': { recall: 0.8, by: { f1: 0.7 } }, 'b=2, a = 1': { recall: 0.6 } },
    });
    expect(numbers(set)).toEqual({
      recall: 0.9,
      'recall[segment=new]': 0.8,
      'by.f1[segment=new]': 0.7,
      'recall[a=1,b=2]': 0.6,
    });
  });

  test('a metric named slices stays one', () => expect(numbers(read({ slices: 3 }))).toEqual({ slices: 3 }));

  test('numeric texts are numbers, everything else says what it is', () => {
    const set = read({
      a: '0.93',
      b: 'NaN',
      c: '-inf',
      d: '93%',
      e: '0,93',
      f: true,
      g: null,
      h: [1],
      i: '',
      j: ' 1',
      k: '0x10',
      l: '1e3',
    });
    expect(numbers(set)).toEqual({ a: 0.93, b: Number.NaN, c: Number.NEGATIVE_INFINITY, l: 1000 });
    expect(Object.fromEntries(set.unusable)).toEqual({
      d: 'the text "93%"',
      e: 'the text "0,93"',
      f: 'true',
      g: 'null',
      h: 'a list',
      i: 'the text ""',
      j: 'the text " 1"',
      k: 'the text "0x10"',
    });
  });

  test('prototype names are names', () => {
    const set = metricsOfTree(
      parseTolerantJson('{"__proto__": 0.1, "constructor": {"toString": 2}}', 'f'),
      'json',
      'f',
    );
    expect([...set.values.keys()]).toEqual(['__proto__', 'constructor.toString']);
    expect(findMetric(set, 'valueOf')).toBeUndefined();
  });

  test.each([[[1, 2]], [0.9], ['x'], [null]])('%j is no metrics file', (value) => {
    expect(() => read(value)).toThrow('A metrics file is a mapping of names to numbers');
  });

  test('one address for two values is refused', () => {
    expect(() => read({ 'a.b': 1, a: { b: 2 } })).toThrow('holds a.b twice');
    expect(() => read({ slices: { 'a=1': { x: 1 }, ' a = 1': { x: 2 } } })).toThrow('holds x[a=1] twice');
  });

  test('a slice without a mapping is refused', () => {
    expect(() => read({ slices: { new: 0.8 } })).toThrow('the slice "new" holds 0.8');
  });
});

describe('sagemaker', () => {
  const evaluation = {
    binary_classification_metrics: {
      confusion_matrix: { '0': { '0': 1, '1': 2 }, '1': { '0': 0, '1': 1 } },
      recall: { value: 1.0, standard_deviation: 'NaN' },
      accuracy: { value: 0.9, standard_deviation: 0.01 },
      auc: { value: 'NaN', standard_deviation: 'NaN' },
      receiver_operating_characteristic_curve: { false_positive_rates: [0, 1], true_positive_rates: [0, 1] },
      precision_recall_curve: { precisions: [1], recalls: [0] },
    },
  };

  test('is detected, and its pictures are left out', () => {
    expect(detectFormat(toTree(evaluation))).toBe('sagemaker');
    expect(numbers(read(evaluation))).toEqual({ recall: 1, accuracy: 0.9, auc: Number.NaN });
    expect(read(evaluation).unusable.size).toBe(0);
  });

  test('a value has its short name and its paths', () => {
    const set = read(evaluation);
    for (const name of [
      'accuracy',
      'binary_classification_metrics.accuracy',
      'binary_classification_metrics.accuracy.value',
    ]) {
      expect(findMetric(set, name)).toMatchObject({ metric: 'accuracy', value: 0.9, deviation: 0.01 });
    }
    expect(findMetric(set, 'recall')?.deviation).toBeNaN();
  });

  test('a name in two groups needs its group', () => {
    const set = read({ ...evaluation, multiclass_classification_metrics: { accuracy: { value: 0.8 } } });
    expect(findMetric(set, 'accuracy')).toBeUndefined();
    expect(findMetric(set, 'multiclass_classification_metrics.accuracy')?.value).toBe(0.8);
  });

  test('slices hold groups too', () => {
    const set = read({
      ...evaluation,
      slices: { 'segment=new': { binary_classification_metrics: { recall: { value: 0.7 } } } },
    });
    expect(findMetric(set, 'recall', 'segment=new')?.value).toBe(0.7);
  });
});

describe('dvc', () => {
  const shown = (data: unknown): unknown => ({ '': { data: { 'metrics.json': { data } } } });

  test('dvc metrics show --json', () => {
    const tree = toTree(shown({ accuracy: 0.9, train: { loss: 0.1 } }));
    expect(detectFormat(tree)).toBe('dvc');
    expect(numbers(metricsOfTree(tree, 'dvc', 'm'))).toEqual({ accuracy: 0.9, 'train.loss': 0.1 });
  });

  test('a metric that two files hold needs its file', () => {
    const set = read({ '': { data: { 'a.json': { data: { rmse: 1, mae: 3 } }, 'b.json': { data: { rmse: 2 } } } } });
    expect(numbers(set)).toEqual({ 'a.json.rmse': 1, 'b.json.rmse': 2, mae: 3 });
  });

  test.each([
    [{ workspace: shown({}), main: shown({}) }, 'holds 2 revisions'],
    [{ '': { error: { type: 'X', msg: 'y' } } }, 'DVC reported an error'],
    [{ '': { data: { 'm.json': { error: { type: 'X' } } } } }, 'DVC could not read m.json'],
    [{}, 'holds 0 revisions'],
  ])('%j is refused', (value, message) => expect(() => read(value, 'dvc')).toThrow(message));
});

describe('mlflow', () => {
  test('the answer of runs/get: a list, the last step of each', () => {
    const set = read({
      run: {
        info: {},
        data: {
          metrics: [
            { key: 'rmse', value: 3, step: 2, timestamp: 1 },
            { key: 'rmse', value: 9, step: 1, timestamp: 5 },
            { key: 'rmse', value: 2, step: 2, timestamp: 4 },
            { key: 'auc', value: 'NaN', step: '0', timestamp: '1' },
          ],
        },
      },
    });
    expect(numbers(set)).toEqual({ rmse: 2, auc: Number.NaN });
  });

  test('Run.to_dictionary(): a mapping; names with dots and slashes are whole', () => {
    expect(numbers(read({ info: { run_id: 'x' }, data: { metrics: { 'val/acc.top': 0.9 }, params: {} } }))).toEqual({
      'val/acc.top': 0.9,
    });
  });

  test('files of a run: the highest step, then the newest, then the last line', () => {
    const set = metricsOfMlflowFiles(
      new Map([
        ['rmse', '10 5.0 0\n30 3.0 2\n25 7.0 2\n20 4.0 1\n'],
        ['val/auc', '1 0.5\r\n2 0.75\r\n'],
        ['loss', '1 nan 0\n'],
        ['ece', '1 0.5 0 data 1234abcd\n1 0.25 0\n'],
      ]),
      'run',
    );
    expect(numbers(set)).toEqual({ rmse: 3, 'val/auc': 0.75, loss: Number.NaN, ece: 0.25 });
  });

  test.each([
    ['', 'is empty'],
    ['1', 'rmse:1 is not'],
    ['1 2 3 4 5 6', 'rmse:1 is not'],
    ['1 2 3\nx y z', 'rmse:2 is not'],
    ['{"a": 1}', 'rmse:1 is not'],
  ])('%j is refused', (text, message) =>
    expect(() => metricsOfMlflowFiles(new Map([['rmse', text]]), 'run')).toThrow(message),
  );

  test('a file without a run is refused', () => expect(() => read({ a: 1 }, 'mlflow')).toThrow('no MLflow run'));
});

describe('flat, as run records and registries keep them', () => {
  test('groups and slices are found again', () => {
    const group = 'binary_classification_metrics';
    const flat = {
      [`${group}.recall.value`]: 0.9,
      [`slices.segment=new.${group}.recall.value`]: 0.8,
      [`${group}.confusion_matrix.0.0`]: 3,
    };
    expect(numbers(metricsOfFlat(flat, 'r'))).toEqual({ recall: 0.9, 'recall[segment=new]': 0.8 });
    expect(numbers(metricsOfFlat({ 'test.rmse': 1, 'f0.5': 2 }, 'r'))).toEqual({ 'test.rmse': 1, 'f0.5': 2 });
  });

  test('a name that is value and group stays as it is', () => {
    expect(numbers(metricsOfFlat({ a: 1, 'a.b': 2 }, 'r'))).toEqual({ a: 1, 'a.b': 2 });
    expect(numbers(metricsOfFlat({ 'a.b': 2, a: 1 }, 'r'))).toEqual({ a: 1, 'a.b': 2 });
  });
});

test('a nested file of any shape is read or refused, and read the same in any order of its keys', () => {
  const shape = fc.letrec((tie) => ({
    node: fc.dictionary(
      fc.constantFrom(
        'accuracy',
        'value',
        'standard_deviation',
        'data',
        'metrics',
        'run',
        'info',
        'slices',
        '',
        'a.b',
        '__proto__',
        'binary_classification_metrics',
        'error',
      ),
      fc.oneof(
        { depthSize: 'medium' },
        fc.double(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.integer()),
        tie('node'),
      ),
      { maxKeys: 4 },
    ),
  })).node;
  fc.assert(
    fc.property(shape, fc.constantFrom(undefined, ...metricFormats), (value, format) => {
      const attempt = (tree: unknown): unknown => {
        try {
          return numbers(read(tree, format));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return 'refused';
        }
      };
      expect(attempt(reversed(value))).toEqual(attempt(value));
    }),
    { numRuns: 10_000 },
  );
});

function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return new Map(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)] as const)
      .reverse(),
  );
}

test('a key is a metric and its slice', () => {
  expect([metricKey('recall'), metricKey('recall', 'a=1')]).toEqual(['recall', 'recall[a=1]']);
});
