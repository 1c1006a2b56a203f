import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { type Effects, runAction, runPost } from '@mlops-actions/runner';
import { action } from './run.ts';

const daemonCommand = [
  process.execPath,
  resolve(import.meta.dirname, '../../packages/provider-local/lib/daemon-main.js'),
];
const env = { PATH: process.env.PATH, HOME: tmpdir() };

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'train with é-'));
});
afterEach(async () => {
  await rm(workspace, { recursive: true, force: true });
});

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(workspace, path)), { recursive: true });
  await writeFile(join(workspace, path), text);
}

const effects: Effects = {
  clock: systemClock,
  random: Math.random,
  onSignal: () => () => {},
  openProvider: async (inputs, workingDirectory, providerEffects) =>
    (await openLocalProvider({
      root: resolve(workingDirectory, inputs.store),
      daemonCommand,
      effects: providerEffects,
    })) as unknown as Provider,
};

interface Step {
  readonly host: MemoryHost;
  readonly code: number;
  readonly message: string;
}

async function train(inputs: Readonly<Record<string, string>>, more: Partial<Effects> = {}): Promise<Step> {
  const host = memoryHost({ inputs, env, workspace, tempDir: join(workspace, 'temp') });
  const code = await runAction(action as never, host, { ...effects, ...more });
  const { ending } = host;
  return { host, code, message: ending !== undefined && 'message' in ending ? ending.message : '' };
}

function lines({ host }: Step, level?: string): string[] {
  return host.logs.filter((entry) => level === undefined || entry.level === level).map((entry) => entry.message);
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(join(workspace, path), 'utf8'));
}

async function lineage(): Promise<Record<string, unknown>> {
  const record = (await json('mlops-run.json')) as { steps: { lineage: Record<string, unknown> }[] };
  return record.steps.at(-1)?.lineage ?? {};
}

const python = `
import argparse, json, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=1.0)
args = parser.parse_args()
print('learning rate', args.lr)
pathlib.Path(os.environ['SM_MODEL_DIR'], 'model.json').write_text(json.dumps({'lr': args.lr}))
pathlib.Path(os.environ['SM_OUTPUT_DATA_DIR'], 'metrics.json').write_text(json.dumps({'auc': 0.75, 'test': {'f1': 0.5}}))
`;

