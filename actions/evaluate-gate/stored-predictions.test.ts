import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { memoryHost } from '@mlops-actions/hosts';
import { csvOf, type Example, examplesOf } from './testing/answers.ts';
import { gateWorkspace, messageOf, passed, refused, reportOf, seen, unjudged } from './testing/gate-workspace.ts';

const workspace = gateWorkspace();
const { put, gate, openStore } = workspace;
const rows = examplesOf({ rows: 600, candidate: 0.93, champion: 0.85 });
const answers = (of: 'candidate' | 'champion'): string =>
  csvOf(rows, { id: (row: Example) => row.id, label: (row) => row.label, prediction: (row) => row[of] });

/** Registers the folder as `churn`, alias champion, and returns where the registry keeps it. */
async function register(folder: string): Promise<string> {
  const host = memoryHost({ workspace: workspace.path });
  const { models } = await openStore({ log: host, clock: systemClock, environment: {}, random: Math.random });
  const source = join(workspace.path, folder);
  const { model } = await models.register({
    name: 'churn',
    source,
    metrics: {},
    approvalStatus: 'Approved',
    lineage: {},
  });
  await models.setAlias('churn', 'champion', model.version);
  return model.artifact.uri;
}

const inputs = {
  'candidate-predictions': 'new model/predictions.csv',
  champion: 'churn:champion',
  'champion-predictions': 'churn:champion/predictions.csv',
  'on-missing-champion': 'threshold-only',
  rules: 'accuracy >= 0.8\naccuracy >= champion - 0.01',
};

beforeEach(async () => {
  await put('new model/predictions.csv', answers('candidate'));
  await put('old/predictions.csv', answers('champion'));
});

test("the champion's answers come from the registry, the candidate's from the URI of its model", async () => {
  await register('old');
  const uri = pathToFileURL(join(workspace.path, 'new model')).href;
  const host = await gate({ ...inputs, 'candidate-predictions': `${uri}/predictions.csv` });
  expect(seen(host)).toEqual(passed);
  const { checks } = await reportOf(host);
  expect(checks).toMatchObject([{ significance: null }, { significance: 'tested' }]);
  const worse = { 'candidate-predictions': 'old/predictions.csv', 'champion-predictions': 'churn@2/predictions.csv' };
  await register('new model');
  expect(seen(await gate({ ...inputs, ...worse }))).toEqual(refused);
});

test('the first model has no champion: `on-missing-champion` decides', async () => {
  expect(seen(await gate(inputs))).toEqual(passed);
  expect(seen(await gate({ ...inputs, 'on-missing-champion': 'fail' }))).toEqual(unjudged);
});

test('the champion trained again is no mistake: it passes, and the step says that all answers are alike', async () => {
  const uri = await register('old');
  const host = await gate({ ...inputs, 'candidate-predictions': `${uri}/predictions.csv` });
  expect(seen(host)).toEqual(passed);
  expect((await reportOf(host)).warnings).toMatchObject([expect.stringContaining('answered every row alike')]);
});

test.each([
  [
    'a version without the file',
    { 'champion-predictions': 'churn:champion/answers.csv' },
    'churn:champion/answers.csv',
  ],
  [
    'no such candidate',
    { 'candidate-predictions': 'churn@7/predictions.csv' },
    'Input `candidate-predictions` is churn@7/predictions.csv',
  ],
  ['no such labels', { labels: 'other:x/labels.csv' }, 'Input `labels` is other:x/labels.csv'],
  [
    'another machine',
    { 'candidate-predictions': 'file://far/away.csv' },
    '"file://far/away.csv" is not a file URI of this',
  ],
])('%s', async (_, changes, text) => {
  await register('old');
  const host = await gate({ ...inputs, ...changes });
  expect(messageOf(host)).toContain(text);
  expect(seen(host)).toEqual(unjudged);
});
