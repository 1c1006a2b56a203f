import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { identify } from '@mlops-actions/files';
import type { EndpointService } from '@mlops-actions/provider';
import { servingScript } from '@mlops-actions/provider/contract';
import { type LocalRig, localRig, until } from './testing/local-rig.ts';

let rig: LocalRig;
let squatter: Server | undefined;
beforeEach(async () => {
  rig = await localRig({ AWS_SECRET_ACCESS_KEY: 'hunter2', HOME: '/tmp' });
});
afterEach(async () => {
  await rig.end();
  squatter?.close();
  squatter = undefined;
});

const settings = { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 } as const;

async function answerOf(endpoints: EndpointService): Promise<{ tag: string; pid: number }> {
  const answer = await endpoints.invoke('shop', { body: '{}', contentType: 'application/json' });
  return answer.status === 200 ? JSON.parse(answer.body) : { tag: String(answer.status), pid: 0 };
}

async function gatewayPid(): Promise<number> {
  return (await rig.gateway())?.process.pid ?? 0;
}

function listenOn(port: number): Promise<void> {
  const server = createServer();
  squatter = server;
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

describe('the gateway', () => {
  test('outlives its step, ends with its last endpoint, and leaves no process', async () => {
    await rig.serving('blue');
    const pid = await gatewayPid();
    await rig.another().configure('other', settings);
    await rig.endpoints.remove('shop');
    expect(identify(pid)).toBeDefined();
    await rig.another().remove('other');
    await until(() => identify(pid) === undefined);
    expect(rig.processes()).toEqual([]);
  });

  test('is started once, however many steps need it at the same time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const states = await Promise.all(names.map((name) => rig.another().configure(name, settings)));
    expect(new Set(states.map(({ url }) => new URL(url).port)).size).toBe(1);
    await until(() => rig.processes().length === 1);
    expect(rig.processes()).toEqual([await gatewayPid()]);
  });

  test('that is killed is started again by the next step: same URL, new replicas, none of the old', async () => {
    const url = await rig.serving('blue', { autoscaling: { minReplicas: 2, maxReplicas: 2, targetConcurrency: 1 } });
    const before = rig.processes();
    process.kill(await gatewayPid(), 'SIGKILL');
    await until(async () => (await rig.gateway()) === undefined);
    const next = rig.another();
    expect(await next.describe('shop')).toMatchObject({ url, deployments: [{ name: 'blue', traffic: 100 }] });
    await until(async () => (await answerOf(next)).tag === 'blue');
    await until(() => rig.processes().length === 3);
    expect(rig.processes().filter((pid) => before.includes(pid))).toEqual([]);
    expect(rig.lines.filter((line) => line.includes('taken by another program'))).toEqual([]);
  });

  test('that is terminated lets the request in flight end and stops its replicas; the next step brings all back', async () => {
    const url = await rig.serving('blue');
    const answer = fetch(url, { method: 'POST', body: '{}', headers: { 'x-test-do': 'sleep:500' } });
    await until(async () => (await rig.shown('mlops_requests_in_flight', 'blue')) === 1);
    const pid = await gatewayPid();
    process.kill(pid, 'SIGTERM');
    expect((await answer).status).toBe(200);
    await until(() => identify(pid) === undefined);
    expect(rig.processes()).toEqual([]);
    expect((await rig.endpoints.describe('shop'))?.url).toBe(url);
    await until(async () => (await answerOf(rig.endpoints)).tag === 'blue');
  });

  test('takes another port, with a warning, when its own is taken meanwhile', async () => {
    const url = await rig.serving('blue');
    const port = (await rig.gateway())?.port ?? 0;
    const pid = await gatewayPid();
    process.kill(pid, 'SIGTERM');
    await until(() => identify(pid) === undefined);
    await listenOn(port);
    const state = await rig.endpoints.describe('shop');
    expect(state?.url).not.toBe(url);
    expect(rig.lines).toContainEqual(expect.stringMatching(`Port ${port}, .* is taken by another program`));
    await until(async () => (await answerOf(rig.endpoints)).tag === 'blue');
  });

  test('refuses a port that was asked for and is taken, and another one than it has', async () => {
    await listenOn(0);
    const address = squatter?.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(rig.another({ port }).configure('shop', settings)).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is taken`,
    );
    await rig.endpoints.configure('shop', settings);
    await expect(rig.another({ port }).configure('shop', settings)).rejects.toThrow('already, not on');
  });

  test('listens on the port that was asked for', async () => {
    await listenOn(0);
    const address = squatter?.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((resolve) => squatter?.close(resolve));
    const { url } = await rig.another({ port }).configure('shop', settings);
    expect(new URL(url).port).toBe(String(port));
  });

  test('is not misled by the remains of another', async () => {
    await rig.serving('blue');
    const pid = await gatewayPid();
    process.kill(pid, 'SIGKILL');
    await until(() => identify(pid) === undefined);
    await writeFile(rig.store.path('gateway', 'gateway.json'), 'not JSON');
    await until(async () => (await answerOf(rig.endpoints).catch(() => undefined))?.tag === 'blue');
  });
});

test('removing an endpoint whose document is gone ends what a killed gateway left running', async () => {
  await rig.serving('blue');
  process.kill(await gatewayPid(), 'SIGKILL');
  await rm(rig.store.path('endpoints', 'shop.json'));
  await until(async () => (await rig.gateway()) === undefined);
  expect(rig.processes()).toHaveLength(1);
  await rig.endpoints.remove('shop');
  await until(() => rig.processes().length === 0);
});

test("neither gateway nor replica sees the step's credentials, and the store does not keep them", async () => {
  await rig.serving('blue');
  expect(rig.processes()).toHaveLength(2);
  for (const pid of rig.processes()) {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).toContain('HOME=/tmp');
    expect(environment).not.toContain('hunter2');
  }
  expect(await readFile(rig.store.path('endpoints', 'shop.json'), 'utf8')).not.toContain('hunter2');
});

test('two steps that start the same deployment at once start it once, and both find it healthy', async () => {
  await rig.endpoints.configure('shop', settings);
  const request = await rig.request('blue');
  const states = await Promise.all([rig.another().deploy(request), rig.another().deploy(request)]);
  expect(states.map(({ status }) => status)).toEqual(['InService', 'InService']);
  expect(rig.processes()).toHaveLength(2);
});

test('serving code in a folder of its own is copied: what changes there later changes nothing', async () => {
  const folder = await rig.store.temporary();
  await writeFile(`${folder}/serve.cjs`, servingScript);
  await rig.serving('blue', { sourceDir: folder });
  await writeFile(`${folder}/serve.cjs`, 'process.exit(1)');
  const { pid } = await answerOf(rig.endpoints);
  process.kill(pid, 'SIGKILL');
  await until(async () => (await answerOf(rig.endpoints)).tag === 'blue');
});

test('a model whose files were changed in the store is not served', async () => {
  await rig.endpoints.configure('shop', settings);
  const request = await rig.request('blue');
  const model = await rig.models.get({ name: 'churn' });
  const hex = model?.artifact.digest.slice('sha256:'.length) ?? '';
  const file = rig.store.path('artifacts', hex, 'files', 'model.txt');
  await rm(file);
  await writeFile(file, 'other');
  await expect(rig.endpoints.deploy(request)).rejects.toThrow('model.txt');
  expect((await rig.endpoints.describe('shop'))?.deployments).toEqual([]);
});