describe('one job', () => {
  test('trains and says what came of it, in outputs, files, summary and record', async () => {
    await file('train.py', python);
    const step = await train({ 'entry-point': 'train.py', hyperparameters: 'lr: 0.1', 'job-name': 'churn' });
    expect(step.message).toBe('');
    expect(step.code).toBe(0);
    const { outputs } = step.host;
    expect(outputs).toMatchObject({
      status: 'Completed',
      attached: 'false',
      metrics: join(workspace, 'train-metrics.json'),
    });
    expect(outputs.job).toMatch(/^churn-[0-9a-f]{12}$/);
    expect(outputs['model-digest']).toMatch(/^sha256:/);
    expect(JSON.parse(await readFile(new URL(`${outputs['model-uri']}/model.json`), 'utf8'))).toEqual({ lr: 0.1 });
    expect(await json('train-metrics.json')).toEqual({ auc: 0.75, 'test.f1': 0.5 });
    expect(lines(step, 'foreign')).toEqual(['learning rate 0.1']);
    expect(step.host.summaryText).toContain('| auc | 0.75 |');
    expect(await lineage()).toEqual({
      job: outputs.job,
      code: expect.stringMatching(/^sha256:/),
      metrics: { auc: 0.75, 'test.f1': 0.5 },
      hyperparameters: { lr: '0.1' },
      'model-uri': outputs['model-uri'],
      'model-digest': outputs['model-digest'],
    });
  });

  test('the same work again finds the job and its results; anything that makes it another makes another job', async () => {
    await file('train.py', python);
    const inputs = { 'entry-point': 'train.py', hyperparameters: 'lr: 0.1' };
    const first = await train(inputs);
    const again = await train(inputs);
    expect(again.host.outputs).toEqual({ ...first.host.outputs, attached: 'true' });
    expect(lines(again, 'notice').join()).toContain('has done this work already');
    const others = [
      { ...inputs, hyperparameters: 'lr: 0.2' },
      { ...inputs, environment: 'MODE: fast' },
      { ...inputs, 'metric-definitions': 'loss: "loss=(.*)"' },
      { ...inputs, channels: `train: ${join(workspace, 'train.py')}` },
      { ...inputs, force: 'true' },
    ];
    const jobs = new Set([first.host.outputs.job]);
    for (const other of others) {
      const step = await train(other);
      expect(step.host.outputs.attached).toBe('false');
      jobs.add(step.host.outputs.job);
    }
    await file('train.py', `${python}\n`);
    jobs.add((await train(inputs)).host.outputs.job);
    expect(jobs.size).toBe(others.length + 2);
  }, 20_000);

  test('a dataset comes from the input or from the run record, and its splits are channels', async () => {
    await file('data/train/a.csv', 'a\n1\n');
    await file('data/test/a.csv', 'a\n2\n');
    await file('train.sh', 'cat "$SM_CHANNEL_TRAIN/a.csv" "$SM_CHANNEL_TEST/a.csv"; echo "$SM_CHANNELS"');
    const provider = await openLocalProvider({
      root: join(workspace, '.mlops'),
      daemonCommand,
      effects: { log: memoryHost(), clock: systemClock, environment: {}, random: Math.random },
    });
    const splits = [
      { name: 'train', rows: 1 },
      { name: 'test', rows: 1 },
    ];
    await provider.datasets.put({ name: 'churn', rows: 2, columns: [], splits, tags: {} }, join(workspace, 'data'));
    const given = await train({ 'entry-point': 'train.sh', dataset: 'churn@1' });
    expect(lines(given, 'foreign')).toEqual(['a', '1', 'a', '2', '["test","train"]']);
    expect((await lineage()).dataset).toBe('churn@1');
    const step = { action: 'prepare-data', start: '', end: '', ending: 'ok', lineage: { dataset: 'churn@1' } };
    await file('mlops-run.json', JSON.stringify({ format: 1, run: { system: 'memory' }, steps: [step] }));
    expect((await train({ 'entry-point': 'train.sh' })).host.outputs).toMatchObject({
      job: given.host.outputs.job,
      attached: 'true',
    });
    const absent = await train({ 'entry-point': 'train.sh', dataset: 'churn@9' });
    expect(absent.message).toContain('Input `dataset` is churn@9, which does not exist');
    const own = await train({ 'entry-point': 'train.sh', channels: 'test: data/train' });
    expect(lines(own, 'foreign')).toEqual(['a', '1', 'a', '1', '["test","train"]']);
  });

  test('what steps write beside the code makes no other job', async () => {
    await file('train.sh', 'ls "$SM_CHANNEL_ALL"');
    const inputs = { 'entry-point': 'train.sh', channels: 'all: .' };
    const first = await train(inputs);
    await file('temp/x', 'x');
    expect((await train(inputs)).host.outputs).toMatchObject({ job: first.host.outputs.job, attached: 'true' });
  });

  test('an interpreter may be a path, and the entry point may have any name', async () => {
    const name = 'größe 模型 (v2).py';
    await file(name, 'import sys; print(sys.argv[0])');
    await file('tools/python', '#!/bin/sh\necho mine\nexec python3 "$@"\n');
    await chmod(join(workspace, 'tools/python'), 0o755);
    const step = await train({ 'entry-point': name, python: 'tools/python' });
    expect(lines(step, 'foreign')).toEqual(['mine', name]);
    expect(step.host.outputs.job).toMatch(/^gr-e-v2-[0-9a-f]{12}$/);
  });

  test('a script that fails: its exception first, its last lines, exit code 1, nothing written', async () => {
    await file('train.py', 'for i in range(40): print("line", i)\nraise ValueError("bad learning rate")\n');
    const step = await train({ 'entry-point': 'train.py' });
    expect(step.code).toBe(1);
    expect(step.host.ending?.kind).toBe('user-error');
    expect(step.message.split('\n')[0]).toBe('ValueError: bad learning rate');
    expect(step.message).toContain('train.py ended with exit code 1.');
    expect(step.message).toContain('  line 39');
    expect(step.message).not.toContain('line 5\n');
    expect(step.host.outputs).toEqual({});
    await expect(json('train-metrics.json')).rejects.toThrow('ENOENT');
  });

  test.each([
    ['exits 3', 'exit 3', 'ended with exit code 3'],
    ['is killed', 'kill -9 $$', 'was ended by SIGKILL'],
    ['runs too long', 'sleep 1000', 'ran longer than max-runtime (1 s)'],
    ['breaks its metrics', 'echo "{" > "$SM_OUTPUT_DATA_DIR/metrics.json"', 'metrics.json is not valid JSON'],
  ])('a script that %s ends as a user error', async (_, script, message) => {
    await file('train.sh', script);
    const step = await train({ 'entry-point': 'train.sh', 'max-runtime': '1s' });
    expect(step.host.ending?.kind).toBe('user-error');
    expect(step.message).toContain(message);
  });

  test('a script that writes nothing: the step is ok and says what to do', async () => {
    await file('train.sh', ':');
    const step = await train({ 'entry-point': 'train.sh' });
    expect(step.code).toBe(0);
    expect(lines(step, 'warning').join()).toContain('$SM_MODEL_DIR');
    expect(step.host.outputs['model-uri']).toBeUndefined();
    expect(await json('train-metrics.json')).toEqual({});
  });

  test('lines of the script are never commands', async () => {
    const commands = [
      '::set-output name=job::x',
      '##vso[task.setvariable variable=a]b',
      '::add-mask::1',
      '::error::no',
    ];
    await file('train.sh', commands.map((command) => `echo '${command}'`).join('\n'));
    const step = await train({ 'entry-point': 'train.sh' });
    expect(lines(step, 'foreign')).toEqual(commands);
    expect(step.host.outputs.job).not.toBe('x');
  });

  test('secrets reach the script and nothing else', async () => {
    await file('train.sh', 'test "$KEY" = s3cr3t-value && echo "the key is $KEY"; exit 1');
    const step = await train({ 'entry-point': 'train.sh', 'secret-environment': 'KEY: s3cr3t-value' });
    expect(lines(step, 'foreign')).toEqual(['the key is ***']);
    expect(JSON.stringify([step.host.logs, step.host.ending, step.host.stateValues])).not.toContain('s3cr3t-value');
    expect(await readFile(join(workspace, 'mlops-run.json'), 'utf8')).not.toContain('s3cr3t-value');
  });

  test('wait: none starts the job and leaves it running; the post step does not end it', async () => {
    await file('train.sh', 'while [ ! -e "$SIGN" ]; do sleep 0.02; done; echo w > "$SM_MODEL_DIR/w"');
    const inputs = { 'entry-point': 'train.sh', environment: `SIGN: "${join(workspace, 'temp', 'go')}"` };
    const step = await train({ ...inputs, wait: 'none' });
    expect(step.code).toBe(0);
    expect(step.host.outputs.status).toMatch(/^(Pending|InProgress)$/);
    expect(await runPost(action as never, step.host, effects)).toBe(0);
    await file('temp/go', '');
    const followed = await train(inputs);
    expect(followed.host.outputs).toMatchObject({ status: 'Completed', job: step.host.outputs.job, attached: 'true' });
  });

  test('the post step ends what a killed step left; twice is fine', async () => {
    await file('train.sh', 'echo on; sleep 1000');
    const step = await train({ 'entry-point': 'train.sh', wait: 'none' });
    step.host.state.save('jobs', JSON.stringify([step.host.outputs.job]));
    const provider = await effects.openProvider(
      { provider: 'local', workingDirectory: undefined, record: '', store: '.mlops' },
      workspace,
      { log: step.host, clock: systemClock, environment: env as Record<string, string>, random: Math.random },
    );
    for (const _ of [1, 2]) {
      expect(await runPost(action as never, step.host, effects)).toBe(0);
      expect(await provider.jobs.describe(step.host.outputs.job ?? '')).toMatchObject({
        status: 'Stopped',
        reason: 'The workflow was cancelled.',
      });
    }
  });

  test('dry-run prints the plan and starts nothing', async () => {
    await file('train.py', python);
    const step = await train({ 'entry-point': 'train.py', hyperparameters: 'lr: 0.1', 'dry-run': 'true' });
    expect(step.code).toBe(0);
    const printed = lines(step).join('\n');
    for (const part of ['Job: train-', '["python3","train.py"]', 'Hyperparameter lr: "0.1"', '3600 s']) {
      expect(printed).toContain(part);
    }
    await expect(readFile(join(workspace, '.mlops/jobs'))).rejects.toThrow('ENOENT');
    await expect(json('mlops-run.json')).rejects.toThrow('ENOENT');
  });
});

