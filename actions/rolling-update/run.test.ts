import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Load, loadOn } from '../../packages/provider-local/src/endpoints/testing/load.ts';
import { until } from '../deploy-endpoint/testing/processes.ts';
import type { Step } from '../deploy-endpoint/testing/step.ts';
import { type Rig, rolloutRig } from './testing/rig.ts';

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

/** Blue serves, under load. */
async function serving(change: Parameters<Rig['serving']>[1] = {}): Promise<void> {
  const url = await rig.serving('blue', change);
  load = loadOn(url, 2);
}

const green = (more: Readonly<Record<string, string>> = {}) => ({ deployment: 'green', model: 'churn', ...more });
const canary = { steps: '20,100' };

interface Report {
  readonly outcome: string;
  readonly plan: { readonly steps: readonly { readonly achieved: number }[] };
  readonly looks: readonly { readonly step: number; readonly checks: readonly { readonly name: string }[] }[];
}
const report = async ({ host }: Step): Promise<Report> =>
  JSON.parse(await readFile(host.outputs.report ?? '', 'utf8')) as Report;
const printed = ({ host }: Step): string => host.logs.map(({ message }) => message).join('\n');

/** Waits until the step has said so. */
async function said(step: Step, words: string): Promise<void> {
  await until(() => step.host.ending !== undefined || printed(step).includes(words));
  expect(printed(step)).toContain(words);
}

describe('a good candidate', () => {
  test('is promoted under load, no request is lost, and everybody is told', async () => {
    await serving();
    await rig.registered('green');
    const step = await rig.run(green({ ...canary, environment: 'TAG: green' }));
    const { host, message } = step;
    expect(message).toBe('');
    expect(await rig.traffic()).toEqual({ green: 100 });
    expect(Object.keys((await load?.end()) ?? {}).sort()).toEqual(['blue', 'green']);
    expect(host.outputs).toMatchObject({
      outcome: 'promoted',
      headline: 'Promoted: green has all the traffic.',
      stable: 'blue',
      candidate: 'green',
      'final-traffic': '100',
      'step-reached': '100',
      'rolled-back': 'false',
    });
    expect(Number(host.outputs['requests-candidate'])).toBeGreaterThan(40);
    expect(host.summaryText).toContain('Promoted: green has all the traffic.');
    const page = await readFile(host.outputs['report-html'] ?? '', 'utf8');
    expect(page).toContain('<svg');
    expect(await report(step)).toMatchObject({ outcome: 'promoted', plan: { strategy: 'canary' } });
    const record = JSON.parse(await readFile(join(rig.workspace, 'mlops-run.json'), 'utf8'));
    expect(record.steps[0].lineage.rollout).toMatchObject({ outcome: 'promoted', candidate: 'green' });
    expect(host.stateValues.pending).toBe('');
  });

  test('of the first deployment makes the endpoint and gets everything at once', async () => {
    await rig.registered('green');
    const step = await rig.run(green({ 'smoke-request': '{}', ...canary }));
    expect(step.message).toBe('');
    expect(step.host.outputs).toMatchObject({ outcome: 'promoted', 'step-reached': '100' });
    expect(step.host.outputs.stable).toBeUndefined();
    expect(await rig.traffic()).toEqual({ green: 100 });
  });

  test('again is nothing to do', async () => {
    await rig.serving('blue');
    const model = await rig.provider.models.list('churn');
    expect(model.length).toBe(1);
    const first = await rig.run({ ...green(), deployment: '', 'smoke-request': '{}', ...canary });
    expect(first.message).toBe('');
    const second = await rig.run({ ...green(), deployment: '', 'smoke-request': '{}', ...canary });
    expect(second.message).toBe('');
    expect(second.host.outputs).toMatchObject({ outcome: 'no-op', candidate: first.host.outputs.candidate });
  });
});

