import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Answers,
  type BinaryTruth,
  comparePaired,
  confusionMatrix,
  isUndefined,
  type MulticlassTruth,
  type MultilabelTruth,
  precisionRecallCurve,
  predictionMetric,
  type RankingTruth,
  type RegressionTruth,
  rocCurve,
  type Truth,
} from '../../packages/core/src/metrics/index.ts';
import { askOracle, oraclePython } from './oracle.ts';

/** What Python answers for each metric of a case; one call for all, because its imports take seconds. */
type Expected = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Case {
  readonly name: string;
  readonly truth: Truth;
  readonly answers: Answers;
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const each = <T>(n: number, make: (row: number) => T): T[] => Array.from({ length: n }, (_value, row) => make(row));

function binary(seed: number, n: number, shape: { ties?: boolean; weights?: boolean; positives?: number }): Case {
  const next = generator(seed);
  const labels = Uint8Array.from(each(n, () => (next() < (shape.positives ?? 0.3) ? 1 : 0)));
  labels.set([1, 0]);
  const scores = Float64Array.from(labels, (label) => {
    const score = Math.min(0.999, Math.max(0.001, 0.3 * label + 0.7 * next()));
    return shape.ties ? Math.round(score * 10) / 10 : score;
  });
  const weights = shape.weights ? { weights: Float64Array.from(each(n, () => Math.floor(next() * 4) / 2)) } : {};
  const truth: BinaryTruth = { task: 'binary', labels, ...weights };
  return { name: `binary ${seed} ${n} ${JSON.stringify(shape)}`, truth, answers: { scores } };
}

function multiclass(seed: number, n: number, classes: number, weighted: boolean): Case {
  const next = generator(seed);
  const labels = Uint32Array.from(each(n, (row) => (row < classes ? row : Math.floor(next() ** 2 * classes))));
  const raw = each(classes, () => new Float64Array(n));
  for (let row = 0; row < n; row++) {
    const values = each(classes, (index) => next() + (labels[row] === index ? 0.5 : 0));
    const total = values.reduce((sum, value) => sum + value, 0);
    for (const [index, value] of values.entries()) (raw[index] as Float64Array)[row] = value / total;
  }
  const truth: MulticlassTruth = {
    task: 'multiclass',
    classes: each(classes, String),
    labels,
    ...(weighted && { weights: Float64Array.from(each(n, () => 0.1 + next())) }),
  };
  return { name: `multiclass ${seed} ${n} ${classes} ${weighted}`, truth, answers: { probabilities: raw } };
}

/** One class that no row has, one that is never predicted, one that is neither. */
function unevenMulticlass(): Case {
  const next = generator(77);
  const labels = Uint32Array.from(each(60, () => Math.floor(next() * 3)));
  const predicted = Uint32Array.from(labels, (label) =>
    next() < 0.6 ? label : ([0, 1, 3][Math.floor(next() * 3)] ?? 0),
  );
  for (const row of predicted.keys()) if (predicted[row] === 2) predicted[row] = 3;
  return {
    name: 'uneven',
    truth: { task: 'multiclass', classes: ['0', '1', '2', '3', '4'], labels },
    answers: { predicted },
  };
}

function multilabel(seed: number, n: number, weighted: boolean): Case {
  const next = generator(seed);
  const labels = [0.5, 0.2, 0.05, 0].map((share) => Uint8Array.from(each(n, () => (next() < share ? 1 : 0))));
  const predictedLabels = labels.map((column) => column.map((label) => (next() < 0.75 ? label : 1 - label)));
  const truth: MultilabelTruth = {
    task: 'multilabel',
    classes: ['a', 'b', 'c', 'd'],
    labels,
    ...(weighted && { weights: Float64Array.from(each(n, () => 0.5 + next())) }),
  };
  return { name: `multilabel ${seed} ${weighted}`, truth, answers: { predictedLabels } };
}

function regression(seed: number, n: number, weighted: boolean, offset: number): Case {
  const next = generator(seed);
  const targets = Float64Array.from(each(n, () => offset + 10 * next()));
  const values = targets.map((target) => target + 3 * (next() - 0.4));
  const truth: RegressionTruth = {
    task: 'regression',
    targets,
    ...(weighted && { weights: Float64Array.from(each(n, () => Math.floor(next() * 5) / 4)) }),
  };
  return { name: `regression ${seed} ${n} ${weighted} ${offset}`, truth, answers: { values } };
}

function ranking(seed: number, queries: number, ties: boolean): Case {
  const next = generator(seed);
  const groups: number[] = [];
  const relevance: number[] = [];
  const scores: number[] = [];
  for (let round = 0; round < 12; round++) {
    for (let query = 0; query < queries; query++) {
      if (round > 2 + (query % 9)) continue;
      const value = Math.floor(next() ** 3 * 4);
      groups.push(query * 3);
      relevance.push(round === 0 ? Math.max(1, value) : value);
      scores.push(ties ? Math.floor(next() * 4 + value / 2) : next() * 4 + value / 2);
    }
  }
  const truth: RankingTruth = {
    task: 'ranking',
    groups: Uint32Array.from(groups),
    relevance: Float64Array.from(relevance),
  };
  return { name: `ranking ${seed} ${ties}`, truth, answers: { scores: Float64Array.from(scores) } };
}

const cases: readonly Case[] = [
  binary(1, 400, {}),
  binary(2, 400, { ties: true }),
  binary(3, 400, { weights: true }),
  binary(4, 400, { ties: true, weights: true }),
  binary(5, 2, {}),
  binary(6, 300, { positives: 0.01 }),
  binary(7, 20_000, {}),
  {
    ...binary(8, 50, {}),
    name: 'nothing predicted',
    answers: { predicted: new Uint32Array(50), scores: new Float64Array(50).fill(0.2) },
  },
  multiclass(11, 300, 3, false),
  multiclass(12, 300, 7, true),
  multiclass(13, 5000, 4, false),
  unevenMulticlass(),
  multilabel(21, 200, false),
  multilabel(22, 200, true),
  regression(31, 301, false, 0),
  regression(32, 300, false, -3),
  regression(33, 301, true, 0),
  regression(34, 20_000, false, 1000),
  regression(35, 2, false, 5),
  {
    ...regression(36, 9, false, 0),
    name: 'constant target',
    truth: { task: 'regression', targets: new Float64Array(9).fill(2) },
  },
  ranking(41, 40, false),
  ranking(42, 40, true),
];

const python = `
import numpy as np
import sklearn.metrics as m

def averaged(y, p, w, averages):
    out = {}
    for a in averages:
        end = '' if a == 'binary' else '_' + a
        out['precision' + end] = m.precision_score(y, p, average=a, sample_weight=w)
        out['recall' + end] = m.recall_score(y, p, average=a, sample_weight=w)
        for b in (0.5, 1, 2):
            out['f%g' % b + end] = m.fbeta_score(y, p, beta=b, average=a, sample_weight=w)
        out['jaccard' + end] = m.jaccard_score(y, p, average=a, sample_weight=w)
    return out

def classes(y, p, w):
    return {
        'accuracy': m.accuracy_score(y, p, sample_weight=w),
        'error_rate': m.zero_one_loss(y, p, sample_weight=w),
        'hamming_loss': m.hamming_loss(y, p, sample_weight=w),
        'balanced_accuracy': m.balanced_accuracy_score(y, p, sample_weight=w),
        'mcc': m.matthews_corrcoef(y, p, sample_weight=w),
        'cohen_kappa': m.cohen_kappa_score(y, p, sample_weight=w),
    }

def binary(c):
    y, s = np.array(c['labels']), np.array(c['scores'])
    w = np.array(c['weights']) if c['weights'] else None
    p = np.array(c['predicted']) if c['predicted'] else (s >= 0.5).astype(int)
    out = {**classes(y, p, w), **averaged(y, p, w, ['binary', 'macro', 'micro', 'weighted'])}
    out['specificity'] = m.recall_score(y, p, pos_label=0, sample_weight=w)
    out['npv'] = m.precision_score(y, p, pos_label=0, sample_weight=w)
    out['fpr'] = 1 - out['specificity']
    out['fnr'] = 1 - out['recall']
    out['selection_rate'] = np.average(p, weights=w)
    out['roc_auc'] = m.roc_auc_score(y, s, sample_weight=w)
    out['average_precision'] = m.average_precision_score(y, s, sample_weight=w)
    out['log_loss'] = m.log_loss(y, s, sample_weight=w)
    out['brier'] = m.brier_score_loss(y, s, sample_weight=w)
    return out

def multiclass(c):
    y = np.array(c['labels'])
    w = np.array(c['weights']) if c['weights'] else None
    if c['predicted']:
        p = np.array(c['predicted'])
        return {**classes(y, p, w), **averaged(y, p, w, ['macro', 'micro', 'weighted'])}
    s = np.array(c['probabilities']).T
    p = s.argmax(axis=1)
    labels = list(range(s.shape[1]))
    out = {**classes(y, p, w), **averaged(y, p, w, ['macro', 'micro', 'weighted'])}
    out['roc_auc_ovr'] = m.roc_auc_score(y, s, multi_class='ovr', sample_weight=w)
    out['roc_auc_ovr_weighted'] = m.roc_auc_score(y, s, multi_class='ovr', average='weighted', sample_weight=w)
    if w is None:
        out['roc_auc_ovo'] = m.roc_auc_score(y, s, multi_class='ovo')
    out['log_loss'] = m.log_loss(y, s, labels=labels, sample_weight=w)
    out['brier'] = m.brier_score_loss(y, s, labels=labels, sample_weight=w)
    out['top_2_accuracy'] = m.top_k_accuracy_score(y, s, k=2, labels=labels, sample_weight=w)
    return out

def multilabel(c):
    y, p = np.array(c['labels']).T, np.array(c['predictedLabels']).T
    w = np.array(c['weights']) if c['weights'] else None
    out = averaged(y, p, w, ['macro', 'micro', 'weighted', 'samples'])
    out['accuracy'] = m.accuracy_score(y, p, sample_weight=w)
    out['hamming_loss'] = m.hamming_loss(y, p, sample_weight=w)
    return out

def regression(c):
    y, p = np.array(c['targets']), np.array(c['values'])
    w = np.array(c['weights']) if c['weights'] else None
    out = {
        'mae': m.mean_absolute_error(y, p, sample_weight=w),
        'mse': m.mean_squared_error(y, p, sample_weight=w),
        'rmse': m.root_mean_squared_error(y, p, sample_weight=w),
        'mape': m.mean_absolute_percentage_error(y, p, sample_weight=w),
        'r2': m.r2_score(y, p, sample_weight=w),
        'explained_variance': m.explained_variance_score(y, p, sample_weight=w),
        'median_absolute_error': m.median_absolute_error(y, p, sample_weight=w),
        'pinball_0.9': m.mean_pinball_loss(y, p, alpha=0.9, sample_weight=w),
    }
    if w is None:
        out['max_error'] = m.max_error(y, p)
    if y.min() > -1 and p.min() > -1:
        out['msle'] = m.mean_squared_log_error(y, p, sample_weight=w)
        out['rmsle'] = m.root_mean_squared_log_error(y, p, sample_weight=w)
    return out

def ranking(c):
    g, y, s = np.array(c['groups']), np.array(c['relevance']), np.array(c['scores'])
    queries = [g == q for q in np.unique(g)]
    out = {'ndcg' + ('@%d' % k if k else ''): np.mean([m.ndcg_score([y[q]], [s[q]], k=k) for q in queries]) for k in (None, 1, 3, 10)}
    out['map'] = np.mean([m.average_precision_score(y[q] > 0, s[q]) for q in queries])
    return out

answer = {c['name']: globals()[c['task']](c) for c in given}
`;

function plain({ name, truth, answers }: Case): object {
  const lists = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
    return Array.isArray(value) ? value.map(lists) : value;
  };
  const blank = { weights: null, predicted: null };
  return Object.fromEntries(
    Object.entries({ ...blank, name, ...truth, ...answers }).map(([key, value]) => [key, lists(value)]),
  );
}

