import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Json, systemClock } from '@mlops-actions/core';
import { memoryHost } from '@mlops-actions/hosts';
import { gateWorkspace, messageOf, passed, refused, reportOf, seen, unjudged } from './testing/gate-workspace.ts';

const workspace = gateWorkspace();
const { put, gate, openStore } = workspace;

async function register(name: string, metrics: Record<string, number>, alias?: string): Promise<void> {
  await put('model/weights.bin', JSON.stringify(metrics));
  const host = memoryHost({ workspace: workspace.path });
  const { models } = await openStore({ log: host, clock: systemClock, environment: {}, random: Math.random });
  const { model } = await models.register({
    name,
    source: join(workspace.path, 'model'),
    metrics,
    approvalStatus: 'Approved',
    lineage: {},
  });
  if (alias !== undefined) await models.setAlias(name, alias, model.version);
}

async function recordOf(metrics: Json, job?: string): Promise<void> {
  const step = { action: 'train', start: '', end: '', ending: 'ok', lineage: { metrics, ...(job && { job }) } };
  await put('mlops-run.json', { format: 1, run: { system: 'memory' }, steps: [step] });
}

describe('a verdict', () => {
  test('pass', async () => {
    await put('new.json', { accuracy: 0.95, rmse: 1.0 });
    await put('old.json', { accuracy: 0.94, rmse: 1.0 });
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'accuracy >= 0.9\naccuracy > champion\nrmse <= champion * 1.01',
    });
    expect(seen(host)).toEqual(passed);
    expect(host.outputs['failed-rules']).toBe('');
    expect(host.summaryText).toContain('The gate passed: all 3 rules hold.');
    expect(host.summaryText).toContain(
      '| <code>accuracy</code> | 0.94 | 0.95 | +0.01 | <code>accuracy &#62; champion</code> | ✔ pass |',
    );
    expect(await readFile(join(workspace.path, 'gate-report', 'report.md'), 'utf8')).toBe(host.summaryText);
  });

  test('fail names the worst rule with its figures', async () => {
    await put('new.json', { accuracy: 0.871, auc: 0.99, f1: 0.899 });
    await put('old.json', { accuracy: 0.942, auc: 0.9, f1: 0.9 });
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'auc > champion\nf1 >= champion\naccuracy >= champion - 0.005',
    });
    expect(seen(host)).toEqual(refused);
    expect(messageOf(host)).toBe(
      'The gate refused the candidate: accuracy 0.871 is below champion 0.942 - 0.005 = 0.937 (and 1 more rule).',
    );
    expect(host.outputs['failed-rules']).toBe('f1 >= champion\naccuracy >= champion - 0.005');
    expect((await reportOf(host)).checks).toMatchObject([
      { metric: 'f1' },
      { metric: 'accuracy', difference: 0.871 - 0.942 },
      { metric: 'auc' },
    ]);
  });

  test('error has outputs and a report too, and is no verdict', async () => {
    await put('new.json', { accuracy: 0.9 });
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'accuracy >= champion\naccuracy >= 0.5',
    });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toBe(
      'The gate could not judge the candidate: accuracy cannot be compared: the file old.json does not exist.',
    );
    expect(host.outputs['failed-rules']).toBe('accuracy >= champion');
    expect(await reportOf(host)).toMatchObject({
      verdict: 'error',
      champion: null,
      'champion-missing': 'the file old.json does not exist',
    });
  });

  test('is written into the run record', async () => {
    await recordOf({ accuracy: 0.9 });
    await gate({ rules: 'accuracy >= 0.95' });
    const { steps } = JSON.parse(await readFile(join(workspace.path, 'mlops-run.json'), 'utf8'));
    expect(steps[1]).toMatchObject({
      action: 'evaluate-gate',
      ending: 'verdict',
      lineage: {
        gate: { passed: false, verdict: 'fail', candidate: 'the run record', checks: [{ rule: 'accuracy >= 0.95' }] },
      },
    });
  });

  test('fail-on decides the ending and nothing else', async () => {
    await put('new.json', { accuracy: 0.9 });
    const bad = { candidate: 'new.json', rules: 'accuracy >= 0.95' };
    expect(seen(await gate({ ...bad, 'fail-on': 'none' }))).toEqual(['ok', 'false', 'fail']);
    expect(seen(await gate({ ...bad, 'fail-on': 'error' }))).toEqual(['ok', 'false', 'fail']);
    expect(seen(await gate({ ...bad, 'fail-on': 'fail' }))).toEqual(refused);
    const untold = { candidate: 'new.json', rules: 'accuracy > champion', 'fail-on': 'fail' };
    expect(seen(await gate(untold))).toEqual(['ok', 'false', 'error']);
  });
});

