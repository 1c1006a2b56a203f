import { describe, expect, test } from '@jest/globals';
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

const workspace = gateWorkspace();
const { put } = workspace;
const gate: typeof workspace.gate = (inputs) => workspace.gate({ bootstrap: '200', ...inputs });

const better = examplesOf({ rows: 2000, candidate: 0.93, champion: 0.88 });
const equal = examplesOf({ rows: 2000, candidate: 0.9, champion: 0.9 });
const worse = examplesOf({ rows: 2000, candidate: 0.85, champion: 0.92 });

describe('one file with both models', () => {
  test.each([
    ['accuracy > champion', better, passed],
    ['accuracy >= champion - 0.01', better, passed],
    ['accuracy >= champion - 0.03', equal, passed],
    ['accuracy >= champion - 0.005', equal, untold],
    ['accuracy > champion', equal, untold],
    ['accuracy >= champion - 0.01', worse, refused],
    ['auc >= champion - 0.01', worse, refused],
    ['accuracy >= 0.9', better, passed],
    ['accuracy >= 0.9 confident', better, passed],
    ['accuracy >= 0.92 confident', better, untold],
    ['accuracy >= 0.96 confident', better, refused],
  ])('%s', async (rules, rows, ending) => {
    await put('p.csv', sharedCsv(rows));
    expect(seen(await gate({ predictions: 'p.csv', rules }))).toEqual(ending);
  });

  test('without rules, the first two metrics of the task must not be worse', async () => {
    await put('p.csv', sharedCsv(better));
    const host = await gate({ predictions: 'p.csv' });
    expect(seen(host)).toEqual(passed);
    const { checks } = (await reportOf(host)) as { checks: { rule: string }[] };
    expect(checks.map(({ rule }) => rule).sort()).toEqual(['accuracy >= champion - 1%', 'roc_auc >= champion - 1%']);
    await put('p.csv', sharedCsv(worse));
    expect(seen(await gate({ predictions: 'p.csv' }))).toEqual(refused);
  });

  test('mode superior asks the first metric to be better; threshold-only asks nothing of the champion', async () => {
    await put('p.csv', sharedCsv(equal));
    expect(seen(await gate({ predictions: 'p.csv', mode: 'superior', margin: '3%' }))).not.toEqual(passed);
    await put('p.csv', sharedCsv(better));
    expect(seen(await gate({ predictions: 'p.csv', mode: 'superior' }))).toEqual(passed);
    const mode = 'threshold-only';
    expect(seen(await gate({ predictions: 'p.csv', mode, rules: 'accuracy >= 0.9\nauc > champion + 0.5' }))).toEqual(
      passed,
    );
    expect(seen(await gate({ predictions: 'p.csv', mode }))).toEqual(unjudged);
    expect(messageOf(await gate({ predictions: 'p.csv', mode: 'superior', rules: 'auc >= champion' }))).toContain(
      'no rule asks for more than the champion',
    );
  });

  test('the candidate alone is judged by numbers; the champion may come from its metrics', async () => {
    await put('p.csv', csvOf(better, { label: (row) => row.label, prediction: (row) => row.candidate }));
    expect(seen(await gate({ predictions: 'p.csv', rules: 'accuracy >= 0.9' }))).toEqual(passed);
    expect(seen(await gate({ predictions: 'p.csv', rules: 'accuracy >= champion' }))).toEqual(unjudged);
    await put('old.json', { accuracy: 0.9 });
    const host = await gate({ predictions: 'p.csv', champion: 'old.json', rules: 'accuracy >= champion' });
    expect(seen(host)).toEqual(passed);
    expect((await reportOf(host)).checks).toMatchObject([{ significance: 'not available', champion: 0.9 }]);
  });

  test('metrics that predictions do not tell come from metrics files', async () => {
    await put('p.csv', sharedCsv(better));
    await put('new.json', { latency_ms: 40, accuracy: 0.5 });
    await put('old.json', { latency_ms: 50 });
    const host = await gate({
      predictions: 'p.csv',
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'accuracy > champion\nlatency_ms <= 45\nlatency_ms <= champion',
    });
    expect(seen(host)).toEqual(passed);
    expect((await reportOf(host)).warnings).toMatchObject([expect.stringContaining('accuracy is 0.5 in new.json')]);
    expect(messageOf(await gate({ predictions: 'p.csv', rules: 'latency_ms <= 45' }))).toContain(
      'no metrics file is given',
    );
  });
});

test.each(['p.jsonl', 'p.tsv'])('a table as %s', async (name) => {
  const isLines = name.endsWith('jsonl');
  const lines = better.map(({ id, label, candidate, champion }) => {
    const row = { id, label, prediction: candidate, champion_prediction: champion };
    return isLines ? JSON.stringify(row) : Object.values(row).join('\t');
  });
  await put(name, [...(isLines ? [] : ['id\tlabel\tprediction\tchampion_prediction']), ...lines, ''].join('\n'));
  expect(seen(await gate({ predictions: name, rules: 'accuracy > champion' }))).toEqual(passed);
});