describe('a bad candidate', () => {
  test('that fails is rolled back, with the cause first', async () => {
    await serving();
    await rig.registered('green');
    const { host, message } = await rig.run(green({ ...canary, environment: 'MODE: broken' }));
    expect(message).toMatch(/^Rolled back at 20 %: server errors 100 % \(\d+\/\d+\)/);
    expect(host.ending?.kind).toBe('verdict');
    expect(host.outputs).toMatchObject({ outcome: 'rolled-back', 'rolled-back': 'true', 'failed-check': 'fast-fail' });
    expect(await rig.traffic()).toEqual({ blue: 100 });
    const answers = (await load?.end()) ?? {};
    expect(Object.keys(answers).sort()).toEqual(['500', 'blue']);
  });

  test('that is slow is rolled back', async () => {
    await serving({ environment: { TAG: 'blue', ANSWER_MS: '5' } });
    await rig.registered('green');
    const { message } = await rig.run(green({ ...canary, environment: 'ANSWER_MS: 60', bake: '6s' }));
    expect(message).toMatch(/^Rolled back at 20 %: p95 .* times the .* of stable/);
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });

  test('that answers the smoke request wrongly gets no traffic', async () => {
    await serving();
    await rig.registered('green');
    const { message } = await rig.run(green({ 'smoke-request': '{}', 'smoke-expect': '{"tag":"red"}' }));
    expect(message).toMatch(/^Rolled back: smoke test: The answer has no \$\.tag\./);
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });

  test('that does not start gets no traffic, and a new endpoint is taken away again', async () => {
    await rig.registered('green');
    const { message } = await rig.run(green({ environment: 'MODE: exit' }));
    expect(message).toMatch(/^Rolled back: provisioning: .*exit code 3/s);
    expect(await rig.provider.endpoints.describe('shop')).toBeUndefined();
  });
});

describe('strategies', () => {
  test('rolling replaces replica by replica', async () => {
    await serving({ autoscaling: { minReplicas: 2, maxReplicas: 2, targetConcurrency: 4 } });
    await rig.registered('green');
    const step = await rig.run(green({ strategy: 'rolling', 'min-replicas': '2' }));
    expect(step.message).toBe('');
    expect(await rig.traffic()).toEqual({ green: 100 });
    const { plan } = await report(step);
    expect(plan.steps.map(({ achieved }) => achieved)).toEqual([50, 100]);
    expect(Object.keys((await load?.end()) ?? {}).sort()).toEqual(['blue', 'green']);
  });

  test('shadow-then-canary sends copies first, of which nobody sees the answers', async () => {
    await serving();
    await rig.registered('green');
    const shadow = { strategy: 'shadow-then-canary', 'shadow-percent': '50', 'shadow-duration': '3s' };
    const { host, message } = await rig.run(green({ ...shadow, environment: 'MODE: broken', ...canary }));
    expect(message).toMatch(/^Rolled back at 0 %: server errors 100 %/);
    expect(host.outputs['step-reached']).toBe('0');
    expect(Object.keys((await load?.end()) ?? {})).toEqual(['blue']);
  });

  test.each(['linear', 'all-at-once'])('%s', async (strategy) => {
    await serving();
    await rig.registered('green');
    const step = await rig.run(green({ strategy, ...(strategy === 'linear' ? { steps: '50,100' } : {}) }));
    expect(step.message).toBe('');
    expect(await rig.traffic()).toEqual({ green: 100 });
  });
});

