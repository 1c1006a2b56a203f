import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Json, type RunInfo, type StepRecord, systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { checkStore, openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';
import { action } from './run.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'register-'));
  await mkdir(join(workspace, 'model'));
  await writeFile(join(workspace, 'model', 'model.bin'), 'weights');
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const run: RunInfo = {
  system: 'github',
  repository: 'acme/churn',
  commit: '0123abc',
  runUrl: 'https://example.org/runs/1',
  actor: 'ada',
};

/** Runs the step as the runner does, on the local provider, with `model: churn` unless said otherwise. */
async function register(inputs: Readonly<Record<string, string>>): Promise<MemoryHost> {
  const host = memoryHost({ inputs: { model: 'churn', ...inputs }, workspace, run });
  await runAction(action, host, {
    clock: systemClock,
    random: Math.random,
    onSignal: () => () => {},
    openProvider: async ({ store }, workingDirectory, effects) =>
      (await openLocalProvider({ root: join(workingDirectory, store), daemonCommand: [], effects })) as Provider,
  });
  return host;
}

/** Registers, and expects one user error with these texts in it and nothing in the store. */
async function refused(inputs: Readonly<Record<string, string>>, ...texts: readonly string[]): Promise<void> {
  const host = await register(inputs);
  expect(host.ending?.kind).toBe('user-error');
  for (const text of texts) expect((host.ending as { message: string }).message).toContain(text);
  expect(host.outputs).toEqual({});
  expect(await versions()).toEqual([]);
}

async function versions(): Promise<string[]> {
  return readdir(join(workspace, '.mlops', 'models', 'churn')).catch(() => []);
}

async function document(version: number): Promise<Record<string, Json>> {
  return JSON.parse(await readFile(join(workspace, '.mlops', 'models', 'churn', `${version}.json`), 'utf8'));
}

function step(
  name: string,
  ending: StepRecord['ending'],
  lineage: StepRecord['lineage'],
  message?: string,
): StepRecord {
  const time = '2024-01-01T00:00:00.000Z';
  return { action: name, start: time, end: time, ending, lineage, ...(message === undefined ? {} : { message }) };
}

const record = async (...steps: readonly StepRecord[]): Promise<void> =>
  writeFile(join(workspace, 'mlops-run.json'), JSON.stringify({ format: 1, run, steps }));

const trained = (lineage: StepRecord['lineage'] = {}) =>
  step('train', 'ok', {
    job: 'train-1',
    code: 'sha256:c0de',
    'model-uri': join(workspace, 'model'),
    metrics: { accuracy: 0.91 },
    hyperparameters: { lr: '0.1|`x`' },
    dataset: 'rows@3',
    ...lineage,
  });

describe('a model given by path', () => {
  test('is registered with its metrics, tags, aliases and description', async () => {
    await writeFile(join(workspace, 'metrics.json'), '{"accuracy": 0.93, "loss": -1e-9}');
    const host = await register({
      'model-uri': 'model',
      metrics: 'metrics.json',
      aliases: 'challenger, champion',
      'approval-status': 'Approved',
      description: 'A first try',
      tags: 'team: growth\nscore: 7',
    });
    expect(host.ending).toEqual({ kind: 'ok' });
    expect(host.outputs).toMatchObject({ model: 'churn@1', version: '1', created: 'true' });
    expect(host.outputs.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(host.outputs['model-uri']).toMatch(/^file:\/\//);
    expect(await document(1)).toMatchObject({
      metrics: { accuracy: 0.93, loss: -1e-9 },
      approvalStatus: 'Approved',
      description: 'A first try',
      lineage: {
        repository: 'acme/churn',
        commit: '0123abc',
        'run-url': run.runUrl,
        actor: 'ada',
        team: 'growth',
        score: '7',
      },
    });
    expect(JSON.parse(await readFile(join(workspace, '.mlops/models/churn/aliases.json'), 'utf8'))).toEqual({
      challenger: 1,
      champion: 1,
    });
    expect(host.summaryText).toContain('churn@1 (new)');
    expect(host.summaryText).toContain('challenger, champion');
    expect(await checkStore(join(workspace, '.mlops'))).toEqual([]);
  });

  test('a second time is the same version, whatever else is said; aliases are set nonetheless', async () => {
    const first = await register({ 'model-uri': 'model' });
    const again = await register({ 'model-uri': 'model', aliases: 'champion', 'approval-status': 'Approved' });
    expect(again.outputs).toEqual({ ...first.outputs, created: 'false' });
    expect(await document(1)).toMatchObject({ approvalStatus: 'PendingManualApproval' });
    expect(again.summaryText).toContain('registered before');
    expect(await versions()).toEqual(['1.json', 'aliases.json']);
  });

  test('changed content is the next version, and an alias moves to it', async () => {
    await register({ 'model-uri': 'model', aliases: 'champion' });
    await writeFile(join(workspace, 'model', 'model.bin'), 'other');
    const host = await register({ 'model-uri': 'model', aliases: 'champion' });
    expect(host.outputs).toMatchObject({ model: 'churn@2', created: 'true' });
    expect(JSON.parse(await readFile(join(workspace, '.mlops/models/churn/aliases.json'), 'utf8'))).toEqual({
      champion: 2,
    });
  });

  test('the address that the registry gave can be registered under another name', async () => {
    const first = await register({ 'model-uri': 'model' });
    const host = await register({ model: 'copy', 'model-uri': first.outputs['model-uri'] ?? '' });
    expect(host.outputs).toMatchObject({ model: 'copy@1', created: 'true', digest: first.outputs.digest });
  });
});

describe('a model that the run record names', () => {
  test('brings its metrics and origin, and the card shows them; what it holds is no markup', async () => {
    await record(trained(), step('evaluate-gate', 'ok', {}));
    const host = await register({ description: 'risky <b>|' });
    expect(host.ending).toEqual({ kind: 'ok' });
    const { metrics, lineage, card } = await document(1);
    expect(metrics).toEqual({ accuracy: 0.91 });
    expect(lineage).toMatchObject({ dataset: 'rows@3', job: 'train-1', code: 'sha256:c0de', gate: 'passed' });
    expect(card).toContain('# Model card: churn');
    expect(card).toContain('| accuracy | 0.91 |');
    expect(card).toContain('<code>rows@3</code>');
    expect(card).toContain('[https://example.org/runs/1](https://example.org/runs/1)');
    expect(card).toContain('The gate passed this version.');
    expect(card).not.toContain('<b>');
    expect(card).not.toContain('0.1|`x`');
  });

  test('is recorded for the steps after it', async () => {
    await record(trained());
    await register({ aliases: 'next' });
    const { steps } = JSON.parse(await readFile(join(workspace, 'mlops-run.json'), 'utf8')) as { steps: StepRecord[] };
    expect(steps.at(-1)).toMatchObject({
      action: 'register-model',
      ending: 'ok',
      lineage: { model: 'churn@1', aliases: ['next'], 'approval-status': 'PendingManualApproval' },
    });
  });

  test('is the newest one that was trained well', async () => {
    await record(trained({ 'model-uri': '/gone' }), trained({ job: 'train-2' }), step('train', 'user-error', {}));
    await register({});
    expect(await document(1)).toMatchObject({ lineage: { job: 'train-2' } });
  });

  test('lends nothing to another model given by path', async () => {
    await record(trained({ 'model-uri': 'file:///elsewhere' }));
    await register({ 'model-uri': 'model' });
    const { metrics, lineage, card } = await document(1);
    expect(metrics).toEqual({});
    expect(lineage).not.toHaveProperty('dataset');
    expect(lineage).not.toHaveProperty('job');
    expect(card).not.toContain('Hyperparameters');
  });

  test('a card of the user replaces the one made', async () => {
    await record(trained());
    await writeFile(join(workspace, 'CARD.md'), '# Mine\n');
    await register({ 'model-card': 'CARD.md' });
    expect((await document(1)).card).toBe('# Mine\n');
  });
});

describe('the gate', () => {
  const no = (message: string) => step('evaluate-gate', 'verdict', {}, message);

  test('that said no refuses the model, with what it said', async () => {
    await record(trained(), no('accuracy 0.91 is below 0.95.'));
    await refused({}, 'accuracy 0.91 is below 0.95.', '`ignore-gate: true`');
  });

  test('a refusal counts also when fail-on let its step go on', async () => {
    const gate = { passed: false, verdict: 'fail', headline: 'accuracy 0.91 is below 0.95.' };
    await record(trained(), step('evaluate-gate', 'ok', { gate }));
    await refused({}, 'The gate refused this model: accuracy 0.91 is below 0.95.');
    await record(trained(), step('evaluate-gate', 'ok', { gate: { ...gate, verdict: 'error' } }));
    await refused({}, 'The gate could not judge this model');
  });

  test('that broke did not say yes', async () => {
    await record(trained(), step('evaluate-gate', 'failure', {}, 'Disk gone.'));
    await refused({}, 'could not judge', 'Disk gone.');
  });

  test('can be ignored, and the version says so', async () => {
    await record(trained(), no('accuracy is low.'));
    const host = await register({ 'ignore-gate': 'true' });
    expect(host.ending).toEqual({ kind: 'ok' });
    expect(await document(1)).toMatchObject({
      lineage: { gate: 'refused' },
      card: expect.stringContaining('accuracy is low.'),
    });
  });

  test('counts by its newest answer since the training', async () => {
    await record(no('an older model'), trained());
    expect((await register({})).ending).toEqual({ kind: 'ok' });
    await record(trained(), no('first'), step('evaluate-gate', 'ok', {}));
    expect((await register({})).ending).toEqual({ kind: 'ok' });
  });
});

describe('one clear error and nothing half-written:', () => {
  test.each([
    ['{"accuracy": NaN}', 'leave such a metric out'],
    ['{"accuracy": 0.9', 'is not valid JSON'],
    ['', 'is not valid JSON'],
    ['[0.9]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    ['{"accuracy": "0.9"}', '"accuracy"'],
    ['{"accuracy": {"value": 0.9}}', 'is an object'],
    ['{"accuracy": 1e999}', 'is Infinity'],
  ])('the metrics file %j', async (text, message) => {
    await writeFile(join(workspace, 'metrics.json'), text);
    await refused({ 'model-uri': 'model', metrics: 'metrics.json' }, 'Input `metrics`', 'metrics.json', message);
  });

  test('files that are not there, and a folder for a file', async () => {
    await refused({ 'model-uri': 'model', metrics: 'no.json' }, 'Input `metrics`', 'does not exist');
    await refused({ 'model-uri': 'model', 'model-card': 'no.md' }, 'Input `model-card`', 'does not exist');
    await refused({ 'model-uri': 'model', 'model-card': 'model' }, 'Input `model-card`', 'EISDIR');
    await refused({ 'model-uri': 'no-model' }, 'no-model does not exist');
  });

  test('no model at all', async () => {
    await refused({}, 'Input `model-uri` is not given', 'names no trained model');
  });

  test.each(['ünï', '../up', 'a b', 'x'.repeat(300)])('the name %j', async (model) => {
    await refused({ model, 'model-uri': 'model' }, 'Input `model`');
  });

  test('aliases and tags that cannot be', async () => {
    await refused({ 'model-uri': 'model', aliases: 'fine, -bad, ünï' }, 'Input `aliases`', '"-bad"', '"ünï"');
    await refused({ 'model-uri': 'model', tags: 'commit: mine' }, 'Input `tags`', '"commit"');
  });

  test('an address of another place', async () => {
    await refused({ 'model-uri': 's3://bucket/model' }, 's3://bucket/model', 'local provider');
  });

  test('a damaged artifact', async () => {
    const first = await register({ model: 'other', 'model-uri': 'model' });
    const file = new URL(`${first.outputs['model-uri']}/model.bin`);
    await rm(file);
    await writeFile(file, 'tampered');
    await refused(
      { 'model-uri': first.outputs['model-uri'] ?? '' },
      'model.bin has changed',
      'mlops-actions store check',
    );
  });
});

test('a dry run says what it would do and touches nothing', async () => {
  const before = (await readdir(workspace)).sort();
  const host = await register({ 'model-uri': 'model', aliases: 'champion', 'dry-run': 'true' });
  expect(host.ending).toEqual({ kind: 'ok' });
  expect(host.outputs).toEqual({});
  expect(host.logs.map(({ message }) => message).join('\n')).toContain(
    'as a version of churn and point champion at it',
  );
  expect((await readdir(workspace)).sort()).toEqual(before);
});

test('steps that run at once register once', async () => {
  const hosts = await Promise.all(Array.from({ length: 6 }, () => register({ 'model-uri': 'model' })));
  expect(hosts.map(({ outputs }) => outputs.created).sort()).toEqual([
    'false',
    'false',
    'false',
    'false',
    'false',
    'true',
  ]);
  expect(hosts.map(({ outputs }) => outputs.model)).toEqual(Array.from({ length: 6 }, () => 'churn@1'));
});