describe('slices', () => {
  const rows = better.map((row) =>
    row.segment === 'new' ? { ...row, candidate: row.id.endsWith('7') ? 1 - row.label : row.label } : row,
  );
  test('a slice, the worst group and the gap', async () => {
    await put('p.csv', sharedCsv(rows));
    const of = async (rules: string, inputs = {}): Promise<unknown> =>
      seen(await gate({ predictions: 'p.csv', rules, ...inputs }));
    expect(await of('accuracy[segment=new] >= 0.85')).toEqual(passed);
    expect(await of('accuracy[worst of segment] >= 0.85')).toEqual(passed);
    expect(await of('accuracy[worst of segment] >= 0.95')).toEqual(refused);
    expect(await of('gap(accuracy by segment) <= 0.1')).toEqual(passed);
    expect(await of('gap(selection_rate by segment) <= 0.2')).toEqual(passed);
    expect(await of('ratio(tpr by segment) >= 0.8')).toEqual(passed);
    expect(await of('accuracy[segment=odd] >= 0.1')).toEqual(unjudged);
    expect(await of('accuracy[region=eu] >= 0.1')).toEqual(unjudged);
    expect(await of('accuracy[segment=new] >= 0.1', { 'min-slice': '1000' })).toEqual(untold);
    expect(await of('accuracy[worst of segment] >= champion - 0.05')).toEqual(passed);
  });
});

describe('files that are joined', () => {
  const own = (rows: readonly Example[]): string =>
    csvOf(rows, { id: (row) => row.id, label: (row) => row.label, prediction: (row) => row.candidate });
  const other = (rows: readonly Example[]): string =>
    csvOf(rows, { prediction: (row) => row.champion, id: (row) => row.id });
  const files = { 'candidate-predictions': 'new.csv', 'champion-predictions': 'old.csv', rules: 'accuracy > champion' };

  test('in any order of their rows', async () => {
    await put('new.csv', own(better));
    await put('old.csv', other([...better].reverse()));
    expect(seen(await gate(files))).toEqual(passed);
  });

  test('with the labels in a file of their own, and numbers as ids', async () => {
    const number = (row: Example): number => Number(row.id.slice(1));
    await put('new.csv', csvOf(better, { id: number, prediction: (row) => row.candidate }));
    await put(
      'old.csv',
      csvOf([...better].reverse(), { id: (row) => `${number(row)}.0`, y_pred: (row) => row.champion }),
    );
    await put('truth.csv', csvOf(better, { id: number, target: (row) => row.label, segment: (row) => row.segment }));
    expect(seen(await gate({ ...files, labels: 'truth.csv' }))).toEqual(passed);
    expect(
      seen(await gate({ ...files, labels: 'truth.csv', rules: 'accuracy[segment=new] > champion - 0.5' })),
    ).toEqual(passed);
  });

  test.each<[string, () => readonly [string, string], string]>([
    [
      'a row is missing',
      () => [own(better), other(better.slice(1))],
      '1 of the 2000 ids of new.csv are not in old.csv (such as "r0")',
    ],
    [
      'a row is too many',
      () => [own(better.slice(1)), other(better)],
      '1 of the 2000 ids of old.csv are not in new.csv (such as "r0")',
    ],
    [
      'an id stands twice',
      () => [own(better), other([...better, better[0] as Example])],
      'old.csv: 1 of 2001 rows repeat an id ("r0" stands in rows 1 and 2001)',
    ],
    [
      'an id is missing',
      () => [own(better), other([{ ...(better[0] as Example), id: '' }, ...better.slice(1)])],
      'old.csv: row 1 has no id',
    ],
    [
      'other rows altogether',
      () => [own(better), other(better.map((row) => ({ ...row, id: `x${row.id}` })))],
      '2000 of the 2000 ids of new.csv are not in old.csv (such as "r0"), and 2000 of the 2000',
    ],
    [
      'other labels',
      () => [
        own(better),
        csvOf(better, {
          id: (row) => row.id,
          label: (row) => (row.id === 'r5' ? 1 - row.label : row.label),
          prediction: (row) => row.champion,
        }),
      ],
      'do not hold the same test set: label differs in 1 of 2000 rows, such as row 6 (id "r5")',
    ],
    [
      'no ids, other numbers of rows',
      () => [
        csvOf(better, { label: (row) => row.label, prediction: (row) => row.candidate }),
        csvOf(better.slice(1), { label: (row) => row.label, prediction: (row) => row.champion }),
      ],
      'new.csv has 2000 rows and old.csv has 1999',
    ],
    [
      'no ids and no labels to tell by',
      () => [
        csvOf(better, { label: (row) => row.label, prediction: (row) => row.candidate }),
        csvOf(better, { prediction: (row) => row.champion }),
      ],
      'cannot be joined: they have no column of ids',
    ],
  ])('%s', async (_, contents, text) => {
    const [first, second] = contents();
    await put('new.csv', first);
    await put('old.csv', second);
    const host = await gate(files);
    expect(messageOf(host)).toContain(text);
    expect(seen(host)).toEqual(unjudged);
  });

  test('without ids, rows in one order with equal labels', async () => {
    await put('new.csv', csvOf(better, { label: (row) => row.label, prediction: (row) => row.candidate }));
    await put('old.csv', csvOf(better, { label: (row) => row.label, prediction: (row) => row.champion }));
    const host = await gate(files);
    expect(seen(host)).toEqual(passed);
    expect((await reportOf(host)).warnings).toMatchObject([expect.stringContaining('in their order')]);
  });

  test('the same file as both', async () => {
    await put('new.csv', own(better));
    const host = await gate({ ...files, 'champion-predictions': './new.csv' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('compared with itself proves nothing');
  });
});
