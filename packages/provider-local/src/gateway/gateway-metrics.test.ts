import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Measurement, requestsOf } from '@mlops-actions/core';
import { type LocalRig, localRig, until } from '../endpoints/testing/local-rig.ts';

let rig: LocalRig;
let began: number;
beforeEach(async () => {
  rig = await localRig();
  began = Date.now();
});
afterEach(() => rig.end());

const fast = { restartDelayMs: 10, pingIntervalMs: 20, pingTimeoutMs: 100, stopGraceMs: 100, idleMs: 600_000 };
const post = (url: string, doing?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { connection: 'close', 'content-type': 'application/json', ...(doing ? { 'x-test-do': doing } : {}) },
  });

/** All of blue's seconds since the test began. */
async function seconds(): Promise<readonly Measurement[]> {
  const series = await rig.endpoints.measure('shop', { from: began, to: Date.now(), windowSeconds: 1 });
  return series.blue?.windows ?? [];
}

async function secondsOnce(holds: (windows: readonly Measurement[]) => boolean): Promise<readonly Measurement[]> {
  let windows: readonly Measurement[] = [];
  await until(async () => {
    windows = await seconds();
    return holds(windows);
  });
  return windows;
}

const sum = (windows: readonly Measurement[], name: 'clientErrors' | 'modelErrors' | 'platformErrors' | 'restarts') =>
  windows.reduce((total, window) => total + (window[name] ?? 0), 0);

describe('figures', () => {
  test("tell the model's errors from the gateway's, and count restarts", async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', {
      autoscaling: { minReplicas: 2, maxReplicas: 2, targetConcurrency: 1 },
    });
    await secondsOnce((windows) => windows.length > 0);
    for (const doing of [undefined, 'status:404', 'status:500', 'status:503', 'die']) await post(url, doing);
    const windows = await secondsOnce((all) => requestsOf(all) === 5 && sum(all, 'restarts') > 0);
    expect(sum(windows, 'clientErrors')).toBe(1);
    expect(sum(windows, 'modelErrors')).toBe(3);
    expect(sum(windows, 'platformErrors')).toBe(0);
    expect(sum(windows, 'restarts')).toBe(1);
    expect(await rig.shown('mlops_replica_restarts_total', 'blue')).toBe(1);
    expect(await rig.shown('mlops_traffic_ratio', 'blue')).toBe(1);
  });

  test('show how busy the replicas are: above 1 when more is asked than autoscaling aims at', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', {
      autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 2 },
    });
    const cancellation = new AbortController();
    const asking = Array.from({ length: 3 }, () =>
      fetch(url, {
        method: 'POST',
        body: '{}',
        headers: { connection: 'close', 'x-test-do': 'sleep:60000' },
        signal: cancellation.signal,
      }).catch(() => {}),
    );
    const windows = await secondsOnce((all) => all.some(({ inFlight }) => inFlight === 3));
    cancellation.abort();
    await Promise.all(asking);
    const busy = windows.find(({ inFlight }) => inFlight === 3);
    expect(busy).toMatchObject({ saturation: 1.5, readyReplicas: 1, desiredReplicas: 1 });
    await secondsOnce((all) => all.at(-1)?.saturation === 0);
  });

  test('of a deployment whose only replica died tell that it has none, and no saturation', async () => {
    await rig.serveHere({ ...fast, restartDelayMs: 600_000 });
    const url = await rig.serving('blue');
    await secondsOnce((windows) => windows.length > 0);
    await post(url, 'die');
    const last = (await secondsOnce((all) => all.at(-1)?.readyReplicas === 0)).at(-1);
    expect(last).toMatchObject({ desiredReplicas: 1, inFlight: 0 });
    expect(last?.saturation).toBeUndefined();
    expect((await post(url)).status).toBe(503);
    const windows = await secondsOnce((all) => requestsOf(all) === 2);
    expect([sum(windows, 'modelErrors'), sum(windows, 'platformErrors')]).toEqual([1, 1]);
  });

  test('of the time before the gateway was started again are absent, not 0', async () => {
    const gateway = await rig.serveHere(fast);
    await rig.serving('blue');
    await secondsOnce((windows) => windows.length > 0);
    await gateway.close();
    const restarted = Date.now();
    await rig.serveHere(fast);
    const [first] = await secondsOnce((windows) => windows.length > 0);
    expect(first?.from).toBeGreaterThanOrEqual(restarted);
  });

  test.each([0, -1, Number.NaN])('of windows of %d s are refused', async (windowSeconds) => {
    await rig.serveHere(fast);
    await rig.serving('blue');
    await expect(rig.endpoints.measure('shop', { from: 0, to: began, windowSeconds })).rejects.toThrow(
      String(windowSeconds),
    );
  });
});

test("the metrics page is for whom the endpoint's token is for", async () => {
  const token = 'correct-horse-battery-staple';
  const { adminToken } = await rig.serveHere(fast);
  const url = await rig.serving('blue', {}, { auth: { kind: 'token', token } });
  const page = (bearer?: string): Promise<Response> =>
    fetch(url.replace('/invocations', '/metrics'), {
      headers: { connection: 'close', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    });
  for (const bearer of [undefined, 'wrong']) {
    const answer = await page(bearer);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('blue');
  }
  for (const bearer of [token, adminToken]) {
    const answer = await page(bearer);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('mlops_replicas_ready{endpoint="shop",deployment="blue"} 1\n');
  }
});

describe('the newest captured sample', () => {
  const captureNow = async () => (await rig.endpoints.describe('shop'))?.capture;

  test('is there once one is stored', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100 });
    expect(await captureNow()).toEqual({ percent: 100 });
    await post(url);
    await until(async () => (await captureNow())?.newestAt !== undefined);
    expect((await captureNow())?.newestAt).toBeGreaterThanOrEqual(began);
    expect((await captureNow())?.newestAt).toBeLessThanOrEqual(Date.now());
  });

  test('is known to the next gateway from the files, whatever folders are empty', async () => {
    const gateway = await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100 });
    await post(url);
    await gateway.close();
    const folder = rig.store.path('capture', 'shop');
    const [file = ''] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.jsonl'));
    const written = new Date('2026-03-04T05:06:07.000Z');
    await utimes(join(folder, file), written, written);
    await mkdir(join(folder, 'blue', '9999', '12', '31', '23'), { recursive: true });
    await mkdir(join(folder, 'green'));
    await rig.serveHere(fast);
    expect(await captureNow()).toEqual({ percent: 100, newestAt: written.getTime() });
  });
});
