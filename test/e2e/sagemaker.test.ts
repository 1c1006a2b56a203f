import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { findings, operations } from '../emulators/sagemaker/journal.ts';
import { nodes } from './nodes.ts';
import { type Ended, outputsIn } from './program.ts';
import { lifecycle } from './project.ts';
import { sagemakerProject } from './sagemaker-project.ts';

// Skipped where `npm test` found no Python for the emulator.
(process.env.MLOPS_TEST_PYTHON === undefined ? describe.skip : describe)('on SageMaker', () => {
  const project = sagemakerProject();

  function wentWell(name: string, { code, stdout, stderr }: Ended): void {
    expect([name, code, code === 0 ? '' : stdout + stderr]).toEqual([name, 0, '']);
  }

  const ask = (): Promise<Response> =>
    fetch(`${project.emulator().url}/endpoints/toys/invocations`, { method: 'POST', body: '{}' });

  test.each(nodes)(
    'on %s a model goes from data to an endpoint and away again',
    async (_, node) => {
      for (const [name, inputs] of lifecycle) {
        const ended = await project.run(name, inputs, node);
        wentWell(name, ended);
        if (name === 'train') expect(outputsIn(ended.stdout)['model-uri']).toMatch(/^s3:\/\/.*\/model\.tar\.gz$/);
      }
      expect(await (await ask()).text()).toBe('weights of 81 rows at 5');
      const again = await project.run('train', lifecycle[1]?.[1] ?? {}, node);
      expect([again.code, outputsIn(again.stdout).attached]).toEqual([0, 'true']);
      const other = await project.run('train', { ...lifecycle[1]?.[1], 'training-image': 'other:1' }, node);
      expect([other.code, outputsIn(other.stdout).attached]).toEqual([0, 'false']);
      wentWell('delete', await project.run('deploy-endpoint', { endpoint: 'toys', delete: 'true' }, node));
      expect((await ask()).status).toBe(400);
    },
    180_000,
  );

  test('a script prepares data, and the gate reads the answers that a job left, in SageMaker', async () => {
    const script = { 'entry-point': 'prepare.sh', 'source-dir': 'src', format: 'csv' };
    wentWell('prepare-data', await project.run('prepare-data', { dataset: 'toys', data: 'data.csv', ...script }));
    const trained = await project.run('train', {
      'entry-point': 'answer.sh',
      'source-dir': 'src',
      'max-runtime': '5m',
    });
    wentWell('train', trained);
    const uri = outputsIn(trained.stdout)['model-uri'] ?? '';
    const champion = await project.run('register-model', { model: 'toys', aliases: 'champion' });
    wentWell('register-model', champion);
    const gate = await project.run('evaluate-gate', {
      'candidate-predictions': `${uri}/answers.csv`,
      champion: 'toys:champion',
      'champion-predictions': 'toys:champion/answers.csv',
      rules: 'accuracy >= 0.9',
    });
    wentWell('evaluate-gate', gate);
    const drift = await project.run('drift-check', { reference: `${uri}/answers.csv`, current: `${uri}/answers.csv` });
    expect([drift.code, outputsIn(drift.stdout)['rows-current']]).toEqual([0, '400']);
  }, 120_000);

  test('a step that is cancelled leaves no job running', async () => {
    const inputs = { 'entry-point': 'endless.sh', 'source-dir': 'src', 'max-runtime': '5m', 'job-name': 'endless' };
    const running = project.start('train', inputs);
    await running.printed('the script runs as');
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('Cancelled by SIGINT')]);
    expect(project.emulator().runningJobs()).toEqual([]);
  }, 60_000);

  /** A rollout that SageMaker drives, with short waits. */
  const guarded = {
    endpoint: 'toys',
    model: 'toys@1',
    'entry-point': 'serve.js',
    'source-dir': 'src',
    engine: 'guardrail',
    strategy: 'all-at-once',
    settle: '0s',
    bake: '1s',
    'final-bake': '2s',
    interval: '1s',
  };

  test('SageMaker rolls out by itself, and takes back what is cancelled', async () => {
    for (const [name, inputs] of lifecycle.slice(0, 4)) wentWell(name, await project.run(name, inputs));
    const two = { ...guarded, 'min-replicas': '2', 'max-replicas': '2' };
    const first = await project.run('rolling-update', { ...two, deployment: 'one' });
    wentWell('rolling-update', first);
    const canary = { ...two, strategy: 'canary', deployment: 'two', bake: '5s' };
    const planned = await project.run('rolling-update', { ...canary, 'dry-run': 'true' });
    expect(planned.stdout + planned.stderr).toContain('50 %, judged for');
    const ended = await project.run('rolling-update', canary);
    wentWell('rolling-update', ended);
    expect([outputsIn(ended.stdout).outcome, outputsIn(ended.stdout).stable]).toEqual(['promoted', 'one']);
    expect(ended.stderr).toMatch(/SageMaker: one: Baking for 5 seconds .* canary capacity of 1 instance/);
    expect(outputsIn(ended.stdout)['step-reached']).toBe('100');
    expect(await (await ask()).text()).toBe('weights of 81 rows at 5');
    const running = project.start('rolling-update', { ...canary, deployment: 'three', bake: '50m', timeout: '2h' });
    await running.printed('Baking for 3000 seconds');
    running.child.kill('SIGINT');
    const cancelled = await running.ended;
    expect([cancelled.code, outputsIn(cancelled.stdout).outcome]).toEqual([2, 'rolled-back']);
    wentWell('reconcile', await project.run('rolling-update', { endpoint: 'toys', mode: 'reconcile' }));
    const looked = await project.run('monitor-endpoint', { endpoint: 'toys' });
    expect(looked.stdout).toContain('two');
    // The endpoint, its configuration and its model.
    expect(project.emulator().hosted()).toHaveLength(3);
    expect(project.emulator().alarm('mlops-actions/toys/abort')).toBeUndefined();
  }, 180_000);

  test('monitor-endpoint sets up what watches on, and a ringing alarm is a breach', async () => {
    for (const [name, inputs] of lifecycle.slice(0, 5)) wentWell(name, await project.run(name, inputs));
    const watch = {
      endpoint: 'toys',
      'create-alarms': 'true',
      'create-dashboard': 'true',
      'alarm-actions': 'arn:aws:sns:eu-west-1:123456789012:on-call',
      'min-requests-per-minute': '1',
      'max-p95-ms': '200',
    };
    const first = await project.run('monitor-endpoint', watch);
    wentWell('monitor-endpoint', first);
    const name = 'mlops-actions-monitor/toys/too-little-traffic';
    expect(first.stderr).toContain('No alarm watches `max-p95-ms`');
    expect(outputsIn(first.stdout)).toMatchObject({
      'ringing-alarms': '',
      'dashboard-url': expect.stringContaining('#dashboards/dashboard/mlops-actions-toys'),
    });
    expect(project.emulator().alarm(name)).toBe('INSUFFICIENT_DATA');
    // What was seen is told also when the watch cannot be set up, whether the role may not or CloudWatch is away.
    for (const [kind, times] of [
      ['denied', 1],
      ['unavailable', 6],
    ] as const) {
      project.emulator().faults.push({ operation: 'PutMetricAlarm', kind, times });
      const refused = await project.run('monitor-endpoint', watch);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringMatching(/Alarms and dashboard are not set up: /),
      ]);
      expect(outputsIn(refused.stdout).verdict).toBe(outputsIn(first.stdout).verdict);
    }
    expect(project.emulator().dashboard('mlops-actions-toys')).toBeDefined();
    // Nobody asks, so that it rings when CloudWatch looks again, a minute later at the most.
    while (project.emulator().alarm(name) !== 'ALARM') await sleep(1000);
    const second = await project.run('monitor-endpoint', { ...watch, 'on-breach': 'fail' });
    expect([second.code, outputsIn(second.stdout)]).toMatchObject([
      2,
      { verdict: 'fail', 'failing-checks': 'alarms', 'ringing-alarms': name },
    ]);
    expect(second.stderr).toMatch(/Verdict: Breach: mlops-actions-monitor\/toys\/too-little-traffic .*rings\./);
  }, 180_000);

  test.each([
    [
      'alarms elsewhere',
      { provider: 'local', 'create-alarms': 'true' },
      /`create-alarms` is of CloudWatch, and the provider is local/,
    ],
    ['actions of nothing', { 'alarm-actions': 'arn:aws:sns:eu-west-1:1:x' }, /is for alarms of this step/],
    ['no ARN', { 'create-alarms': 'true', 'alarm-actions': 'on-call' }, /has "on-call", which is no ARN/],
    ['an alarm that is not there', { alarms: 'none' }, /names "none", and CloudWatch has no such alarm/],
  ])('monitor-endpoint refuses %s', async (what, inputs: Readonly<Record<string, string>>, expected) => {
    if (/not there/.test(what)) for (const [name, own] of lifecycle.slice(0, 5)) await project.run(name, own);
    const { code, stderr } = await project.run('monitor-endpoint', { endpoint: 'toys', ...inputs });
    expect([code, stderr]).toEqual([1, expect.stringMatching(expected)]);
  });

  test.each([
    ['a smoke request', { 'smoke-request': '{}' }, /nobody can ask the new instances alone/],
    ['an old deployment to keep', { 'keep-old': 'true' }, /ends the old instances itself/],
    ['a pause', { 'on-cancel': 'leave' }, /nothing is paused by `on-cancel: leave`/],
    ['steps of no guardrail', { strategy: 'canary', steps: '10,25,100' }, /nearest plan that it can do is steps:/],
    ['another provider', { provider: 'local' }, /is SageMaker's, and the provider is local/],
    ['alarms for the weights', { engine: 'weights', alarms: 'one' }, /Input `alarms` is for `engine: guardrail`/],
    ['an alarm that is not there', { alarms: 'one' }, /names "one", and CloudWatch has no such alarm/],
  ])('a guarded rollout refuses %s', async (what, inputs: Readonly<Record<string, string>>, expected) => {
    for (const [name, own] of lifecycle.slice(0, 4))
      if (/alarm that is not|steps of/.test(what)) await project.run(name, own);
    const { code, stderr } = await project.run('rolling-update', { ...guarded, ...inputs });
    expect([code, stderr]).toEqual([1, expect.stringMatching(expected)]);
  });

  test('a step works as the role that it is told, with credentials of the runner', async () => {
    const [name, inputs] = lifecycle[0] ?? ['', {}];
    const role = { 'role-to-assume': 'arn:aws:iam::123456789012:role/mlops-ci' };
    wentWell(name, await project.run(name, { ...inputs, ...role }));
  });

  test('what is missing or refused is said in one line', async () => {
    const words = ['prepare-data', '--provider', 'sagemaker', '--dataset', 'toys', '--data', 'data.csv'];
    const without = await project.command(words).ended;
    expect([without.code, without.stdout, without.stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^error: Input `artifact-store` is missing.*\n$/),
    ]);
    const nowhere = await project.command([...words, '--artifact-store', 's3://mlops-artifacts'], { AWS_REGION: '' })
      .ended;
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: Input `region` is missing.*\n$/),
    ]);
    project.emulator().faults.push({ operation: 'PutObject', kind: 'denied', times: 1 });
    const denied = await project.run('prepare-data', lifecycle[0]?.[1] ?? {});
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('action-templates/iam')]);
  });

  /** The IAM action that allows an operation, where it has another name. */
  const otherNames: Readonly<Record<string, string>> = {
    's3:ListObjectsV2': 's3:ListBucket',
    'sagemaker-runtime:InvokeEndpoint': 'sagemaker:InvokeEndpoint',
  };

  /** These hand the execution role to SageMaker. */
  const passing = ['sagemaker:CreateTrainingJob', 'sagemaker:CreateModel'];

  async function allowedTo(step: string): Promise<string[]> {
    const file = new URL(`../../action-templates/iam/${step}.json`, import.meta.url);
    const policy = JSON.parse(await readFile(file, 'utf8')) as {
      readonly Statement: readonly { readonly Action: string[] }[];
    };
    return [...new Set(policy.Statement.flatMap(({ Action }) => Action))].sort();
  }

  test('each policy in action-templates/iam allows exactly what its step asks AWS for', async () => {
    const used = new Map<string, Set<string>>();
    /** Runs a step and keeps what it asked for. */
    const watched = async (step: string, body: () => Promise<Ended>): Promise<Ended> => {
      const before = await operations(project.emulator().journal);
      const ended = await body();
      const after = await operations(project.emulator().journal);
      const asked = [...after].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name);
      const actions = asked.map((name) => otherNames[name] ?? name);
      if (actions.some((action) => passing.includes(action))) actions.push('iam:PassRole');
      // Who may not list a bucket is told 403 of an object that is not there, and not 404.
      if (actions.includes('s3:GetObject')) actions.push('s3:ListBucket');
      used.set(step, new Set([...(used.get(step) ?? []), ...actions]));
      return ended;
    };
    const run = (step: string, inputs: Readonly<Record<string, string>>): Promise<Ended> =>
      watched(step, () => project.run(step, inputs));
    const well = async (step: string, inputs: Readonly<Record<string, string>>): Promise<void> =>
      wentWell(step, await run(step, inputs));
    /** A job that is cancelled as it runs. */
    const cancelled = (step: string, inputs: Readonly<Record<string, string>>): Promise<Ended> =>
      watched(step, async () => {
        const running = project.start(step, { ...inputs, 'entry-point': 'endless.sh', 'source-dir': 'src' });
        await running.printed('the script runs as');
        running.child.kill('SIGINT');
        return running.ended;
      });

    for (const [name, inputs] of lifecycle.slice(0, 4)) await well(name, inputs);
    await cancelled('prepare-data', { dataset: 'other', data: 'data.csv', format: 'files' });
    await cancelled('train', { 'job-name': 'endless' });
    await well('evaluate-gate', { champion: 'toys:champion', rules: 'accuracy >= champion' });
    const deploy = lifecycle[4]?.[1] ?? {};
    await well('deploy-endpoint', { ...deploy, deployment: 'one' });
    await well('deploy-endpoint', { ...deploy, deployment: 'two', model: 'toys', 'max-replicas': '2' });
    await well('deploy-endpoint', { ...deploy, deployment: 'three' });
    expect((await run('deploy-endpoint', { ...deploy, deployment: 'bad', 'entry-point': 'hostile.sh' })).code).toBe(1);
    // It has seen no requests yet: inconclusive, which warns.
    const watch = { 'create-alarms': 'true', 'create-dashboard': 'true', 'min-requests-per-minute': '1' };
    await well('monitor-endpoint', { endpoint: 'toys', ...watch, 'max-mean-ms': '100' });
    // A limit that is gone takes its alarm with it.
    await well('monitor-endpoint', { endpoint: 'toys', ...watch });
    // There are no figures of an endpoint before its third minute; the contract suite waits for them.
    used.get('monitor-endpoint')?.add('cloudwatch:GetMetricData');
    await well('deploy-endpoint', { endpoint: 'toys', delete: 'true' });
    await well('rolling-update', { ...guarded, deployment: 'four' });
    const breaking = { 'max-error-rate': '0', deployment: 'five', 'final-bake': '1h', timeout: '2h' };
    await watched('rolling-update', async () => {
      const running = project.start('rolling-update', { ...guarded, ...breaking });
      await running.printed('Baking for 3600 seconds');
      running.child.kill('SIGINT');
      return running.ended;
    });
    const watching = [...(used.get('rolling-update') ?? [])].filter((action) => /Alarm/.test(action));
    used.delete('rolling-update');
    await well('deploy-endpoint', { endpoint: 'toys', delete: 'true' });
    await well('drift-check', { reference: 'dataset:toys@1/train', current: 'dataset:toys@1/test' });

    const policies = await Promise.all([...used.keys()].map(async (step) => [step, await allowedTo(step)]));
    expect([...used].map(([step, actions]) => [step, [...actions].sort()])).toEqual(policies);
    // A rollout does to an endpoint what these two do, but for the dashboard, and watches it by alarms.
    const looking = (await allowedTo('monitor-endpoint')).filter((action) => action !== 'cloudwatch:PutDashboard');
    const both = new Set([...(await allowedTo('deploy-endpoint')), ...looking, ...watching]);
    expect(await allowedTo('rolling-update')).toEqual([...both].sort());
  }, 300_000);

  test('every request and every answer of these tests is as AWS publishes it', async () => {
    expect((await findings(project.emulator().journal)) ?? '').toBe('');
  });
});