describe('where metrics come from', () => {
  test('the run record, whose job names the candidate', async () => {
    await recordOf({ accuracy: 0.95 }, 'churn-4f2a');
    const host = await gate({ rules: 'accuracy >= 0.9' });
    expect((await reportOf(host)).candidate).toBe('job churn-4f2a');
  });

  test('the run record, against a model of the registry by alias and by version', async () => {
    await recordOf({ accuracy: 0.95 });
    await register('churn', { accuracy: 0.94 }, 'champion');
    for (const champion of ['churn:champion', 'churn@1']) {
      const host = await gate({ champion, rules: 'accuracy > champion' });
      expect(seen(host)).toEqual(passed);
      expect((await reportOf(host)).champion).toContain('churn@1');
    }
  });

  test.each(['churn:champion', 'churn@9', 'other:champion'])('%s is missing', async (champion) => {
    await recordOf({ accuracy: 0.95 });
    await register('churn', { accuracy: 0.94 });
    const rules = 'accuracy > champion\naccuracy >= 0.9';
    const host = await gate({ champion, rules });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain(`the registry has no model ${champion}`);
    const first = await gate({ champion, rules, 'on-missing-champion': 'threshold-only' });
    expect(seen(first)).toEqual(passed);
    expect((await reportOf(first))['not-compared']).toEqual(['accuracy > champion']);
    expect(first.summaryText).toContain('Not compared, for want of a champion: <code>accuracy &#62; champion</code>');
    expect(
      seen(await gate({ champion, rules: 'accuracy > champion', 'on-missing-champion': 'threshold-only' })),
    ).toEqual(unjudged);
    expect(seen(await gate({ champion, 'on-missing-champion': 'threshold-only' }))).toEqual(unjudged);
  });

  test('slices of a training, by way of the run record and the registry', async () => {
    await recordOf({ recall: 0.9, 'slices.segment=new.recall': 0.8 });
    await register('churn', { recall: 0.9, 'slices.segment=new.recall': 0.85 }, 'champion');
    const host = await gate({
      champion: 'churn:champion',
      rules: 'recall >= champion\nrecall[segment=new] >= champion',
    });
    expect(seen(host)).toEqual(refused);
    expect(messageOf(host)).toContain('recall[segment=new] 0.8 is below champion 0.85');
  });

  test('a candidate of the registry', async () => {
    await register('churn', { accuracy: 0.94 }, 'champion');
    await register('churn', { accuracy: 0.95 });
    expect(
      seen(await gate({ candidate: 'churn@2', champion: 'churn:champion', rules: 'accuracy > champion' })),
    ).toEqual(passed);
    const itself = await gate({ candidate: 'churn@1', champion: 'churn:champion', rules: 'accuracy >= champion' });
    expect(seen(itself)).toEqual(unjudged);
    expect(messageOf(itself)).toContain('are the same');
  });

  test('a SageMaker evaluation.json', async () => {
    const evaluation = (value: number): Json => ({
      binary_classification_metrics: {
        accuracy: { value, standard_deviation: 'NaN' },
        confusion_matrix: { '0': { '0': 1 } },
      },
    });
    await put('new/evaluation.json', evaluation(0.95));
    await put('old/evaluation.json', evaluation(0.94));
    const host = await gate({
      candidate: 'new/evaluation.json',
      champion: 'old/evaluation.json',
      rules: 'accuracy > champion\nbinary_classification_metrics.accuracy.value >= 0.9',
    });
    expect(seen(host)).toEqual(passed);
    expect((await reportOf(host)).checks).toMatchObject([{ 'standard-deviation': 'NaN' }, {}]);
  });

  test('YAML, as DVC keeps it', async () => {
    await put('new.yaml', 'train:\n  loss: 0.2\ntest:\n  accuracy: 0.95\n  auc: .nan\n');
    expect(seen(await gate({ candidate: 'new.yaml', rules: 'test.accuracy >= 0.9' }))).toEqual(passed);
    const nan = await gate({ candidate: 'new.yaml', rules: 'test.auc >= 0.1' });
    expect(seen(nan)).toEqual(refused);
    expect(messageOf(nan)).toContain('test.auc of the candidate is NaN');
  });

  test('a folder of MLflow, the run or its metrics', async () => {
    await put('mlruns/0/abc/metrics/accuracy', '1 0.5 0\n2 0.95 1\n');
    await put('mlruns/0/abc/metrics/val/auc', '1 0.9 0\n');
    for (const candidate of ['mlruns/0/abc', 'mlruns/0/abc/metrics']) {
      expect(seen(await gate({ candidate, rules: 'accuracy >= 0.95\nval/auc >= 0.9' }))).toEqual(passed);
    }
  });

  test('a byte order mark and NaN as Python writes it', async () => {
    await put('new.json', '\ufeff{"accuracy": 0.95, "loss": NaN}');
    expect(seen(await gate({ candidate: 'new.json', rules: 'accuracy >= 0.9' }))).toEqual(passed);
    const host = await gate({ candidate: 'new.json', rules: 'loss <= 1' });
    expect(seen(host)).toEqual(refused);
    expect(messageOf(host)).toContain('loss of the candidate is NaN');
  });
});