describe('bad input', () => {
  beforeEach(() => file('train.py', python));

  test.each<[string, Record<string, string>, string]>([
    ['an entry point outside', { 'entry-point': '../train.py' }, 'must be a file inside `source-dir`'],
    ['an absolute entry point', { 'entry-point': '/etc/passwd' }, 'must be a file inside `source-dir`'],
    ['no such entry point', { 'entry-point': 'größe 模型.py' }, 'which does not exist'],
    ['an entry point of 300 characters', { 'entry-point': `${'x'.repeat(300)}.py` }, 'which does not exist'],
    ['a folder', { 'entry-point': 'folder' }, 'which is not a file'],
    ['something that cannot run', { 'entry-point': 'notes.txt' }, 'chmod=+x'],
    ['no source folder', { 'source-dir': 'absent' }, 'absent does not exist'],
    ['a secret hyperparameter', { hyperparameters: 'db_password: hunter2' }, 'looks like a secret'],
    ['a hyperparameter with a space', { hyperparameters: '"a b": 1' }, 'is not a name for a hyperparameter'],
    ['a hyperparameter with a hyphen first', { hyperparameters: '"-x": 1' }, 'is not a name for a hyperparameter'],
    ['a variable of the contract', { environment: 'SM_MODEL_DIR: /' }, 'is not a name for a variable'],
    ['a metric without a group', { 'metric-definitions': 'loss: "loss=.*"' }, 'has no group'],
    ['a channel that does not exist', { channels: 'train: absent.csv' }, 'which does not exist'],
    ['a dataset that is none', { dataset: '../x' }, 'must be a dataset version'],
    ['a long job name', { 'job-name': 'x'.repeat(300) }, 'letters, digits and single hyphens'],
    ['a job name', { 'job-name': 'a b' }, 'letters, digits and single hyphens'],
    ['an interpreter that is missing', { python: 'no-such-python' }, 'no-such-python was not found'],
    [
      'a search without waiting',
      {
        tune: '{strategy: grid, objective: {metric: a, direction: maximize}, parameters: {lr: {values: [1]}}}',
        wait: 'none',
      },
      'do not go together',
    ],
    [
      'a parameter twice',
      {
        tune: '{strategy: grid, objective: {metric: a, direction: maximize}, parameters: {lr: {values: [1]}}}',
        hyperparameters: 'lr: 1',
      },
      'Take it out of one',
    ],
  ])('%s', async (_, inputs, message) => {
    await file('folder/x', '');
    await file('notes.txt', '');
    const step = await train({ 'entry-point': 'train.py', ...inputs });
    expect(step.host.ending).toMatchObject({ kind: 'user-error', message: expect.stringContaining(message) });
    expect(JSON.stringify(step.host.logs) + step.message).not.toContain('hunter2');
    expect(step.code).toBe(1);
  });

  test('names that only sound like secrets are fine', async () => {
    await file('train.sh', ':');
    const hyperparameters = 'max_tokens: 1\npad_token: x\ntokenizer: t\nmonkey: 1\nkey: v\npasses: 3';
    expect((await train({ 'entry-point': 'train.sh', hyperparameters })).code).toBe(0);
  });

  test('a link in the code is named', async () => {
    const { symlink } = await import('node:fs/promises');
    await symlink('/etc/passwd', join(workspace, 'link'));
    expect((await train({ 'entry-point': 'train.py' })).message).toContain('link is not a plain file');
  });
});