(oraclePython === undefined ? describe.skip : describe)('metrics equal those of scikit-learn', () => {
  let expected: Expected;
  beforeAll(async () => {
    expected = await askOracle<Expected>(python, cases.map(plain));
  });

  test.each(cases)('$name', ({ name, truth, answers }) => {
    const metrics = Object.entries(expected[name] ?? {});
    expect(metrics.length).toBeGreaterThan(4);
    for (const [metric, theirs] of metrics) {
      const ours = predictionMetric(metric)?.compute(truth, answers);
      const tolerance = metric === 'log_loss' ? 1e-10 : 1e-12;
      const close = typeof ours === 'number' && Math.abs(ours - theirs) <= tolerance * Math.max(1, Math.abs(theirs));
      expect({ metric, ours, close }).toEqual({ metric, ours: close ? ours : theirs, close: true });
    }
  });

  test('what scikit-learn warns of and answers anyway is undefined', () => {
    const oneClass: Truth = { task: 'binary', labels: new Uint8Array(3) };
    const answers = { scores: Float64Array.of(0.1, 0.2, 0.7) };
    for (const name of ['roc_auc', 'average_precision']) {
      expect(isUndefined(predictionMetric(name)?.compute(oneClass, answers) ?? 0)).toBe(true);
    }
  });
});