describe('without rules', () => {
  test('every known metric of the champion may be at most 1 % worse', async () => {
    await put('old.json', { accuracy: 0.9, rmse: 2, support: 10 });
    await put('new.json', { accuracy: 0.895, rmse: 2.01, support: 10 });
    const host = await gate({ candidate: 'new.json', champion: 'old.json' });
    expect(seen(host)).toEqual(passed);
    expect(await reportOf(host)).toMatchObject({ 'not-judged': ['support'] });
    await put('new.json', { accuracy: 0.895, support: 10 });
    expect(seen(await gate({ candidate: 'new.json', champion: 'old.json' }))).toEqual(refused);
  });

  test.each([
    [{}, 'no `champion` is given'],
    [{ champion: 'odd.json' }, 'no metric whose direction is known'],
  ])('and %j, nothing can be judged', async (inputs, text) => {
    await put('new.json', { zap: 1 });
    await put('odd.json', { zap: 2 });
    const host = await gate({ candidate: 'new.json', ...inputs });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain(text);
  });
});

describe('a candidate that cannot be read is an error with one sentence', () => {
  test.each<[string, unknown, string]>([
    ['empty.json', '', 'empty.json is empty'],
    ['blank.json', ' \n', 'blank.json is empty'],
    ['cut.json', '{"accuracy": 0.9', 'cut.json:1:17 ends too early'],
    ['twice.json', '{"accuracy": 0.1,\n"accuracy": 0.99}', 'twice.json:2:1 has the key "accuracy" twice'],
    ['list.json', '[{"accuracy": 0.9}]', 'list.json holds a list'],
    ['text.json', 'accuracy = 0.9', 'text.json:1:1 is not JSON'],
    ['image.json', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff]), 'image.json is not UTF-8 text'],
    ['wide.json', Buffer.from('\ufeff{"accuracy": 0.9}', 'utf16le'), 'wide.json is not UTF-8 text'],
    ['zero.json', 'a\0b', 'zero.json is a binary file'],
    ['big.json', ' '.repeat(10_000_001), 'big.json has 10000001 bytes'],
    ['bad.yaml', 'a: [1', 'bad.yaml is not valid YAML'],
    ['twice.yaml', 'a: 1\na: 2\n', 'twice.yaml is not valid YAML'],
    [
      'bomb.yaml',
      `a: &a [x,x]\n${[...'bcdefgh'].map((key, i) => `${key}: &${key} [${`*${'abcdefg'[i]},`.repeat(9)}1]`).join('\n')}\n`,
      'bomb.yaml is not usable YAML',
    ],
    ['folder/x.json', '{}', 'folder is a folder and not an MLflow run'],
    ['run/metrics/rmse', 'high', 'run/rmse:1 is not'],
  ])('%s', async (name, content, text) => {
    await put(name, content);
    const candidate = name.startsWith('folder') ? 'folder' : name.startsWith('run') ? 'run' : name;
    const host = await gate({ candidate, rules: 'accuracy >= 0.5' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain(text);
    expect(messageOf(host)).not.toContain('\n');
    expect((await reportOf(host)).checks).toEqual([]);
  });

  test.each([
    ['missing.json', 'the file missing.json does not exist'],
    ['a/b\0c', 'cannot be read'],
    [`${'x'.repeat(300)}.json`, 'cannot be read (ENAMETOOLONG)'],
    ['churn@x', '"churn@x" is not a model reference'],
    ['../../../../../nowhere/é ü.json', 'does not exist'],
  ])('%j', async (candidate, text) => {
    const host = await gate({ candidate, rules: 'accuracy >= 0.5' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain(text);
  });

  test('nothing was trained and nothing is given', async () => {
    const host = await gate({ rules: 'accuracy >= 0.5' });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('the run record has no metrics');
  });

  test('a format that the file is not of', async () => {
    await put('new.json', { accuracy: 0.9 });
    const host = await gate({ candidate: 'new.json', rules: 'accuracy >= 0.5', format: 'mlflow' });
    expect(seen(host)).toEqual(unjudged);
    await put('run/metrics/accuracy', '1 1 1');
    expect(seen(await gate({ candidate: 'run', rules: 'accuracy >= 0.5', format: 'json' }))).toEqual(unjudged);
  });

  test('a broken champion is never a missing one', async () => {
    await put('new.json', { accuracy: 0.9 });
    await put('old.json', '{');
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'accuracy >= 0.5',
      'on-missing-champion': 'threshold-only',
    });
    expect(seen(host)).toEqual(unjudged);
    expect(messageOf(host)).toContain('old.json:1:2 ends too early');
  });
});

