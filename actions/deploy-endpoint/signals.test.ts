import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { servingScript } from '@mlops-actions/provider/contract';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { inFlight } from './testing/metrics-page.ts';
import { processesBelow, until } from './testing/processes.ts';

const program = resolve(import.meta.dirname, '../../test/step.mjs');
const daemonMain = resolve(import.meta.dirname, '../../packages/provider-local/lib/daemon-main.js');

let workspace: string;
let provider: Provider;
let log: string;
beforeEach(async () => {
  log = '';
  workspace = await mkdtemp(join(tmpdir(), 'deploy-signals-'));
  await mkdir(join(workspace, 'model', 'code'), { recursive: true });
  await writeFile(join(workspace, 'model', 'code', 'serve.cjs'), servingScript);
  provider = await openLocalProvider({
    root: join(workspace, '.mlops'),
    daemonCommand: [process.execPath, daemonMain],
    effects: {
      log: memoryHost(),
      clock: systemClock,
      environment: { PATH: process.env.PATH ?? '' },
      random: Math.random,
    },
  });
  const source = join(workspace, 'model');
  await provider.models.register({ name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} });
});
afterEach(async () => {
  for (const pid of processesBelow(workspace)) process.kill(pid, 'SIGKILL');
  await until(() => processesBelow(workspace).length === 0);
  await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
});

function start(deployment: string, more: readonly string[] = []): ChildProcess {
  const options = { endpoint: 'shop', model: 'churn', deployment, 'entry-point': 'serve.cjs' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [program, 'deploy-endpoint', ...args, ...more], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return child;
}

async function run(deployment: string): Promise<void> {
  const [code] = await once(start(deployment), 'close');
  if (code !== 0) throw new Error(log);
}

const names = async (): Promise<string[]> =>
  ((await provider.endpoints.describe('shop'))?.deployments ?? []).map(({ name }) => name).sort();
const inFlightAt = async (deployment: string): Promise<number> =>
  inFlight(await provider.endpoints.describe('shop'), deployment);

/** A stage of the step: what makes it last, and how it is recognised. */
const stages = {
  'while it starts': {
    inputs: ['--environment', 'START_MS: 60000'],
    reached: async () => (await names()).includes('green'),
  },
  'during the smoke request': {
    inputs: ['--environment', 'ANSWER_MS: 20000', '--smoke-request', '{}'],
    reached: async () => (await inFlightAt('green')) === 1,
  },
} as const;

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test.each(Object.entries(stages))(
    '%s: the old one serves on, nothing else runs',
    async (_stage, { inputs, reached }) => {
      await run('blue');
      const before = processesBelow(workspace);
      const child = start('green', inputs);
      await until(reached);
      child.kill(signal);
      const [code] = await once(child, 'close');
      expect(code).toBe(1);
      expect(log).toContain(`Cancelled by ${signal}`);
      expect(processesBelow(workspace)).toEqual(before);
      expect(await names()).toEqual(['blue']);
      const answer = await provider.endpoints.invoke('shop', { body: '{}', contentType: 'application/json' });
      expect(answer.status).toBe(200);
    },
  );

  test('at the very first deployment: nothing runs at all', async () => {
    const child = start('green', stages['while it starts'].inputs);
    await until(stages['while it starts'].reached);
    child.kill(signal);
    await once(child, 'close');
    await until(() => processesBelow(workspace).length === 0);
    expect(await provider.endpoints.describe('shop')).toBeUndefined();
  });

  test('while the old one ends: the new one serves, the old one is gone', async () => {
    await run('blue');
    const { url = '' } = (await provider.endpoints.describe('shop')) ?? {};
    const slow = fetch(url, { method: 'POST', body: '{}', headers: { 'x-test-do': 'sleep:1500' } });
    await until(async () => (await inFlightAt('blue')) === 1);
    const child = start('green');
    await until(async () => log.includes('green is healthy') && (await names()).length === 2);
    await until(async () =>
      ((await provider.endpoints.describe('shop'))?.deployments ?? []).some(({ status }) => status === 'Draining'),
    );
    child.kill(signal);
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect((await slow).status).toBe(200);
    await until(async () => (await names()).join() === 'green');
    await until(() => processesBelow(workspace).length === 2);
  });
});