const comparisonPython = `
import numpy as np
from scipy import stats
import sklearn.metrics as m

# In numpy where it is short: a call of scikit-learn takes a millisecond, and there are two for each resample.
def f1_macro(y, p):
    cells = np.bincount(y * 5 + p, minlength=25).reshape(5, 5)
    ends = cells.sum(axis=0) + cells.sum(axis=1)
    return (2 * cells.diagonal()[ends > 0] / ends[ends > 0]).mean()

def bootstrapped(c):
    """Percentile interval of scipy.stats.bootstrap; within each class where the test set is binary, which it does not offer."""
    y = np.array(c['y'])
    a, b = np.array(c['candidate']), np.array(c['champion'])
    metric = {
        'mae': lambda y, p: np.abs(y - p).mean(),
        'rmse': lambda y, p: np.sqrt(((y - p) ** 2).mean()),
        'r2': lambda y, p: 1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
        'f1_macro': f1_macro,
    }[c['metric']]
    found = stats.bootstrap(
        (y, a, b), lambda y, a, b: metric(y, a) - metric(y, b), paired=True, vectorized=False,
        n_resamples=c['resamples'], confidence_level=0.9, method='percentile', rng=np.random.default_rng(7))
    return {'lo': found.confidence_interval.low, 'hi': found.confidence_interval.high, 'se': found.standard_error}

def stratified(c):
    y = np.array(c['y'])
    a, b = np.array(c['candidate']), np.array(c['champion'])
    metric = {
        'average_precision': m.average_precision_score,
        'brier': lambda y, s: ((y - s) ** 2).mean(),
        'f1': lambda y, s: 2 * (y * (s >= 0.5)).sum() / (y.sum() + (s >= 0.5).sum()),
    }[c['metric']]
    rng = np.random.default_rng(8)
    classes = [np.flatnonzero(y == k) for k in (0, 1)]
    found = []
    for _ in range(c['resamples']):
        rows = np.concatenate([rng.choice(rows, len(rows)) for rows in classes])
        found.append(metric(y[rows], a[rows]) - metric(y[rows], b[rows]))
    lo, hi = np.percentile(found, [5, 95])
    return {'lo': lo, 'hi': hi, 'se': np.std(found, ddof=1)}

def delong(c):
    """All pairs of a positive and a negative row, as in the paper of 1988; nothing of midranks."""
    y = np.array(c['y'])
    components = []
    for s in (np.array(c['candidate']), np.array(c['champion'])):
        psi = (s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0])
        components.append((psi.mean(axis=1), psi.mean(axis=0)))
    (a10, a01), (b10, b01) = components
    variance = np.cov(a10, b10) / len(a10) + np.cov(a01, b01) / len(a01)
    difference = a10.mean() - b10.mean()
    se = np.sqrt(variance[0, 0] + variance[1, 1] - 2 * variance[0, 1])
    half = stats.norm.ppf(0.95) * se
    return {'lo': difference - half, 'hi': difference + half, 'p': 2 * stats.norm.sf(abs(difference) / se), 'se': se}

def curves(c):
    y, s = np.array(c['y']), np.array(c['candidate'])
    w = np.array(c['weights']) if c['weights'] else None
    fpr, tpr, roc = m.roc_curve(y, s, drop_intermediate=False, sample_weight=w)
    precision, recall, pr = m.precision_recall_curve(y, s, sample_weight=w)
    return {'roc': [fpr, tpr], 'pr': [recall, precision], 'confusion': m.confusion_matrix(y, s >= 0.5, sample_weight=w)}

answer = [globals()[c['ask']](c) for c in given]
`;