describe('inputs', () => {
  test('all faults at once, before any file is opened', async () => {
    const host = await gate({
      candidate: 'missing.json',
      rules: 'accuracy == 1\nks <= champion',
      directions: 'fid: down',
      'fail-on': 'fail, maybe',
    });
    expect(host.ending?.kind).toBe('user-error');
    for (const text of ['says "down" for fid', 'names "maybe"', 'rules`, line 1, column 10', 'rules`, line 2']) {
      expect(messageOf(host)).toContain(text);
    }
    expect(host.outputs).toEqual({});
  });

  test('a stated direction', async () => {
    await put('new.json', { fid: 3 });
    await put('old.json', { fid: 4 });
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      rules: 'fid < champion',
      directions: 'fid: lower',
    });
    expect(seen(host)).toEqual(passed);
  });

  test('a report folder that is a file', async () => {
    await put('new.json', { accuracy: 0.9 });
    const host = await gate({ candidate: 'new.json', rules: 'accuracy >= 0.5', report: 'new.json' });
    expect(host.ending?.kind).not.toBe('ok');
    expect(host.outputs).toEqual({});
  });

  test('names of metrics do not break the summary', async () => {
    const evil = '<img src=x onerror=alert(1)>|`\n[x](http://evil)';
    await put('new.json', { [evil]: 0.1, rmse: 1 });
    await put('old.json', { [evil]: 0.2, rmse: 1 });
    const host = await gate({
      candidate: 'new.json',
      champion: 'old.json',
      directions: JSON.stringify({ [evil]: 'higher' }),
    });
    expect(seen(host)).toEqual(refused);
    expect(host.summaryText).not.toContain('<img');
    const rows = host.summaryText.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.map((row) => row.split('|').length)).toEqual([8, 8, 8, 8]);
  });
});

test('on the page two rules of one metric are told apart by their names, and code in a headline is set as code', async () => {
  await put('new.json', { recall: 0.8 });
  await put('old.json', { recall: 0.9 });
  await gate({ candidate: 'new.json', champion: 'old.json', rules: 'recall >= 0.7\nrecall >= champion - 0.02' });
  const page = await readFile(join(workspace.path, 'gate-report', 'report.html'), 'utf8');
  expect(page).toContain('recall ≥ 0.7');
  expect(page).toContain('recall ≥ champion - 0.02');
  await gate({ candidate: 'new.json', mode: 'threshold-only' });
  expect(await readFile(join(workspace.path, 'gate-report', 'report.html'), 'utf8')).toContain(
    'There are no rules, and <code>mode</code> is threshold-only.',
  );
});