describe.each([
  ['canary', '20,100', 0.2],
  ['linear', '50,100', 0.5],
] as const)('under live load, %s', (strategy, steps, share) => {
  const delay = 40;
  const callers = 4;
  const perSecond = (1000 * callers) / delay;
  const shifted = { strategy, steps, environment: `ANSWER_MS: ${delay}` };

  async function underLoad(): Promise<void> {
    const url = await rig.serving('blue', {
      environment: { TAG: 'blue', ANSWER_MS: String(delay) },
      autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 4 },
    });
    load = loadOn(url, callers);
    await rig.registered('green');
  }

  test('a good candidate costs no request', async () => {
    await underLoad();
    expect((await rig.run(green(shifted))).message).toBe('');
    expect(Object.keys((await load?.end()) ?? {}).sort()).toEqual(['blue', 'green']);
  });

  test('a bad one costs no more than its plan implies', async () => {
    await underLoad();
    const { message } = await rig.run(green({ ...shifted, environment: `ANSWER_MS: ${delay}\nMODE: broken` }));
    expect(message).toMatch(/^Rolled back at \d+ %: server errors 100 %/);
    const { blue: _, ...bad } = (await load?.end()) ?? {};
    // Twenty failed requests are certain to show; then its share until the window is whole, the look is made and the traffic is back.
    const seconds = 1 + 1 + 1;
    expect(Object.keys(bad)).toEqual(['500']);
    expect(bad[500]).toBeLessThanOrEqual(20 + share * perSecond * seconds);
  });
});

describe('without traffic', () => {
  test('probes make up for it', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    const step = await rig.run(green({ ...canary, 'smoke-request': '{}' }));
    expect(step.message).toBe('');
    await said(step, '20 probes at green');
  });

  test('and without a payload nothing is promoted', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    const { message } = await rig.run(green({ ...canary, 'max-hold': '1s' }));
    expect(message).toBe('Rolled back: the step at 20 % could not be judged: the candidate had no requests.');
  });
});

describe('modes', () => {
  const pausing = { ...canary, 'max-hold': '0s', 'on-inconclusive': 'pause' };

  test('plan says what would happen and changes nothing', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    const step = await rig.run(green({ mode: 'plan', steps: '10,50,100' }));
    expect(step.message).toBe('');
    expect(step.host.outputs).toEqual({ outcome: 'planned', candidate: 'green' });
    expect(printed(step)).toContain('where blue 100 % serves');
    expect(step.host.summaryText).toContain('| 2 | 50 % | 50 % |');
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });

  test('a paused rollout is promoted', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    const paused = await rig.run(green(pausing));
    expect(paused.message).toMatch(/^Paused: the step at 20 % could not be judged/);
    expect(await rig.traffic()).toEqual({ blue: 80, green: 20 });
    const waiting = await rig.run({ mode: 'reconcile' });
    expect(waiting.message).toBe('');
    expect(await rig.traffic()).toEqual({ blue: 80, green: 20 });
    const promoted = await rig.run({ mode: 'promote', 'smoke-request': '{}' });
    expect(promoted.message).toBe('');
    expect(await rig.traffic()).toEqual({ green: 100 });
  });

  test('a paused rollout is aborted', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    await rig.run(green(pausing));
    const { host, message } = await rig.run({ mode: 'abort' });
    expect(message).toBe('');
    expect(host.outputs).toMatchObject({ outcome: 'rolled-back', candidate: 'green' });
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });

  test('observe judges what serves and changes nothing', async () => {
    await serving();
    const red = await rig.registered('red');
    await rig.run(green({ ...canary, deployment: 'red', model: red, environment: 'MODE: broken', mode: 'plan' }));
    await rig.provider.endpoints.deploy({
      endpoint: 'shop',
      deployment: 'red',
      model: red,
      command: [process.execPath, 'serve.cjs'],
      environment: { MODE: 'broken' },
      autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 4 },
      startupTimeoutSeconds: 30,
      requestTimeoutSeconds: 30,
    });
    await rig.provider.endpoints.setTraffic('shop', { blue: 80, red: 20 });
    const { host, message } = await rig.run({ mode: 'observe', bake: '2s' });
    expect(message).toMatch(/^Observed: /);
    expect(host.ending?.kind).toBe('verdict');
    expect(await rig.traffic()).toEqual({ blue: 80, red: 20 });
  });

  test('there is nothing to promote, abort or reconcile', async () => {
    expect((await rig.run({ mode: 'reconcile', strategy: 'rolling' })).host.outputs.outcome).toBe('no-op');
    await rig.serving('blue');
    expect((await rig.run({ mode: 'promote' })).message).toContain('No rollout is paused');
    expect((await rig.run({ mode: 'abort' })).host.outputs.outcome).toBe('no-op');
    expect((await rig.run({ mode: 'reconcile' })).host.outputs.outcome).toBe('no-op');
  });
});

