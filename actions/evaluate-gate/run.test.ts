import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Json, systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';
import { Ajv } from 'ajv';
import { action } from './run.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'gate-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(await readFile(new URL('./report.schema.json', import.meta.url), 'utf8')),
);

async function put(name: string, content: unknown): Promise<string> {
  const path = join(workspace, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return name;
}

function openStore(effects: Parameters<typeof openLocalProvider>[0]['effects']): Promise<Provider> {
  return openLocalProvider({ root: join(workspace, '.mlops'), daemonCommand: [], effects }) as Promise<Provider>;
}

/** Runs the step as the runner does. Every report is held against its schema. */
async function gate(inputs: Readonly<Record<string, string>>): Promise<MemoryHost> {
  const host = memoryHost({ inputs, workspace });
  await runAction(action, host, {
    clock: systemClock,
    random: Math.random,
    onSignal: () => () => {},
    openProvider: (_inputs, _workingDirectory, effects) => openStore(effects),
  });
  if (host.outputs.report !== undefined) {
    const report: unknown = JSON.parse(await readFile(host.outputs.report, 'utf8'));
    expect(validate(report) ? [] : validate.errors).toEqual([]);
  }
  return host;
}

async function report(host: MemoryHost): Promise<Record<string, Json>> {
  return JSON.parse(await readFile(host.outputs.report as string, 'utf8'));
}

function message(host: MemoryHost): string {
  const { ending } = host;
  return ending !== undefined && 'message' in ending ? ending.message : '';
}

/** What a workflow sees. */
function seen(host: MemoryHost): (string | undefined)[] {
  return [host.ending?.kind, host.outputs.passed, host.outputs.verdict];
}
const passed = ['ok', 'true', 'pass'];
const refused = ['verdict', 'false', 'fail'];
const unjudged = ['user-error', 'false', 'error'];

async function register(name: string, metrics: Record<string, number>, alias?: string): Promise<void> {
  await put('model/weights.bin', JSON.stringify(metrics));
  const host = memoryHost({ workspace });
  const { models } = await openStore({ log: host, clock: systemClock, environment: {}, random: Math.random });
  const { model } = await models.register({
    name,
    source: join(workspace, 'model'),
    metrics,
    approvalStatus: 'Approved',
    lineage: {},
  });
  if (alias !== undefined) await models.setAlias(name, alias, model.version);
}

async function recordOf(metrics: Json): Promise<void> {
  const step = { action: 'train', start: '', end: '', ending: 'ok', lineage: { metrics } };
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
    expect(await readFile(join(workspace, 'gate-report', 'report.md'), 'utf8')).toBe(host.summaryText);
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
    expect(message(host)).toBe(
      'The gate refused the candidate: accuracy 0.871 is below champion 0.942 - 0.005 = 0.937 (and 1 more rule).',
    );
    expect(host.outputs['failed-rules']).toBe('f1 >= champion\naccuracy >= champion - 0.005');
    expect((await report(host)).checks).toMatchObject([
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
    expect(message(host)).toBe(
      'The gate could not judge the candidate: accuracy cannot be compared: the file old.json does not exist.',
    );
    expect(host.outputs['failed-rules']).toBe('accuracy >= champion');
    expect(await report(host)).toMatchObject({
      verdict: 'error',
      champion: null,
      'champion-missing': 'the file old.json does not exist',
    });
  });

  test('is written into the run record', async () => {
    await recordOf({ accuracy: 0.9 });
    await gate({ rules: 'accuracy >= 0.95' });
    const { steps } = JSON.parse(await readFile(join(workspace, 'mlops-run.json'), 'utf8'));
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
  test('the run record, against a model of the registry by alias and by version', async () => {
    await recordOf({ accuracy: 0.95 });
    await register('churn', { accuracy: 0.94 }, 'champion');
    for (const champion of ['churn:champion', 'churn@1']) {
      const host = await gate({ champion, rules: 'accuracy > champion' });
      expect(seen(host)).toEqual(passed);
      expect((await report(host)).champion).toContain('churn@1');
    }
  });

  test.each(['churn:champion', 'churn@9', 'other:champion'])('%s is missing', async (champion) => {
    await recordOf({ accuracy: 0.95 });
    await register('churn', { accuracy: 0.94 });
    const rules = 'accuracy > champion\naccuracy >= 0.9';
    const host = await gate({ champion, rules });
    expect(seen(host)).toEqual(unjudged);
    expect(message(host)).toContain(`the registry has no model ${champion}`);
    const first = await gate({ champion, rules, 'on-missing-champion': 'threshold-only' });
    expect(seen(first)).toEqual(passed);
    expect((await report(first))['not-compared']).toEqual(['accuracy > champion']);
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
    expect(message(host)).toContain('recall[segment=new] 0.8 is below champion 0.85');
  });

  test('a candidate of the registry', async () => {
    await register('churn', { accuracy: 0.94 }, 'champion');
    await register('churn', { accuracy: 0.95 });
    expect(
      seen(await gate({ candidate: 'churn@2', champion: 'churn:champion', rules: 'accuracy > champion' })),
    ).toEqual(passed);
    const itself = await gate({ candidate: 'churn@1', champion: 'churn:champion', rules: 'accuracy >= champion' });
    expect(seen(itself)).toEqual(unjudged);
    expect(message(itself)).toContain('are the same');
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
    expect((await report(host)).checks).toMatchObject([{ 'standard-deviation': 'NaN' }, {}]);
  });

  test('YAML, as DVC keeps it', async () => {
    await put('new.yaml', 'train:\n  loss: 0.2\ntest:\n  accuracy: 0.95\n  auc: .nan\n');
    expect(seen(await gate({ candidate: 'new.yaml', rules: 'test.accuracy >= 0.9' }))).toEqual(passed);
    const nan = await gate({ candidate: 'new.yaml', rules: 'test.auc >= 0.1' });
    expect(seen(nan)).toEqual(refused);
    expect(message(nan)).toContain('test.auc of the candidate is NaN');
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
    expect(message(host)).toContain('loss of the candidate is NaN');
  });
});

describe('without rules', () => {
  test('every known metric of the champion may be at most 1 % worse', async () => {
    await put('old.json', { accuracy: 0.9, rmse: 2, support: 10 });
    await put('new.json', { accuracy: 0.895, rmse: 2.01, support: 10 });
    const host = await gate({ candidate: 'new.json', champion: 'old.json' });
    expect(seen(host)).toEqual(passed);
    expect(await report(host)).toMatchObject({ 'not-judged': ['support'] });
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
    expect(message(host)).toContain(text);
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
    expect(message(host)).toContain(text);
    expect(message(host)).not.toContain('\n');
    expect((await report(host)).checks).toEqual([]);
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
    expect(message(host)).toContain(text);
  });

  test('nothing was trained and nothing is given', async () => {
    const host = await gate({ rules: 'accuracy >= 0.5' });
    expect(seen(host)).toEqual(unjudged);
    expect(message(host)).toContain('the run record has no metrics');
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
    expect(message(host)).toContain('old.json:1:2 ends too early');
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
      expect(message(host)).toContain(text);
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

describe('the defects of ready-made gates: would this one have caught it?', () => {
  const good = { accuracy: 0.9, rmse: 2 };
  const both = async (
    candidate: unknown,
    champion: unknown,
    inputs: Record<string, string> = {},
  ): Promise<MemoryHost> => {
    await put('new.json', candidate);
    if (champion !== undefined) await put('old.json', champion);
    return gate({ candidate: 'new.json', champion: 'old.json', ...inputs });
  };

  test('an inverted threshold: a metric below its minimum is refused, and an inverted rule is not accepted', async () => {
    expect(seen(await both({ accuracy: 0.2 }, undefined, { rules: 'accuracy >= 0.9' }))).toEqual(refused);
    expect(message(await both({ accuracy: 0.2 }, undefined, { rules: 'accuracy <= 0.9' }))).toContain(
      'would pass the worse model',
    );
    expect(message(await both(good, good, { rules: 'rmse >= champion' }))).toContain('would pass the worse model');
  });

  test('a result that is overwritten: one refusal among many passes decides', async () => {
    const rules = ['accuracy >= 0.1', 'rmse <= 1', ...Array.from({ length: 50 }, () => 'accuracy >= 0.1')].join('\n');
    expect(seen(await both(good, good, { rules }))).toEqual(refused);
  });

  test('a step that goes on after an error: passed stays false, whatever fail-on says', async () => {
    const host = await both('{', good, { rules: 'accuracy >= 0.1', 'fail-on': 'none' });
    expect(seen(host)).toEqual(['ok', 'false', 'error']);
  });

  test('an absolute threshold alone: a candidate worse than the champion is refused', async () => {
    expect(
      seen(await both({ accuracy: 0.91 }, { accuracy: 0.97 }, { rules: 'accuracy >= 0.9\naccuracy >= champion' })),
    ).toEqual(refused);
    expect(seen(await both({ accuracy: 0.91 }, { accuracy: 0.97 }))).toEqual(refused);
  });

  test('the champion read from the challenger: the same file is an error, equal numbers are a warning', async () => {
    await put('new.json', good);
    await symlink(join(workspace, 'new.json'), join(workspace, 'link.json'));
    for (const champion of ['new.json', './new.json', 'link.json']) {
      expect(seen(await gate({ candidate: 'new.json', champion }))).toEqual(unjudged);
    }
    const equal = await both(good, good);
    expect(seen(equal)).toEqual(passed);
    expect(equal.logs.some(({ level, message }) => level === 'warning' && message.includes('exactly equal'))).toBe(
      true,
    );
    expect((await report(equal)).warnings).toHaveLength(1);
  });

  test('a candidate compared with itself never wins', async () => {
    expect(seen(await both(good, good, { rules: 'accuracy > champion' }))).toEqual(refused);
    expect(seen(await both(good, good, { rules: 'rmse < champion' }))).toEqual(refused);
  });

  test('failing open: no baseline, a broken one, a dropped metric, NaN, an unknown direction', async () => {
    const rules = 'accuracy >= champion\nrmse <= champion';
    expect(seen(await both(good, undefined, { rules }))).toEqual(unjudged);
    expect(seen(await both(good, '<html>403</html>', { rules }))).toEqual(unjudged);
    expect(seen(await both({ accuracy: 0.99 }, good, { rules }))).toEqual(refused);
    expect(seen(await both({ accuracy: 0.99 }, good))).toEqual(refused);
    expect(seen(await both('{"accuracy": NaN, "rmse": 1}', good, { rules }))).toEqual(refused);
    expect(seen(await both(good, '{"accuracy": NaN, "rmse": 3}', { rules }))).toEqual(unjudged);
    expect(message(await both({ zap: 1 }, { zap: 2 }, { rules: 'zap >= champion' }))).toContain('is not known');
  });

  test('a relative margin below zero keeps its direction, and a missing baseline is not rubber-stamped', async () => {
    const rules = 'log_likelihood >= champion * 0.99';
    expect(seen(await both({ log_likelihood: -100.5 }, { log_likelihood: -100 }, { rules }))).toEqual(passed);
    expect(seen(await both({ log_likelihood: -150 }, { log_likelihood: -100 }, { rules }))).toEqual(refused);
    await rm(join(workspace, 'old.json'));
    expect(
      seen(await both({ log_likelihood: -150 }, undefined, { rules, 'on-missing-champion': 'threshold-only' })),
    ).toEqual(unjudged);
  });
});