describe('a search', () => {
  const script = `
lr=$2
echo "lr $lr"
[ "$lr" = 3 ] && { echo "too big" >&2; exit 7; }
[ "$lr" = 4 ] && exit 0
echo $lr > "$SM_MODEL_DIR/w"
printf '{"auc": %s}' "0.$lr" > "$SM_OUTPUT_DATA_DIR/metrics.json"`;
  const tune = (more: string, direction = 'maximize'): string =>
    `{strategy: grid, objective: {metric: auc, direction: ${direction}}, parameters: {lr: {values: [${more}]}}, parallel: 2}`;

  beforeEach(() => file('train.sh', script));

  test('finds the best by the objective, and reports every trial', async () => {
    const step = await train({ 'entry-point': 'train.sh', tune: tune('1, 9, 5') });
    expect(step.message).toBe('');
    const { outputs } = step.host;
    expect(JSON.parse(outputs['best-parameters'] ?? '')).toEqual({ lr: 9 });
    expect(await json('train-metrics.json')).toEqual({ auc: 0.9 });
    expect(await json('train-trials.json')).toMatchObject([
      { trial: 1, parameters: { lr: 1 }, objective: 0.1 },
      { trial: 2, parameters: { lr: 9 }, objective: 0.9, job: outputs.job, 'model-digest': outputs['model-digest'] },
      { trial: 3, parameters: { lr: 5 }, objective: 0.5 },
    ]);
    expect(
      lines(step, 'info').filter((line) => /^trial \d\/3 lr=\d: auc 0\.\d \(best 0\.\d, trial \d\)$/.test(line)),
    ).toHaveLength(3);
    const rows = step.host.summaryText.split('\n').filter((line) => /^\| (?:\*\*)?\d/.test(line));
    expect(rows.map((row) => row.split('|')[3]?.trim())).toEqual(['0.9', '0.5', '0.1']);
    expect(rows[0]).toContain('**2 (best)**');
    expect(await lineage()).toMatchObject({ hyperparameters: { lr: '9' }, metrics: { auc: 0.9 }, trials: 3 });
    const minimized = await train({ 'entry-point': 'train.sh', tune: tune('1, 9, 5', 'minimize') });
    expect(JSON.parse(minimized.host.outputs['best-parameters'] ?? '')).toEqual({ lr: 1 });
    expect(minimized.host.outputs.attached).toBe('true');
  }, 20_000);

  test('trials that fail or report nothing never win, and are said', async () => {
    const step = await train({ 'entry-point': 'train.sh', tune: tune('3, 4, 1') });
    expect(JSON.parse(step.host.outputs['best-parameters'] ?? '')).toEqual({ lr: 1 });
    expect(lines(step, 'warning').join()).toContain(
      '2 of 3 trials gave no result. Trial 1: train.sh ended with exit code 7.',
    );
    expect(await json('train-trials.json')).toMatchObject([
      { objective: null, reason: expect.stringContaining('too big') },
      { objective: null, reason: expect.stringContaining('no metric "auc"') },
      { objective: 0.1 },
    ]);
  });

  test('when all trials fail, the first says why', async () => {
    const step = await train({ 'entry-point': 'train.sh', tune: tune('3, 4') });
    expect(step.host.ending?.kind).toBe('user-error');
    expect(step.message).toContain(
      'None of the 2 trials gave the metric "auc". The first: train.sh ended with exit code 7.',
    );
    expect(step.host.outputs).toEqual({});
  });

  test('successive halving gives the best more to spend', async () => {
    await file(
      'train.py',
      `
import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float)
parser.add_argument('--epochs', type=int)
args = parser.parse_args()
open(os.environ['SM_MODEL_DIR'] + '/w', 'w').write(str(args.lr))
json.dump({'loss': (args.lr - 0.3) ** 2 + 1 / args.epochs}, open(os.environ['SM_OUTPUT_DATA_DIR'] + '/metrics.json', 'w'))
`,
    );
    const search = {
      strategy: 'halving',
      objective: { metric: 'loss', direction: 'minimize' },
      parameters: { lr: { min: 0, max: 1 } },
      resource: { parameter: 'epochs', min: 1, max: 4, factor: 2 },
      'max-trials': 7,
      parallel: 2,
      seed: 3,
    };
    const step = await train({ 'entry-point': 'train.py', tune: JSON.stringify(search) });
    expect(step.message).toBe('');
    const trials = (await json('train-trials.json')) as { round: number; parameters: { lr: number; epochs: number } }[];
    expect(trials.map(({ round, parameters }) => [round, parameters.epochs])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [2, 2],
      [2, 2],
      [3, 4],
    ]);
    const nearest = trials
      .slice(0, 4)
      .map(({ parameters }) => parameters.lr)
      .sort((a, b) => Math.abs(a - 0.3) - Math.abs(b - 0.3))[0];
    expect(JSON.parse(step.host.outputs['best-parameters'] ?? '')).toEqual({ lr: nearest, epochs: 4 });
  }, 20_000);

  test('dry-run names the trials', async () => {
    const step = await train({ 'entry-point': 'train.sh', tune: tune('1, 2'), 'dry-run': 'true' });
    expect(lines(step)).toEqual(expect.arrayContaining(['Trial 1: lr=1', 'Trial 2: lr=2']));
  });
});
