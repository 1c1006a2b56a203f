import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Measurement, requestsOf, type Series, shareOf } from '@mlops-actions/core';
import { type DeploymentRequest, type EndpointService, type EndpointSettings, TrafficChanged } from '../endpoints.ts';
import type { Provider } from '../provider.ts';
import { badNames, temporaryFolders } from './fixtures.ts';
import { servingRequest } from './serving-request.ts';

/** In what providers may differ. */
export interface EndpointTraits {
  /** Whether an endpoint can ask its callers for a token of its own. */
  readonly tokens: boolean;
  /** The shortest time that a provider gives a replica to start, in seconds. */
  readonly startupTimeoutSeconds: number;
  /** How it says that a container ended with code 3. */
  readonly endsAtOnce: string;
  /** The provider's time, in milliseconds since 1970. */
  readonly now: () => number;
}

const localTraits: EndpointTraits = {
  tokens: true,
  startupTimeoutSeconds: 1,
  endsAtOnce: 'exit code 3',
  now: Date.now,
};

/** Registers the tests that every provider's endpoints must pass. `open` gives a provider that holds nothing yet; the caller cleans up. */
export function endpointContract(
  name: string,
  open: () => Promise<Pick<Provider, 'models' | 'endpoints'>>,
  { tokens, startupTimeoutSeconds, endsAtOnce, now }: EndpointTraits = localTraits,
): void {
  describe(`endpoints of ${name}`, () => {
    const folders = temporaryFolders();
    let provider: Pick<Provider, 'models' | 'endpoints'>;
    let endpoints: EndpointService;
    beforeEach(async () => {
      provider = await open();
      endpoints = provider.endpoints;
    });
    afterEach(async () => {
      await endpoints.remove('shop');
    });

    const settings: EndpointSettings = { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 };
    const request = (deployment: string, change?: Partial<DeploymentRequest>): Promise<DeploymentRequest> =>
      servingRequest(provider.models, folders, deployment, change);
    const deployed = async (...names: string[]): Promise<void> => {
      await endpoints.configure('shop', settings);
      for (const deployment of names) await endpoints.deploy(await request(deployment));
    };
    const ask = async (deployment?: string): Promise<{ status: number; tag: string; model: string; echo: string }> => {
      const answer = await endpoints.invoke('shop', {
        body: '{"x":1}',
        contentType: 'application/json',
        ...(deployment === undefined ? {} : { deployment }),
      });
      return { status: answer.status, ...(answer.status === 200 ? JSON.parse(answer.body) : {}) };
    };
    const names = async (): Promise<string[]> =>
      ((await endpoints.describe('shop'))?.deployments ?? []).map((deployment) => deployment.name).sort();

    test('what was never configured is not there', async () => {
      expect(await endpoints.describe('shop')).toBeUndefined();
      await endpoints.remove('shop');
      await endpoints.removeDeployment('shop', 'blue');
      expect(await endpoints.logs('shop', 'blue', 5)).toEqual([]);
      await expect(endpoints.deploy(await request('blue'))).rejects.toThrow('no endpoint "shop"');
      await expect(endpoints.setTraffic('shop', { blue: 100 })).rejects.toThrow('no endpoint "shop"');
    });

    test('a deployment starts without traffic, answers when it is addressed, and then takes all of it', async () => {
      await endpoints.configure('shop', settings);
      const state = await endpoints.deploy(await request('blue'));
      expect(state).toMatchObject({
        name: 'blue',
        traffic: 0,
        status: 'InService',
        readyReplicas: 1,
        desiredReplicas: 1,
        maxReplicas: 1,
      });
      expect((await ask()).status).toBe(503);
      expect(await ask('blue')).toMatchObject({ status: 200, tag: 'blue', model: 'blue', echo: '{"x":1}' });
      const after = await endpoints.setTraffic('shop', { blue: 100 });
      expect(after).toMatchObject({ name: 'shop', status: 'InService', deployments: [{ name: 'blue', traffic: 100 }] });
      expect(await endpoints.describe('shop')).toEqual(after);
      expect(await ask()).toMatchObject({ status: 200, tag: 'blue' });
    });

    test('the same deployment again is found; another one under its name is refused', async () => {
      await deployed('blue');
      const first = { ...(await ask('blue')), served: expect.any(Number) };
      const same = await request('blue', { model: 'churn@1' });
      expect(await endpoints.deploy(same)).toMatchObject({ name: 'blue', status: 'InService' });
      expect(await ask('blue')).toEqual(first);
      await expect(endpoints.deploy({ ...same, environment: { TAG: 'other' } })).rejects.toThrow(
        'another configuration',
      );
      expect(await ask('blue')).toEqual(first);
    });

    test('requests are spread by the shares exactly', async () => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 70, green: 30 });
      const tags = [];
      for (let index = 0; index < 40; index++) tags.push((await ask()).tag);
      expect(tags.filter((tag) => tag === 'blue')).toHaveLength(28);
    });

    test('a share moves in one step; what is not named gets none', async () => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 100 });
      const state = await endpoints.setTraffic('shop', { green: 100 });
      expect(state.deployments.map(({ name, traffic }) => [name, traffic])).toEqual([
        ['blue', 0],
        ['green', 100],
      ]);
      expect((await ask()).tag).toBe('green');
    });

    test.each([
      [{ blue: 99 }],
      [{ blue: 101 }],
      [{ blue: 50.5, green: 49.5 }],
      [{ blue: -10, green: 110 }],
      [{ blue: 100, nobody: 0 }],
      [{ nobody: 100 }],
      [{}],
    ])('the shares %j are refused and change nothing', async (shares) => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 100 });
      await expect(endpoints.setTraffic('shop', shares as Record<string, number>)).rejects.toThrow('cannot be set');
      expect((await ask()).tag).toBe('blue');
    });

    test('shares that were expected to be others stay as they are', async () => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 100 }, {});
      await endpoints.setTraffic('shop', { blue: 90, green: 10 }, { blue: 100, green: 0 });
      await expect(endpoints.setTraffic('shop', { green: 100 }, { blue: 100 })).rejects.toThrow(TrafficChanged);
      const state = await endpoints.describe('shop');
      expect(state?.deployments.map(({ traffic }) => traffic)).toEqual([90, 10]);
    });

    test('a deployment with traffic is not removed; without it is, as often as one likes', async () => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 100 });
      await expect(endpoints.removeDeployment('shop', 'blue')).rejects.toThrow('100 % of the traffic');
      await endpoints.removeDeployment('shop', 'green');
      await endpoints.removeDeployment('shop', 'green');
      expect(await names()).toEqual(['blue']);
      expect((await ask('green')).status).toBe(404);
    });

    test('removing the endpoint removes all', async () => {
      await deployed('blue', 'green');
      await endpoints.setTraffic('shop', { blue: 100 });
      await endpoints.remove('shop');
      expect(await endpoints.describe('shop')).toBeUndefined();
      await endpoints.remove('shop');
      await expect(ask()).rejects.toThrow('no endpoint "shop"');
    });

    test('settings change without a word to the deployments', async () => {
      await deployed('blue');
      await endpoints.setTraffic('shop', { blue: 100 });
      const token = 'correct horse';
      const withToken = endpoints.configure('shop', { ...settings, auth: { kind: 'token', token } });
      if (tokens) expect(JSON.stringify(await withToken)).not.toContain(token);
      else await expect(withToken).rejects.toThrow('token');
      const state = await endpoints.configure('shop', { ...settings, capturePercent: tokens ? 0 : 10 });
      expect(state).toMatchObject({ status: 'InService', deployments: [{ name: 'blue', traffic: 100 }] });
      expect((await ask()).status).toBe(200);
    });

    describe('figures', () => {
      let began: number;
      beforeEach(() => {
        began = now();
      });
      /** All since the test began, by the shortest windows that the provider has. */
      const measured = (): Promise<Readonly<Record<string, Series>>> =>
        endpoints.measure('shop', { from: began, to: now(), windowSeconds: 1 });
      /** Resolves once what happens from now on is watched wholly. */
      const untilWatched = async (): Promise<void> => {
        while (Object.values(await measured()).some(({ windows }) => windows.length === 0));
      };
      const untilCounted = async (deployment: string, requests: number): Promise<Readonly<Record<string, Series>>> => {
        for (;;) {
          const series = await measured();
          if ((requestsOf(series[deployment]?.windows ?? []) ?? 0) >= requests) return series;
        }
      };

      test('count requests and errors in windows that are over; who had none has zeros and no latency', async () => {
        await endpoints.configure('shop', settings);
        await endpoints.deploy(await request('blue'));
        await endpoints.deploy(await request('broken', { environment: { TAG: 'broken', MODE: 'broken' } }));
        await endpoints.deploy(await request('idle'));
        await untilWatched();
        for (let index = 0; index < 5; index++) await ask('blue');
        for (let index = 0; index < 3; index++) await ask('broken');
        await untilCounted('broken', 3);
        const { blue, broken, idle, ...others } = await untilCounted('blue', 5);
        expect(others).toEqual({});
        expect(shareOf(blue?.windows ?? [], 'serverErrors')).toEqual({ count: 0, requests: 5 });
        expect(shareOf(broken?.windows ?? [], 'serverErrors')).toEqual({ count: 3, requests: 3 });
        expect(requestsOf(idle?.windows ?? [])).toBe(0);
        expect(idle?.windows.filter(({ latency }) => latency !== undefined)).toEqual([]);
        const busy = blue?.windows.find(({ latency }) => latency !== undefined);
        expect(Math.max(...Object.values(busy?.latency ?? {}))).toBeGreaterThan(0);
      });

      test('come in windows of one length that follow one another within what was asked for', async () => {
        await deployed('blue');
        let asked = { from: began, to: began, windowSeconds: 1 };
        let windows: readonly Measurement[] = [];
        while (windows.length < 2) {
          asked = { ...asked, to: now() };
          windows = (await endpoints.measure('shop', asked)).blue?.windows ?? [];
        }
        const [length = 0, ...others] = new Set(windows.map(({ from, to }) => to - from));
        expect(others).toEqual([]);
        expect(length).toBeGreaterThanOrEqual(1000);
        for (const [index, { from, to }] of windows.entries()) {
          expect(from).toBeGreaterThanOrEqual(windows[index - 1]?.to ?? asked.from);
          expect(to).toBeLessThanOrEqual(asked.to);
        }
      });

      test('of a time before the deployment, and of one to come, are left out', async () => {
        await deployed('blue');
        const hour = 3_600_000;
        for (const from of [began - 2 * hour, began + hour]) {
          const series = await endpoints.measure('shop', { from, to: from + hour, windowSeconds: 60 });
          expect(series.blue?.windows ?? []).toEqual([]);
          expect(series.blue?.latency).toBeUndefined();
        }
      });

      test('of an endpoint that is not there are none', async () => {
        expect(await measured()).toEqual({});
      });
    });

    test('what the replicas print can be read', async () => {
      await deployed('blue');
      // A log may be late.
      while (!(await endpoints.logs('shop', 'blue', 10)).includes('listening'));
      expect(await endpoints.logs('shop', 'blue', 1)).toEqual(['listening']);
    });

    describe('leaves nothing and keeps serving when the new deployment', () => {
      test.each([
        ['ends at once', { MODE: 'exit' }, endsAtOnce],
        ['never gets healthy', { MODE: 'never-ready' }, `within ${startupTimeoutSeconds} s`],
        ['starts too slowly', { START_MS: '60000' }, `within ${startupTimeoutSeconds} s`],
      ])('%s', async (_case, environment, reason) => {
        await deployed('blue');
        await endpoints.setTraffic('shop', { blue: 100 });
        const bad = await request('bad', { environment, startupTimeoutSeconds });
        await expect(endpoints.deploy(bad)).rejects.toThrow(reason);
        expect(await names()).toEqual(['blue']);
        expect((await ask()).tag).toBe('blue');
      });

      test('is cancelled while it starts', async () => {
        await deployed('blue');
        await endpoints.setTraffic('shop', { blue: 100 });
        const cancellation = new AbortController();
        const slow = await request('slow', { environment: { START_MS: '60000' }, startupTimeoutSeconds: 60 });
        const deploying = endpoints.deploy(slow, { signal: cancellation.signal });
        const isThere = async (): Promise<boolean> => (await names()).includes('slow');
        while (!(await isThere()));
        cancellation.abort(new Error('cancelled'));
        await expect(deploying).rejects.toThrow('cancelled');
        expect(await names()).toEqual(['blue']);
      });

      test('serves a model that does not exist', async () => {
        await deployed();
        await expect(endpoints.deploy(await request('bad', { model: 'churn@7' }))).rejects.toThrow('no model churn@7');
        expect(await names()).toEqual([]);
      });

      test('has a program that does not exist', async () => {
        await deployed();
        const bad = await request('bad', { command: ['no-such-program'] });
        await expect(endpoints.deploy(bad)).rejects.toThrow('no-such-program');
        expect(await names()).toEqual([]);
      });
    });

    test.each(badNames)('the name %j is refused', async (bad) => {
      await expect(endpoints.configure(bad, settings)).rejects.toThrow('is not a name');
      await expect(endpoints.deploy(await request(bad, { model: 'churn@1' }))).rejects.toThrow('is not a name');
    });
  });
}
