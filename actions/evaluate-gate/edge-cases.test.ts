import { describe, expect, test } from '@jest/globals';
import type { MemoryHost } from '@mlops-actions/hosts';
import { csvOf, type Example, examplesOf, sharedCsv } from './testing/answers.ts';
import {
  gateWorkspace,
  messageOf,
  passed,
  refused,
  reportOf,
  seen,
  unjudged,
  untold,
} from './testing/gate-workspace.ts';

const { put, gate } = gateWorkspace();

const rows = examplesOf({ rows: 600, candidate: 0.92, champion: 0.9 });

async function judged(csv: string, rules: string, inputs: Record<string, string> = {}): Promise<MemoryHost> {
  await put('p.csv', csv);
  return gate({ predictions: 'p.csv', rules, bootstrap: '200', ...inputs });
}

describe('labels', () => {
  test('missing: the count and the first row are named, and nothing passes', async () => {
    const csv = sharedCsv(rows).replace('r6,0,', 'r6,,').replace('r6,1,', 'r6,,');
    const host = await judged(csv, 'accuracy >= 0.1');
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('p.csv: row 7, column "label": holds no number');
  });

  test('late: ids of the predictions that the labels do not have yet are an error', async () => {
    await put('truth.csv', csvOf(rows.slice(0, 500), { id: (row) => row.id, label: (row) => row.label }));
    const csv = csvOf(rows, { id: (row) => row.id, prediction: (row) => row.candidate });
    const host = await judged(csv, 'accuracy >= 0.1', { labels: 'truth.csv' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('100 of the 600 ids of p.csv are not in truth.csv');
  });

  test('duplicate: an id that stands twice is an error', async () => {
    await put('truth.csv', csvOf([...rows, rows[0] as Example], { id: (row) => row.id, label: (row) => row.label }));
    const csv = csvOf(rows, { id: (row) => row.id, prediction: (row) => row.candidate });
    const host = await judged(csv, 'accuracy >= 0.1', { labels: 'truth.csv' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('truth.csv: 1 of 601 rows repeat an id');
  });

  test('of one class only: AUC is undefined, an error and not 0.5', async () => {
    const host = await judged(sharedCsv(rows.map((row) => ({ ...row, label: 1 }))), 'auc >= 0.4');
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('auc of the candidate is undefined');
    const recall = await judged(sharedCsv(rows.map((row) => ({ ...row, label: 0 }))), 'recall >= champion - 0.5');
    expect(seen(recall)).toEqual(unjudged);
    expect(messageOf(recall)).toContain('no row is of the positive class');
  });
});

describe('scores', () => {
  test('with ties are judged, and all tied are chance', async () => {
    const tied = rows.map((row) => ({ ...row, candidateScore: 0.5, championScore: 0.5 }));
    const host = await judged(sharedCsv(tied), 'auc >= 0.5\nauc > champion');
    expect(host.outputs.passed).toBe('false');
    expect((await reportOf(host)).checks).toMatchObject([
      { rule: 'auc > champion', candidate: 0.5, champion: 0.5, difference: 0 },
      { rule: 'auc >= 0.5', verdict: 'pass' },
    ]);
  });

  test('that are NaN are an error that names the row', async () => {
    const broken = rows.map((row, index) => (index === 3 ? { ...row, candidateScore: Number.NaN } : row));
    const host = await judged(sharedCsv(broken), 'auc >= 0.1');
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('p.csv: row 4, column "probability"');
  });

  test('of text are an error that names the cell', async () => {
    const host = await judged(sharedCsv(rows).replace(/0\.\d+$/m, 'high'), 'auc >= 0.1', {
      'score-column': 'probability, champion_probability',
    });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('column "champion_probability": "high" is no number');
  });
});

describe('the champion', () => {
  test('with identical predictions: the difference is 0, it is not refused and never beaten', async () => {
    const same = rows.map((row) => ({ ...row, champion: row.candidate, championScore: row.candidateScore }));
    expect(seen(await judged(sharedCsv(same), 'accuracy >= champion - 0.02\nauc >= champion'))).toEqual(passed);
    for (const metric of ['accuracy', 'auc', 'f1', 'log_loss']) {
      const host = await judged(
        sharedCsv(same),
        metric === 'log_loss' ? 'log_loss < champion' : `${metric} > champion`,
      );
      expect(host.outputs.passed).toBe('false');
      expect((await reportOf(host)).checks).toMatchObject([{ difference: 0 }]);
    }
  });

  test('missing: rules that need it are an error, or left out where that is accepted', async () => {
    const alone = csvOf(rows, { label: (row) => row.label, prediction: (row) => row.candidate });
    const rules = 'accuracy >= 0.8\naccuracy > champion';
    expect(seen(await judged(alone, rules))).toEqual(unjudged);
    const accepted = await judged(alone, rules, { 'on-missing-champion': 'threshold-only' });
    expect(seen(accepted)).toEqual(passed);
    expect((await reportOf(accepted))['not-compared']).toEqual(['accuracy > champion']);
  });

  test('with a renamed metric: a candidate without it fails, a champion without it is an error', async () => {
    await put('new.json', { f1_score: 0.9 });
    await put('old.json', { f1: 0.8 });
    const files = { candidate: 'new.json', champion: 'old.json' };
    expect(seen(await gate({ ...files, rules: 'f1 >= champion' }))).toEqual(refused);
    expect(seen(await gate({ ...files, rules: 'f1_score >= champion' }))).toEqual(unjudged);
    expect(seen(await gate(files))).toEqual(refused);
  });

  test('at 0 or below: a share of 0 is no margin, a share of a negative value keeps its side', async () => {
    const number = (value: number) => (row: Example) => value + (Number(row.id.slice(1)) % 7) / 7;
    // R² of the champion is far below 0: it predicts a constant far off.
    const csv = csvOf(rows, {
      label: number(0),
      prediction: (row) => number(0)(row) + 0.6,
      champion_prediction: () => 5,
    });
    const of = async (rule: string): Promise<unknown> => seen(await judged(csv, rule, { task: 'regression' }));
    expect(await of('r2 >= champion - 1%')).toEqual(passed);
    expect(await of('r2 <= champion')).not.toEqual(passed);
    const perfect = csvOf(rows, { label: number(0), prediction: number(0), champion_prediction: number(0) });
    const zero = await judged(perfect, 'mae <= champion + 1%', { task: 'regression' });
    expect(seen(zero)).toEqual(unjudged);
    expect(messageOf(zero)).toContain('no share is a margin');
    expect(seen(await judged(perfect, 'mae <= champion + 0.01', { task: 'regression' }))).toEqual(passed);
  });
});

test('NaN as text in a metrics file fails the candidate and is an error of the champion', async () => {
  await put('new.json', '{"auc": "NaN"}');
  await put('old.json', '{"auc": 0.9}');
  const rules = 'auc >= champion';
  expect(seen(await gate({ candidate: 'new.json', champion: 'old.json', rules }))).toEqual(refused);
  expect(seen(await gate({ candidate: 'old.json', champion: 'new.json', rules }))).toEqual(unjudged);
});

test('per cent against fraction is an error, from rows too', async () => {
  const host = await judged(sharedCsv(rows), 'accuracy >= 90');
  expect(seen(host)).toEqual(unjudged);
  expect(messageOf(host)).toContain('one looks like a percentage');
});

test('different test sets are an error (see predictions.test.ts for each way to differ)', async () => {
  const columns = { id: (row: Example) => row.id, label: (row: Example) => row.label };
  await put('old.csv', csvOf(rows.slice(1), { ...columns, prediction: (row) => row.champion }));
  await put('new.csv', csvOf(rows, { ...columns, prediction: (row) => row.candidate }));
  const host = await gate({ 'candidate-predictions': 'new.csv', 'champion-predictions': 'old.csv' });
  expect(seen(host)).toEqual(unjudged);
});

test('a slice with one row is not judged, alone or as the worst of many', async () => {
  const one = rows.map((row, index) => ({ ...row, segment: index === 0 ? 'rare' : row.segment }));
  expect(seen(await judged(sharedCsv(one), 'accuracy[segment=rare] >= 0.1'))).toEqual(untold);
  const host = await judged(sharedCsv(one), 'accuracy[worst of segment] >= 0.1');
  expect(seen(host)).toEqual(passed);
  expect((await reportOf(host)).checks).toMatchObject([{ 'too-small': [{ name: 'segment=rare', rows: 1 }] }]);
  expect(host.summaryText).toContain('fewer than 50 rows');
});

test('50 comparisons: chance alone does not refuse', async () => {
  // Both models are equally good in 50 groups of 60 rows; one refusal in 20 is expected without a correction.
  const groups = examplesOf({ rows: 3000, candidate: 0.8, champion: 0.8, seed: 11 }).map((row, index) => ({
    ...row,
    segment: `g${index % 50}`,
  }));
  const rules = Array.from({ length: 50 }, (_, index) => `accuracy[segment=g${index}] >= champion`).join('\n');
  expect((await judged(sharedCsv(groups), rules)).outputs.verdict).toBe('inconclusive');
  expect((await judged(sharedCsv(groups), rules, { correction: 'none' })).outputs.verdict).toBe('fail');
});

test('few rows say too little, however large the effect', async () => {
  const few = examplesOf({ rows: 40, candidate: 1, champion: 0 });
  expect(seen(await judged(sharedCsv(few), 'accuracy > champion'))).toEqual(untold);
  expect(seen(await judged(sharedCsv(few), 'accuracy > champion', { 'min-samples': '40' }))).toEqual(passed);
});

describe('tables', () => {
  test.each<[string, string, string]>([
    ['empty', '', 'p.csv'],
    ['a header only', 'label,prediction\n', 'has no rows'],
    ['no labels', 'a,prediction\n1,1\n', 'no column with the right answers'],
    ['no answers', 'label,a\n1,1\n', "no column with the candidate's answers"],
    ['two of a kind', 'label,prediction,y_pred\n1,1,1\n', 'has the columns prediction and y_pred'],
    [
      'classes that say not which is positive',
      `label,prediction\n${'cat,dog\ndog,cat\n'.repeat(150)}`,
      '`positive-class: dog`',
    ],
    [
      'numbers that may be classes or amounts',
      `label,prediction\n${'1,1\n2,2\n3,3\n'.repeat(100)}`,
      '`task: multiclass` or `task: regression`',
    ],
    ['a prototype as a column', '__proto__,constructor\n1,1\n', 'no column with the candidate'],
  ])('%s', async (_, csv, text) => {
    const host = await judged(csv, 'accuracy >= 0.5');
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain(text);
  });

  test('classes as texts, with the positive one stated', async () => {
    const name = (label: number): string => (label === 1 ? 'churns' : 'stays');
    const csv = csvOf(rows, { label: (row) => name(row.label), prediction: (row) => name(row.candidate) });
    expect(seen(await judged(csv, 'recall >= 0.8', { 'positive-class': 'churns' }))).toEqual(passed);
    expect(messageOf(await judged(csv, 'recall >= 0.8', { 'positive-class': 'left' }))).toContain(
      'the classes in p.csv are churns and stays',
    );
  });

  test('True and False against 1 and 0, and 1.0 against 1', async () => {
    const csv = csvOf(rows, {
      label: (row) => (row.label ? 'True' : 'False'),
      prediction: (row) => `${row.candidate}.0`,
    });
    expect(seen(await judged(csv, 'accuracy >= 0.85'))).toEqual(passed);
  });

  test('probabilities where the predictions should be', async () => {
    const csv = csvOf(rows, { y_true: (row) => row.label, y_pred: (row) => row.candidateScore });
    expect(seen(await judged(csv, 'auc >= 0.8\naccuracy >= 0.85'))).toEqual(passed);
  });

  test('three classes with probabilities of each', async () => {
    const csv = csvOf(rows, {
      label: (_row) => 'abc'[Number(_row.id.slice(1)) % 3],
      prediction: (_row) => 'abc'[(Number(_row.id.slice(1)) + (_row.candidate === _row.label ? 0 : 1)) % 3],
      probability_a: () => 0.2,
      probability_b: () => 0.3,
      probability_c: () => 0.5,
    });
    const host = await judged(csv, 'accuracy >= 0.85\nf1_macro >= 0.85\nlog_loss <= 2');
    expect(seen(host)).toEqual(passed);
    expect(await reportOf(host)).toMatchObject({ 'test-set': { task: 'multiclass', classes: ['a', 'b', 'c'] } });
  });

  test('amounts', async () => {
    const csv = csvOf(rows, {
      target: (row) => Number(row.id.slice(1)) / 7,
      prediction: (row) => Number(row.id.slice(1)) / 7 + row.candidateScore,
      champion_prediction: (row) => Number(row.id.slice(1)) / 7 + 2 * row.championScore,
    });
    const host = await judged(csv, 'rmse < champion\nmae <= 0.7 confident\nr2 >= 0.9');
    expect(seen(host)).toEqual(passed);
    expect(seen(await judged(csv, 'rmse < champion - 5'))).toEqual(refused);
  });

  test('queries', async () => {
    const csv = csvOf(rows, {
      query: (row) => `q${Math.floor(Number(row.id.slice(1)) / 2)}`,
      label: (row) => row.label,
      score: (row) => row.candidateScore,
      champion_score: (row) => row.championScore,
    });
    const ranking = { task: 'ranking', 'query-column': 'query' };
    const host = await judged(csv, 'ndcg >= champion - 0.2', ranking);
    expect([host.outputs.verdict, messageOf(host)]).toEqual(['pass', '']);
    expect(messageOf(await judged(csv, 'ndcg >= 0.1', { task: 'ranking' }))).toContain('query-column');
  });

  test('several labels a row', async () => {
    const csv = csvOf(rows, {
      label_sport: (row) => row.label,
      label_news: (row) => 1 - row.label,
      prediction_sport: (row) => row.candidate,
      prediction_news: (row) => 1 - row.candidate,
      champion_prediction_sport: (row) => row.champion,
      champion_prediction_news: (row) => 1 - row.champion,
    });
    const host = await judged(csv, 'f1_macro >= champion - 0.05');
    expect([host.outputs.verdict, messageOf(host)]).toEqual(['pass', '']);
  });
});
