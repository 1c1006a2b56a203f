import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findings } from '../emulators/sagemaker/journal.ts';
import { act, commitAll, commitWorkflow, expectAllSteps } from './act.ts';
import { bareEnvironment, type Ended, outputsIn, run } from './program.ts';
import { writeDemo } from './project.ts';
import { sagemakerProject } from './sagemaker-project.ts';
import { template } from './suite.ts';

type Inputs = Readonly<Record<string, string>>;

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly WorkflowStep[] }>>;
}

interface WorkflowStep {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Inputs;
}

const python = process.env.MLOPS_TEST_PYTHON;

// Skipped where `npm test` found no Python for the emulator and the scripts of the example project.
(python === undefined ? describe.skip : describe)('the example project on SageMaker', () => {
  // The packages of the images that jobs and endpoints run in. Jest gives each file of tests variables of its own.
  process.env.PATH = `${dirname(python ?? '')}:${process.env.PATH}`;
  const project = sagemakerProject({ write: writeDemo, prefix: 'mlops-demo-' });

  /** The steps with an id of the starter workflows that `npm run demo` goes through, by id. */
  async function workflowSteps(): Promise<ReadonlyMap<string, WorkflowStep>> {
    const names = ['train-gate-deploy.yml', 'rollout.yml', 'monitor.yml', 'drift-check.yml'];
    const workflows = await Promise.all(names.map(async (name) => parse(await template(name)) as Workflow));
    const steps = workflows.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
    return new Map(steps.flatMap((step) => (step.id === undefined ? [] : [[step.id, step]])));
  }

  /** Does something while callers ask the endpoint, and tells how often they got each status. */
  async function underLoad<T>(
    url: string,
    body: string,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly answers: Readonly<Record<string, number>> }> {
    const answers: Record<string, number> = {};
    let isOver = false;
    const call = async (): Promise<void> => {
      while (!isOver) {
        const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/csv' }, body });
        answers[status] = (answers[status] ?? 0) + 1;
        await sleep(100);
      }
    };
    const working = work().finally(() => {
      isOver = true;
    });
    const [result] = await Promise.all([working, call()]);
    return { result, answers };
  }

  test('goes from data over a gate that refuses to a rollout under load, by the inputs of the starter workflows', async () => {
    const steps = await workflowSteps();
    const outputs = new Map<string, Inputs>();
    const filledIn = (text: string): string =>
      text.replace(
        /\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}/g,
        (_, id, name) => outputs.get(id)?.[name] ?? '',
      );
    /** Runs a step of the workflows with changes to its inputs (undefined: left out) and returns what it put out. */
    const step = async (
      id: string,
      changes: Readonly<Record<string, string | undefined>> = {},
      code = 0,
    ): Promise<Inputs> => {
      const { uses = '', with: given = {} } = steps.get(id) ?? {};
      const inputs = Object.entries({ ...given, ...changes }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, filledIn(String(value))]],
      );
      const ended: Ended = await project.run(
        /actions\/([\w-]+)@/.exec(uses)?.[1] ?? uses,
        Object.fromEntries(inputs) as Inputs,
      );
      expect([id, ended.code, ended.code === code ? '' : ended.stdout + ended.stderr]).toEqual([id, code, '']);
      outputs.set(id, outputsIn(ended.stdout));
      return outputs.get(id) ?? {};
    };
    const train = (hyperparameters: string): Promise<Inputs> => step('train', { tune: undefined, hyperparameters });

    const data = await step('data');
    expect(data).toMatchObject({ rows: '569', changed: 'true' });
    expect(await step('train')).toMatchObject({ attached: 'false', 'best-parameters': '{"c":1}' });
    expect(await step('gate')).toMatchObject({ passed: 'true' });
    expect(await step('model')).toMatchObject({ model: 'breast-cancer@1' });
    const { url = '' } = await step('endpoint');
    expect(await step('train')).toMatchObject({ attached: 'true' });

    await train('c: 1\nfeatures: 10');
    expect(await step('gate', {}, 2)).toMatchObject({ passed: 'false' });
    await train('c: 0.5');
    expect(await step('gate')).toMatchObject({ passed: 'true' });
    const { model = '' } = await step('model');
    expect(model).toBe('breast-cancer@2');

    // CloudWatch has minutes, so one step of the plan takes three of them. On a machine with other work a percentile is a noisy thing.
    const quick = {
      strategy: 'all-at-once',
      steps: undefined,
      'final-bake': '1s',
      bake: '1s',
      settle: '0s',
      interval: '5s',
    };
    const rules = { 'min-requests': '100', 'max-latency-ratio': '3' };
    const { result, answers } = await underLoad(url, await sample(), () =>
      step('rollout', { ...quick, ...rules, model }),
    );
    expect(result).toMatchObject({ outcome: 'promoted', 'final-traffic': '100' });
    expect(Number(result['requests-candidate'])).toBeGreaterThan(100);
    expect(Object.keys(answers)).toEqual(['200']);
    const watched = { baseline: undefined, objective: undefined, window: '3m' };
    expect(await step('monitor', watched)).toMatchObject({ verdict: 'pass', 'error-rate': '0' });

    const reference = `dataset:${data.dataset}/train`;
    const random = { reference, current: `dataset:${data.dataset}/test` };
    expect(await step('drift', random)).toMatchObject({ verdict: 'ok' });
    await shift();
    expect(await step('drift', { reference, current: 'shifted.csv' }, 2)).toMatchObject({ verdict: 'drift' });
    expect((await findings(project.emulator().journal)) ?? '').toBe('');
  }, 600_000);

  const sample = (): Promise<string> => readFile(join(project.folder(), 'project', 'smoke.csv'), 'utf8');

  /** Makes shifted.csv of all the biopsies. */
  async function shift(): Promise<void> {
    const cwd = join(project.folder(), 'project');
    const env = { ...bareEnvironment(cwd), SM_OUTPUT_DATA_DIR: cwd };
    for (const words of [['src/prepare.py'], ['src/shift.py', 'biopsies.csv', 'shifted.csv']]) {
      expect(await run([python ?? '', ...words], { cwd, env })).toMatchObject({ code: 0 });
    }
  }

  test('is green under act, by the starter workflow with the inputs of the provider', async () => {
    const suite = join(project.folder(), 'suite');
    await commitAll(suite);
    const folder = join(project.folder(), 'project');
    const text = (await template('train-gate-deploy.yml')).replace(
      /^( *)uses: OWNER\/mlops-actions\/actions\/([\w-]+)@v1\n\1with:\n/gm,
      (head, indent: string, action: string) =>
        head +
        Object.entries(project.providerInputs(action))
          .map(([name, value]) => `${indent}  ${name}: ${value}\n`)
          .join(''),
    );
    expect(text.match(/provider: sagemaker/g)).toHaveLength(6);
    await commitWorkflow(folder, 'train-gate-deploy.yml', text);
    const ended = await act(folder, ['push'], {
      home: join(project.folder(), 'home'),
      actions: { 'OWNER/mlops-actions@v1': suite },
      env: project.variables(),
    });
    expectAllSteps(ended);
    expect(project.emulator().runningJobs()).toEqual([]);
    expect((await findings(project.emulator().journal)) ?? '').toBe('');
  }, 300_000);
});
