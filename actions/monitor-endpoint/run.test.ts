import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import { Ajv } from 'ajv';
import { type Load, loadOn } from '../../packages/provider-local/src/endpoints/testing/load.ts';
import { until } from '../deploy-endpoint/testing/processes.ts';
import { type Step, startStep } from '../deploy-endpoint/testing/step.ts';
import { type Rig, rolloutRig } from '../rolling-update/testing/rig.ts';
import { action } from './run.ts';

const schema = JSON.parse(readFileSync(new URL('report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

let rig: Rig;
let load: Load | undefined;
beforeEach(async () => {
  rig = await rolloutRig();
});
afterEach(async () => {
  await load?.end();
  load = undefined;
  await rig.end();
});

function start(inputs: Readonly<Record<string, string>> = {}): Step {
  const quick = { endpoint: 'shop', window: '5s', interval: '1s', duration: '20s' };
  return startStep(action, memoryHost({ inputs: { ...quick, ...inputs }, env: {}, workspace: rig.workspace }));
}

const monitor = async (inputs: Readonly<Record<string, string>> = {}): Promise<MemoryHost> =>
  (await start(inputs).ended).host;
const message = ({ ending }: MemoryHost): string => (ending !== undefined && 'message' in ending ? ending.message : '');

/** Waits for a look that passes. */
async function passed({ host }: Step): Promise<void> {
  const isThere = (): boolean => host.logs.some(({ message: text }) => text.startsWith('pass: '));
  await until(() => host.ending !== undefined || isThere());
  expect([message(host), isThere()]).toEqual(['', true]);
}

/** Serves under load until there is a whole window to look at. */
async function asked(deployment: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  load = loadOn(await rig.serving(deployment, { environment: { TAG: deployment, ...environment } }), 2);
  await systemClock.sleep(6000);
}

describe('check', () => {
  test('of an endpoint that does well passes, and the report says so', async () => {
    await asked('blue');
    const host = await monitor({ 'max-p95-ms': '1000', expected: 'blue' });
    expect(message(host)).toBe('');
    expect(host.outputs).toMatchObject({ verdict: 'pass', 'error-rate': '0', 'failing-checks': '' });
    expect(host.outputs.headline).toMatch(/^shop is well: \d+ checks pass, \d+ requests were looked at\.$/);
    const report = JSON.parse(await readFile(host.outputs.report ?? '', 'utf8'));
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(report.measurements.blue).toHaveLength(5);
    expect(await readFile(host.outputs['report-html'] ?? '', 'utf8')).toContain('good-bar');
    expect(host.summaryText).toContain('| error-rate | <code>blue</code> | pass |');
  });

  test('of one that fails is a breach, with the cause first', async () => {
    await asked('blue', { MODE: 'broken' });
    const host = await monitor();
    expect(host.ending?.kind).toBe('verdict');
    expect(message(host)).toMatch(
      /^Breach: blue: server errors 100 % \(\d+\/\d+\), where 1 % is the limit; [\d,]+ of the model, 0 of the platform\.$/,
    );
    expect(host.outputs).toMatchObject({ verdict: 'fail', 'failing-checks': 'error-rate', 'error-rate': '1' });
  });

  test('of a slow one names the percentile', async () => {
    await asked('blue', { ANSWER_MS: '30' });
    const host = await monitor({ 'max-p95-ms': '10', 'on-breach': 'none' });
    expect(host.ending).toEqual({ kind: 'ok' });
    expect(host.outputs.headline).toMatch(/^Breach: blue: p95 [3-9]\d(\.\d)? ms, where 10 ms is the limit\.$/);
  });

  test('without requests nothing is said to be well', async () => {
    await rig.serving('blue');
    await systemClock.sleep(3000);
    const host = await monitor({ 'on-inconclusive': 'fail' });
    expect(host.outputs.verdict).toBe('inconclusive');
    expect(message(host)).toBe('Not enough to tell: blue: there were no requests.');
  });

  test('of one that does not exist, or has no such deployment, names it', async () => {
    expect(message(await monitor())).toContain('There is no endpoint "shop"');
    await rig.serving('blue');
    expect(message(await monitor({ deployment: 'red' }))).toBe(
      'Endpoint "shop" has no deployment "red". It has: blue.',
    );
  });

  test('against what is long ago needs a window of a minute', async () => {
    await rig.serving('blue');
    const host = await monitor({ window: '30s', baseline: '7d' });
    expect(message(host)).toBe(
      'Input `window` is 30 s, and what was 604800 s ago is known by the minute. Write at least 1m, or a shorter `baseline`.',
    );
  });

  test('against the time before: what became slower is found', async () => {
    await asked('blue', { ANSWER_MS: '5' });
    const calm = systemClock.now().getTime();
    await rig.registered('green');
    await rig.provider.endpoints.deploy({
      endpoint: 'shop',
      deployment: 'green',
      model: 'churn@2',
      command: [process.execPath, 'serve.cjs'],
      environment: { ANSWER_MS: '150' },
      autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 4 },
      startupTimeoutSeconds: 30,
      requestTimeoutSeconds: 30,
    });
    await rig.provider.endpoints.setTraffic('shop', { green: 100 });
    await systemClock.sleep(6000);
    // As long ago as blue had the machine to itself: it answers more slowly while green starts beside it.
    const host = await monitor({ baseline: `${Math.floor((systemClock.now().getTime() - calm) / 1000)}s` });
    expect([host.outputs['failing-checks'], host.outputs.headline]).toEqual([
      'latency-against-baseline',
      expect.stringMatching(/^Breach: green: p95 .* times the .* of the baseline/),
    ]);
    expect(message(host)).toMatch(/^Breach: green: p95 .* times the .* of the baseline/);
  });
});

describe('watch', () => {
  test('ends at a breach that begins meanwhile, and goes back to the deployment that served before', async () => {
    await asked('blue');
    await rig.registered('green');
    const rolled = await rig.run({
      deployment: 'green',
      model: 'churn',
      strategy: 'all-at-once',
      'final-bake': '2s',
      'keep-old': 'true',
    });
    expect(rolled.message).toBe('');
    const watching = start({ mode: 'watch', 'on-breach': 'rollback', duration: '60s' });
    await passed(watching);
    const { url = '' } = (await rig.provider.endpoints.describe('shop')) ?? {};
    const broken = await Promise.all(
      Array.from({ length: 800 }, () =>
        fetch(url, { method: 'POST', body: '{}', headers: { 'x-test-do': 'status:500' } }).then(({ status }) => status),
      ),
    );
    expect(new Set(broken)).toEqual(new Set([500]));
    const { host } = await watching.ended;
    expect(host.outputs).toMatchObject({ verdict: 'fail', 'rolled-back-to': 'blue' });
    expect(message(host)).toMatch(/^Breach: green: server errors .* Everything is back at blue\.$/);
    expect(await rig.traffic()).toEqual({ blue: 100, green: 0 });
  });

  test('that is cancelled reports what it saw', async () => {
    await asked('blue');
    const watching = start({ mode: 'watch', duration: '600s' });
    await passed(watching);
    watching.cancel();
    const { host } = await watching.ended;
    expect(host.outputs.verdict).toBe('pass');
    expect(host.ending).toEqual({ kind: 'ok' });
  });

  test('whose breach has nobody to go back to says so', async () => {
    await asked('blue', { MODE: 'broken' });
    const host = await monitor({ mode: 'watch', 'on-breach': 'rollback' });
    expect(host.ending?.kind).toBe('user-error');
    expect(message(host)).toContain('It could not go back: No other deployment served before this one');
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });

  test('aborts a rollout that is under way', async () => {
    await asked('blue');
    await rig.registered('green');
    await rig.run({
      deployment: 'green',
      model: 'churn',
      steps: '50,100',
      'min-requests': '1000000',
      'max-hold': '0s',
      'on-inconclusive': 'pause',
    });
    expect(await rig.traffic()).toEqual({ blue: 50, green: 50 });
    const host = await monitor({ 'max-p95-ms': '0', 'on-breach': 'rollback' });
    expect(host.outputs['rolled-back-to']).toBe('blue');
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });
});