describe('cancel', () => {
  test('sends everything back to stable, within seconds', async () => {
    await serving();
    await rig.registered('green');
    const step = rig.start(green({ ...canary, bake: '60s' }));
    await said(step, 'green gets 20 %');
    await until(async () => (await rig.traffic()).green === 20);
    const at = performance.now();
    step.cancel();
    await step.ended;
    expect(performance.now() - at).toBeLessThan(8000);
    expect(step.message).toBe('Rolled back: it was cancelled.');
    expect((await rig.traffic()).blue).toBe(100);
    expect((await rig.post(step)).ending).toEqual({ kind: 'ok' });
    expect(await rig.traffic()).toEqual({ blue: 100 });
    expect(Object.keys((await load?.end()) ?? {}).sort()).toEqual(['blue', 'green']);
  });

  test('with on-cancel: leave pauses, and post leaves it alone', async () => {
    await serving();
    await rig.registered('green');
    const step = rig.start(green({ ...canary, bake: '60s', 'on-cancel': 'leave' }));
    await said(step, 'green gets 20 %');
    await until(async () => (await rig.traffic()).green === 20);
    step.cancel();
    await step.ended;
    expect(step.message).toBe('Paused: it was cancelled.');
    await rig.post(step);
    expect(await rig.traffic()).toEqual({ blue: 80, green: 20 });
  });
});

describe('checks of the user', () => {
  test('decide with the others: a request, a program and a metric', async () => {
    await serving();
    await rig.registered('green');
    await writeFile(
      join(rig.workspace, 'check.sh'),
      'echo "share is $ROLLOUT_SHARE of $ROLLOUT_CANDIDATE"\n[ "$ROLLOUT_SHARE" = 20 ]\n',
    );
    const url = (await rig.provider.endpoints.describe('shop'))?.url.replace(/invocations$/, 'metrics') ?? '';
    const checks = `
- name: page
  http: ${url}
  expect: /mlops_requests/
- name: program
  command: sh check.sh
- name: tail
  metric: p99-ms
  max: 60000
`;
    const step = await rig.run(green({ ...canary, checks }));
    expect(step.message).toMatch(/^Rolled back at 100 %: program ended with exit code 1: share is 100 of green/);
    const { looks } = await report(step);
    const first = looks.findLast((look) => look.step === 0)?.checks ?? [];
    expect(first.filter(({ name }) => ['page', 'program', 'tail'].includes(name))).toMatchObject([
      { verdict: 'pass' },
      { verdict: 'pass' },
      { verdict: 'pass' },
    ]);
  });

  test('that reach nobody say why', async () => {
    await serving();
    await rig.registered('green');
    const checks = '- name: page\n  http: http://127.0.0.1:1/';
    const { message } = await rig.run(green({ ...canary, checks, 'error-limit': '0' }));
    expect(message).toMatch(/^Rolled back: .*page could not be asked: (?!fetch failed)/);
  });

  test('a figure that the provider does not have is refused before anything is changed', async () => {
    await rig.serving('blue');
    await rig.registered('green');
    const { message, host } = await rig.run(green({ checks: '- name: x\n  metric: nonsense\n  max: 1' }));
    expect(message).toContain('Check x asks for "nonsense"');
    expect(host.outputs).toEqual({});
    expect(await rig.traffic()).toEqual({ blue: 100 });
  });
});