interface Interval {
  readonly lo: number;
  readonly hi: number;
  readonly se: number;
  readonly p: number;
}

interface Curves {
  readonly roc: readonly [number[], number[]];
  readonly pr: readonly [number[], number[]];
  readonly confusion: readonly number[][];
}

/** Another model's answers to the same rows. */
function rival({ truth, answers }: Case): Answers {
  const next = generator(99);
  if (truth.task === 'regression') return { values: (answers.values as Float64Array).map((value) => value + next()) };
  if (truth.task === 'binary') {
    return {
      scores: (answers.scores as Float64Array).map((score) => Math.round((0.6 * score + 0.4 * next()) * 100) / 100),
    };
  }
  return {
    predicted: (answers.predicted as Uint32Array).map((each) => (next() < 0.9 ? each : Math.floor(next() * 3))),
  };
}

(oraclePython === undefined ? describe.skip : describe)('comparisons and curves equal', () => {
  const resamples = 2000;
  const regressionCase = regression(51, 150, false, 0);
  const binaryCase = binary(52, 250, {});
  const tiedCase = binary(53, 180, { ties: true });
  const weightedCase = binary(54, 180, { ties: true, weights: true });
  const long = binary(55, 3000, {});
  const unevenCase = unevenMulticlass();
  const intervals = [
    [regressionCase, 'mae', 'bootstrapped'],
    [regressionCase, 'rmse', 'bootstrapped'],
    [regressionCase, 'r2', 'bootstrapped'],
    [unevenCase, 'f1_macro', 'bootstrapped'],
    [binaryCase, 'average_precision', 'stratified'],
    [binaryCase, 'brier', 'stratified'],
    [binaryCase, 'f1', 'stratified'],
  ] as const;
  const areas = [binaryCase, tiedCase];
  const drawn = [tiedCase, weightedCase, long];
  let found: unknown[] = [];

  beforeAll(async () => {
    const asked = (each: Case, ask: string, metric?: string) => {
      const [y, candidate, champion, weights] = columnsOf(each).map((column) => column && Array.from(column));
      return { ask, metric, resamples, y, candidate, champion, weights: weights ?? null };
    };
    found = await askOracle<unknown[]>(comparisonPython, [
      ...intervals.map(([each, metric, ask]) => asked(each, ask, metric)),
      ...areas.map((each) => asked(each, 'delong')),
      ...drawn.map((each) => asked(each, 'curves')),
    ]);
  });

  test.each(intervals.map(([each, metric, ask], index) => ({ each, metric, ask, index })))(
    'the percentile interval of $metric, $ask',
    ({ each, metric, index }) => {
      const theirs = found[index] as Interval;
      const ours = comparePaired(metric, each.truth, each.answers, rival(each), {
        confidence: 0.9,
        resamples,
        seed: 1,
      });
      if (isUndefined(ours)) throw new Error(ours.undefined);
      // Both ends are estimates from `resamples` draws: the standard error of a 5 % quantile is se · √(0.05 · 0.95) / φ(1.645) / √resamples
      // when the differences are about normal, and there are two of them.
      const error = (Math.SQRT2 * theirs.se * 0.2179) / 0.1031 / Math.sqrt(resamples);
      expect(Math.abs(ours.lo - theirs.lo) / error).toBeLessThan(4);
      expect(Math.abs(ours.hi - theirs.hi) / error).toBeLessThan(4);
    },
  );

  test.each(areas.map((each, index) => ({ each, index, name: each.name })))(
    "DeLong's test of $name",
    ({ each, index }) => {
      const theirs = found[intervals.length + index] as Interval;
      const ours = comparePaired('roc_auc', each.truth, each.answers, rival(each), {
        confidence: 0.9,
        resamples,
        seed: 1,
      });
      if (isUndefined(ours)) throw new Error(ours.undefined);
      expect(Math.abs(ours.lo - theirs.lo)).toBeLessThan(1e-10);
      expect(Math.abs(ours.hi - theirs.hi)).toBeLessThan(1e-10);
      expect(Math.abs(ours.p / theirs.p - 1)).toBeLessThan(1e-10);
    },
  );

  test.each(drawn.map((each, index) => ({ each, index, name: each.name })))('curves of $name', ({ each, index }) => {
    const theirs = found[intervals.length + areas.length + index] as Curves;
    const truth = each.truth as BinaryTruth;
    const roc = rocCurve(truth, each.answers);
    const pr = precisionRecallCurve(truth, each.answers);
    const confusion = confusionMatrix(truth, each.answers);
    if (isUndefined(roc) || isUndefined(pr) || isUndefined(confusion)) throw new Error('undefined');
    expect(Array.from(confusion.cells)).toEqual(theirs.confusion.flat());
    for (const [ours, [x, y]] of [
      [roc, theirs.roc],
      [pr, theirs.pr],
    ] as const) {
      expect(ours.length).toBeLessThanOrEqual(200);
      const key = (left: number, right: number): string => `${left.toFixed(10)} ${right.toFixed(10)}`;
      const points = new Set(x.map((value, at) => key(value, y[at] as number)));
      expect(ours.filter((point) => !points.has(key(point.x, point.y)))).toEqual([]);
      const ascending = x.map((value, at) => ({ x: value, y: y[at] as number }));
      if ((x[0] as number) > (x.at(-1) as number)) ascending.reverse();
      expect(Math.abs(area(ours) - area(ascending))).toBeLessThan(2e-3);
    }
  });
});

/** By trapezoids. */
function area(points: readonly { readonly x: number; readonly y: number }[]): number {
  return points.reduce((sum, point, at) => {
    const before = points[at - 1] ?? point;
    return sum + ((point.x - before.x) * (point.y + before.y)) / 2;
  }, 0);
}

/** Truth, candidate, champion, weights. */
function columnsOf(each: Case): (ArrayLike<number> | undefined)[] {
  const champion = rival(each);
  if (each.truth.task === 'regression') return [each.truth.targets, each.answers.values, champion.values, undefined];
  const { labels, weights } = each.truth as BinaryTruth | MulticlassTruth;
  if (each.truth.task === 'binary') return [labels, each.answers.scores, champion.scores, weights];
  return [labels, each.answers.predicted, champion.predicted, weights];
}
