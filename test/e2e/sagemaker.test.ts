import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from '../emulators/sagemaker/emulator.ts';
import { findings } from '../emulators/sagemaker/journal.ts';
import { nodes } from './nodes.ts';
import { bareEnvironment, type Ended, run, start } from './program.ts';
import { lifecycle, writeProject } from './project.ts';
import { copySuite, temporaryFolder } from './suite.ts';

// The built steps as processes, which find the emulator as they would find AWS: by its own variables.

let emulator: Emulator;
let folder: string;
let cli: string;
let bucket: string;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator?.end();
});
beforeEach(async () => {
  folder = await temporaryFolder();
  cli = join(await copySuite(join(folder, 'suite')), 'dist', 'cli.js');
  bucket = await emulator.reset();
  await writeProject(join(folder, 'project'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What a project adds to its steps to have them on SageMaker. */
const provider = (): Record<string, string> => ({
  provider: 'sagemaker',
  'artifact-store': `s3://${bucket}/toys`,
  'execution-role': 'arn:aws:iam::123456789012:role/mlops-execution',
});
const images: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'prepare-data': { 'training-image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1' },
  train: { 'training-image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1' },
  'deploy-endpoint': { 'serving-image': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1' },
};

function environment(change: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ...bareEnvironment(folder),
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    ...change,
  };
}

function command(action: string, inputs: Readonly<Record<string, string>>, node = process.execPath): string[] {
  const all = { ...inputs, ...provider(), ...images[action] };
  return [node, cli, action, ...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])];
}

const mlops = (action: string, inputs: Readonly<Record<string, string>>, node?: string): Promise<Ended> =>
  run(command(action, inputs, node), { cwd: join(folder, 'project'), env: environment() });

function outputsIn({ stdout }: Ended): Record<string, string> {
  const lines = stdout.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test.each(nodes)(
  'on %s a model goes from data to an endpoint and away again',
  async (_, node) => {
    for (const [name, inputs] of lifecycle) {
      const ended = await mlops(name, inputs, node);
      expect([name, ended.code, ended.code === 0 ? '' : ended.stdout + ended.stderr]).toEqual([name, 0, '']);
      if (name === 'train') expect(outputsIn(ended)['model-uri']).toMatch(/^s3:\/\/.*\/model\.tar\.gz$/);
    }
    const answer = await fetch(`${emulator.url}/endpoints/toys/invocations`, { method: 'POST', body: '{}' });
    expect(await answer.text()).toBe('weights of 81 rows at 5');
    const again = await mlops('train', lifecycle[1]?.[1] ?? {}, node);
    expect([again.code, outputsIn(again).attached]).toEqual([0, 'true']);
    const deleted = await mlops('deploy-endpoint', { endpoint: 'toys', delete: 'true' }, node);
    expect([deleted.code, deleted.stderr]).toEqual([0, expect.any(String)]);
    const gone = await fetch(`${emulator.url}/endpoints/toys/invocations`, { method: 'POST', body: '{}' });
    expect(gone.status).toBe(400);
  },
  180_000,
);

test('a step that is cancelled leaves no job running', async () => {
  const inputs = { 'entry-point': 'endless.sh', 'source-dir': 'src', 'max-runtime': '5m', 'job-name': 'endless' };
  const running = start(command('train', inputs), { cwd: join(folder, 'project'), env: environment() });
  await running.printed('the script runs as');
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('Cancelled by SIGINT')]);
  expect(emulator.runningJobs()).toEqual([]);
}, 60_000);

test('a step works as the role that it is told, with credentials of the runner', async () => {
  const [name, inputs] = lifecycle[0] ?? ['', {}];
  const ended = await mlops(name, { ...inputs, 'role-to-assume': 'arn:aws:iam::123456789012:role/mlops-ci' });
  expect([ended.code, ended.code === 0 ? '' : ended.stdout + ended.stderr]).toEqual([0, '']);
});

test('what is missing or refused is said in one line', async () => {
  const [, inputs = {}] = lifecycle[0] ?? [];
  const without = await run(
    [process.execPath, cli, 'prepare-data', '--provider', 'sagemaker', '--dataset', 'toys', '--data', 'data.csv'],
    {
      cwd: join(folder, 'project'),
      env: environment(),
    },
  );
  expect([without.code, without.stdout + without.stderr]).toEqual([
    1,
    expect.stringContaining('Input `artifact-store` is missing'),
  ]);
  emulator.faults.push({ operation: 'PutObject', kind: 'denied', times: 1 });
  const denied = await mlops('prepare-data', inputs);
  expect([denied.code, denied.stdout + denied.stderr]).toEqual([1, expect.stringContaining('action-templates/iam')]);
});

test('every request and every answer of these tests is as AWS publishes it', async () => {
  expect((await findings(emulator.journal)) ?? '').toBe('');
});
